"""Laws of first passage, on arrays of any shape, against loops over paths."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tradetrack.attainment.first_passage import TOLERANCE, first_year, met_by, running_maximum

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


@given(TOTALS, AMOUNTS)
def test_met_by_counts_the_paths_that_have_passed(totals: np.ndarray, amount: float) -> None:
    first = [years_until(path, amount) for path in totals.T.astype(float).tolist()]
    expected = [
        np.mean([met is not None and met <= year for met in first]) for year in range(len(totals))
    ]
    near = np.abs(totals - amount * (1 - TOLERANCE)).min() < 1e-4
    found = met_by(running_maximum(totals), amount)
    assert near or found.tolist() == expected


@given(TOTALS, AMOUNTS, st.floats(1.0, 3.0))
def test_met_by_rises_with_time_and_falls_with_the_amount(
    totals: np.ndarray, amount: float, factor: float
) -> None:
    highest = running_maximum(totals)
    easier, harder = met_by(highest, amount), met_by(highest, amount * factor)
    assert (np.diff(easier) >= 0).all()
    assert (easier >= harder).all()
    assert easier.min() >= 0
    assert easier.max() <= 1


@given(TOTALS)
def test_a_running_maximum_never_falls_and_is_reached(totals: np.ndarray) -> None:
    highest = running_maximum(totals)
    assert highest.dtype == np.float32
    assert (highest >= totals).all()
    assert (np.diff(highest, axis=0) >= 0).all()
    assert (running_maximum(highest) == highest).all()
    assert (highest[-1] == totals.max(axis=0)).all()


@given(TOTALS, st.integers(0, 7))
def test_a_total_meets_a_goal_of_its_own_size(totals: np.ndarray, path: int) -> None:
    path %= totals.shape[1]
    one = totals[:, [path]]
    assert met_by(running_maximum(one), float(one.max()))[-1] == 1.0
    assert met_by(running_maximum(one), float(one.max()) * 1.0002)[-1] == 0.0


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8).map(sorted), st.floats(0.01, 0.99))
def test_the_first_year_is_the_first_at_or_above(cumulative: list[float], level: float) -> None:
    found = first_year(np.array(cumulative), level)
    if found is None:
        assert cumulative[-1] < level
    else:
        assert cumulative[found] >= level - 1e-12
        assert all(value < level for value in cumulative[:found])


def test_no_amount_is_too_large_or_too_small_to_ask_about() -> None:
    highest = running_maximum(np.array([[1.0, 3e38]], np.float32))
    assert met_by(highest, 1e300).tolist() == [0.0]
    assert met_by(highest, 1e-300).tolist() == [1.0]
