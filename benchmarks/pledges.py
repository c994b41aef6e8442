"""Score forecasters on announced trade goals, each as of its announcement.

    python benchmarks/pledges.py [--page FILE] [--plot FILE] [--goals]

The goals and the totals of their pairs ship with the library. A forecaster knows the totals of the
years before the announcement; tradetrack's prior was learned from years before it
(`Regimes.known_by`, by ``tools/learn_regimes.py --real-time``). A goal counts at its deadline if
statistics settled it, and year by year as far as its outcome was observed whatever it was. What is
scored, and why the rest is not, was settled before: ``docs/decisions/0040-archive.md``. The output
is the generated part of ``docs/pledges.md``.
"""

import argparse
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import peers
from peers import Array
from scipy.stats import norm, t

import tradetrack as tt
from tradetrack.models.annual import AnnualMixture
from tradetrack.models.regimes import COLUMNS, MEMORY, MonthPattern, Regimes
from tradetrack.scoring.calibration import Reliability, reliability
from tradetrack.scoring.comparison import paired_difference
from tradetrack.scoring.scores import brier, log_score

OLDEST = 2  # years between the last total known and the announcement, at most
BINS = 5
N_PATHS, DRAWS, SEED = 20_000, 4096, 1
MIXTURE = "tradetrack, prior of the time"
WALK, KNOWN = "random walk, no drift, all years", "base rate known at the time"
CARRIED = "five-year growth carried on"

Pledge = tt.results.Pledge
Prior = Callable[[int], Regimes]
Forecaster = Callable[["Case"], Array]


@dataclass(frozen=True, eq=False)
class Case:
    """A goal with the unbroken run of totals known at its announcement, in logs.

    ``met[k]`` says whether it had been met by ``k + 1`` years after the last total: 0 or 1, NaN
    before the announcement, where it is not known, and before the year of an "in" goal.
    """

    pledge: Pledge
    years: tuple[int, ...]
    log_totals: Array
    met: Array

    @property
    def horizon(self) -> int:
        """Years from the last total known to the deadline."""
        return len(self.met)

    @property
    def log_goal(self) -> float:
        """Log of the level to reach, US$ bn."""
        return float(np.log(self.pledge.level))

    @property
    def alone(self) -> bool:
        """Whether the deadline's year alone counts."""
        return self.pledge.counts == "in"


def case(pledge: Pledge) -> Case | None:
    """Return what can be scored of a goal, or None if it has no recent history or no outcome."""
    known = dict(pledge.known)
    if pledge.set_aside or not known or max(known) < pledge.year - OLDEST:
        return None
    first = last = max(known)
    while first - 1 in known:
        first -= 1
    start = pledge.by if pledge.counts == "in" else pledge.year
    told = [pledge.met_by(y) if y >= start else None for y in range(last + 1, pledge.by + 1)]
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


def tabled(one: Case) -> bool:
    """Whether it is in the table: settled by statistics, or observed so far without an outcome."""
    return by_statistics(one) or not one.pledge.basis


def mixture_forecaster(prior: Prior, memory: int = MEMORY) -> Forecaster:
    """Forecast with the growth mixture, given the last years of the history."""
    noise = MonthPattern.shipped().noise

    def forecast(one: Case) -> Array:
        years, totals = one.years[-memory:], one.log_totals[-memory:]
        mixture = AnnualMixture.over(prior(one.pledge.year), years, one.horizon, noise)
        if one.alone:
            return at_the_end(one, reached_in_the_last(mixture, totals, one.log_goal))
        goal, rng = np.array([[one.log_goal]]), np.random.default_rng(SEED)
        curve: Array = mixture.attainment(totals[None], goal, rng, DRAWS)[0, 0]
        return curve

    return forecast


def without_drift(prior: Prior) -> Prior:
    """Take the mean growth out of every regime, to see what it is worth."""

    def known_by(year: int) -> Regimes:
        regimes = prior(year)
        table = regimes.table()
        table[:, COLUMNS.index("drift")] = 0.0
        return Regimes.from_table(table, np.array(regimes.weights))

    return cache(known_by)


def reached_in_the_last(mixture: AnnualMixture, log_totals: Array, log_goal: float) -> float:
    r"""Probability that the last year ahead, by itself, is at the goal.

    .. math:: P(y_h \ge g) = \sum_r w_r \, \Phi\big((m_{rh} - g) / s_{rh}\big)
    """
    mean = mixture.predictive_mean(log_totals)[0, :, -1]
    spread = np.linalg.norm(mixture.predictive_factor[:, -1], axis=1)
    weights = mixture.regime_weights(log_totals)[0]
    return float(weights @ norm.cdf((mean - log_goal) / spread))


def at_the_end(one: Case, probability: float) -> Array:
    """Return the curve of a goal that only the deadline's year can meet."""
    return np.append(np.zeros(one.horizon - 1), probability)


def peer_forecaster(peer: peers.Peer, failures: list[str]) -> Forecaster:
    """Forecast by simulated paths; a fit that fails is NaN, and is said."""
    drawn: dict[tuple[object, ...], Array] = {}  # goals of one announcement share their paths

    def forecast(one: Case) -> Array:
        goal = one.pledge.goal
        key = goal.series, goal.reporter, one.years[-1]
        try:
            if key not in drawn or drawn[key].shape[1] < one.horizon:
                rng = np.random.default_rng(SEED)
                drawn[key] = peer(one.log_totals, one.horizon, N_PATHS, rng)
        except peers.FitFailedError as error:
            failures.append(f"{one.pledge.id}, {peer.__name__}: {error}")
            return np.full(one.horizon, np.nan)
        paths = drawn[key][:, : one.horizon]
        if one.alone:
            return at_the_end(one, float(np.mean(paths[:, -1] >= one.log_goal)))
        return peers.reached_by(paths, one.log_goal)

    return forecast


def recent_walk(log_totals: Array, horizon: int, n_paths: int, rng: np.random.Generator) -> Array:
    """Walk without drift at the volatility of the years that tradetrack looks at."""
    return peers.random_walk(log_totals[-MEMORY:], horizon, n_paths, rng)


def known_rate(archive: Iterable[Pledge]) -> Forecaster:
    """Forecast the share met of the goals whose deadline was over before the announcement's year.

    All settled goals that are not set aside, with one met and one missed added.
    """
    settled = [
        (one.by, float(one.outcome == "met")) for one in archive if one.basis and not one.set_aside
    ]

    def forecast(one: Case) -> Array:
        over = [met for by, met in settled if by < one.pledge.year]
        return even_hazard(one, (sum(over) + 1.0) / (len(over) + 2.0))

    return forecast


def hindsight_rate(cases: Iterable[Case]) -> Forecaster:
    """Forecast the share that was met of the goals scored, which nobody knew."""
    share = float(np.mean([one.met[-1] for one in cases if np.isfinite(one.met[-1])]))
    return lambda one: even_hazard(one, share)


def even_hazard(one: Case, probability: float) -> Array:
    """Spread a probability over the years to the deadline at an even hazard."""
    if one.alone:
        return at_the_end(one, probability)
    steps = np.arange(1, one.horizon + 1) / one.horizon
    curve: Array = 1.0 - (1.0 - probability) ** steps
    return curve


def forecasters(
    archive: Iterable[Pledge], cases: list[Case], prior: Prior, failures: list[str]
) -> dict[str, Forecaster]:
    """Name every forecaster; the base rate in hindsight is of the cases given."""
    fitted = {
        WALK: peers.random_walk,
        "random walk, no drift, last eight years": recent_walk,
        "random walk with drift": peers.random_walk_with_drift,
        CARRIED: peers.growth_carried_on,
        "ETS, damped trend": peers.ets,
        "ARIMA, lowest AICc": peers.arima,
        "unobserved components": peers.unobserved_components,
    }
    rates = {KNOWN: known_rate(archive), "base rate in hindsight": hindsight_rate(cases)}
    by_paths = {name: peer_forecaster(peer, failures) for name, peer in fitted.items()}
    tried = {
        "tradetrack without drift": mixture_forecaster(without_drift(prior)),
        "tradetrack given all years": mixture_forecaster(prior, memory=10**3),
    }
    return {MIXTURE: mixture_forecaster(prior), **by_paths, **rates, **tried}


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


def figure(value: float, sign: str = "") -> str:
    """Three decimals, as the pages write them: ``.137``, ``+.005``, ``−.002``."""
    return f"{value:{sign}.3f}".replace("0.", ".", 1).replace("-", "−")


def mean(values: Array) -> str:
    """Mean and standard error, goals taken as independent."""
    values = values[np.isfinite(values)]
    return f"{figure(values.mean())} ({figure(values.std(ddof=1) / np.sqrt(len(values)))})"


def beyond(own: Array, ours: Array, pairs: list[str]) -> str:
    """Mean difference to tradetrack's scores and its standard error, clustered by pair."""
    difference = paired_difference(own, ours, pairs)
    if difference.interval is None:
        return figure(difference.mean, "+")
    low, high = difference.interval
    error = (high - low) / 2.0 / t.ppf(0.5 + difference.level / 2.0, difference.groups - 1)
    return f"{figure(difference.mean, '+')} ({figure(error)})"


def row(*cells: object) -> str:
    """One row of a table in Markdown."""
    return f"| {' | '.join(map(str, cells))} |"


def table(cases: list[Case], curves: dict[str, list[Array]]) -> Iterator[str]:
    """One row a forecaster, the best Brier score first below tradetrack's."""
    pairs = [one.pledge.pair for one in cases]
    all_scores = {name: scores(cases, own) for name, own in curves.items()}
    ours = all_scores.pop(MIXTURE)
    yield row(
        *("forecaster", "Brier, at the deadline", "log score", "yearly Brier"),
        *("Brier beyond tradetrack's", "log score beyond tradetrack's"),
    )
    yield row(*["---"] * 6)
    yield row(MIXTURE, mean(ours.brier), mean(ours.log), mean(ours.yearly), "", "")
    for name, own in sorted(all_scores.items(), key=lambda item: float(np.nanmean(item[1].brier))):
        yield row(
            *(name, mean(own.brier), mean(own.log), mean(own.yearly)),
            *(beyond(own.brier, ours.brier, pairs), beyond(own.log, ours.log, pairs)),
        )


def part(title: str, cases: list[Case], curves: dict[str, list[Array]], chosen: list[Case]) -> str:
    """One row: the Brier scores of four forecasters on part of the goals."""
    settled = [i for i, one in enumerate(cases) if one in chosen and np.isfinite(one.met[-1])]
    some = [cases[i] for i in settled]
    names = MIXTURE, WALK, KNOWN, CARRIED
    told = {n: scores(some, [curves[n][i] for i in settled]).brier for n in names}
    met = int(sum(one.met[-1] for one in some))
    pairs = [one.pledge.pair for one in some]
    return row(
        f"{title} ({len(some)}, {met} met)",
        *map(mean, told.values()),
        beyond(told[WALK], told[MIXTURE], pairs),
    )


def parts(cases: list[Case], curves: dict[str, list[Array]]) -> Iterator[str]:
    """Brier scores on parts of the goals: how they are documented, when and as what announced."""
    scored = [one for one in cases if by_statistics(one)]
    last = {(o.pledge.pair, o.pledge.goal.series, o.pledge.level, o.pledge.by): o for o in scored}
    years = {one: one.pledge.year for one in scored}
    yield row("Brier score on", MIXTURE, WALK, KNOWN, CARRIED, "the walk beyond tradetrack")
    yield row(*["---"] * 6)
    for title, chosen in {
        "settled by statistics": scored,
        "announced 2003–2009": [one for one in scored if years[one] <= 2009],
        "announced 2010–2019": [one for one in scored if 2010 <= years[one] <= 2019],
        "of these, 2010–2014": [one for one in scored if 2010 <= years[one] <= 2014],
        "of these, 2015–2019": [one for one in scored if 2015 <= years[one] <= 2019],
        "the seventy that shipped first": [one for one in scored if one.pledge.round == 1],
        "those added": [one for one in scored if one.pledge.round == 2],
        "well documented": [one for one in scored if one.pledge.confidence == "high"],
        "said as a goal": [one for one in scored if one.pledge.said_as == "goal"],
        "said again: the last time": list(last.values()),
        "for a later year than this": [one for one in scored if one.pledge.by > years[one]],
        "for this year": [one for one in scored if one.pledge.by == years[one]],
        "the same by the other side's figures": [one for one in scored if agreed(one)],
        "or settled by a report": cases,
    }.items():
        yield part(title, cases, curves, chosen)
    early = [met_early(one) for one in cases]
    title = "and met before a later deadline"
    yield part(title, early, curves, [one for one in early if by_statistics(one)])


def eras(cases: list[Case], curves: dict[str, list[Array]]) -> Iterator[str]:
    """What was promised and what came true, by the year of announcement."""
    names = MIXTURE, WALK, KNOWN, CARRIED
    yield row("announced", "goals", "met", *(f"{name}: mean probability" for name in names))
    yield row(*["---"] * (len(names) + 3))
    for first, last in ((2003, 2007), (2008, 2010), (2011, 2014), (2015, 2022)):
        among = [
            i
            for i, one in enumerate(cases)
            if first <= one.pledge.year <= last and by_statistics(one) and np.isfinite(one.met[-1])
        ]
        met = np.mean([cases[i].met[-1] for i in among])
        told = (np.mean([curves[name][i][-1] for i in among]) for name in names)
        yield row(f"{first}–{last}", len(among), *(f"{share:.2f}"[-3:] for share in (met, *told)))


def agreed(one: Case) -> bool:
    """Whether the other side's figures are known to say the same of the outcome."""
    return one.pledge.outcome_other == one.pledge.outcome


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


def settled(cases: list[Case]) -> list[Case]:
    """Those that statistics settled at their deadline."""
    return [one for one in cases if by_statistics(one) and np.isfinite(one.met[-1])]


def counts(archive: tuple[Pledge, ...], cases: list[Case]) -> str:
    """Say how many goals there are, and how many are scored."""
    scored, told = settled(cases), [one for one in cases if tabled(one)]
    met = int(sum(one.met[-1] for one in scored))
    observed = sum(int(np.isfinite(one.met).sum()) for one in told)
    return (
        f"Of {len(archive)} goals {len(scored)}, of {len({one.pledge.pair for one in scored})}"
        f" pairs, are scored at their deadline; {met} of them were met. {len(told) - len(scored)}"
        f" more are scored year by year only: {observed} observed years in all."
    )


def tables(archive: tuple[Pledge, ...], cases: list[Case], curves: dict[str, list[Array]]) -> str:
    """Return the generated part of the page."""
    main = [i for i, one in enumerate(cases) if tabled(one)]
    scored, told = [cases[i] for i in main], {n: [c[i] for i in main] for n, c in curves.items()}
    lines = [counts(archive, cases), "", *table(scored, told), "", *parts(cases, curves)]
    lines += ["", *eras(cases, curves)]
    return "\n".join(lines) + "\n"


def known_cases(archive: Iterable[Pledge]) -> list[Case]:
    """Return the goals of which anything can be scored."""
    return [one for one in map(case, archive) if one is not None]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--page", type=Path, help="write the tables into this page")
    parser.add_argument("--plot", type=Path, help="draw the reliability picture")
    parser.add_argument("--goals", action="store_true", help="print every goal")
    arguments = parser.parse_args()
    archive = tt.datasets.pledges()
    cases = known_cases(archive)
    failures: list[str] = []
    named = forecasters(archive, settled(cases), cache(Regimes.known_by), failures)
    curves = {name: [forecast(one) for one in cases] for name, forecast in named.items()}
    if arguments.goals:
        for one, curve in zip(cases, curves[MIXTURE], strict=True):
            pledge = one.pledge
            print(f"{pledge.announced:10s} {pledge.id:28s} P {curve[-1]:.2f}  {pledge.outcome}")
    made = tables(archive, cases, curves)
    print(made)
    chosen = [i for i, one in enumerate(cases) if tabled(one)]
    found = {
        name: reliabilities([cases[i] for i in chosen], [curves[name][i] for i in chosen])
        for name in (MIXTURE, WALK)
    }
    for title, each in zip(("at the deadline", "year by year"), found[MIXTURE], strict=True):
        print(f"Reliability of tradetrack {title}:\n{each}\n")
    print(f"{len(set(failures))} fits failed, not scored:", *sorted(set(failures)), sep="\n  ")
    if arguments.page:
        write_page(arguments.page, made)
    if arguments.plot:
        from pledges_plot import draw_reliability  # matplotlib is optional

        draw_reliability(found, arguments.plot)


def write_page(page: Path, made: str) -> None:
    """Write the tables between the marks of the page."""
    before, mark, rest = page.read_text(encoding="utf-8").partition("<!-- scores -->\n")
    _, end, after = rest.partition("<!-- end -->")
    if not (mark and end):
        raise SystemExit(f"{page} has no part between <!-- scores --> and <!-- end -->")
    page.write_text(f"{before}{mark}\n{made}\n{end}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
