"""
Announced goals
===============

Announced trade goals: the forecasts of each when it was set, and what came of it. Beside
tradetrack stand a random walk without drift over all years, the share of earlier goals that had
been met by then, and the growth of the last five years carried on.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import tradetrack as tt

MEMORY = tt.GrowthMixture().memory  # years of history that the model's regimes are weighed by
archive = [pledge for pledge in tt.datasets.pledges() if pledge.basis and not pledge.set_aside]


def forecasts(pledge: tt.results.Pledge) -> tuple[float, ...]:
    """Probability by the deadline: tradetrack, walk, base rate known at the time, growth."""
    ends = range(pledge.known[-1][0], 0, -1)  # the years back from the last one known
    run = [row for row, year in zip(pledge.known[::-1], ends, strict=False) if row[0] == year]
    years, totals = zip(*run[::-1], strict=True)
    logs, rng = np.log(totals), np.random.default_rng(1)
    horizon, needed = pledge.by - years[-1], np.log(pledge.level) - logs[-1]
    regimes, recent = tt.models.Regimes.known_by(pledge.year), logs[-MEMORY:]
    mixture = tt.models.AnnualMixture.over(regimes, years[-MEMORY:], horizon)
    chance = mixture.attainment(recent[None], np.log([[pledge.level]]), rng, 1024)[0, 0, -1]
    steps = np.sqrt(np.mean(np.diff(logs) ** 2)) * rng.standard_normal((10_000, horizon))
    walked = np.mean(steps.cumsum(axis=1).max(axis=1) >= needed)
    over = [other.outcome == "met" for other in archive if other.by < pledge.year]
    rate = (sum(over) + 1) / (len(over) + 2)  # one met and one missed added
    carried = (logs[-1] - logs[-min(6, len(logs))]) / min(5, len(logs) - 1) * horizon >= needed
    return float(chance), float(walked), rate, float(carried)


settled = [pledge for pledge in archive if pledge.basis == "history" and pledge.counts == "by"]
chances = np.array([forecasts(pledge) for pledge in settled])
met = np.array([float(pledge.outcome == "met") for pledge in settled])
print("announced goal                  tradetrack  walk  base rate  growth  outcome")
for pledge, (ours, walk, rate, grown) in zip(settled, chances, strict=True):
    print(f"{pledge.id:30s}  {ours:10.2f}  {walk:4.2f}", end="")
    print(f"  {rate:9.2f}  {grown:6.0f}  {pledge.outcome}")
for name, p in zip(("tradetrack", "walk", "base rate", "growth"), chances.T, strict=True):
    print(f"{name:10s} Brier {np.mean((p - met) ** 2):.3f}, mean probability {p.mean():.2f}")
print(f"Of {len(met)} goals {met.sum():.0f} were met by their deadlines.")
print("They cannot tell tradetrack from the walk: see docs/pledges.md.")

out = Path("out")
out.mkdir(exist_ok=True)
tt.plots.plot_reliability(tt.scoring.reliability(chances[:, :1], met[:, None], bins=5))
plt.savefig(out / "announced_goals.png", dpi=130)
