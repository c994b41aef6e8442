"""Ledgers that a flow could have left behind, goals about them, and small models to fit."""

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from tradetrack.domain.figure import Figure
from tradetrack.domain.goal import Goal
from tradetrack.domain.observation import TURNOVER, Growth, Level, Series
from tradetrack.domain.window import Window
from tradetrack.ledger.ledger import Ledger
from tradetrack.models.mixture import GrowthMixture
from tradetrack.models.regimes import MonthPattern, Regime, Regimes, Reporting

PAIR = Series(pair="KZ-UZ")
FIRST, SECOND = (PAIR.model_copy(update={"flow": flow}) for flow in PAIR.flows)
REPORTERS = ("UZ stat", "KZ stat")
SHARES = {TURNOVER: 1.0, FIRST.flow: 0.6, SECOND.flow: 0.4}
N_PATHS = 200

_ARCH = np.sin(np.arange(12) * np.pi / 6)
PATTERN = MonthPattern(
    effects=tuple(float(value) for value in 0.1 * (_ARCH - _ARCH.mean())),
    spread=(0.1,) * 12,
    noise=0.1,
    flow_correlation=0.3,
    flow_log_ratio_sd=1.0,
)
QUIET = MonthPattern((0.0,) * 12, (1e-3,) * 12, 1e-3, 0.0, 1.0)
CALM = Regime(0.08, 0.3, 0.3, 0.4, 0.6, 0.3, drift=0.04, drift_spread=0.03)
WILD = Regime(0.45, 0.2, 0.3, 0.5, 0.4, 0.2, drift=-0.02, drift_spread=0.05)
WALK = Regime(0.2, 1.0, 0.0, 0.0, 0.5, 0.5, drift=0.05, drift_spread=0.0)


def model(*regimes: Regime, pattern: MonthPattern = PATTERN, **reporting: float) -> GrowthMixture:
    """Mix these regimes with equal weights; a calm, a wild and a plain one by default."""
    chosen = regimes or (CALM, WILD, WALK)
    table = Regimes(chosen, (1.0 / len(chosen),) * len(chosen))
    return GrowthMixture(table, pattern, Reporting(**reporting), memory=300)


def level(
    window: str,
    value: str | float,
    qualifier: str | None = None,
    *,
    series: Series = PAIR,
    unit: str = "usd_bn",
    reporter: str = REPORTERS[0],
    published: str = "",
) -> Level:
    """A level with as few words as a test needs; a text is rounded, a number exact."""
    months = Window.parse(window)
    return Level(
        series=series,
        window=months,
        figure=Figure.of(value, unit, qualifier),  # type: ignore[arg-type]
        reporter=reporter,
        published=published or f"{months.year + 1}-02-01",
    )


def growth(
    window: str,
    base: str,
    value: str | float,
    qualifier: str | None = None,
    *,
    series: Series = PAIR,
    unit: str = "percent",
    reporter: str = REPORTERS[0],
) -> Growth:
    months = Window.parse(window)
    return Growth(
        series=series,
        window=months,
        base=Window.parse(base),
        figure=Figure.of(value, unit, qualifier),  # type: ignore[arg-type]
        reporter=reporter,
        published=f"{months.year + 1}-02-01",
    )


@dataclass(frozen=True)
class Past:
    """A flow's past, of which figures are printed: a total for each year, spread evenly over it."""

    first_year: int
    totals: tuple[float, ...]

    @property
    def years(self) -> range:
        return range(self.first_year, self.first_year + len(self.totals))

    def over(self, window: Window, flow: str = TURNOVER) -> float:
        months = (self.totals[month // 12 - self.first_year] / 12 for month in window.months())
        return SHARES[flow] * sum(months)


@st.composite
def pasts(draw: st.DrawFn) -> Past:
    first = draw(st.integers(2004, 2016))
    start = draw(st.sampled_from((0.08, 0.7, 3.0, 45.0)))
    rates = draw(st.lists(st.floats(-0.25, 0.35), min_size=1, max_size=6))
    return Past(first, tuple(float(start * total) for total in np.exp(np.cumsum(rates))))


@st.composite
def windows(draw: st.DrawFn, past: Past) -> Window:
    year = draw(st.sampled_from(past.years))
    return draw(
        st.sampled_from(
            (
                Window.calendar_year(year),
                Window.year_to_date(year, draw(st.integers(1, 11))),
                Window.month(year, draw(st.integers(1, 12))),
            )
        )
    )


@st.composite
def figures(draw: st.DrawFn, past: Past, reporters: tuple[str, ...]) -> Level | Growth:
    """A figure that the past would have led to: a level, a growth rate or a bound."""
    window = draw(windows(past))
    flow = draw(st.sampled_from((TURNOVER, TURNOVER, FIRST.flow, SECOND.flow)))
    series = PAIR.model_copy(update={"flow": flow})
    reporter = draw(st.sampled_from(reporters))
    true = past.over(window, flow) * np.exp(draw(st.floats(-0.03, 0.03)))
    base = window.shift(-1)
    if base.start // 12 in past.years and draw(st.booleans()):
        percent = 100 * (past.over(window, flow) / past.over(base, flow) - 1)
        return growth(str(window), str(base), f"{percent:.1f}", series=series, reporter=reporter)
    qualifier = draw(st.sampled_from(("exact", "rounded", "about", "at_least", "at_most")))
    value = true * {"at_least": 0.85, "at_most": 1.2}.get(qualifier, 1.0)
    text = f"{1000 * value:.1f}" if value < 0.2 else f"{1000 * value:.0f}"
    return level(str(window), text, qualifier, series=series, unit="usd_mn", reporter=reporter)


@st.composite
def ledgers(draw: st.DrawFn, reporters: tuple[str, ...] = REPORTERS) -> Ledger:
    """A few figures of one past; at least a year's turnover, rounded."""
    past = draw(pasts())
    rows = draw(st.lists(figures(past, reporters), max_size=5))
    year = draw(st.sampled_from(past.years))
    total = f"{1000 * past.over(Window.calendar_year(year)):.0f}"
    return Ledger([*rows, level(str(year), total, unit="usd_mn", reporter=reporters[0])])


@st.composite
def goals(draw: st.DrawFn, ledger: Ledger) -> Goal:
    """A goal near what the figures say."""
    turnover = [row for row in ledger if row.kind == "level" and row.series == PAIR]
    near = max(float(np.exp(row.log_interval[1])) for row in turnover if not row.figure.one_sided)
    last = ledger.current.last_month // 12
    by = draw(st.none() | st.integers(last, last + 10))
    window = draw(st.sampled_from(("calendar_year", "rolling_year")))
    reporters = ledger.current.reporters
    whose = draw(st.sampled_from(("consensus", *reporters)))
    return Goal(round(near * draw(st.floats(0.4, 4.0)), 4), by, window, series=PAIR, reporter=whose)


@st.composite
def questions(draw: st.DrawFn, reporters: tuple[str, ...] = REPORTERS) -> tuple[Ledger, Goal]:
    """A ledger and a goal for it."""
    ledger = draw(ledgers(reporters))
    return ledger, draw(goals(ledger))
