"""Laws of first passage, on arrays of any shape, against loops over paths."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tradetrack.attainment.first_passage import (
    NEVER,
    TOLERANCE,
    first_months,
    first_year,
    in_a_row,
    met_by,
    reaches,
)

AMOUNTS = st.floats(0.5, 60.0)
TOTALS = arrays(
    np.float32,
    st.tuples(st.integers(1, 6), st.integers(1, 8)),
    elements=st.floats(0.125, 64.0, width=32),
)


def years_until(path: list[float], amount: float) -> int | None:
    """First year whose total reaches the amount, read off one path."""
    for year, total in enumerate(path):
        if total >= amount * (1 - TOLERANCE):
            return year
    return None


def chances(totals: np.ndarray, amount: float) -> np.ndarray:
    """Share of the paths that have met the amount by each year."""
    years = range(len(totals))
    return met_by(first_months(reaches(totals, amount), years), years).mean(axis=1)


@given(TOTALS, AMOUNTS)
def test_met_by_counts_the_paths_that_have_passed(totals: np.ndarray, amount: float) -> None:
    first = [years_until(path, amount) for path in totals.T.astype(float).tolist()]
    expected = [
        np.mean([met is not None and met <= year for met in first]) for year in range(len(totals))
    ]
    near = np.abs(totals - amount * (1 - TOLERANCE)).min() < 1e-4
    found = chances(totals, amount)
    assert near or found.tolist() == expected


@given(TOTALS, AMOUNTS, st.floats(1.0, 3.0))
def test_met_by_rises_with_time_and_falls_with_the_amount(
    totals: np.ndarray, amount: float, factor: float
) -> None:
    easier, harder = chances(totals, amount), chances(totals, amount * factor)
    assert (np.diff(easier) >= 0).all()
    assert (easier >= harder).all()
    assert easier.min() >= 0
    assert easier.max() <= 1


@given(TOTALS, AMOUNTS)
def test_at_most_is_at_least_upside_down(totals: np.ndarray, amount: float) -> None:
    assert (reaches(totals, amount, at_most=True) == reaches(-totals, -amount)).all()


@given(
    arrays(bool, st.tuples(st.integers(1, 8), st.integers(1, 4))),
    st.integers(1, 4),
    st.integers(1, 3),
)
def test_so_many_in_a_row_are_met_first_where_a_search_finds_them(
    met: np.ndarray, times: int, step: int
) -> None:
    ends = range(5, 5 + step * len(met), step)
    found = first_months(in_a_row(met, times), ends)
    for path, first in zip(met.T.tolist(), found.tolist(), strict=True):
        runs = (
            end for i, end in enumerate(ends) if i + 1 >= times and all(path[i + 1 - times : i + 1])
        )
        assert first == next(runs, NEVER)


@given(TOTALS, st.integers(0, 7))
def test_a_total_meets_a_goal_of_its_own_size(totals: np.ndarray, path: int) -> None:
    path %= totals.shape[1]
    one = totals[:, [path]]
    assert chances(one, float(one.max()))[-1] == 1.0
    assert chances(one, float(one.max()) * 1.0002)[-1] == 0.0


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8).map(sorted), st.floats(0.01, 0.99))
def test_the_first_year_is_the_first_at_or_above(cumulative: list[float], level: float) -> None:
    found = first_year(np.array(cumulative), level)
    if found is None:
        assert cumulative[-1] < level
    else:
        assert cumulative[found] >= level - 1e-12
        assert all(value < level for value in cumulative[:found])


def test_no_amount_is_too_large_or_too_small_to_ask_about() -> None:
    totals = np.array([[1.0, 3e38]], np.float32)
    assert chances(totals, 1e300).tolist() == [0.0]
    assert chances(totals, 1e-300).tolist() == [1.0]
