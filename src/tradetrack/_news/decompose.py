"""news(): what was said then, what is said now, and what each release since has to do with it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tradetrack._news.coalitions import Engine
from tradetrack._news.linearise import build_engine
from tradetrack._news.releases import Release, Releases, one_sided
from tradetrack._news.results import (
    STILL,
    Change,
    Expected,
    GoalNews,
    News,
    ReleaseNews,
    Remainder,
    TotalNews,
)
from tradetrack._news.shapley import Shares, fair_shares
from tradetrack._news.surprises import figure_news, foremost_figures
from tradetrack._news.targets import Request, totalled
from tradetrack._parallel import one_blas_thread
from tradetrack._typing import MONTHS, Array, Index
from tradetrack._version import __version__
from tradetrack.attainment.attainment import Attainment
from tradetrack.domain.goal import Goal
from tradetrack.domain.observation import last_day
from tradetrack.errors import GoalError, InputError
from tradetrack.ledger.ledger import Ledger
from tradetrack.models.measurement import is_total
from tradetrack.models.mixture import FittedMixture, GrowthMixture
from tradetrack.models.paths import LogPaths
from tradetrack.simulation import (
    Simulation,
    check_numbers,
    known_and_wanted,
    last_simulated,
    simulate,
    simulate_to,
)
from tradetrack.tracking import attainments

_INTERVAL = (0.1, 0.9)


@one_blas_thread
def news(  # noqa: PLR0913  those of `track`, and since when
    ledger: Ledger,
    goals: Goal | Sequence[Goal],
    *,
    since: str | dt.date,
    as_of: str | dt.date | None = None,
    horizon: int | None = None,
    model: GrowthMixture | None = None,
    n_paths: int = 10_000,
    seed: int = 0,
) -> News:
    """Attribute the change in each goal's probability, and in this year's total, to releases.

    The change is that from ``track(ledger, goals, as_of=since)`` to ``track(ledger, goals)``. It is
    split into lines that add up to it: what each release brought, new figures and revisions apart,
    what today's knowledge of reporters and regimes changes about the past, and two remainders: of
    linearisation, and of simulation. See `tradetrack.results.News.lines`.

    A release is what one reporter printed in one document on one date. Its effect is given in
    the order of release, as the lines have it, and as a Shapley value, which does not depend on the
    order; both add up.
    Each figure comes with its forecast just before the release.

    "This year" is that of the last month that a figure covers.

    Parameters
    ----------
    ledger
        What was printed. All goals must be about one pair.
    goals
        One goal or several. One without a deadline is to be met within the horizon of the day
        ``since``.
    since
        Figures published up to this day are known; later ones are news.
    as_of
        Last day whose releases count; everything by default.
    horizon
        Years after the one of the last figure to simulate, at either end; as in `track` by default.
    model
        The growth mixture; the shipped one by default.
    n_paths, seed
        As in `track`, whose numbers the ends are.

    Raises
    ------
    GoalError
        If a goal names a series or reporter that the ledger does not have, or the horizon ends
        before the last figure.
    InputError
        If no level had been published by ``since``, or ``as_of`` is before it, or nothing could be
        said of a goal then. Nothing published after ``since`` means no news and no change, not an
        error.

    Notes
    -----
    The method, and what each line means, is in ``docs/decisions/0013-news.md``.

    Examples
    --------
    >>> import tradetrack as tt
    >>> ledger, goal = tt.datasets.kazakhstan_uzbekistan(), tt.Goal(10, by=2030)
    >>> report = tt.news(ledger, goal, since="2025-10-31")
    >>> [(release.reporter, release.revision) for release in report.releases[1:3]]
    [('KZ government', False), ('KZ government', True)]
    >>> report.goals[0].before == tt.track(ledger, goal, as_of="2025-10-31")[0].probability
    True
    """
    check_numbers(horizon, n_paths, seed)
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
    _check_known(known, day)
    last_year = None if horizon is None else last_simulated(known.current, wanted, horizon)
    drawing = _Drawing(mixture, last_year, n_paths, seed)
    now = drawing.simulate(known, wanted, as_of)
    return _decomposed(drawing, now, day, None)


@one_blas_thread
def news_of(
    now: Simulation,
    since: str | dt.date,
    *,
    horizon: int | None = None,
    then: Simulation | None = None,
) -> News:
    """Make the news of a simulation that is drawn already: the same, to the bit, as `news` makes.

    Parameters
    ----------
    now
        The paths behind the answer of today, by a growth mixture and without assumptions. They may
        have been drawn with more reporters than the goals count; then ask ``drawn.about(goals)``.
    since
        As in `news`.
    horizon
        What ``now`` was drawn with.
    then
        The paths behind the answer of the day ``since``, if they are drawn already: with the same
        goals, number of paths and seed, and the same last year if there is a horizon.

    Raises
    ------
    InputError
        As `news` does; or if another model drew ``now``, or ``then`` was drawn otherwise.
    """
    day, mixture = last_day(since), _drawn_by(now).model
    _check_known(now.ledger, day)
    last_year = None if horizon is None else now.years[-1]
    drawing = _Drawing(mixture, last_year, now.paths.n_paths, now.seed)
    if then is not None:
        _check_alike(then, now, day)
    return _decomposed(drawing, now, day, then)


def _drawn_by(simulation: Simulation) -> FittedMixture:
    """Return the growth mixture that drew the paths."""
    fitted = simulation.fitted
    if not isinstance(fitted, FittedMixture):
        raise InputError(
            f"news needs paths of a GrowthMixture, not of {type(fitted).__name__}", topic="news"
        )
    return fitted


def _check_alike(then: Simulation, now: Simulation, day: dt.date) -> None:
    for what, one, other in (
        ("goals", then.goals, now.goals),
        ("n_paths", then.paths.n_paths, now.paths.n_paths),
        ("seed", then.seed, now.seed),
        ("as_of", then.as_of, day),
        ("ledger", then.ledger.digest, now.ledger.as_of(day).digest),
    ):
        if one != other:
            raise InputError(
                f"the simulation of {day} has another {what} than it must; leave it out, and it is"
                " drawn",
                topic="news",
            )


def _decomposed(
    drawing: "_Drawing", now: Simulation, day: dt.date, then: Simulation | None
) -> News:
    known, wanted = now.ledger, now.goals
    stood = known.as_of(day)
    if stood.digest == known.digest:
        then = now
    elif then is None:
        then = _drawn_then(drawing, known, wanted, day)
    last_year = min(then.years[-1], now.years[-1])
    request = Request(
        goals=wanted,
        by=tuple(last_year if goal.due_year is None else goal.due_year for goal in wanted),
        year=known.current.last_month // MONTHS,
        known_to=stood.current.last_month,
    )
    points, orders = np.random.default_rng(drawing.seed).spawn(2)
    fits = [_drawn_by(end) for end in dict.fromkeys((then, now))]
    releases = Releases.of(known, day)
    engine = build_engine(drawing.model, releases, request, fits, points)
    after = drawing.end(now, engine, request)
    before = after
    if then is not now:
        own = _engine_of(drawing, then, request, fits)
        before = drawing.end(then, own, request)
    engine = after.engine
    shares = fair_shares(len(releases.releases), engine.values_of, orders)
    goal_rows, total_rows = _ends(before, after, request)
    return News(
        version=__version__,
        ledger_digest=known.digest,
        since=day,
        as_of=now.as_of,
        n_paths=drawing.n_paths,
        seed=drawing.seed,
        n_orders=shares.n_orders,
        goals=goal_rows,
        totals=total_rows,
        releases=_release_rows(engine, shares, len(wanted)),
    )


def effects_in_order(then: Simulation, now: Simulation) -> list[tuple[Release, Array]]:
    """What each release between two simulations changed in each goal's probability, as it came.

    To first order, by the engine of the later one; both are of the growth mixture.

    Raises
    ------
    InputError
        If without some release no level would be known.
    """
    last_year = min(then.years[-1], now.years[-1])
    request = Request(
        goals=now.goals,
        by=tuple(last_year if goal.due_year is None else goal.due_year for goal in now.goals),
        year=now.ledger.current.last_month // MONTHS,
        known_to=then.ledger.current.last_month,
    )
    releases, rng = Releases.of(now.ledger, then.as_of), np.random.default_rng(now.seed)
    fits = _drawn_by(then), _drawn_by(now)
    engine = build_engine(fits[-1].model, releases, request, fits, rng)
    grown = [(1 << i) - 1 for i in range(len(releases.releases) + 1)]
    changes = np.diff(engine.values_of(grown)[:, : len(now.goals)], axis=0)
    return list(zip(releases.releases, changes, strict=True))


def _check_known(known: Ledger, day: dt.date) -> None:
    before = known.as_of(day).current
    if not any(is_total(row) and not one_sided(row) for row in before):
        first = min(last_day(row.published) for row in known if not row.set_aside)
        raise InputError(
            f"no level had been published by {day}, so there is no forecast to change; the first"
            f" figure is of {first}, choose a later day, by which a level was out",
            topic="news",
        )


def _drawn_then(
    drawing: "_Drawing", known: Ledger, goals: tuple[Goal, ...], day: dt.date
) -> Simulation:
    try:
        return drawing.simulate(known, goals, day)
    except GoalError as error:
        raise InputError(
            f"on {day} nothing could be said: {error}. Choose a later day", topic="news"
        ) from error


def _engine_of(
    drawing: "_Drawing", then: Simulation, request: Request, fits: Sequence[FittedMixture]
) -> Engine:
    """Prepare the answer as it was, on the terms of its own day."""
    points, _ = np.random.default_rng(drawing.seed).spawn(2)
    releases = Releases.of(then.ledger, then.as_of)
    return build_engine(drawing.model, releases, request, fits[:1], points)


@dataclass(frozen=True, slots=True, eq=False)
class _End:
    """One end of the interval; goals come first, then totals, in all arrays.

    Attributes
    ----------
    engine
        Made at the terms of this end.
    said
        What `track` says.
    first_order
        The same on the same random numbers, with rows and targets to first order.
    errors
        Monte-Carlo error of each probability.
    totals
        Forecasts of the totals.
    """

    engine: Engine
    said: Array
    first_order: Array
    errors: Array
    totals: tuple[Expected, ...]

    def engine_says(self, coalition: int) -> Array:
        """The same by the engine, if some releases are known."""
        values: Array = self.engine.values_of([coalition])[0, : len(self.said)]
        return values


@dataclass(frozen=True, slots=True)
class _Drawing:
    """How both ends are drawn."""

    model: GrowthMixture
    last_year: int | None
    n_paths: int
    seed: int

    def simulate(
        self, ledger: Ledger, goals: Sequence[Goal], as_of: str | dt.date | None
    ) -> Simulation:
        """Draw what `track` draws."""
        if self.last_year is None:
            return simulate(
                ledger, goals, as_of=as_of, model=self.model, n_paths=self.n_paths, seed=self.seed
            )
        return simulate_to(
            self.last_year,
            ledger,
            goals,
            as_of=as_of,
            model=self.model,
            n_paths=self.n_paths,
            seed=self.seed,
        )

    def end(self, drawn: Simulation, engine: Engine, request: Request) -> _End:
        """Put side by side what is said, the same paths to first order, and the engine."""
        corrected = engine.corrected(drawn.paths)
        found = [
            _of(attainment, by)
            for attainment, by in zip(attainments(drawn), request.by, strict=True)
        ]
        totals = tuple(_expected(drawn.paths, *count, request.year) for count in request.counts)
        return _End(
            engine=corrected,
            said=np.array([*(chance for chance, _ in found), *(total.mean for total in totals)]),
            first_order=corrected.on_paths(drawn.paths),
            errors=np.array([error for _, error in found]),
            totals=totals,
        )


def _of(attainment: Attainment, by: int) -> tuple[float, float]:
    """Probability that a goal is met by its deadline, or by a year without one; and its error."""
    if attainment.at_deadline is not None:
        return attainment.at_deadline.probability, attainment.at_deadline.error
    [point] = [point for point in attainment.curve if point.year == by]
    return point.probability, point.error


def _expected(paths: LogPaths, flow: str, reporter: str, year: int) -> Expected:
    """Forecast of the total of a year."""
    total = paths.totals(flow, reporter=reporter)[year - paths.years[0]].astype(float)
    low, high = np.quantile(total, _INTERVAL)
    return Expected(mean=float(total.mean()), low=float(low), high=float(high))


def _ends(
    before: _End, after: _End, request: Request
) -> tuple[tuple[GoalNews, ...], tuple[TotalNews, ...]]:
    r"""Both ends, and what lies between them beside the releases.

    With :math:`t` what is said, :math:`l` the same to first order, :math:`e` the engine's answer at
    either end, and :math:`e_0` that of the engine of the end if no release is known,

    .. math:: t' - t = \underbrace{e_0 - e}_\text{hindsight} + \underbrace{e' - e_0}_\text{releases}
        + \underbrace{(t' - l') - (t - l)}_\text{linearisation}
        + \underbrace{(l' - e') - (l - e)}_\text{simulation}.
    """
    start, everything = after.engine_says(0), after.engine.releases.everything
    e, e_after = before.engine_says(0), after.engine_says(everything)
    parts = zip(
        start - e,
        (after.said - after.first_order) - (before.said - before.first_order),
        (after.first_order - e_after) - (before.first_order - e),
        strict=True,
    )
    rest = [
        Remainder(hindsight=float(h), linearisation=float(x), simulation=float(n))
        for h, x, n in parts
    ]
    n = len(request.goals)
    goals = tuple(
        GoalNews(
            goal=goal,
            by=by,
            before=float(before.said[i]),
            after=float(after.said[i]),
            error=float(np.hypot(before.errors[i], after.errors[i])),
            rest=rest[i],
        )
        for i, (goal, by) in enumerate(zip(request.goals, request.by, strict=True))
    )
    series = {(totalled(goal).flow, goal.reporter): totalled(goal) for goal in request.goals}
    totals = tuple(
        TotalNews(
            series=series[count],
            reporter=count[1],
            year=request.year,
            before=before.totals[i],
            after=after.totals[i],
            rest=rest[n + i],
        )
        for i, count in enumerate(request.counts)
    )
    return goals, totals


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
        moved = in_order[i, :n_goals]
        changes = [_change(*numbers) for numbers in zip(*parts, strict=True)]
        found.append(
            ReleaseNews(
                published=release.published,
                reporter=release.reporter,
                document=release.document,
                revision=release.revision,
                figures=figure_news(engine, counting[i], counting[i + 1], rows),
                probabilities=tuple(changes[:n_goals]),
                totals=tuple(changes[n_goals : n_goals + n_totals]),
                log_totals=tuple(map(float, in_order[i, n_goals + n_totals :])),
                foremost_figures=_foremost(engine, i, rows, moved),
            )
        )
    return tuple(found)


def _foremost(engine: Engine, release: int, rows: Index, moved: Array) -> tuple[int, ...]:
    if np.abs(moved).max() < STILL:
        return ()
    if len(rows) == 1:
        return (0,) * len(moved)
    return foremost_figures(engine, release, rows, moved)


def _change(in_order: Array, share: Array, share_error: Array, left_out: Array) -> Change:
    return Change(
        in_order=float(in_order),
        share=float(share),
        share_error=float(share_error),
        left_out=float(left_out),
    )
