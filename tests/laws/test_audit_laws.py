"""Laws of the audit, over ledgers from one underlying monthly path and over ledgers of anything."""

import math
from collections.abc import Callable
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tradetrack._audit.audit import audit_rows as audit
from tradetrack._typing import MONTHS
from tradetrack.domain.figure import Figure, parse_number
from tradetrack.domain.observation import Growth, Increment, Level, Observation, Series
from tradetrack.domain.window import Window, format_month, month_number
from tradetrack.ledger.ledger import Ledger

Row = Observation
FIRST_YEAR, LAST_YEAR = 2018, 2022
FLOWS = ("kz_to_uz", "uz_to_kz")
QUALIFIERS = ("exact", "rounded", "truncated", "about", "over", "nearly")


def defects(ledger: Ledger) -> list[tuple[str, tuple[str, ...]]]:
    return [(f.kind, f.rows) for f in audit(ledger) if f.kind != "repeated_release"]


def printed(amount: float, digits: int) -> str:
    """Print billions, rounded half to even as a decimal."""
    return str(Decimal(amount).quantize(Decimal(1).scaleb(-digits)))


@st.composite
def consistent_rows(draw: st.DrawFn) -> list[Row]:
    """Draw what two reporters print of one path: flows, turnover and growth, correctly rounded.

    Claims ("over", "nearly") leave more room than the reporters differ.
    """
    n_months = MONTHS * (LAST_YEAR - FIRST_YEAR + 1)
    slope = draw(st.floats(-0.01, 0.02))
    spells = draw(st.lists(st.floats(-0.2, 0.2), min_size=n_months, max_size=n_months))
    shares = draw(st.lists(st.floats(0.3, 0.7), min_size=n_months, max_size=n_months))
    path = [0.25 * math.exp(slope * t + spell) for t, spell in enumerate(spells)]
    monthly = {
        "turnover": path,
        FLOWS[0]: [x * share for x, share in zip(path, shares, strict=True)],
        FLOWS[1]: [x * (1 - share) for x, share in zip(path, shares, strict=True)],
    }
    scales = {"KZ stat": 1.0, "UZ stat": draw(st.floats(0.8, 1.25))}
    start = Window.calendar_year(FIRST_YEAR).start

    def total(flow: str, window: Window, reporter: str) -> float:
        months = slice(window.start - start, window.end - start + 1)
        return scales[reporter] * math.fsum(monthly[flow][months])

    def row(n: int) -> Row:
        flow = draw(st.sampled_from(sorted(monthly)))
        reporter = draw(st.sampled_from(sorted(scales)))
        year = draw(st.integers(FIRST_YEAR, LAST_YEAR))
        window = Window.year_to_date(year, draw(st.sampled_from((3, 6, 9, 10, 11, 12, 12))))
        if year < LAST_YEAR and draw(st.integers(0, 4)) == 0:
            begin = window.start + draw(st.sampled_from((3, 6)))
            window = Window(start=begin, end=begin + MONTHS - 1)
        release = {
            "id": f"row {n}",
            "series": Series(pair="KZ-UZ", flow=flow),
            "window": window,
            "reporter": reporter,
            "published": format_month(window.end + draw(st.integers(1, 20))),
        }
        amount = total(flow, window, reporter)
        if year > FIRST_YEAR and draw(st.booleans()):
            base = window.shift(-1)
            if draw(st.booleans()):
                change = amount - total(flow, base, reporter)
                return Increment(
                    **release, base=base, figure=Figure.of(printed(change, 3), "usd_bn")
                )
            percent = 100.0 * (amount / total(flow, base, reporter) - 1.0)
            figure = Figure.of(printed(percent, 1), "percent")
            return Growth(**release, base=base, figure=figure)
        digits = draw(st.integers(1, 4))
        side = draw(st.sampled_from(("rounded", "rounded", "rounded", "at_least", "at_most")))
        text = printed(amount, digits)
        if side != "rounded":
            bound = amount * (0.75 if side == "at_least" else 1.3)
            text = printed(bound, 4)
        if not Decimal(text):
            text = printed(amount, 4)
        return Level(**release, figure=Figure.of(text, "usd_bn", side))

    return [row(n) for n in range(draw(st.integers(0, 25)))]


@st.composite
def any_rows(draw: st.DrawFn) -> list[Row]:
    """Draw valid observations with no regard to one another."""
    amounts = st.sampled_from(("1", "1.5", "2", "2.04", "3", "2 000", "0.002"))
    late = st.sampled_from((0, 0, 1, 1, 9, -1))

    def window() -> Window:
        year = draw(st.integers(2020, 2022))
        if draw(st.integers(0, 5)) == 0:
            start = month_number(year, draw(st.integers(1, 12)))
            return Window(start=start, end=start + 11)
        return Window.year_to_date(year, draw(st.sampled_from((7, 11, 12, 12, 12))))

    def row(n: int) -> Row:
        covered = window()
        release = {
            "id": f"row {n}" if draw(st.booleans()) else "",
            "series": Series(
                pair="KZ-UZ", flow=draw(st.sampled_from(("turnover", "turnover", *FLOWS)))
            ),
            "window": covered,
            "reporter": draw(st.sampled_from(("KZ stat", "KZ stat", "UZ stat"))),
            "published": format_month(max(covered.start, covered.end + draw(late))),
        }
        qualifier = draw(st.sampled_from(QUALIFIERS))
        text = draw(amounts)
        if draw(st.integers(0, 3)) == 0:
            unit = draw(st.sampled_from(("percent", "times")))
            base = covered.shift(-draw(st.integers(1, 2)))
            return Growth(**release, base=base, figure=Figure.of(text, unit, qualifier))
        return Level(**release, figure=Figure.of(text, "usd_bn", qualifier))

    return [row(n) for n in range(draw(st.integers(0, 15)))]


def with_levels(rows: list[Row], change: Callable[[Figure], Figure]) -> Ledger:
    return Ledger(
        row.model_copy(update={"figure": change(row.figure)}) if isinstance(row, Level) else row
        for row in rows
    )


def rescaled(figure: Figure, power: int) -> Figure:
    text = format(parse_number(figure.text).scaleb(power), "f")
    return Figure(text=text, unit=figure.unit, qualifier=figure.qualifier)


@given(rows=consistent_rows())
def test_a_consistent_ledger_has_no_defects(rows: list[Row]) -> None:
    assert defects(Ledger(rows)) == []


@given(rows=any_rows(), data=st.data())
def test_order_of_rows_changes_nothing(rows: list[Row], data: st.DataObject) -> None:
    assert audit(Ledger(data.draw(st.permutations(rows)))) == audit(Ledger(rows))


@given(rows=any_rows(), power=st.integers(1, 4))
def test_currency_law(rows: list[Row], power: int) -> None:
    named = [row.model_copy(update={"id": f"row {n}"}) for n, row in enumerate(rows)]
    scaled = with_levels(named, lambda figure: rescaled(figure, -power))
    assert defects(scaled) == defects(Ledger(named))


@given(rows=consistent_rows(), data=st.data())
def test_a_slip_of_a_thousand_is_always_found(rows: list[Row], data: st.DataObject) -> None:
    ledger = Ledger(rows)
    standing = [row for row in ledger if isinstance(row, Level)]
    by_series = {
        row: {(o.window, o.reporter) for o in standing if o.series == row.series}
        for row in standing
    }
    eligible = [row for row in standing if len(by_series[row]) > 3]
    if eligible:
        slipped = data.draw(st.sampled_from(eligible))
        power = data.draw(st.sampled_from((-3, 3)))
        wrong = slipped.model_copy(update={"figure": rescaled(slipped.figure, power)})
        others = [row for row in rows if row is not slipped]
        slips = [f for f in audit(Ledger([*others, wrong])) if f.kind == "unit_slip"]
        assert [f.rows for f in slips] == [(slipped.id,)]


@given(rows=any_rows())
def test_findings_name_rows_of_the_ledger(rows: list[Row]) -> None:
    ledger = Ledger(rows)
    names = {row.id or str(row) for row in ledger}
    assert {name for f in audit(ledger) for name in f.rows} <= names


@given(
    texts=st.lists(
        st.decimals(allow_nan=False, allow_infinity=False, min_value=0).map(str)
        | st.sampled_from(("1e-320", "1e308", "1e400", "0.5", "1")),
        max_size=8,
    ),
    unit=st.sampled_from(("usd", "usd_tn", "times")),
    qualifier=st.sampled_from(QUALIFIERS),
)
def test_never_raises_on_extreme_figures(texts: list[str], unit: str, qualifier: str) -> None:
    rows: list[Row] = []
    for n, text in enumerate(texts):
        window = Window.calendar_year(2000 + n % 4)
        release = {"series": Series(pair="KZ-UZ"), "window": window, "published": "2024-01"}
        release |= {"reporter": f"reporter {n % 2}", "id": f"row {n}"}
        figure = {"text": text, "unit": unit, "qualifier": qualifier}
        try:
            if unit == "times":
                rows.append(
                    Growth.model_validate(release | {"figure": figure, "base": window.shift(-1)})
                )
                figure = figure | {"text": "3.1", "unit": "usd_bn"}
                release["id"] = f"level {n}"
            rows.append(Level.model_validate(release | {"figure": figure}))
        except ValueError:
            continue
    audit(Ledger(rows))
