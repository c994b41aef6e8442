"""Window: runs of whole months."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradetrack.domain.window import Window, format_month, month_number, parse_month
from tradetrack.errors import InputError
from tradetrack.testing.rows import months, windows


@given(months(1800, 2200))
def test_months_are_written_and_read(month):
    assert parse_month(format_month(month)) == month


@pytest.mark.parametrize("text", ["2025", "2025-9", "2025-09-01", "09-2025", "Sep 2025", ""])
def test_what_is_no_month(text):
    with pytest.raises(
        InputError, match=r"is not a month; write it as YYYY-MM, for example 2025-09"
    ):
        parse_month(text)


@pytest.mark.parametrize(
    "text",
    [
        "first half of 2024",
        "2024/3",
        "2024-01 and 2024-09",
        "2024-25-26",
        "2024..2025",
        "",
        "2024-9",
    ],
)
def test_what_is_no_window(text):
    with pytest.raises(InputError) as caught:
        Window.parse(text)
    assert str(caught.value) == (
        f"{text!r} is not a window; write 2024, 2025-09, 2025-01..2025-09, or a fiscal year as"
        " 2024-04..2025-03"
    )
    assert caught.value.topic == "window"


def test_a_year_and_two_digits_are_a_month():
    assert Window.parse("2011-12").kind == "month"
    with pytest.raises(InputError, match="month 26 is not between 1 and 12"):
        Window.parse("2024-26")


@pytest.mark.parametrize(
    ("year", "month", "message"),
    [
        (2025, 0, "month 0 is not between 1 and 12; write the month as 1 to 12"),
        (2025, 13, "month 13 is not between 1 and 12; write the month as 1 to 12"),
        (25, 1, "year 25 is not between 1800 and 2200; write it in four digits"),
        (20250, 1, "year 20250 is not between 1800 and 2200; write it in four digits"),
    ],
)
def test_months_of_no_calendar(year, month, message):
    with pytest.raises(InputError) as caught:
        month_number(year, month)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("window", "text", "kind", "n_months", "year"),
    [
        (Window.month(2025, 9), "2025-09", "month", 1, 2025),
        (Window.month(2025, 1), "2025-01", "month", 1, 2025),
        (Window.year_to_date(2025, 9), "2025-01..2025-09", "year_to_date", 9, 2025),
        (Window.year_to_date(2025, 12), "2025", "calendar_year", 12, 2025),
        (Window.calendar_year(2024), "2024", "calendar_year", 12, 2024),
        (Window.parse("2024-04..2024-08"), "2024-04..2024-08", "months", 5, 2024),
        (Window.parse("2024-01..2025-03"), "2024-01..2025-03", "months", 15, 2025),
    ],
)
def test_what_a_window_is_called(window, text, kind, n_months, year):
    assert (str(window), window.kind, window.n_months, window.year) == (text, kind, n_months, year)
    assert repr(window) == f"Window('{text}')"
    assert list(window.months()) == list(range(window.start, window.start + n_months))


@given(windows())
def test_windows_are_written_and_read(window):
    assert Window.parse(str(window)) == window
    assert Window.model_validate_json(window.model_dump_json()) == window


@given(windows(), st.integers(-5, 5))
def test_shifting_by_years_keeps_the_months(window, years):
    shifted = window.shift(years)
    assert shifted.shift(-years) == window
    assert (shifted.kind, shifted.n_months) == (window.kind, window.n_months)
    assert shifted.year == window.year + years


@given(windows(), windows())
def test_covering_is_holding_every_month(one, other):
    assert one.covers(other) == (set(other.months()) <= set(one.months()))


@pytest.mark.parametrize(
    ("start", "end", "message"),
    [
        ("2025-09", "2025-01", "ends in 2025-01, before it starts in 2025-09; swap the two months"),
        ("2025-09", "soon", "'soon' is not a month; write it as YYYY-MM"),
        (True, "2025-09", "True is not a month"),
        (2025.5, "2025-09", "2025.5 is not a month"),
        (12, "2025-09", "year 1 is not between 1800 and 2200"),
    ],
)
def test_windows_that_cannot_be_right(start, end, message):
    with pytest.raises(ValueError, match=message):
        Window(start=start, end=end)


@given(windows())
def test_the_repr_is_a_call(window):
    assert eval(repr(window)) == window


def test_integers_of_numpy_are_integers():
    year = np.int64(2024)
    assert Window.calendar_year(year) == Window("2024")
    assert Window(start=np.int32(24299), end=24299) == Window("2024-12")
    assert Window("2024").shift(np.int8(1)) == Window("2025")


@pytest.mark.parametrize("wrong", ["2024", 2024.0, None, True, np.float64(2024), [2024]])
def test_years_of_another_kind_are_refused(wrong):
    for make in (Window.calendar_year, Window("2024").shift):
        with pytest.raises(InputError, match="is not a whole number; write digits only"):
            make(wrong)


@pytest.mark.parametrize("wrong", [2024, b"2024", ["2024"], 2024.5])
def test_windows_of_another_kind_are_refused(wrong):
    with pytest.raises(InputError, match="is not a window; write 2024"):
        Window(wrong)


def test_a_window_is_given_once_and_whole():
    with pytest.raises(InputError, match="takes no field by position"):
        Window("2024", end="2025-01")
    with pytest.raises(ValueError, match="end: it is missing"):
        Window(start="2024-01")
