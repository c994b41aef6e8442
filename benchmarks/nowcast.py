"""Score the year's total given its first months, on ledgers made as the press makes them.

    python benchmarks/nowcast.py us_monthly.csv.gz russia_monthly.csv.gz [--cases N] [--seasonal N]

A case is eight yearly totals and a year to date, as a level and as growth, of three digits, to
March, June, September or November, by partners that the month prior was not learned from. Errors
are of the log of the year's total: of the median, in units of the error of "this year's growth so
far carried on to the year". With ``--seasonal`` the first cases are also given to the airline model
of statsmodels, which sees every month.
"""

import argparse
import sys
import warnings
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).parents[1] / "tools"))
from monthly_panels import Case, cases_of, held_out, read_flows

from tradetrack.scoring.scores import crps_sample
from tradetrack._typing import MONTHS, Array
from tradetrack.models.mixture import GrowthMixture

IN_MONTHS = (3, 6, 9, 11)
N_PATHS, SEED = 800, 20201231


def sample(paths: tuple[Path, Path], n_cases: int) -> list[Case]:
    """Draw as many cases of each month, from the partners kept for judging."""
    flows = [*read_flows(paths[0], "USA"), *read_flows(paths[1], "RUS")]
    cases = [c for flow in flows if held_out(flow.partner) for c in cases_of(flow, (IN_MONTHS[0],))]
    order = np.random.default_rng(SEED).permutation(len(cases))[: -(-n_cases // len(IN_MONTHS))]
    chosen = [cases[i] for i in order]
    return [
        next(c for c in cases_of(case.flow, (month,)) if c.year == case.year)
        for case in chosen
        for month in IN_MONTHS
    ]


def draw(model: GrowthMixture, case: Case) -> Array:
    """Log of the year's total over the true one, on paths of the library."""
    fitted = model.fit(case.ledger())
    drawn = fitted.draw(case.year, N_PATHS, np.random.default_rng(SEED))
    months = drawn.log_paths[0, -MONTHS:].astype(float)
    total: Array = np.logaddexp.reduce(months, axis=0) - np.log(case.totals[-1] / 1e9)
    return total


def seasonal(case: Case) -> float:
    """Log of the airline model's total over the true one; it sees every month so far."""
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    end = case.year * MONTHS + case.month - case.flow.first
    logs = np.log(case.flow.values[max(0, end - 15 * MONTHS) : end])
    model = SARIMAX(logs, order=(0, 1, 1), seasonal_order=(0, 1, 1, MONTHS))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = model.fit(disp=False, maxiter=50)
    ahead = found.simulate(
        MONTHS - case.month,
        repetitions=400,
        anchor="end",
        rng=np.random.default_rng(SEED),
    )
    totals = np.exp(np.asarray(ahead).reshape(MONTHS - case.month, -1)).sum(axis=0)
    return float(np.log((np.median(totals) + case.to_date[1]) / case.totals[-1]))


def report(name: str, samples: Array, carried: Array) -> None:
    """Print a row: errors, CRPS, bias and bands of the log total over the true one."""
    median = np.median(samples, axis=1)
    low95, low80, high80, high95 = np.quantile(samples, (0.025, 0.1, 0.9, 0.975), axis=1)
    cells = (
        np.abs(median).mean() / np.abs(carried).mean(),
        np.sqrt((median**2).mean() / (carried**2).mean()),
        np.abs(median).mean(),
        crps_sample(samples, np.zeros(len(samples))).mean(),
        median.mean(),
        samples.mean(),
        ((low80 <= 0) & (high80 >= 0)).mean(),
        ((low95 <= 0) & (high95 >= 0)).mean(),
    )
    print(f"  {name:26s}{len(samples):6d}" + "".join(f"{cell:9.4f}" for cell in cells))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("us", type=Path)
    parser.add_argument("russia", type=Path)
    parser.add_argument("--cases", type=int, default=2400)
    parser.add_argument("--seasonal", type=int, default=0)
    arguments = parser.parse_args()
    cases = sample((arguments.us, arguments.russia), arguments.cases)
    model = GrowthMixture()
    samples = np.array([draw(model, case) for case in cases])
    carried = np.array([np.log(case.carried / case.totals[-1]) for case in cases])
    print_table(cases, samples, carried)


def print_table(cases: list[Case], samples: Array, carried: Array) -> None:
    month = np.array([case.month for case in cases])
    us = np.array([case.flow.reporter == "USA" for case in cases])
    out = np.array([case.flow.direction == "exports" for case in cases])
    columns = ("cases", "MAE/gco", "RMSE/gco", "MAE", "CRPS", "bias", "mean", "80 %", "95 %")
    print(f"  {'':26s}{columns[0]:>6s}" + "".join(f"{c:>9s}" for c in columns[1:]))
    groups = {
        "all": month > 0,
        **{f"to month {m}": month == m for m in IN_MONTHS},
        "US exports": us & out,
        "US imports": us & ~out,
        "Russia": ~us,
    }
    for name, chosen in groups.items():
        if chosen.any():
            report(name, samples[chosen], carried[chosen])


if __name__ == "__main__":
    main()
