"""Small panels for the tests."""

import numpy as np
import pandas as pd

import tradetrack as tt


def values(n: int = 6, first: int = 2012, years: int = 9) -> pd.DataFrame:
    """Series ``s0``, ``s1`` and so on, each a random walk with a growth and a spread of its own."""
    rng = np.random.default_rng(4)
    steps = rng.normal(0.03, 1.0, (n, years)) * rng.uniform(0.05, 0.4, (n, 1))
    return pd.DataFrame(
        {
            "series": np.repeat([f"s{i}" for i in range(n)], years),
            "year": np.tile(np.arange(first, first + years), n),
            "value": np.exp(steps.cumsum(axis=1)).ravel() * 3.0,
        }
    )


def goals(n: int = 6, *, factors: tuple[float, ...] = (1.1, 1.6)) -> pd.DataFrame:
    """Multiples of the last value of each series of `values`."""
    last = values(n)["value"].to_numpy()[8::9]
    return pd.DataFrame(
        {
            "series": np.repeat([f"s{i}" for i in range(n)], len(factors)),
            "amount": (last[:, None] * factors).ravel(),
        }
    )


def ledger(totals: dict[int, float]) -> tt.Ledger:
    """Exact calendar years."""
    return tt.Ledger(
        tt.Level(
            series=tt.Series(pair="exports"),
            window=tt.Window.calendar_year(year),
            figure=tt.Figure.of(total, "usd_bn"),
            reporter="stat",
            published=f"{year + 1}-02",
        )
        for year, total in totals.items()
    )
