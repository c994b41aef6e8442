"""The typed result of news(): the effect of each release."""

import datetime as dt
from collections.abc import Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Literal, Self

from pydantic import model_validator

from tradetrack._format import (
    columns,
    html_table,
    percent,
    points,
    table,
    three_digits,
    with_unit,
    wrapped,
)
from tradetrack.domain.figure import measured
from tradetrack.domain.goal import CONSENSUS, Goal
from tradetrack.domain.observation import Observation, Series
from tradetrack.domain.value import (
    AtLeastOne,
    Count,
    NonNegative,
    Positive,
    Probability,
    Report,
    Value,
    require,
)

if TYPE_CHECKING:
    import pandas as pd

STILL = 0.005  # changes of probability below half a point are not reported
_ADDS_UP = 1e-9
_OF_METHOD = ("linearisation", "simulation")  # lines that nothing in the world brought about

_WIDTH = 80  # columns of text
_NAME = 34  # of them for the name of a line, at most
_HEADS = ("change in points", "", "foremost figure")
_LINE_COLUMNS = (
    "goal",
    "kind",
    "line",
    "points",
    "published",
    "reporter",
    "document",
    "figure",
)
_FIGURE_COLUMNS = (
    "published",
    "reporter",
    "figure",
    "counts",
    "replaces",
    "expected",
    "surprise",
    "chance",
    "impact",
)


class FigureNews(Value):
    """One figure: its forecast before the release, and its effect.

    Attributes
    ----------
    observation
        What was printed.
    counts
        Whether the figure counted when it was published: it was not a repetition.
    replaces
        The earlier release of the same figure that it took the place of, in words; None if it is
        the first.
    expected
        Median of what would be printed, just before the release, in the figure's own unit.
    surprise
        Printed less expected, in standard deviations of the log; None for a bound.
    chance
        Forecast probability that a bound is true; None for other figures.
    impacts
        What the figure moved in the mean of the log of each of `News.totals`: its weight times its
        surprise.
    """

    observation: Observation
    counts: bool
    replaces: str | None
    expected: float
    surprise: float | None
    chance: Probability | None
    impacts: tuple[float, ...]


class Change(Value):
    """The effect of one release on one number.

    Attributes
    ----------
    in_order
        The change at publication, after the releases before it and before those after it.
    share
        Its Shapley value: the mean of its contributions over all orders of release.
    share_error
        Monte-Carlo standard error of the share; 0 if every order was counted.
    left_out
        The present value less that without this release.
    """

    in_order: float
    share: float
    share_error: NonNegative
    left_out: float


class ReleaseNews(Value):
    """One release.

    Attributes
    ----------
    published, reporter, document
        What makes it one release.
    revision
        Whether its figures had been printed before; a document with both is two releases.
    figures
        Its figures.
    probabilities
        Its effect on the probability of each of `News.goals`.
    totals
        Its effect on each of `News.totals`, in the unit of its series.
    log_totals
        Its effect, in order, on the mean of the log of each total. The impacts of its figures
        add up to this, but for what the figures say about the regimes.
    foremost_figures
        Position in `figures` of the one that moved each of `News.goals` most in the direction of
        the release when it came; empty if the release moved none by half a point.
    """

    published: str
    reporter: str
    document: str
    revision: bool = False
    figures: tuple[FigureNews, ...]
    probabilities: tuple[Change, ...]
    totals: tuple[Change, ...]
    log_totals: tuple[float, ...]
    foremost_figures: tuple[int, ...] = ()

    @property
    def foremost(self) -> FigureNews:
        """The figure that moved this year's first total most."""
        return max(self.figures, key=lambda figure: abs(figure.impacts[0]))

    def foremost_for(self, goal: int) -> FigureNews:
        """Return the figure that moved a goal most in the direction of its release.

        Where the release moved no goal by half a point it is `foremost`.

        Parameters
        ----------
        goal
            Position of the goal in `News.goals`.
        """
        known = self.foremost_figures
        return self.figures[known[goal]] if known else self.foremost


class Remainder(Value):
    """What lies between two forecasts beside the releases.

    Attributes
    ----------
    hindsight
        What is said of the old figures today less what was said of them then: reporters that make
        up the consensus, years that weigh the regimes and figures that are doubted are now others.
    linearisation
        What the releases were decomposed with misses, because logs of sums are not linear.
    simulation
        Monte-Carlo error of the two forecasts, which are drawn; small differences of the two
        computations are in it.
    """

    hindsight: float = 0.0
    linearisation: float = 0.0
    simulation: float = 0.0


class GoalNews(Value):
    """A goal, and its probability before and after.

    Attributes
    ----------
    goal
        The goal.
    by
        The year by which it is to be met: that of its deadline, or the last of the horizon of then.
    before, after
        Probability that it is met by its deadline, or by the end of that year without one, as
        `tradetrack.track` says on either day.
    error
        Monte-Carlo standard error of the change.
    rest
        What lies between the two beside the releases.
    """

    goal: Goal
    by: int
    before: Probability
    after: Probability
    error: NonNegative = 0.0
    rest: Remainder = Remainder()

    @property
    def due(self) -> str:
        """When it is to be met, in words: ``"by 2030-03"``, ``"in 2026"``."""
        return self.goal.due or f"by {self.by}"


class Expected(Value):
    """The forecast of a total.

    Attributes
    ----------
    mean
        Expected value, in the unit of the series.
    low, high
        Ends of the central 80 % interval.
    """

    mean: Positive
    low: Positive
    high: Positive

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        require(true=self.low <= self.high, otherwise="the interval is upside down")
        return self


class TotalNews(Value):
    """Total of one series by one reporter, or by consensus, in the requested year.

    Attributes
    ----------
    series, reporter, year
        What is totalled, by whose figures, and the year. Beside a goal of a balance, whose sign can
        change, it is the turnover.
    before, after
        Its forecasts, as `tradetrack.track` makes them on either day.
    rest
        What lies between their means beside the releases.
    """

    series: Series
    reporter: str
    year: int
    before: Expected
    after: Expected
    rest: Remainder = Remainder()


LineKind = Literal[
    "before", "new", "others", "revisions", "hindsight", "linearisation", "simulation", "after"
]


class NewsLine(Value):
    """A line of the account of a goal's probability; the changes add up from before to after.

    Attributes
    ----------
    kind
        ``"new"`` is the new figures of one release, ``"others"`` those that moved less than half a
        point together, ``"revisions"`` all revisions together; see `Remainder` for the next three.
    name
        What it is, in words.
    points
        A change of probability in points; of ``"before"`` and ``"after"`` the probability itself.
    release
        Position of the release in `News.releases`; None if it is not about one.
    """

    kind: LineKind
    name: str
    points: float
    release: Count | None = None


class News(Report):
    """The effect of the releases since a day; see `tradetrack.news`.

    Attributes
    ----------
    schema_version, version
        Of this result's layout and of the library.
    ledger_digest
        Digest of the ledger as of ``as_of``.
    since, as_of
        Figures published up to the first day are known; those after it, up to the second, are
        news.
    n_paths, seed
        What the draws were made with.
    n_orders
        Number of orders behind the Shapley values; 0 if every order was counted.
    goals, totals
        Forecasts before and after.
    releases
        One per release, in the order of publication.

    Examples
    --------
    >>> import tradetrack as tt
    >>> ledger = tt.datasets.kazakhstan_uzbekistan()
    >>> news = tt.news(ledger, tt.Goal(10, by=2030), since="2025-10-31")
    >>> before, *changes, after = (line.points for line in news.lines(0))
    >>> abs(before + sum(changes) - after) < 1e-9
    True
    >>> news == tt.results.News.model_validate_json(news.model_dump_json())
    True
    """

    schema_version: Literal["1"] = "1"
    version: str
    ledger_digest: str
    since: dt.date
    as_of: dt.date
    n_paths: AtLeastOne
    seed: Count
    n_orders: Count
    goals: tuple[GoalNews, ...]
    totals: tuple[TotalNews, ...]
    releases: tuple[ReleaseNews, ...]

    @model_validator(mode="after")
    def _sound(self) -> Self:
        for release in self.releases:
            where = f"the release of {release.reporter}, {release.published},"
            counts = len(release.probabilities), len(release.totals), len(release.log_totals)
            require(
                true=counts == (len(self.goals), len(self.totals), len(self.totals)),
                otherwise=f"{where} has not one change for each goal and each total",
            )
            known = release.foremost_figures
            require(
                true=len(known) in (0, len(self.goals))
                and all(0 <= position < len(release.figures) for position in known),
                otherwise=f"{where} names figures that it does not have",
            )
        for i, row in enumerate(self.goals):
            rest = sum(row.rest.model_dump().values())
            for kind in ("in_order", "share"):
                parts = (getattr(release.probabilities[i], kind) for release in self.releases)
                require(
                    true=abs(row.before + sum(parts) + rest - row.after) < _ADDS_UP,
                    otherwise=f"the changes of the goal {row.goal} do not add up to the whole",
                )
        return self

    def _repr_html_(self) -> str:
        parts = []
        for i in range(len(self.goals)):
            caption = goal_sentence(self, i)
            if self.releases:
                parts.append(html_table(caption, _HEADS, line_cells(self, i)))
            else:
                parts.append(html_table(caption, (), ()))
        if self.releases:
            rows = [
                (
                    release.published,
                    release.reporter,
                    "revisions" if release.revision else "new figures",
                    str(goal.goal),
                    f"{100 * change.in_order:+.1f}",
                    f"{100 * change.share:+.1f}",
                    f"{100 * change.left_out:+.1f}",
                )
                for release in self.releases
                for goal, change in zip(self.goals, release.probabilities, strict=True)
            ]
            heads = "published", "reporter", "what", "goal", "in order", "share", "left out"
            caption = f"Every release, {self.since} to {self.as_of}: changes in points"
            parts.append(html_table(caption, heads, rows))
        return "".join(parts)

    def lines_to_frame(self) -> "pd.DataFrame":
        """Return one row per goal and line of its account; see `lines`.

        Columns: ``goal, kind, line, points, published, reporter, document, figure``: of a line that
        is about one release also which, and the figure that moved the goal most against its
        forecast.
        """
        rows: list[dict[str, object]] = []
        for i, goal in enumerate(self.goals):
            for line in self.lines(i):
                row = {"goal": str(goal.goal), "kind": line.kind, "line": line.name}
                rows.append({**row, "points": line.points, **self._release_of(line, i)})
        return _frame(rows, _LINE_COLUMNS)

    def _release_of(self, line: NewsLine, goal: int) -> dict[str, object]:
        if line.release is None:
            return {}
        release = self.releases[line.release]
        of = {name: getattr(release, name) for name in ("published", "reporter", "document")}
        return {**of, "figure": surprise(release.foremost_for(goal))}

    def to_frame(self) -> "pd.DataFrame":
        """Return one row per release and goal: what is behind the lines, release by release.

        Columns: ``published, reporter, document, revision, goal, in_order, share, share_error,
        left_out`` (of the goal's probability, not in points). A line of `lines` is what its
        releases changed ``in_order``.
        """
        rows: list[dict[str, object]] = [
            {
                "published": release.published,
                "reporter": release.reporter,
                "document": release.document,
                "revision": release.revision,
                "goal": str(goal.goal),
                **change.model_dump(),
            }
            for release in self.releases
            for goal, change in zip(self.goals, release.probabilities, strict=True)
        ]
        of = "published", "reporter", "document", "revision", "goal"
        return _frame(rows, (*of, *Change.model_fields))

    def figures_to_frame(self) -> "pd.DataFrame":
        """Return one row per figure.

        Columns: ``published, reporter, figure, counts, replaces, expected, surprise, chance`` and
        ``impact`` on the log of the first total.
        """
        rows: list[dict[str, object]] = [
            {
                "published": release.published,
                "reporter": release.reporter,
                "figure": _name(figure),
                "counts": figure.counts,
                "replaces": figure.replaces,
                "expected": figure.expected,
                "surprise": figure.surprise,
                "chance": figure.chance,
                "impact": figure.impacts[0],
            }
            for release in self.releases
            for figure in release.figures
        ]
        return _frame(rows, _FIGURE_COLUMNS)

    def lines(self, goal: int = 0) -> tuple[NewsLine, ...]:
        """Account for the change of a goal's probability, line by line.

        A release counts with what it changed when it came, `Change.in_order`: so its sign goes with
        its figures' forecasts, which are of that day. Releases whose new figures moved it by less
        than half a point share a line. The changes add up exactly from the first line to the last.

        Parameters
        ----------
        goal
            Position of the goal in `goals`.
        """
        row = self.goals[goal]
        moved = [100.0 * release.probabilities[goal].in_order for release in self.releases]
        new = [i for i, release in enumerate(self.releases) if not release.revision]
        own = [i for i in new if abs(moved[i]) >= 100.0 * STILL]
        others = [i for i in new if i not in own]
        revisions = [i for i, release in enumerate(self.releases) if release.revision]
        found = [NewsLine(kind="before", name=f"said on {self.since}", points=100.0 * row.before)]
        found += [
            NewsLine(kind="new", name=_release(self.releases[i]), points=moved[i], release=i)
            for i in own
        ]
        together: tuple[tuple[LineKind, list[int], str], ...] = (
            ("others", others, f"{len(others)} other release{'s' * (len(others) > 1)}"),
            ("revisions", revisions, "revisions"),
        )
        found += [
            NewsLine(kind=kind, name=name, points=sum(moved[i] for i in which))
            for kind, which, name in together
            if which
        ]
        if self.releases:
            found += [
                NewsLine(kind=kind, name=name, points=100.0 * getattr(row.rest, kind))
                for kind, name in _REST.items()
            ]
        found.append(NewsLine(kind="after", name=f"said on {self.as_of}", points=100.0 * row.after))
        return tuple(found)

    def __str__(self) -> str:
        lines = []
        for i in range(len(self.goals)):
            lines += [*wrapped(goal_sentence(self, i), _WIDTH), *goal_table(self, i), ""]
        for total in self.totals:
            lines += wrapped(total_sentence(total, self.since), _WIDTH)
        return "\n".join(lines).rstrip("\n")


_REST: dict[LineKind, str] = {
    "hindsight": "today's knowledge of reporters and regimes",
    "linearisation": "linearisation",
    "simulation": "simulation",
}


def _release(release: ReleaseNews) -> str:
    return f"{release.reporter or 'unknown'}, {release.published}"


def _name(figure: FigureNews) -> str:
    seen = figure.observation
    return f"{seen.series.flow_words} {seen.window.words}: {seen.words}"


def _frame(rows: Sequence[dict[str, object]], columns: Sequence[str]) -> "pd.DataFrame":
    import pandas as pd

    return pd.DataFrame(list(rows), columns=list(columns))


def goal_sentence(news: News, position: int) -> str:
    """State how the probability of one goal changed, and the release that contributed most."""
    row = news.goals[position]
    start = f"{_subject(row)}: since {news.since} {_moved(row)}"
    if not news.releases:
        return f"{start}; {_nothing_since(news)}."
    change = 100.0 * (row.after - row.before)
    parts = [n for n in news.lines(position)[1:-1] if n.kind not in _OF_METHOD]
    along = [line for line in parts if line.points * change > 0.0 and _moves(line)]
    helped = along if abs(change) >= 100.0 * STILL else []
    most = max(helped or parts, key=lambda line: abs(line.points))
    if not _moves(most):
        return f"{start}; no release changed it by half a point."
    lead = "mostly due to" if helped else "the largest single contribution was that of"
    said = _contribution(news, position, most)
    return f"{start}; {lead} {said}."


def _moves(line: NewsLine) -> bool:
    return abs(line.points) >= 100.0 * STILL


def _contribution(news: News, position: int, line: NewsLine) -> str:
    """State what a line contributed; of a release the figure that moved the goal most."""
    start = f"{line.name} ({points(line.points / 100.0)} points)"
    if line.release is None:
        return start
    return f"{start}: {surprise(news.releases[line.release].foremost_for(position))}"


def _nothing_since(news: News) -> str:
    if news.as_of > news.since:
        return f"nothing came out after {news.since}, up to {news.as_of}"
    last = f"; the last figure is of {news.as_of}" if news.as_of < news.since else ""
    return f"nothing has come out since {news.since}{last}"


def total_sentence(total: TotalNews, since: dt.date) -> str:
    """State the forecasts of this year's total, before and after."""
    unit, before, after = total.series.unit, total.before, total.after
    return (
        f"{_named(total.series, total.reporter)} in {total.year}:"
        f" {with_unit(three_digits(after.mean), unit)} expected"
        f" (80 % range {three_digits(after.low)} to {three_digits(after.high)}),"
        f" {with_unit(three_digits(before.mean), unit)} on {since}"
        f" ({three_digits(before.low)} to {three_digits(before.high)})."
    )


def surprise(figure: FigureNews) -> str:
    """State what was printed against the forecast.

    Returns
    -------
    ``"US$ 3.5 bn for Jan–Sep 2025, where US$ 3.64 bn was expected (-0.4 sd)"``, for example.
    """
    seen = figure.observation
    came = f"{seen.words} for {seen.of_what}"
    if figure.counts and figure.replaces is not None:
        came += f", in place of {figure.replaces},"
    if not figure.counts:
        return f"{came}, a repetition"
    if figure.surprise is None:
        return f"{came.rstrip(',')}, forecast with probability {percent(figure.chance or 0.0)}"
    expected = measured(figure.expected, seen.figure.unit)
    return f"{came.rstrip(',')}, where {expected} was expected ({figure.surprise:+.1f} sd)"


def line_cells(news: News, position: int) -> list[tuple[str, str, str]]:
    """Write the lines of a goal: what, how much, and a note.

    Releases come with the figure that moved the goal most, as the sentence names it.
    """
    cells = []
    for line in news.lines(position):
        end = line.kind in ("before", "after")
        number = percent(line.points / 100.0) if end else points(line.points / 100.0)
        name, note = line.name, ""
        if line.release is not None:
            note = surprise(news.releases[line.release].foremost_for(position))
        elif line.kind == "hindsight":
            name, note = line.kind, line.name
        elif line.kind == "simulation":
            note = f"Monte-Carlo error {100.0 * news.goals[position].error:.1f}"
        cells.append((name, number, note))
    return cells


def goal_table(news: News, position: int) -> list[str]:
    """Lay out the lines of a goal in eighty columns; long names and notes go over several."""
    if not news.releases:
        return []
    cells = line_cells(news, position)
    wide = max(len(_HEADS[0]), *(columns(name) for name, _, _ in cells))
    taken = min(wide, _NAME) + max(columns(number) for _, number, _ in cells) + 4
    rows: list[tuple[str, ...]] = []
    for name, number, note in cells:
        names = wrapped(name, _NAME)
        notes = wrapped(note, _WIDTH - taken, "")
        rows += zip_longest(names, [number], notes, fillvalue="")
    return [table(rows, _HEADS, (0, 2))]


def _moved(row: GoalNews) -> str:
    before, after = percent(row.before), percent(row.after)
    if before == after or abs(row.after - row.before) < STILL:
        return f"the probability stayed at {after}"
    return (
        f"the probability {'rose' if row.after > row.before else 'fell'} from {before} to {after}"
    )


def _subject(row: GoalNews) -> str:
    goal = row.goal
    assert goal.series is not None, "filled in by news"
    name = _named(goal.series, goal.reporter)
    return f"{name}, {goal}" if goal.due else f"{name}, {goal} by {row.by}"


def _named(series: Series, reporter: str) -> str:
    return series.words + ("" if reporter == CONSENSUS else f" by {reporter}")
