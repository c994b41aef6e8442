"""Learn the prior of month effects and month noise; writes ``data/month_pattern.csv``.

    python tools/learn_months.py us_monthly.csv.gz russia_monthly.csv.gz data/month_pattern.csv

Both inputs have the columns ``partner``, ``month`` (2006-01), ``exports`` and ``imports`` in US$.
The columns of the output are those that ``MonthPattern.shipped`` reads. ``docs/prior.md`` says why.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from monthly_panels import held_out

from tradetrack._typing import MONTHS, Array

SMALLEST, LARGEST = 20e6, 500e6  # median US$ a month of the flows that the noise is learned from
FEWEST_MONTHS = 120
SIMILAR = ("AZE", "BLR", "KAZ", "UKR", "UZB")  # Russia's partners most like the flagship's pair


@dataclass(frozen=True)
class Months:
    """Month effects (12, flows), their sampling variance (flows,), noise sd and flow sizes."""

    effects: pd.DataFrame
    sampling: pd.Series
    noise: pd.Series
    size: pd.Series

    def without_judges(self) -> "Months":
        """Leave out the partners that are kept for judging in-year estimates."""
        kept = [name for name in self.size.index if not held_out(str(name).split()[0])]
        return Months(self.effects[kept], self.sampling[kept], self.noise[kept], self.size[kept])


def read(path: Path) -> pd.DataFrame:
    """Read monthly flows as logs, one column a flow, the long ones without a month at zero."""
    rows = pd.read_csv(path, keep_default_na=False)
    flows = []
    for flow in ("exports", "imports"):
        rows[flow] = pd.to_numeric(rows[flow], errors="coerce")
        wide = rows.set_index(["month", "partner"])[flow].unstack("partner")  # noqa: PD010 - no sums
        flows.append(wide.add_suffix(f" {flow}"))
    values = pd.concat(flows, axis=1)
    values = values.where(values > 0)
    kept = (values.notna().sum() >= FEWEST_MONTHS) & (values.median() >= SMALLEST)
    chosen = values.loc[:, kept]
    return pd.DataFrame(np.log(chosen), chosen.index, chosen.columns)


def study(logs: pd.DataFrame) -> Months:
    """Take month effects about a centred yearly average, then the noise of what is left."""
    yearly = logs.rolling(MONTHS).mean()
    deviation = logs - 0.5 * (yearly.shift(-6) + yearly.shift(-5))
    month = pd.Index([int(text[-2:]) for text in logs.index])
    by_month = deviation.groupby(month)
    effects = by_month.mean()
    effects = effects - effects.mean()
    adjusted = logs - effects.reindex(month).set_axis(logs.index)
    sampling = (by_month.var() / by_month.count()).mean()
    return Months(effects, sampling, nugget(adjusted), np.exp(logs.median()))


def nugget(adjusted: pd.DataFrame) -> pd.Series:
    """Noise sd: half the variogram at lag 0, extrapolated from lags of one and two months."""

    def variance(lag: int) -> "pd.Series[float]":
        change = adjusted.diff(lag)
        return (1.4826 * (change - change.median()).abs().median()) ** 2

    return (0.5 * (2.0 * variance(1) - variance(2))).clip(lower=0.0).pow(0.5)


def spread(months: Months) -> Array:
    """Spread of effects over flows, less sampling variance, as `MonthPattern` defines it.

    With P the centring matrix, diag(P diag(v) P) = observed is solved for v.
    """
    observed = np.maximum(months.effects.var(axis=1).to_numpy() - months.sampling.median(), 0.0)
    total = observed.sum() * MONTHS / (MONTHS - 1)
    own: Array = (observed - total / MONTHS**2) / (1.0 - 2.0 / MONTHS)
    return np.sqrt(np.maximum(own, 0.0))


def comparable_noise(sources: list[Months]) -> float:
    """Median noise over flows of comparable size, each source counting the same."""
    parts = [each.noise[each.size.between(SMALLEST, LARGEST)] for each in sources]
    noise = np.concatenate([part.to_numpy() for part in parts])
    weight = np.concatenate([np.full(len(part), 1.0 / len(part)) for part in parts])
    order = np.argsort(noise)
    middle = np.searchsorted(np.cumsum(weight[order]), 0.5 * weight.sum())
    return float(noise[order][middle])


def compare(us: Months, russia: Months) -> None:
    """Print how well each mean pattern foretells flows like the flagship's, partner left out."""
    american = us.effects.mean(axis=1)
    errors: dict[str, list[float]] = {"none": [], "US": [], "Russia": [], "both": []}
    for partner in SIMILAR:
        own = [name for name in russia.effects if str(name).startswith(partner)]
        others = russia.effects.drop(columns=own).mean(axis=1)
        patterns = (0.0 * others, american, others, 0.5 * (american + others))
        for name, pattern in zip(errors, patterns, strict=True):
            errors[name].append(
                float(russia.effects[own].sub(pattern, axis=0).pow(2).mean().mean())
            )
    for name, squares in errors.items():
        print(f"pattern {name:7s} RMSE on {', '.join(SIMILAR)}: {np.sqrt(np.mean(squares)):.4f}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("us", type=Path)
    parser.add_argument("russia", type=Path)
    parser.add_argument("output", type=Path)
    arguments = parser.parse_args()
    us, russia = (study(read(path)) for path in (arguments.us, arguments.russia))
    compare(us, russia)
    for name, source in (("US", us), ("Russia", russia), ("both", None)):
        noise = comparable_noise([us, russia] if source is None else [source])
        flows = len(us.size) + len(russia.size) if source is None else len(source.size)
        print(f"{name}: {flows} flows, month noise {noise:.3f}")
    learned = russia.without_judges()
    effects = learned.effects.mean(axis=1).to_numpy()
    december = np.exp(effects)[-1] / np.exp(effects).sum()
    print(f"pattern of {len(learned.size)} flows; eleven months are {1 - december:.3f} of the year")
    table = pd.DataFrame(
        {
            "month": np.arange(1, MONTHS + 1),
            "effect": effects.round(4),
            "spread": spread(learned).round(4),
            "noise": round(comparable_noise([us, russia]), 3),
        }
    )
    table.to_csv(arguments.output, index=False)
    print(table.to_string(index=False))


if __name__ == "__main__":
    main()
