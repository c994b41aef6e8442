"""The digits that a cell shows, by hand, and against Python's own rounding."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradetrack.errors import InputError
from tradetrack.sources.number_formats import shown

ACCOUNTING = '_-* #,##0.00_-;-* #,##0.00_-;_-* "-"??_-;_-@_-'


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (3.48, "0.0", "3.5"),
        (3.45, "0.0", "3.5"),  # half away from zero, as spreadsheets round
        (2.5, "0", "3"),
        (1234567.891, "#,##0.00", "1,234,567.89"),
        (1234567.891, "# ##0", "1234568"),
        (1234567.891, r"#\ ##0.0", "1234567.9"),
        (-3.48, "0.0", "-3.5"),
        (-3.48, "0.0;(0.0)", "-3.5"),
        (3.48, ACCOUNTING, "3.48"),
        (-3.48, ACCOUNTING, "-3.48"),
        (3.48, "[$$-409]#,##0.00", "3.48"),
        (3.48, "[$KZT] 0.0", "3.5"),
        (3.48, '"$"0.0', "3.5"),
        (3.48, "[Red]0.0", "3.5"),
        (3.5, "0.0#", "3.5"),
        (3.0, "0.0#", "3.0"),
        (3.0, "General", "3"),
        (0.1 + 0.2, "General", "0.3"),
        (1.25e11, "General", "125000000000"),
        (0.5, ".0", "0.5"),
        (4, "0.00", "4.00"),
    ],
)
def test_digits(value: float, number_format: str, text: str) -> None:
    assert shown(value, number_format) == (text, False)


def test_a_percentage_is_said_to_be_one() -> None:
    assert shown(0.155, "0.0%") == ("15.5", True)
    assert shown(0.155, "0%") == ("16", True)


@pytest.mark.parametrize(
    ("number_format", "why"),
    [
        ("0.0,,", "does not show plain digits"),
        ("#,##0,", "does not show plain digits"),
        ("0.00E+00", "does not show plain digits"),
        ("# ?/?", "does not show plain digits"),
        ("dd.mm.yyyy", "does not show plain digits"),
        ('0.0" bn"', "writes 'bn' beside the number"),
        ('"US$ mn" 0', "writes 'US$ mn' beside the number"),
        ("[$млн] 0.0", "writes 'млн' beside the number"),
        ("[>3]0.0;0", "depends on the size"),
        (";;;", "does not show plain digits"),
    ],
)
def test_what_says_something_else_than_the_number(number_format: str, why: str) -> None:
    with pytest.raises(InputError, match="give the cell a format such as") as caught:
        shown(3.48, number_format)
    assert why in str(caught.value)


def test_a_hidden_sign_is_refused() -> None:
    with pytest.raises(InputError, match="hides the sign"):
        shown(-3.48, "0.0;0.0")
    assert shown(3.48, "0.0;0.0") == ("3.5", False)


@given(st.decimals(0, 10**9, places=4, allow_nan=False), st.integers(0, 3))
def test_a_cell_shows_its_decimal_rounded_half_up(number: Decimal, places: int) -> None:
    wanted = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    pattern = "0" + ("." + "0" * places if places else "")
    assert shown(float(number), pattern) == (f"{wanted:f}", False)
    assert shown(float(number), f"#,##{pattern}") == (f"{wanted:,f}", False)
