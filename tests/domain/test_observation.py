"""Series, levels and growth rates: what they hold and what they refuse."""

import datetime as dt
import math

import numpy as np
import pandas as pd
import pytest

import tradetrack as tt
from tradetrack.domain.figure import Figure
from tradetrack.domain.observation import Growth, Increment, Level, Series, clean, last_day
from tradetrack.domain.window import Window
from tradetrack.errors import InputError

LEVEL = {
    "series": Series(pair="KZ-UZ"),
    "window": Window.calendar_year(2024),
    "figure": Figure.of("4.2", "usd_bn"),
    "reporter": "UZ stat",
    "published": "2025-01-20",
}
GROWTH = {
    **LEVEL,
    "base": Window.calendar_year(2023),
    "figure": Figure.of("15.5", "percent"),
}

INCREMENT = {**GROWTH, "figure": Figure.of("-0.4", "usd_bn")}


def complaint(kind, **given):
    """Return the first complaint: its message, and the field that the error names."""
    with pytest.raises(InputError) as caught:
        kind(**given)
    return str(caught.value), caught.value.field


class TestLastDay:
    @pytest.mark.parametrize(
        ("date", "day"),
        [
            ("2025-11-14", dt.date(2025, 11, 14)),
            ("2024-02", dt.date(2024, 2, 29)),
            ("2025-12", dt.date(2025, 12, 31)),
            (dt.date(2025, 1, 2), dt.date(2025, 1, 2)),
            (dt.datetime(2025, 1, 2, 23, 59), dt.date(2025, 1, 2)),
        ],
    )
    def test_dates(self, date, day):
        assert last_day(date) == day
        assert type(last_day(date)) is dt.date

    @pytest.mark.parametrize(
        "date", ["", "2025", "2025-13", "2025-02-30", "14.11.2025", "2025-1-2"]
    )
    def test_no_dates(self, date):
        with pytest.raises(InputError) as caught:
            last_day(date)
        assert str(caught.value) == (
            f"{date!r} is not a date; write YYYY-MM-DD, or YYYY-MM if only the month is known"
        )


class TestSeries:
    def test_a_pair_has_two_flows(self):
        series = Series(pair="KZ-UZ", flow="kz_to_uz")
        assert series.flows == ("kz_to_uz", "uz_to_kz")
        assert str(series) == "KZ-UZ kz_to_uz"

    @pytest.mark.parametrize("pair", ["World", "KZ-", "-UZ", "-"])
    def test_anything_else_has_none(self, pair):
        assert Series(pair=pair).flows == ()

    @pytest.mark.parametrize(
        ("given", "message", "field"),
        [
            ({"pair": " "}, "it is empty; fill it in", "pair"),
            (
                {"pair": "KZ-UZ", "flow": "exports"},
                "flow 'exports' is not one of KZ-UZ; write turnover or kz_to_uz or uz_to_kz or",
                "flow",
            ),
            (
                {"pair": "World", "flow": "exports"},
                "flow 'exports' is not one of World; write turnover",
                "flow",
            ),
            ({"pair": "KZ-UZ", "unit": "percent"}, "unknown unit 'percent'; write a currency", ""),
        ],
    )
    def test_what_cannot_be_right(self, given, message, field):
        text, named = complaint(Series, **given)
        assert message in text
        assert named == field


class TestCoverage:
    @pytest.mark.parametrize(
        ("written", "kept"),
        [
            ("Goods & services", "goods and services"),
            ("goods_and_services", "goods and services"),
            ("Services and goods", "goods and services"),
            (" Merchandise  trade ", "goods"),
            ("SERVICES", "services"),
            ("non oil", "non-oil"),
            ("EAEU rules", "EAEU rules"),
            ("n/a", ""),
            ("", ""),
        ],
    )
    def test_spellings(self, written, kept):
        assert Series(pair="KZ-UZ", coverage=written).coverage == kept

    def test_it_makes_another_series(self):
        goods = Series(pair="KZ-UZ", coverage="goods")
        assert goods != Series(pair="KZ-UZ")
        assert str(goods) == "KZ-UZ turnover (goods)"
        assert Series.model_validate_json(goods.model_dump_json()) == goods


class TestBalance:
    @pytest.mark.parametrize("text", ["6.13", "-6.13", "0.0"])
    def test_a_balance_has_any_sign(self, text):
        series = Series(pair="KZ-UZ", flow="balance")
        level = Level(**{**LEVEL, "series": series, "figure": Figure.of(text, "usd_bn")})
        assert level.signed
        assert level.figure.value == float(text)
        assert str(level).startswith(f"KZ-UZ balance 2024 {text} usd bn")

    def test_it_has_no_log(self):
        level = Level(**{**LEVEL, "series": Series(pair="KZ-UZ", flow="balance")})
        for name in ("log_interval", "log_law"):
            with pytest.raises(InputError, match="is a balance, which has no log"):
                getattr(level, name)

    def test_only_a_pair_has_one(self):
        text, named = complaint(Series, pair="World", flow="balance")
        assert "flow 'balance' is not one of World; write turnover" in text
        assert named == "flow"

    @pytest.mark.parametrize("kind", [Growth, Increment])
    def test_it_does_not_grow(self, kind):
        given = GROWTH if kind is Growth else INCREMENT
        text, named = complaint(kind, **{**given, "series": Series(pair="KZ-UZ", flow="balance")})
        assert "of a balance has no meaning, as a balance may be zero or negative" in text
        assert named == "flow"

    def test_a_corrected_sign_is_checked_like_any_row(self):
        series = Series(pair="KZ-UZ", flow="balance")
        level = Level(**{**LEVEL, "series": series}).corrected(value="-4.2")
        with pytest.raises(ValueError, match=r"the level -4.2 is not positive"):
            level.corrected(flow="turnover")


class TestIncrement:
    @pytest.mark.parametrize("text", ["0.4", "-0.4", "0"])
    def test_an_amount_of_any_sign(self, text):
        row = Increment(**{**INCREMENT, "figure": Figure.of(text, "usd_bn")})
        assert row.signed
        assert row.windows == (Window.calendar_year(2024), Window.calendar_year(2023))
        assert f"2024 a change of {text} usd bn on 2023" in str(row)

    def test_correcting(self):
        row = Increment(**INCREMENT).corrected(value="400", unit="usd_mn", base="2022")
        assert (str(row.figure), row.base) == ("400 usd mn", Window("2022"))

    @pytest.mark.parametrize(
        ("change", "message", "field"),
        [
            ({"figure": Figure.of("9", "percent")}, "an increment cannot be in percent", "unit"),
            ({"figure": Figure.of("9", "eur_bn")}, "the figure is in eur but the series", "unit"),
            ({"base": Window("2024")}, "the base window is the window 2024 itself", "base"),
            ({"base": Window("2023-01")}, "the base 2023-01 has not as many months", "base"),
        ],
    )
    def test_what_cannot_be_right(self, change, message, field):
        text, named = complaint(Increment, **{**INCREMENT, **change})
        assert message in text
        assert named == field


class TestLevel:
    def test_log_interval_is_in_the_unit_of_the_series(self):
        level = Level(**{**LEVEL, "figure": Figure.of("4,200", "usd_mn", "exact")})
        assert level.log_interval == pytest.approx((math.log(4.2),) * 2)

    def test_as_a_sentence(self):
        expected = "KZ-UZ turnover 2024 4.2 usd bn (UZ stat, published 2025-01-20)"
        assert str(Level(**LEVEL)) == expected
        assert str(Level(**LEVEL, id="S1")) == f"S1: {expected}"

    def test_text_is_cleaned(self):
        level = Level(**{**LEVEL, "reporter": " UZ stat "}, note=" a\r\nb\rc ")
        assert (level.reporter, level.note) == ("UZ stat", "a\nb\nc")
        assert clean("\u00a0") == ""

    def test_published_in_the_month_in_which_the_period_begins(self):
        Level(**{**LEVEL, "published": "2024-01"})

    @pytest.mark.parametrize(
        ("change", "message", "field"),
        [
            (
                {"published": "2023-12"},
                "published on 2023-12, before the period 2024 that it reports has begun;"
                " check both dates",
                "published",
            ),
            ({"published": "soon"}, "'soon' is not a date; write YYYY-MM-DD", ""),
            ({"figure": Figure.of("9", "percent")}, "a level cannot be in percent; write", "unit"),
            (
                {"figure": Figure.of("4.2", "eur_bn")},
                "the figure is in eur but the series in usd; convert the figure",
                "unit",
            ),
            (
                {"figure": Figure.of("-4.2", "usd_bn")},
                "the level -4.2 is not positive; check the sign",
                "value",
            ),
            ({"reporter": 3}, "it is not text; write it as text", "reporter"),
            ({"reporter": "", "side": "UZ"}, "cannot stand on the side 'UZ'; name its", "side"),
            (
                {"set_aside": "Yes"},
                "'Yes' is not a reason for setting a figure aside; write the reason, or leave it"
                " empty to use the figure",
                "",
            ),
        ],
    )
    def test_what_cannot_be_right(self, change, message, field):
        text, named = complaint(Level, **{**LEVEL, **change})
        assert message in text
        assert named == field


class TestGrowth:
    @pytest.mark.parametrize(
        ("figure", "interval"),
        [
            (Figure.of("15.5", "percent", "exact"), (math.log(1.155),) * 2),
            (Figure.of("-99", "percent", "at_least"), (math.log(0.01), math.inf)),
            (Figure.of("2", "times", "at_most"), (-math.inf, math.log(2.0))),
        ],
    )
    def test_log_interval_is_of_the_ratio(self, figure, interval):
        assert Growth(**{**GROWTH, "figure": figure}).log_interval == pytest.approx(interval)

    @pytest.mark.parametrize(
        ("change", "message", "field"),
        [
            (
                {"figure": Figure.of("4.2", "usd_bn")},
                "growth cannot be in usd_bn; write percent (change) or times (ratio)",
                "unit",
            ),
            (
                {"base": Window.calendar_year(2024)},
                "the base window is the window 2024 itself; name another",
                "base",
            ),
            (
                {"base": Window.year_to_date(2023, 9)},
                "the base 2023-01..2023-09 has not as many months as the window 2024;",
                "base",
            ),
            (
                {"figure": Figure.of("-100", "percent")},
                "growth of -100 percent leaves nothing; check the sign",
                "value",
            ),
            (
                {"figure": Figure.of("0", "times")},
                "growth of 0 times leaves nothing; check the sign",
                "value",
            ),
        ],
    )
    def test_what_cannot_be_right(self, change, message, field):
        text, named = complaint(Growth, **{**GROWTH, **change})
        assert message in text
        assert named == field

    def test_a_base_is_needed_and_a_level_has_none(self):
        assert complaint(Growth, **{**LEVEL, "figure": GROWTH["figure"]})[0].startswith(
            "Growth.base: it is missing"
        )
        assert complaint(Level, **{**LEVEL, "base": GROWTH["base"]})[0].startswith(
            "Level.base: there is no such field"
        )


class TestCorrected:
    row = Level(
        series=Series(pair="AA-BB"),
        window=Window("2024"),
        figure=Figure.of("34.8", "usd_bn"),
        reporter="AA",
        published="2025-01",
        note="as printed",
        id="a",
    )

    def test_only_what_is_named_changes(self):
        again = self.row.corrected(value="3.48", note="the point is misplaced")
        assert again.figure == Figure.of("3.48", "usd_bn")
        assert again.note == "the point is misplaced"
        assert again.corrected(value="34.8", note="as printed") == self.row
        assert self.row.corrected() == self.row
        assert self.row.corrected(window="2024-01..2024-09").window.n_months == 9
        assert self.row.corrected(flow="aa_to_bb").series.flow == "aa_to_bb"

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"value": "0"}, "is not positive"),
            ({"unit": "eur_bn"}, "convert the figure"),
            ({"qualifier": "sort of"}, "qualifier"),
            ({"flow": "x"}, "is not one of AA-BB"),
            ({"base": "2023"}, "base"),
            ({"window": "2026"}, "has begun"),
        ],
    )
    def test_it_is_checked_like_any_row(self, change, message):
        with pytest.raises(ValueError, match=message):
            self.row.corrected(**change)


def test_a_text_is_no_longer_than_a_csv_cell():
    with pytest.raises(ValueError, match="the text is 100,001 letters long"):
        TestCorrected.row.corrected(note="x" * 100_001)
    assert len(TestCorrected.row.corrected(note="x" * 100_000).note) == 100_000


@pytest.mark.parametrize(
    "date",
    [pd.NaT, None, pytest.param(10**5000, id="huge"), 2024.0, b"2024"],
)
def test_dates_of_another_kind_are_refused(date):
    with pytest.raises(InputError, match="is not a date; write YYYY-MM-DD"):
        last_day(date)


@pytest.mark.parametrize("nobody", [None, "", "  "])
def test_an_unknown_source_has_no_reporter(nobody):
    level = Level(**{**LEVEL, "reporter": nobody})
    assert (level.reporter, level.side, level.source) == ("", "", "unknown source")
    assert "(unknown source, published 2025-01-20)" in str(level)


@pytest.mark.parametrize(
    ("pair", "flow"),
    [
        ("AA-BB", "aa_to_bb"),
        ("AA - BB", "aa_to_bb"),
        ("AA -  BB", "bb_to_aa"),
        ("Timor-Leste-Guinea-Bissau", "timor-leste_to_guinea-bissau"),
        ("Guinea-Bissau-Senegal", "senegal_to_guinea-bissau"),
        ("Senegal-Guinea-Bissau", "senegal_to_guinea-bissau"),
        ("Austria-Hungary - Serbia", "austria-hungary_to_serbia"),
    ],
)
def test_the_flows_of_pairs_with_spaces_and_dashes(pair: str, flow: str) -> None:
    assert flow in Series(pair=pair).flows
    assert Series(pair=pair, flow=flow).flow == flow


@pytest.mark.parametrize("pair", ["Timor-Leste", "Guinea-Bissau", "World", "-", "AA - ", " -BB"])
def test_a_name_with_a_dash_is_no_pair(pair: str) -> None:
    assert Series(pair=pair).flows == ()


@pytest.mark.parametrize(
    ("date", "day"),
    [
        (np.datetime64("2024-01-15"), "2024-01-15"),
        (np.datetime64("2024-01-15T10:00:00.123"), "2024-01-15"),
        (np.datetime64("2024-02"), "2024-02-29"),
        (pd.Timestamp("2024-01-15 23:59"), "2024-01-15"),
        (pd.Period("2024-02", "M"), "2024-02-29"),
        (pd.Period("2024Q1"), "2024-03-31"),
        (pd.Period("2024"), "2024-12-31"),
    ],
)
def test_dates_of_numpy_and_pandas(date: object, day: str) -> None:
    ledger = tt.datasets.kazakhstan_uzbekistan()
    assert ledger.as_of(date) == ledger.as_of(day)  # type: ignore[arg-type]
    assert ledger.as_of(day) != ledger


@pytest.mark.parametrize("date", [pd.NaT, np.datetime64("NaT"), np.datetime64("2024"), 2024, None])
def test_dates_that_are_none(date: object) -> None:
    with pytest.raises(InputError, match="is not a date; write YYYY-MM-DD"):
        tt.datasets.kazakhstan_uzbekistan().as_of(date)  # type: ignore[arg-type]


def test_a_window_of_centuries_is_a_slip() -> None:
    given = {"series": Series(pair="AA-BB"), "reporter": "AA", "published": "2024-01"}
    level = Level(window=Window("1974-01..2023-12"), figure=Figure.of("9", "usd_bn"), **given)
    assert level.window.n_months == 600
    with pytest.raises(InputError, match="has 4,812 months, and a figure covers at most 600"):
        Level(window=Window("1800-01..2200-12"), figure=Figure.of("100.0", "usd_bn"), **given)
    with pytest.raises(InputError, match=r"window 1904-01..2003-12 has 1,200 months"):
        Growth(
            window=Window("2004-01..2023-12"),
            base=Window("1904-01..2003-12"),
            figure=Figure.of("4", "percent"),
            **given,
        )
