"""news(): the effect of each release since a day."""

import datetime as dt
from collections.abc import Sequence

import numpy as np

from tradetrack._news.coalitions import Engine
from tradetrack._news.linearise import build_engine
from tradetrack._news.releases import Releases, one_sided
from tradetrack._news.results import STILL, Change, Expected, GoalNews, News, ReleaseNews, TotalNews
from tradetrack._news.shapley import Shares, fair_shares
from tradetrack._news.surprises import figure_news, foremost_figures
from tradetrack._news.targets import Request, check_plain
from tradetrack._parallel import one_blas_thread
from tradetrack._typing import MONTHS, Array, Index
from tradetrack._version import __version__
from tradetrack.domain.goal import Goal
from tradetrack.domain.observation import last_day
from tradetrack.errors import InputError
from tradetrack.ledger.ledger import Ledger
from tradetrack.models.measurement import is_total
from tradetrack.models.mixture import GrowthMixture
from tradetrack.simulation import check_numbers, known_and_wanted, last_simulated, series_of

_INTERVAL = (0.1, 0.9)


@one_blas_thread
def news(
    ledger: Ledger,
    goals: Goal | Sequence[Goal],
    *,
    since: str | dt.date,
    as_of: str | dt.date | None = None,
    horizon: int | None = None,
    model: GrowthMixture | None = None,
    seed: int = 0,
) -> News:
    """Attribute the change in each goal's probability, and in this year's total, to releases.

    A release is what one reporter printed in one document on one date. Its effect is given in
    the order of release, and as a Shapley value, which does not depend on the order; both add up to
    the whole change. Each figure comes with its forecast just before the release.

    "This year" is that of the last month that a figure covers.

    Parameters
    ----------
    ledger
        What was printed. All goals must be about one pair.
    goals
        One goal or several.
    since
        Figures published up to this day are known; later ones are news.
    as_of
        Last day whose releases count; everything by default.
    horizon
        Years after the one of the last figure by which a goal without a deadline may be met, as in
        `track`; 20 by default.
    model
        The growth mixture; the shipped one by default.
    seed
        Seed of the draws: same inputs and seed, same result.

    Raises
    ------
    GoalError
        If a goal names a series or reporter that the ledger does not have, or the horizon ends
        before the last figure.
    InputError
        If no level had been published by ``since``, or ``as_of`` is before it. Nothing published
        after ``since`` means no news and no change, not an error.

    Notes
    -----
    The forecast before is made under the law of the end, with the same reporters, the same months
    that weigh the regimes, and rows linearised about the same path, so that only figures make a
    difference. It can be a few points from ``track(ledger, goals, as_of=since)``, most of all where
    few figures were out (``docs/decisions/0013-news.md``).

    The forecast after can differ from ``track(ledger, goals)`` by about a point, and with the goals
    requested together: rows are linearised once about one path, which reaches to the last
    deadline, and the same few quasi-random points serve all goals.

    Examples
    --------
    >>> import tradetrack as tt
    >>> ledger = tt.datasets.kazakhstan_uzbekistan()
    >>> report = tt.news(ledger, tt.Goal(10, by=2030), since="2025-10-31")
    >>> [(release.reporter, len(release.figures)) for release in report.releases]
    [('UZ government', 1), ('KZ government', 3), ('UZ stat', 7)]
    """
    check_numbers(horizon, 1, seed)
    mixture = GrowthMixture() if model is None else model
    if not isinstance(mixture, GrowthMixture):
        raise InputError(f"news needs a GrowthMixture, not {type(mixture).__name__}", topic="news")
    day = last_day(since)
    if as_of is not None and last_day(as_of) < day:
        raise InputError(
            f"the last day {as_of} is before the first, {since}; choose an as_of after since",
            topic="news",
        )
    known, wanted = known_and_wanted(ledger, goals, as_of)
    check_plain(wanted)
    request = _request(known, wanted, day, horizon)
    releases = Releases.of(known, day)
    points, orders = np.random.default_rng(seed).spawn(2)
    engine = build_engine(mixture, releases, request, points)
    shares = fair_shares(len(releases.releases), engine.values_of, orders)
    goal_rows, total_rows = _ends(engine, request)
    return News(
        version=__version__,
        ledger_digest=known.digest,
        since=day,
        as_of=known.last_published if as_of is None else last_day(as_of),
        seed=seed,
        n_orders=shares.n_orders,
        goals=goal_rows,
        totals=total_rows,
        releases=_release_rows(engine, shares, len(wanted)),
    )


def _request(known: Ledger, goals: tuple[Goal, ...], day: dt.date, horizon: int | None) -> Request:
    before = known.as_of(day).current
    if not any(is_total(row) and not one_sided(row) for row in before):
        first = min(last_day(row.published) for row in known if not row.set_aside)
        raise InputError(
            f"no level had been published by {day}, so there is no forecast to change; the first"
            f" figure is of {first}, choose a later day, by which a level was out",
            topic="news",
        )
    last_year = last_simulated(known.current, goals, horizon)
    year = known.current.last_month // MONTHS
    deadlines = [last_year if goal.due_year is None else goal.due_year for goal in goals]
    return Request(
        goals=goals,
        year=year,
        last_year=max([year, *deadlines]),
        known_to=before.last_month,
    )


def _ends(engine: Engine, request: Request) -> tuple[tuple[GoalNews, ...], tuple[TotalNews, ...]]:
    """Forecasts before and after all releases."""
    everything = engine.releases.everything
    before, after = engine.values_of([0, everything])
    n = len(request.goals)
    goals = tuple(
        GoalNews(goal=goal, by=goal.due_year or request.last_year, before=float(b), after=float(a))
        for goal, b, a in zip(request.goals, before[:n], after[:n], strict=True)
    )
    series = {(series_of(goal).flow, goal.reporter): series_of(goal) for goal in request.goals}
    totals = []
    for i, count in enumerate(request.counts):
        ends = []
        for coalition, values in ((0, before), (everything, after)):
            low, high = engine.quantiles(coalition, i, _INTERVAL)
            ends.append(Expected(mean=float(values[n + i]), low=float(low), high=float(high)))
        totals.append(
            TotalNews(
                series=series[count],
                reporter=count[1],
                year=request.year,
                before=ends[0],
                after=ends[1],
            )
        )
    return goals, tuple(totals)


def _release_rows(engine: Engine, shares: Shares, n_goals: int) -> tuple[ReleaseNews, ...]:
    """One row per release."""
    releases = engine.releases
    n, everything = len(releases.releases), releases.everything
    if not n:
        return ()
    grown = [(1 << i) - 1 for i in range(n + 1)]
    values = engine.values_of([*grown, *(everything & ~(1 << i) for i in range(n))])
    in_order, left_out = np.diff(values[: n + 1], axis=0), values[n] - values[n + 1 :]
    counting = releases.counting(grown)
    position = {row: i for i, row in enumerate(releases.rows)}
    n_totals = (values.shape[1] - n_goals) // 2
    found = []
    for i, release in enumerate(releases.releases):
        rows = np.array([position[row] for row in release.rows], np.intp)
        parts = (in_order[i], shares.shares[i], shares.errors[i], left_out[i])
        moved = shares.shares[i, :n_goals]
        changes = [_change(*numbers) for numbers in zip(*parts, strict=True)]
        found.append(
            ReleaseNews(
                published=release.published,
                reporter=release.reporter,
                document=release.document,
                figures=figure_news(engine, counting[i], counting[i + 1], rows),
                probabilities=tuple(changes[:n_goals]),
                totals=tuple(changes[n_goals : n_goals + n_totals]),
                log_totals=tuple(map(float, in_order[i, n_goals + n_totals :])),
                foremost_figures=_foremost(engine, i, rows, moved),
            )
        )
    return tuple(found)


def _foremost(engine: Engine, release: int, rows: Index, shares: Array) -> tuple[int, ...]:
    if np.abs(shares).max() < STILL:
        return ()
    if len(rows) == 1:
        return (0,) * len(shares)
    return foremost_figures(engine, release, rows, shares)


def _change(in_order: Array, share: Array, share_error: Array, left_out: Array) -> Change:
    return Change(
        in_order=float(in_order),
        share=float(share),
        share_error=float(share_error),
        left_out=float(left_out),
    )
