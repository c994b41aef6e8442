"""Score the year's total given its first months, on ledgers made as the press makes them.

    python benchmarks/nowcast.py us_monthly.csv.gz russia_monthly.csv.gz [--cases 2400]

A case is eight yearly totals and a year to date, as a level and as growth, of three digits, to
March, June, September or November, by partners that the prior of the months was not learned from.
Errors are of the log of the year's total. "ratio" is the mean absolute error of the median over
that of "this year's growth so far carried on to the year", averaged over the four months (or of
one). ``--one-seasonality`` takes one month noise and the whole mean pattern for every flow;
``--as-printed`` looks for no misprints; ``--without-growth`` leaves the growth row out;
``--two-flows`` prints exports and imports and asks for their sum. ``--seasonal N`` gives the first
N cases to the airline model of statsmodels too, which sees every month.
"""

import argparse
import sys
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).parents[1] / "tools"))
from monthly_panels import Case, Flow, cases_of, held_out, read_flows

from tradetrack._typing import MONTHS, Array
from tradetrack.domain.observation import Series
from tradetrack.ledger.ledger import Ledger
from tradetrack.models.mixture import GrowthMixture
from tradetrack.models.regimes import MonthPattern
from tradetrack.scoring.scores import crps_sample

IN_MONTHS = (3, 6, 9, 11)
N_PATHS, SEED = 800, 20201231
PAIR = Series(pair="A-B")
COLUMNS = ("cases", "ratio", "MAE", "CRPS", "bias", "80 %", "95 %")


def sample(flows: list[Flow], n_cases: int) -> list[Case]:
    """Draw years of flows by partners kept for judging; each at all four months."""
    judges = [flow for flow in flows if held_out(flow.partner)]
    cases = [cases_of(flow, IN_MONTHS) for flow in judges]
    years = [four for some in cases for four in zip(*[iter(some)] * len(IN_MONTHS), strict=True)]
    order = np.random.default_rng(SEED).permutation(len(years))
    return [case for i in order[: n_cases // len(IN_MONTHS)] for case in years[i]]


def other_ways(flows: list[Flow], cases: list[Case]) -> list[tuple[Case, Case]]:
    """Pair each case of exports with that of imports of the same partner, if there is one."""
    imports = {(f.reporter, f.partner): f for f in flows if f.direction == "imports"}
    pairs = []
    for case in cases:
        if case.flow.direction == "exports":
            back = imports[case.flow.reporter, case.flow.partner]
            same = [c for c in cases_of(back, (case.month,)) if c.year == case.year]
            pairs += [(case, other) for other in same]
    return pairs


def forecast(model: GrowthMixture, ledger: Ledger, case: Case, true: float) -> Array:
    """Log of the year's total over the true one, US$, on paths of the library."""
    drawn = model.fit(ledger).draw(case.year, N_PATHS, np.random.default_rng(SEED))
    months = drawn.log_paths[:, -MONTHS:].astype(float)
    total: Array = np.log(np.exp(months).sum(axis=(0, 1)) * 1e9 / true)
    return total


def seasonal(case: Case) -> float:
    """Log of the airline model's total over the true one; it sees up to fifteen years of months."""
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    end = case.end - case.flow.first
    logs = np.log(case.flow.monthly[max(0, end - 15 * MONTHS) : end])
    model = SARIMAX(logs, order=(0, 1, 1), seasonal_order=(0, 1, 1, MONTHS))
    ahead = MONTHS - case.month
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = model.fit(disp=False, maxiter=50)
    rng = np.random.default_rng(SEED)
    drawn = found.simulate(ahead, repetitions=400, anchor="end", rng=rng)
    totals = np.exp(np.asarray(drawn).reshape(ahead, -1)).sum(axis=0)
    return float(np.log((np.median(totals) + case.to_date[1]) / case.totals[-1]))


def ratio(errors: Array, carried: Array, month: Array) -> float:
    """Mean absolute error over that of growth carried on, averaged over the months there are."""
    each = [
        np.abs(errors[month == m]).mean() / np.abs(carried[month == m]).mean()
        for m in np.unique(month)
    ]
    return float(np.mean(each))


def print_row(name: str, samples: Array, carried: Array, month: Array) -> None:
    median = np.median(samples, axis=1)
    low95, low80, high80, high95 = np.quantile(samples, (0.025, 0.1, 0.9, 0.975), axis=1)
    cells = (
        ratio(median, carried, month),
        np.abs(median).mean(),
        crps_sample(samples, np.zeros(len(samples))).mean(),
        median.mean(),
        ((low80 <= 0) & (high80 >= 0)).mean(),
        ((low95 <= 0) & (high95 >= 0)).mean(),
    )
    print(f"  {name:14s}{len(samples):6d}" + "".join(f"{cell:9.4f}" for cell in cells))


def print_table(cases: list[Case], samples: Array, carried: Array) -> None:
    month = np.array([case.month for case in cases])
    us = np.array([case.flow.reporter == "USA" for case in cases])
    out = np.array([case.flow.direction == "exports" for case in cases])
    print(f"  {'':14s}{COLUMNS[0]:>6s}" + "".join(f"{name:>9s}" for name in COLUMNS[1:]))
    groups = {
        "all": month > 0,
        **{f"to month {m}": month == m for m in IN_MONTHS},
        "US exports": us & out,
        "US imports": us & ~out,
        "Russia": ~us,
    }
    for name, some in groups.items():
        if some.any():
            print_row(name, samples[some], carried[some], month[some])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("us", type=Path)
    parser.add_argument("russia", type=Path)
    parser.add_argument("--cases", type=int, default=2400)
    parser.add_argument("--one-seasonality", action="store_true")
    parser.add_argument("--as-printed", action="store_true")
    parser.add_argument("--without-growth", action="store_true")
    parser.add_argument("--two-flows", action="store_true")
    parser.add_argument("--seasonal", type=int, default=0)
    arguments = parser.parse_args()
    flows = [*read_flows(arguments.us, "USA"), *read_flows(arguments.russia, "RUS")]
    cases, growth = sample(flows, arguments.cases), not arguments.without_growth
    pattern = MonthPattern.shipped()
    if arguments.one_seasonality:
        pattern = replace(pattern, seasonalities=(), seasonality_weights=())
    model = GrowthMixture(pattern=pattern)
    if arguments.as_printed:
        model = replace(model, misprints=None)
    if arguments.two_flows:
        parts = [list(pair) for pair in other_ways(flows, cases)]
        names = [PAIR.model_copy(update={"flow": flow}) for flow in PAIR.flows]
    else:
        parts, names = [[case] for case in cases], [Series(pair="flow")]
    samples, carried = [], []
    for part in parts:
        rows = [
            row for case, name in zip(part, names, strict=True) for row in case.rows(name, growth)
        ]
        true = float(sum(case.totals[-1] for case in part))
        samples.append(forecast(model, Ledger(rows), part[0], true))
        carried.append(np.log(sum(case.carried for case in part) / true))
    print_table([part[0] for part in parts], np.array(samples), np.array(carried))
    if few := arguments.seasonal:
        month = np.array([case.month for case in cases[:few]])
        airline = np.array([seasonal(case) for case in cases[:few]])
        ours = np.median(samples[:few], axis=1)
        for name, errors in (("airline model", airline), ("tradetrack", ours)):
            score = ratio(errors, np.array(carried[:few]), month)
            print(f"first {few} cases, {name}: ratio {score:.4f}, bias {errors.mean():+.4f}")


if __name__ == "__main__":
    main()
