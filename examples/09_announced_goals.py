"""
Announced goals
===============

Announced trade goals: the forecast of each when it was set, and what came of it.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import tradetrack as tt

MEMORY = tt.GrowthMixture().memory  # years of history that count


def forecasts(pledge: tt.results.Pledge) -> tuple[float, float, float]:
    """Probability by the deadline: tradetrack, a walk without drift, five-year growth."""
    years, totals = zip(*pledge.known[-MEMORY:], strict=True)
    logs, rng = np.log(totals), np.random.default_rng(1)
    horizon, needed = pledge.by - years[-1], np.log(pledge.level) - logs[-1]
    mixture = tt.models.AnnualMixture.over(tt.models.Regimes.known_by(pledge.year), years, horizon)
    chance = mixture.attainment(logs[None], np.log([[pledge.level]]), rng, 1024)[0, 0, -1]
    steps = np.sqrt(np.mean(np.diff(logs) ** 2)) * rng.standard_normal((10_000, horizon))
    walked = np.mean(steps.cumsum(axis=1).max(axis=1) >= needed)
    carried = (logs[-1] - logs[-min(6, len(logs))]) / min(5, len(logs) - 1) * horizon >= needed
    return float(chance), float(walked), float(carried)


settled = [p for p in tt.datasets.pledges() if p.basis == "history" and not p.set_aside]
settled = [p for p in settled if p.counts == "by"]  # "in 2012" is met by that year alone
chances = np.array([forecasts(pledge) for pledge in settled])
met = np.array([float(pledge.outcome == "met") for pledge in settled])
print("announced goal                  tradetrack  walk  growth  outcome")
for pledge, (ours, walk, growth) in zip(settled, chances, strict=True):
    print(f"{pledge.id:30s}  {ours:10.2f}  {walk:4.2f}  {growth:6.0f}  {pledge.outcome}")
others = (met.sum() - met) / (len(met) - 1)  # the base rate without the goal itself
for name, p in zip(
    ("tradetrack", "walk", "growth", "base rate"), (*chances.T, others), strict=True
):
    print(f"{name:10s} Brier {np.mean((p - met) ** 2):.3f}, mean probability {p.mean():.2f}")
print(f"Of {len(met)} goals {met.sum():.0f} were met by their deadlines.")
print("They hardly tell tradetrack from the walk without drift: see docs/pledges.md.")

out = Path("out")
out.mkdir(exist_ok=True)
tt.plots.plot_reliability(tt.scoring.reliability(chances[:, :1], met[:, None], bins=5))
plt.savefig(out / "announced_goals.png", dpi=130)
