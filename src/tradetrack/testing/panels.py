"""Strategies for panels of annual series."""

import math
from typing import TYPE_CHECKING

from hypothesis import strategies as st

if TYPE_CHECKING:
    import pandas as pd


@st.composite
def panels(draw: st.DrawFn) -> "tuple[pd.DataFrame, pd.DataFrame]":
    """Values and goals for `tradetrack.track_panel`.

    Up to six series of two to seven years, gaps among them, with one to three goals each.

    Parameters
    ----------
    draw
        Given by hypothesis.

    Examples
    --------
    >>> from hypothesis import find
    >>> values, goals = find(panels(), lambda panel: True)
    >>> list(values), list(goals)
    (['series', 'year', 'value'], ['series', 'amount'])
    """
    import pandas as pd

    values, goals = [], []
    for i in range(draw(st.integers(1, 6))):
        years = sorted(draw(st.sets(st.integers(2000, 2008), min_size=2, max_size=7)))
        logs = draw(st.lists(st.floats(-3, 3), min_size=len(years), max_size=len(years)))
        values += [(f"s{i}", year, math.exp(log)) for year, log in zip(years, logs, strict=True)]
        factors = draw(st.lists(st.floats(0.3, 8.0), min_size=1, max_size=3))
        goals += [(f"s{i}", math.exp(logs[-1]) * factor) for factor in factors]
    return (
        pd.DataFrame(values, columns=["series", "year", "value"]),
        pd.DataFrame(goals, columns=["series", "amount"]),
    )
