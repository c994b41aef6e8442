"""What ``tradetrack report`` shows: each part from one simulation."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass

import tradetrack as tt
from tradetrack._format import growth_rate
from tradetrack._history import history_of
from tradetrack._news.decompose import news_of
from tradetrack._parallel import one_blas_thread
from tradetrack._prediction_audit import audit_given
from tradetrack._typing import MONTHS
from tradetrack.cli.inputs import recent_quarters
from tradetrack.domain.observation import BALANCE, TURNOVER
from tradetrack.reporters.compare import compare, simulate_reporters
from tradetrack.scenarios.required import required_of
from tradetrack.scenarios.scenario import AnyAssumption, suppose
from tradetrack.simulation import Simulation
from tradetrack.tracking import summarise

_RECENTLY = dt.timedelta(days=92)  # of news
_SLUMP, _BACK = -0.2, 0.5  # of a shock, and what comes back of it


@dataclass(frozen=True, kw_only=True)
class Parts:
    """Which parts a page has beside the answer.

    Attributes
    ----------
    since
        Day since when there is news; empty for three months before the answer.
    n_quarters
        How many ends of quarters to say what would have been said on.
    supposed
        Assumptions of a scenario beside those that every page has.
    """

    since: str = ""
    n_quarters: int = 0
    supposed: Sequence[AnyAssumption] = ()


@one_blas_thread
def page(
    ledger: tt.Ledger,
    goals: Sequence[tt.Goal],
    parts: Parts,
    *,
    as_of: str,
    horizon: int | None,
    n_paths: int,
    seed: int,
) -> str:
    """Write the page about goals; parameters as of `tradetrack.track`.

    Raises
    ------
    InputError
        As `tradetrack.track`, `tradetrack.news` and `tradetrack.scenarios.Scenario` do.
    """
    everyone = simulate_reporters(
        ledger, goals, as_of=as_of or None, horizon=horizon, n_paths=n_paths, seed=seed
    )
    drawn = everyone.about(goals)
    with ThreadPoolExecutor(1) as beside:  # the day of the news is drawn anew: half of the work
        changed = beside.submit(_changed, drawn, parts, horizon)
        audited = audit_given(drawn.ledger, drawn.mixture)
        tracking, whose = summarise(drawn, audited), compare(everyone)
        required = _required(drawn, tracking)
        still = [one.goal for one in tracking if not one.over]
        scenarios = (
            {
                name: summarise(one, audited)
                for name, one in _scenarios(
                    drawn.about(still), _usual(tracking, required), parts.supposed
                )
            }
            if still
            else {}
        )
        news, history = changed.result()
    return tt.report_html(
        tracking,
        ledger,
        whose=whose,
        news=news,
        history=history,
        scenarios=scenarios,
        required=required,
    )


def _changed(
    drawn: Simulation, parts: Parts, horizon: int | None
) -> "tuple[tt.results.News | None, tt.results.History | None]":
    """Find what has changed; there is no news if nothing was known by a day that nobody named."""
    news = history = None
    try:
        news = news_of(drawn, parts.since or drawn.as_of - _RECENTLY, horizon=horizon)
    except tt.InputError:
        if parts.since:
            raise
    if parts.n_quarters:
        dates = recent_quarters(drawn.ledger, parts.n_quarters + 1)
        history = history_of(drawn, dates, horizon=horizon)
    return news, history


def _required(drawn: Simulation, tracking: tt.Tracking) -> "list[tt.results.RequiredGrowth]":
    """Find the growth that each open goal requires, if growth leads to it by a deadline."""
    found = required_of(drawn, [one for one in tracking if not one.over])
    return [one for one in found if isinstance(one, tt.results.RequiredGrowth)]


def _scenarios(
    drawn: Simulation, named: Iterable[tuple[str, AnyAssumption]], typed: Sequence[AnyAssumption]
) -> Iterator[tuple[str, Simulation]]:
    """Impose each assumption on the paths; one that nobody typed is left out if it cannot be."""
    for name, assumption in named:
        with suppress(tt.InputError):
            yield name, suppose(drawn, assumption)
    if typed:
        yield "; ".join(map(str, typed)), suppose(drawn, typed)


def _usual(
    tracking: tt.Tracking, required: "Sequence[tt.results.RequiredGrowth]"
) -> Iterator[tuple[str, AnyAssumption]]:
    """Yield what is asked of every forecast: growth as it was, as it must be, and a slump."""
    still = [one for one in tracking if not one.over]
    flows = {one.goal.series.flow for one in still if one.goal.series} - {BALANCE}
    flow = flows.pop() if len(flows) == 1 else TURNOVER
    rates = [
        (f"growth goes on at {{}} a year, as from {one.earlier.year} to {one.latest.year}", rate)
        for one in still[:1]
        if (rate := one.recent_growth) is not None and one.earlier and one.latest
    ]
    rates += [
        (f"growth is {{}} a year, with which {found.goal} has even odds", found.growth)
        for found in required[:1]
        if found.growth is not None
    ]
    for name, rate in rates:
        with suppress(tt.InputError):  # growth that no scenario takes
            yield name.format(growth_rate(rate)), tt.scenarios.GrowthPath(rate, flow=flow)
    year = tracking.last_observed // MONTHS + 1
    change = f"{-100 * _SLUMP:.0f} % in {year}, of which half comes back within a year"
    yield f"trade falls by {change}", tt.scenarios.Shock(year, _SLUMP, recovers=_BACK, flow=flow)
