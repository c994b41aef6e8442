"""Units, amounts, windows and deadlines as people type them: read as meant, or told what to do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tradetrack as tt
from tradetrack.domain.amount import read_amount
from tradetrack.domain.figure import SCALES, Figure, split_unit
from tradetrack.domain.spelling import scale_of, usual_unit
from tradetrack.domain.window import Window, format_month, parse_month
from tradetrack.errors import InputError

CODES = ("usd", "eur", "kzt", "cad", "inr")
WORDS = {
    "_th": ("th", "thousand", "тыс."),
    "_mn": ("mn", "m", "mln", "million", "млн"),
    "_bn": ("bn", "b", "bln", "billion", "млрд"),
    "_tn": ("tn", "trn", "trillion", "трлн"),
}


@given(
    st.sampled_from(CODES),
    st.sampled_from([(scale, word) for scale, words in WORDS.items() for word in words]),
    st.booleans(),
    st.sampled_from((str.upper, str.lower, str.title)),
    st.sampled_from((" ", "_", "  ")),
)
def test_a_code_and_a_scale_in_any_order_and_case(code, scaled, first, case, gap):
    scale, word = scaled
    text = case(f"{code}{gap}{word}" if first else f"{word}{gap}{code}")
    assert usual_unit(text) == f"{code}{scale}"
    assert usual_unit(usual_unit(text)) == usual_unit(text)
    assert scale_of(word) == scale


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        *(
            ("$bn", "usd_bn"),
            ("US$ 	bn", "usd_bn"),
            ("us dollars", "usd"),
            ("billion dollars", "usd_bn"),
        ),
        *(("€m", "eur_mn"), ("млрд долларов", "usd_bn"), ("тыс. долл.", "usd_th"), ("₸", "kzt")),
        *(("%", "percent"), ("pct", "percent"), ("per cent", "percent"), ("x", "times")),
    ],
)
def test_signs_and_names(text, unit):
    assert usual_unit(text) == unit
    with pytest.raises(InputError, match=rf"; write {unit}$|; write {unit}\n"):
        split_unit(text)


@pytest.mark.parametrize(
    "text", ["", "_", "bn", "billions of", "usd-bn", "mln_th", "usd_mn/month", "bucks"]
)
def test_what_is_not_certain(text):
    assert usual_unit(text) == ""


@pytest.mark.parametrize("unit", [f"{code}{scale}" for code in CODES for scale in SCALES])
def test_units_are_spelt_as_they_are(unit):
    assert usual_unit(unit) == unit
    assert Figure.of("3.5", unit).unit == unit


@pytest.mark.parametrize("text", ["pct", "percentage", "ratio", "dollars", "euro_mn", "rubles_bn"])
def test_no_word_is_taken_for_a_currency_that_means_something_else(text):
    with pytest.raises(
        InputError, match=r"unknown unit .*; write (percent|times|usd|eur_mn|rub_bn)"
    ):
        Figure.of("3.5", text)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        *((text, "5 usd_bn") for text in ("$5 bn", "US$5bn", "USD 5 bn", "5 bn usd", "5 usd bn")),
        *(
            (text, "5 usd_bn")
            for text in ("5 USD_BN", "5 billion dollars", "$ 5 billion", "5 bn $")
        ),
        *(("5,000 usd mn", "5000 usd_mn"), ("1.2 млрд долл.", "1.2 usd_bn"), ("€3bn", "3 eur_bn")),
        *((text, "2x 2023") for text in ("twice 2023", "double 2023", "2X 2023", "2-fold 2023")),
        *(
            (text, "2x 2023")
            for text in ("200% of 2023", "2x as much as in 2023", "2 times of 2023")
        ),
        *(("half of 2023", "0.5x 2023"), ("triple the total of 2023", "3x 2023")),
        *(("2x Q1 2023", "2x 2023-01..2023-03"), ("2x fy2023-24:04", "2x 2023-04..2024-03")),
        *(
            (text, "1.5x 2024")
            for text in ("50% more than in 2024", "50% above 2024", "+50% vs 2024")
        ),
        *(("30% less than in 2024", "0.7x 2024"), ("+50 percent on 2024", "1.5x 2024")),
        *(
            (text, "+4 usd_bn 2024")
            for text in ("+$4 bn on 2024", "+4 bn usd 2024", "+4 usd_bn than 2024")
        ),
        *(("4 more than in 2024", "+4 2024"), ("-$500 mn from 2024", "-500 usd_mn 2024")),
        *(
            (text, "15% a year from 2024")
            for text in ("15% p.a. from 2024", "15 percent per annum since 2024")
        ),
        *((text, "+15%") for text in ("15%", "+15 per cent", "15% yoy")),
    ],
)
def test_amounts_as_they_are_typed(text, written):
    assert str(read_amount(text)) == written
    assert read_amount(written) == read_amount(text)


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        *(
            ("5bn", "as in '5 usd_bn'"),
            ("5 billion", "as in '5 usd_bn'"),
            ("5,000 mn", "'5,000 usd_mn'"),
        ),
        *(("+4 bn 2024", "as in '+4 usd_bn'"), ("1,2 млрд usd", "for example 3.5 or 2,920")),
        *(("2x", "as in '2x 2024'"), ("double", "as in 'double 2024'")),
        *(
            ("15% p.a.", "as in '15% p.a. from 2024'"),
            ("15% a year", "as in '15% a year from 2024'"),
        ),
        *(
            ("10 by 2030", "--goal 10 --by 2030"),
            ("50% 2024", "'+50% 2024'"),
            ("2x2023", "'2x 2023'"),
        ),
        *(
            (text, "write 10, '500 usd_mn'")
            for text in ("~5", "over 5", "5-6", "10 2030", "", "1e5")
        ),
    ],
)
def test_what_is_typed_otherwise_is_told_an_example(text, remedy):
    with pytest.raises(InputError) as caught:
        read_amount(text)
    assert remedy in str(caught.value)


MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@given(st.integers(1, 12), st.integers(1, 12), st.sampled_from(("-", " - ", "–", " to ", "..")))
def test_months_by_name(first, last, to):
    for names in (MONTHS, [month[:3] for month in MONTHS], [month.lower() for month in MONTHS]):
        assert str(Window(f"{names[first - 1]} 2025")) == f"2025-{first:02d}"
        text = f"{names[first - 1]}{to}{names[last - 1]} 2025"
        if first <= last:
            wanted = parse_month(f"2025-{first:02d}"), parse_month(f"2025-{last:02d}")
            assert (Window(text).start, Window(text).end) == wanted
        else:
            with pytest.raises(InputError, match="is not a window"):
                Window(text)


@pytest.mark.parametrize(
    ("text", "months"),
    [
        *(
            (text, "2026-01..2026-06")
            for text in ("2026 H1", "H1 2026", "2026H1", "1H 2026", "h1-2026")
        ),
        *((text, "2025-07..2025-09") for text in ("Q3 2025", "2025Q3", "3Q2025", "2025 q3")),
        *((text, "2025-01..2025-09") for text in ("9M 2025", "9m2025", "2025-01 to 2025-09")),
        *(
            (text, "2025-01..2025-09")
            for text in ("2025-01/2025-09", "2025-01-2025-09", "2025-01–2025-09")
        ),
        *(("Nov 2024 to Mar 2025", "2024-11..2025-03"), ("2011-12", "2011-12")),
        *(("fy2026-27:04", "2026-04..2027-03"), ("FY2026/27:7", "2026-07..2027-06")),
    ],
)
def test_windows_as_they_are_typed(text, months):
    assert str(Window(text)) == months
    assert tt.Goal(5, window=text).window == months


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        *((text, "FY2024-25:04") for text in ("2024-25", "2024/25", "2024/2025", "FY2024/5")),
        *(
            ("FY26/27", "FY2026-27:04"),
            ("FY27", "FY2026-27:04"),
            ("Nov-Mar 2025", "2025-01..2025-09"),
        ),
        *(
            ("9 months of 2025", "2025-01..2025-09"),
            ("Q5 2025", "2025-Q1"),
            ("13M 2025", "1 to 12"),
        ),
    ],
)
def test_windows_that_are_not_certain(text, remedy):
    with pytest.raises(InputError) as caught:
        Window(text)
    assert remedy in str(caught.value)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        *(("annual", "calendar_year"), ("Quarter", "quarter"), ("quarterly", "quarter")),
        *(("half-year", "half_year"), ("Half Year", "half_year"), ("monthly", "month")),
        *(("FY:04", "fiscal_year:04"), ("calendar year", "calendar_year")),
    ],
)
def test_kinds_of_windows_as_they_are_typed(text, kind):
    assert tt.Goal(5, window=text).window == kind


@pytest.mark.parametrize(
    ("text", "last"),
    [
        *(("March 2030", "2030-03"), ("Q1 2030", "2030-03"), ("2030-H1", "2030-06")),
        *(("FY2029-30:04", "2030-03"), ("2030-03-20", "2030-03-20"), ("2030", 2030)),
    ],
)
def test_deadlines_as_they_are_typed(text, last):
    assert tt.Goal(5, by=text).by == last


@pytest.mark.parametrize("text", ["3.5 bn", "$3.5", "~3.5", "over 3.5", "3.5%"])
def test_a_number_with_words_is_told_where_they_go(text):
    with pytest.raises(InputError, match="and its unit and its wording beside it"):
        Figure.of(text, "usd_bn")


def test_a_month_of_a_goal_is_the_last_of_its_deadline():
    goal = tt.Goal(5, by="Q3 2030")
    assert goal.deadline is not None
    assert format_month(goal.deadline) == "2030-09"
