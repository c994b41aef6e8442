"""Score forecasters on announced trade goals, each as of its announcement.

    python benchmarks/pledges.py [--plot FILE] [--goals]

The goals and the totals of their pairs ship with the library. A forecaster knows the totals of the
years before the announcement; tradetrack's prior was learned from other pairs' years before it
(`Regimes.known_by`, by ``tools/learn_regimes.py --real-time``). A goal counts at its deadline if
statistics settled it, and year by year as far as its outcome was observed whatever it was.
"""

import argparse
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import peers
from peers import Array

import tradetrack as tt
from tradetrack.models.annual import AnnualMixture
from tradetrack.models.regimes import MEMORY, MonthPattern, Regimes
from tradetrack.scoring.calibration import Reliability, reliability
from tradetrack.scoring.comparison import paired_difference
from tradetrack.scoring.scores import brier, log_score

OLDEST = 2  # years between the last total known and the announcement, at most
BINS = 5
N_PATHS, DRAWS, SEED = 20_000, 4096, 1
MIXTURE = "tradetrack, prior of the time"
WALK, BASE = "random walk, no drift", "base rate of the other pairs"

Prior = Callable[[int], Regimes]
Forecaster = Callable[["Case"], Array]


@dataclass(frozen=True, eq=False)
class Case:
    """A goal with the unbroken run of totals known at its announcement, in logs.

    ``met[k]`` says whether it had been met by ``k + 1`` years after the last total: 0 or 1, NaN
    before the announcement and where it is not known.
    """

    pledge: tt.results.Pledge
    years: tuple[int, ...]
    log_totals: Array
    met: Array

    @property
    def horizon(self) -> int:
        """Years from the last total known to the deadline."""
        return len(self.met)

    @property
    def log_goal(self) -> float:
        """Log of the amount, US$ bn."""
        return float(np.log(self.pledge.goal.amount))


def case(pledge: tt.results.Pledge) -> Case | None:
    """Return what can be scored of a goal, or None if it has no recent history or no outcome."""
    known = dict(pledge.known)
    if pledge.set_aside or not known or max(known) < pledge.year - OLDEST:
        return None
    first = last = max(known)
    while first - 1 in known:
        first -= 1
    by = pledge.goal.by or last
    told = [pledge.met_by(y) if y >= pledge.year else None for y in range(last + 1, by + 1)]
    met = np.array([np.nan if cell is None else float(cell) for cell in told])
    years = tuple(range(first, last + 1))
    logs = np.log([known[year] for year in years])
    return None if np.isnan(met).all() else Case(pledge, years, logs, met)


def met_early(one: Case) -> Case:
    """Count a goal that was met before a deadline still to come: a score that favours hope."""
    met = one.pledge.outcome == "met" and np.isnan(one.met[-1])
    return replace(one, met=np.append(one.met[:-1], 1.0)) if met else one


def by_statistics(one: Case) -> bool:
    """Whether the outcome rests on the statistics that its history comes from."""
    return one.pledge.basis in ("history", "statistics")


def mixture_forecaster(prior: Prior) -> Forecaster:
    """Forecast with the growth mixture."""
    noise = MonthPattern.shipped().noise

    def forecast(one: Case) -> Array:
        years, totals = one.years[-MEMORY:], one.log_totals[-MEMORY:]
        mixture = AnnualMixture.over(prior(one.pledge.year), years, one.horizon, noise)
        goal, rng = np.array([[one.log_goal]]), np.random.default_rng(SEED)
        curve: Array = mixture.attainment(totals[None], goal, rng, DRAWS)[0, 0]
        return curve

    return forecast


def peer_forecaster(peer: peers.Peer, failures: list[str]) -> Forecaster:
    """Forecast by simulated paths; a fit that fails is NaN, and is said."""
    drawn: dict[tuple[str, str, int], Array] = {}  # goals of one announcement share their paths

    def forecast(one: Case) -> Array:
        key = one.pledge.pair, one.pledge.goal.reporter, one.years[-1]
        try:
            if key not in drawn or drawn[key].shape[1] < one.horizon:
                rng = np.random.default_rng(SEED)
                drawn[key] = peer(one.log_totals, one.horizon, N_PATHS, rng)
        except peers.FitFailedError as error:
            failures.append(f"{one.pledge.id}, {peer.__name__}: {error}")
            return np.full(one.horizon, np.nan)
        return peers.reached_by(drawn[key][:, : one.horizon], one.log_goal)

    return forecast


def recent_walk(log_totals: Array, horizon: int, n_paths: int, rng: np.random.Generator) -> Array:
    """Walk without drift at the volatility of the years that tradetrack looks at."""
    return peers.random_walk(log_totals[-MEMORY:], horizon, n_paths, rng)


def base_rate(cases: Iterable[Case], *, of_others: bool) -> Forecaster:
    """Forecast the share that was met, spread over the years to the deadline at an even hazard."""
    settled = [one for one in cases if np.isfinite(one.met[-1])]

    def forecast(one: Case) -> Array:
        chosen = [
            each.met[-1] for each in settled if not of_others or each.pledge.pair != one.pledge.pair
        ]
        steps = np.arange(1, one.horizon + 1) / one.horizon
        curve: Array = 1.0 - (1.0 - np.mean(chosen)) ** steps
        return curve

    return forecast


def forecasters(cases: list[Case], prior: Prior, failures: list[str]) -> dict[str, Forecaster]:
    """Name every forecaster; the base rates are of the cases given."""
    fitted = {
        WALK: peers.random_walk,
        "the same, last eight years": recent_walk,
        "random walk with drift": peers.random_walk_with_drift,
        "five-year growth carried on": peers.growth_carried_on,
        "ETS, damped trend": peers.ets,
        "ARIMA, lowest AICc": peers.arima,
        "unobserved components": peers.unobserved_components,
    }
    rates = {
        BASE: base_rate(cases, of_others=True),
        "base rate, in-sample": base_rate(cases, of_others=False),
    }
    by_paths = {name: peer_forecaster(peer, failures) for name, peer in fitted.items()}
    return {MIXTURE: mixture_forecaster(prior), **by_paths, **rates}


@dataclass(frozen=True, eq=False)
class Scores:
    """One forecaster's scores, one for each case; NaN where there is none."""

    brier: Array
    log: Array
    yearly: Array


def scores(cases: list[Case], curves: list[Array]) -> Scores:
    """Score P(met by the deadline), and the yearly curve as far as it was observed."""
    last = [(curve[-1:], one.met[-1:]) for one, curve in zip(cases, curves, strict=True)]
    told = [np.isfinite(curve).all() for curve in curves]
    ended, logs, yearly = (
        np.array([score(*pair) if ok else np.nan for pair, ok in zip(pairs, told, strict=True)])
        for score, pairs in (
            (brier, last),
            (log_score, last),
            (brier, [(c, one.met) for one, c in zip(cases, curves, strict=True)]),
        )
    )
    return Scores(ended, logs, yearly)


def mean(values: Array) -> str:
    """Mean and standard error, goals taken as independent."""
    values = values[np.isfinite(values)]
    return f"{values.mean():.3f} ({values.std(ddof=1) / np.sqrt(len(values)):.3f})"


def table(cases: list[Case], curves: dict[str, list[Array]]) -> str:
    """One row a forecaster; differences to tradetrack are clustered by pair."""
    pairs = [one.pledge.pair for one in cases]
    all_scores = {name: scores(cases, own) for name, own in curves.items()}
    rows = [("forecaster", "Brier", "log score", "yearly Brier", "Brier beyond tradetrack's")]
    for name, own in all_scores.items():
        beyond = ""
        if name != MIXTURE:
            difference = paired_difference(own.brier, all_scores[MIXTURE].brier, pairs)
            low, high = difference.interval or (np.nan, np.nan)
            beyond = f"{difference.mean:+.3f} ({low:+.3f} to {high:+.3f})"
        rows.append((name, mean(own.brier), mean(own.log), mean(own.yearly), beyond))
    return "\n".join(f"{n:30s}{b:>16s}{g:>16s}{y:>16s}{d:>27s}" for n, b, g, y, d in rows)


def subset(
    title: str, cases: list[Case], curves: dict[str, list[Array]], chosen: list[Case]
) -> str:
    """One line: the Brier scores of three forecasters on part of the goals."""
    settled = [i for i, one in enumerate(cases) if one in chosen and np.isfinite(one.met[-1])]
    some = [cases[i] for i in settled]
    told = {n: scores(some, [curves[n][i] for i in settled]).brier for n in (MIXTURE, WALK, BASE)}
    head = f"{title} ({len(some)}, {int(sum(one.met[-1] for one in some))} met)"
    return f"{head:46s}" + "".join(f"{mean(own):>16s}" for own in told.values())


def reliabilities(cases: list[Case], curves: list[Array]) -> tuple[Reliability, Reliability]:
    """Reliability at the deadline, and over all observed years with a pair as one trial."""
    pairs = np.array([one.pledge.pair for one in cases])
    width = max(one.horizon for one in cases)
    fill = [(0, width - one.horizon) for one in cases]
    told = np.array([np.pad(c, f) for c, f in zip(curves, fill, strict=True)])
    met = np.array(
        [np.pad(one.met, f, constant_values=np.nan) for one, f in zip(cases, fill, strict=True)]
    )
    last = np.array([[c[-1], one.met[-1]] for one, c in zip(cases, curves, strict=True)])
    ended = reliability(last[:, :1], last[:, 1:], BINS, pairs)
    return ended, reliability(told, met, BINS, pairs)


def report(cases: list[Case], curves: dict[str, list[Array]], failures: list[str]) -> None:
    """Print the table, the parts and the reliability of tradetrack."""
    main = [i for i, one in enumerate(cases) if by_statistics(one)]
    scored, told = [cases[i] for i in main], {n: [c[i] for i in main] for n, c in curves.items()}
    settled = [one for one in scored if np.isfinite(one.met[-1])]
    cells = sum(int(np.isfinite(one.met).sum()) for one in scored)
    print(
        f"{len(settled)} goals of {len({one.pledge.pair for one in settled})} pairs settled by"
        f" statistics, {int(sum(one.met[-1] for one in settled))} met; yearly also"
        f" {len(scored) - len(settled)} censored: {cells} observed years"
    )
    print(table(scored, told))
    print(f"\nBrier of tradetrack, {WALK}, {BASE}:")
    last = {(o.pledge.pair, o.pledge.goal.amount, o.pledge.goal.by): o for o in scored}
    for title, chosen in (
        ("settled by statistics", scored),
        ("or by a report", cases),
        ("well documented", [one for one in scored if one.pledge.confidence == "high"]),
        ("said as a goal", [one for one in scored if one.pledge.said_as == "goal"]),
        ("said again: the last time", list(last.values())),
        ("announced up to 2010", [one for one in scored if one.pledge.year <= 2010]),
        ("announced after 2010", [one for one in scored if one.pledge.year > 2010]),
    ):
        print(subset(title, cases, curves, chosen))
    early = [met_early(one) for one in cases]
    title = "and met before a later deadline"
    print(subset(title, early, curves, [one for one in early if by_statistics(one)]))
    for title, found in zip(
        ("at the deadline", "year by year"), reliabilities(scored, told[MIXTURE]), strict=True
    ):
        print(f"\nReliability of tradetrack {title}:\n{found}")
    print(f"\n{len(failures)} fits failed, not scored:", *failures, sep="\n  ")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--plot", type=Path, help="draw the reliability picture")
    parser.add_argument("--goals", action="store_true", help="print every goal")
    arguments = parser.parse_args()
    prior = cache(Regimes.known_by)
    cases = [one for one in map(case, tt.datasets.pledges()) if one is not None]
    failures: list[str] = []
    named = forecasters([one for one in cases if by_statistics(one)], prior, failures)
    curves = {name: [forecast(one) for one in cases] for name, forecast in named.items()}
    if arguments.goals:
        for one, curve in zip(cases, curves[MIXTURE], strict=True):
            row = one.pledge
            print(f"{row.announced:10s} {row.id:28s} P {curve[-1]:.2f}  {row.outcome}")
    report(cases, curves, sorted(set(failures)))
    if arguments.plot:
        from pledges_plot import draw_reliability  # matplotlib is optional

        chosen = [i for i, one in enumerate(cases) if by_statistics(one)]
        tables = {
            name: reliabilities([cases[i] for i in chosen], [curves[name][i] for i in chosen])
            for name in (MIXTURE, WALK)
        }
        draw_reliability(tables, arguments.plot)


if __name__ == "__main__":
    main()
