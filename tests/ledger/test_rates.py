"""Rows in another currency: the number by hand, and as much left open as was printed."""

import io
import math

import pandas as pd
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import tradetrack as tt
from tradetrack.errors import InputError, LedgerError
from tradetrack.testing.rows import growth_figures, level_figures

# Made up: tenge and roubles for a dollar.
TABLE = """currency,window,rate
kzt,2022,460.48
kzt,2023,456.31
kzt,2024,469.44
kzt,2025-01..2025-03,510
kzt,2025-04,515.5
kzt,2025-05,511.3
kzt,2025-06,512.2
rub,2023,85.16
rub,2024,92.44
"""


@pytest.fixture
def rates(tmp_path):
    path = tmp_path / "rates.csv"
    path.write_text(TABLE)
    return tt.Rates.read_csv(path)


def level(figure, window="2024", unit="kzt_bn", **more):
    return tt.Level(
        series=tt.Series(pair="KZ-UZ", unit=unit),
        window=tt.Window(window),
        figure=figure,
        reporter="KZ stat",
        published="2026-01",
        **more,
    )


def growth(figure, window="2024", base="2023", unit="kzt_bn"):
    return tt.Growth(
        series=tt.Series(pair="KZ-UZ", unit=unit),
        window=tt.Window(window),
        base=tt.Window(base),
        figure=figure,
        reporter="KZ stat",
        published="2026-01",
    )


def one(row, rates, to="usd_bn"):
    (found,) = tt.Ledger([row]).converted(rates, to)
    return found


class TestAverages:
    @pytest.mark.parametrize(
        ("pair", "window", "value"),
        [
            (("kzt", "usd"), "2024", 469.44),
            (("usd", "kzt"), "2024", 1 / 469.44),
            (("kzt", "rub"), "2024", 469.44 / 92.44),
            (("rub", "rub"), "2024", 1.0),
            (("kzt", "usd"), "2025-04..2025-06", (515.5 + 511.3 + 512.2) / 3),
            # A quarter counts three times a month.
            (("kzt", "usd"), "2025-01..2025-05", (3 * 510 + 515.5 + 511.3) / 5),
            (("kzt", "usd"), "2023-01..2024-12", (456.31 + 469.44) / 2),
        ],
    )
    def test_by_hand(self, rates, pair, window, value):
        assert rates.per(*pair, tt.Window(window)) == pytest.approx(value, rel=1e-15)

    @pytest.mark.parametrize(
        ("window", "missing"),
        [
            ("2025-05..2025-08", "2025-07 as part of 2025-05..2025-08"),
            ("2021", "2021-01 as part of 2021"),
            ("2024-01..2024-09", "2024-01 as part of"),  # of a year no nine months are known
            ("2025-02", "2025-02;"),
        ],
    )
    def test_a_gap_names_the_months(self, rates, window, missing):
        with pytest.raises(InputError, match=f"no rate of kzt covers {missing}"):
            rates.per("kzt", "usd", tt.Window(window))

    def test_a_window_is_covered_by_any_rows_that_fit(self):
        rows = [("2024-01", "1"), ("2024-01..2024-03", "4"), ("2024-04", "8")]
        rates = tt.Rates(rows=[{"currency": "kzt", "window": w, "rate": r} for w, r in rows])
        assert rates.per("kzt", "usd", tt.Window("2024-01..2024-04")) == 5.0

    def test_the_latest(self, rates):
        assert str(rates.latest("kzt", "usd")) == "2025-06"
        assert str(rates.latest("kzt", "rub")) == "2024"
        assert rates.per("kzt", "usd") == 512.2
        with pytest.raises(InputError, match="no rate between eur and usd; it has kzt, rub, usd"):
            rates.latest("eur", "usd")


class TestRows:
    def test_a_level_by_hand(self, rates):
        found = one(level(tt.Figure.of("1.96", "kzt_tn"), note="by phone"), rates)
        assert found.figure.value == pytest.approx(1960 / 469.44, abs=5e-5)
        low, high = found.figure.interval
        assert (low, high) == pytest.approx((1955 / 469.44, 1965 / 469.44), abs=5e-5)
        assert (
            found.note == "by phone; converted from 1.96 kzt tn in kzt at 469.44 kzt per usd (2024)"
        )
        assert found.series.unit == "usd_bn"
        assert found.published == "2026-01"

    def test_growth_is_of_the_other_currency_then(self, rates):
        # 12.5 % in tenge, which fell from 456.31 to 469.44 for a dollar.
        found = one(growth(tt.Figure.of("12.5", "percent")), rates)
        assert found.figure.ratio == pytest.approx(1.125 * 456.31 / 469.44, abs=1e-5)
        low, high = found.figure.interval
        assert high - low == pytest.approx(0.1 * 456.31 / 469.44, rel=1e-12)
        assert "at 469.44 kzt per usd (2024) and 456.31 (2023)" in found.note

    def test_growth_agrees_with_its_levels(self, rates):
        levels = [
            level(tt.Figure.of(v, "kzt_bn"), w) for v, w in (("1600", "2023"), ("1800", "2024"))
        ]
        first, second = (one(row, rates).figure.value for row in levels)
        grown = one(growth(tt.Figure.of("1.125", "times")), rates).figure.value
        assert grown == pytest.approx(second / first, rel=1e-5)

    def test_what_is_in_the_currency_already_stays(self, rates):
        row = level(tt.Figure.of("4.2", "usd_bn"), unit="usd_mn")
        found = one(row, rates)
        assert (found.figure, found.note) == (row.figure, "")
        assert found.series.unit == "usd_bn"
        assert one(found, rates) == found

    def test_an_exact_figure_is_as_exact_as_the_rate(self, rates):
        found = one(level(tt.Figure.of(1960, "kzt_bn")), rates).figure
        assert found.qualifier == "rounded"
        low, high = found.interval
        assert high - low == pytest.approx(1960 / 469.44 * 0.01 / 469.44)

    @given(
        figure=level_figures("kzt") | growth_figures(),
        window=st.sampled_from(["2023", "2024", "2025-04..2025-06"]),
        to=st.sampled_from(["usd_bn", "rub_mn"]),
    )
    @settings(max_examples=150, deadline=None)
    def test_as_much_is_left_open_as_was_printed(self, figure, window, to):
        table = pd.read_csv(io.StringIO(TABLE), dtype=str)
        more = pd.DataFrame({"currency": "rub", "window": ["2025-04..2025-06"], "rate": ["81.0"]})
        rates = tt.Rates.from_frame(pd.concat([table, more]))
        grows = figure.unit in ("percent", "times")
        assume(not grows or (to == "usd_bn" and len(window) == 4))  # what the table has
        row = growth(figure, window, "2022") if grows else level(figure, window)
        found = one(row, rates, to)
        per = rates.per("kzt", to[:3], tt.Window(window))
        factor = rates.per("kzt", "usd", tt.Window("2022")) / per if grows else 1 / per
        unit, was = (None, None) if grows else (to[:3], "kzt")
        if figure.one_sided:
            bound = row.figure.log_interval(was)
            for end, other in zip(found.figure.log_interval(unit), bound, strict=True):
                assert end == other or end - other == pytest.approx(math.log(factor), abs=1e-9)
            return
        assume(figure.qualifier != "exact")
        centre, spread = row.figure.log_law(was)
        moved, now = found.figure.log_law(unit)
        assume(spread < 1.0)  # not a fall by nearly everything, which is cut where logs end
        assert now == pytest.approx(spread, rel=0.05)
        assert moved - centre == pytest.approx(math.log(factor), abs=0.05 * spread)

    def test_a_balance_keeps_its_sign_and_an_increment_is_refused(self, rates):
        series = tt.Series(pair="KZ-UZ", flow="balance", unit="kzt_bn", coverage="goods")
        for text, value in (("-469.44", -1.0), (0, 0.0)):
            figure = tt.Figure.of(text, "kzt_bn")
            row = level(tt.Figure.of("1", "kzt_bn"))
            row = row.model_copy(update={"series": series, "figure": figure})
            found = one(row, rates)
            assert found.figure.value == pytest.approx(value)
            assert found.series == series.model_copy(update={"unit": "usd_bn"})
        change = tt.Increment(
            series=tt.Series(pair="KZ-UZ", unit="kzt_bn"),
            window=tt.Window("2024"),
            base=tt.Window("2023"),
            figure=tt.Figure.of("40", "kzt_bn"),
            published="2025-02",
        )
        with pytest.raises(LedgerError, match="a change in kzt says nothing of one in usd"):
            one(change, rates)
        assert one(change, rates, "kzt_tn").figure == change.figure

    def test_a_gap_names_each_row(self, rates):
        ledger = tt.Ledger(
            [
                level(tt.Figure.of(v, "kzt_bn"), w)
                for v, w in (("1", "2021"), ("2", "2024"), ("3", "2025"))
            ]
        )
        with pytest.raises(LedgerError) as caught:
            ledger.converted(rates)
        text = str(caught.value)
        assert "2 rows cannot be converted to usd_bn" in text
        assert "KZ-UZ turnover 2021 1 kzt bn (KZ stat, published 2026-01): no rate of kzt" in text
        assert "covers 2025-07 as part of 2025" in text
        assert caught.value.topic == "rates"

    def test_converted_rows_are_written_and_read(self, rates, tmp_path):
        rows = [level(tt.Figure.of("3", "kzt_tn", "over")), growth(tt.Figure.of("7", "percent"))]
        ledger = tt.Ledger(rows).converted(rates)
        tt.write_csv(ledger, tmp_path / "a.csv")
        tt.write_json(ledger, tmp_path / "a.json")
        assert tt.read_csv(tmp_path / "a.csv") == ledger
        assert tt.read_json(tmp_path / "a.json") == ledger
        assert tt.read_frame(ledger.to_frame()) == ledger
        row = next(row for row in ledger if row.kind == "level")
        assert row.corrected(value="6.4").figure.digit is None

    def test_the_answer_is_the_same_in_any_currency(self):
        """A constant rate changes nothing but the unit."""
        rates = tt.Rates(
            rows=[{"currency": "kzt", "window": str(y), "rate": "500"} for y in range(2018, 2025)]
        )
        rows = [level(tt.Figure.of(f"{2 + y / 10:.1f}", "kzt_tn"), str(2018 + y)) for y in range(7)]
        ledger = tt.Ledger(rows)
        one, other = (
            tt.track(table, tt.Goal(goal, by=2030), n_paths=500).attainments[0].deadline_probability
            for table, goal in ((ledger, 3500), (ledger.converted(rates), 7))
        )
        assert one == pytest.approx(other, abs=0.011)


class TestTables:
    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("currency,window\nkzt,2024\n", "they must be currency, window, rate"),
            ("currency;window;rate\nkzt;2024;1\n", "they must be currency, window, rate"),
            ("", "has the columns of nothing"),
            ("currency,window,rate\n", "has no rates"),
            ("currency,window,rate\nkzt,2024,\n", "line 2: '' is not a number"),
            ('currency,window,rate\nkzt,2024,"469,44"\n', "line 2: '469,44' is not a number"),
            ("currency,window,rate\nkzt,2024,0\n", "line 2: the rate 0 is not positive"),
            ("currency,window,rate\nkzt,2024 I,4\n", "line 2: '2024 I' is not a window"),
            ("currency,window,rate\nKZT,2024,4\n", "line 2: unknown unit 'KZT'"),
            ("currency,window,rate\nkzt_bn,2024,4\n", "line 2: 'kzt_bn' is not a currency"),
            ("currency,window,rate\nkzt,2024,4\nkzt,2024,5\n", "two rates for 2024, 4 and 5"),
            ("currency,window,rate\nusd,2024,1\n", "the rate of usd in usd is 1"),
            ("currency,window,rate,base\nkzt,2024,4,usd\nrub,2024,5,eur\n", "the bases eur, usd"),
        ],
    )
    def test_what_is_no_table(self, tmp_path, text, says):
        path = tmp_path / "rates.csv"
        path.write_text(text)
        with pytest.raises(InputError, match=says):
            tt.Rates.read_csv(path)

    def test_another_base_and_a_byte_order_mark(self, tmp_path):
        path = tmp_path / "rates.csv"
        path.write_text("\ufeffcurrency,window,rate,base\nkzt,2024,508,eur\nusd,2024,1.0824,eur\n")
        rates = tt.Rates.read_csv(path)
        assert rates.base == "eur"
        assert rates.per("kzt", "usd", tt.Window("2024")) == pytest.approx(508 / 1.0824)

    @pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame])
    def test_frames(self, frame):
        cells = {"currency": ["kzt", "kzt"], "window": [2023, 2024], "rate": [456.31, 469.44]}
        assert tt.Rates.from_frame(frame(cells)).per("kzt", "usd", tt.Window("2023")) == 456.31
        with pytest.raises(InputError, match="not a table that can be read"):
            tt.Rates.from_frame(cells)

    def test_a_table_is_a_value(self, rates):
        assert tt.Rates.model_validate_json(rates.model_dump_json()) == rates
        with pytest.raises(InputError, match="the rates is a dict"):
            tt.Ledger().converted({})


class TestChoosing:
    def test_one_currency_of_two(self):
        rows = [
            level(tt.Figure.of("4", "usd_bn"), unit="usd_bn"),
            level(tt.Figure.of("2", "kzt_tn")),
        ]
        ledger = tt.Ledger(rows)
        assert ledger.currencies == ("kzt", "usd")
        (row,) = ledger.select(currency="kzt")
        assert str(row.figure) == "2 kzt tn"
        with pytest.raises(InputError, match="no currency 'eur' in the ledger; it has kzt, usd"):
            ledger.select(currency="eur")

    @pytest.mark.parametrize("unit", ["usd_bn_2015", "usd_2015", "usd_bn_constant", "usd_2015_bn"])
    def test_constant_prices_are_refused_by_name(self, unit):
        with pytest.raises(InputError, match="constant prices"):
            tt.Figure.of("4.2", unit)


def test_a_goal_is_converted_at_the_latest_rate_and_says_so() -> None:
    table = tt.Rates(
        rows=[
            {"currency": "eur", "window": "2024", "rate": "0.50"},
            {"currency": "eur", "window": "2025-09", "rate": "0.80"},
        ]
    )
    found = table.converted_goal(tt.Goal("4 eur_bn", by=2030), to="usd_mn")
    assert found.amount == tt.amounts.Absolute(5000.0, "usd_mn")
    assert "at 0.8 per usd (2025-09)" in str(found)
    more = table.converted_goal(tt.Goal("+400 eur_mn 2024", by=2030))
    assert isinstance(more.amount, tt.amounts.Increase)
    assert more.amount.value == pytest.approx(0.5)
    for same in (tt.Goal(4, by=2030), tt.Goal("2x 2024", by=2030), tt.Goal("4 usd_bn")):
        assert table.converted_goal(same) == same
    with pytest.raises(tt.InputError, match="no rate between gbp and usd"):
        table.converted_goal(tt.Goal("4 gbp_bn", by=2030))
