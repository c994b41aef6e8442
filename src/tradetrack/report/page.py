"""The report page: one self-contained HTML file about a tracking, for people and programs."""

import base64
import csv
import gzip
import hashlib
import io
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from tradetrack._checks import check_kind, check_mapping
from tradetrack._files import write_whole
from tradetrack._format import (
    capital,
    escaped,
    growth_rate,
    inert,
    percent,
    points,
    scrub,
    three_digits,
    unit_text,
    with_unit,
)
from tradetrack._history import History
from tradetrack._news.results import STILL, News, goal_sentence, surprise, total_sentence
from tradetrack.attainment.attainment import Attainment, NotWithin, headline_row
from tradetrack.attainment.sentences import pace_words, sentence, wanted
from tradetrack.domain.amount import YearGrowth
from tradetrack.domain.figure import split_unit
from tradetrack.domain.goal import CONSENSUS, Goal
from tradetrack.domain.observation import Growth, Increment, Observation
from tradetrack.domain.period import named_window
from tradetrack.errors import GoalError, InputError, MissingExtraError
from tradetrack.ledger.ledger import Ledger
from tradetrack.plots.content import FanContent, check_tracking, curve_of, fan_content, tracked
from tradetrack.report.svg import SHAPES, SIZES, SMALL, curve, fan, past
from tradetrack.reporters.compare import ByReporter, Judgement
from tradetrack.reporters.resolution import Evidence, Resolution, resolve
from tradetrack.scenarios.required import RequiredGrowth
from tradetrack.simulation import series_of
from tradetrack.tracking import Tracking

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

_LONGEST, _SENTENCE = 400, 2_000  # characters of a ledger's text, and of a sentence, that are shown
_MOST_JSON = 150_000  # characters of one result; above it, its bulkiest part is left out
_ROOM, _OF_A_GOAL = 250_000, 8_000  # characters for all, less those of each goal; else it is packed
_MOST_PACKED = 60_000  # characters of one result that is packed; above it, it is left out
_MOST_WHOLE, _FEW = 20, 8  # open goals of which each is shown whole; and if there are more
_MOST_LINES, _MOST_OVER = 200, 50  # open goals, and goals that are over, with a line each
_MOST_FANS = 6
_MOST_CURVES = 12
_MOST_FIGURES = 400  # of the ledger, the latest
_MOST_ODD = 6  # figures that do not fit, beside a fan
_YEARS_BACK = 15  # of a fan, before the as-of day
_YEARS_AHEAD = 5  # of a fan, after the last deadline
_RANGE = ((0.5, "median"), (0.1, "80 % from"), (0.9, "to"))
_IN_SCRIPT = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028"}
_BARE_ADDRESS = re.compile(r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{2,}/\S*")

Charts = dict[str, tuple[str, tuple[float, float]]]


@dataclass(frozen=True, slots=True)
class Extras:
    """What a page may show beside a tracking; see `report_html`."""

    whose: ByReporter | None
    news: News | None
    history: History | None
    scenarios: Mapping[str, Tracking]
    required: Sequence[RequiredGrowth]


def report_html(  # noqa: PLR0913  each a result that may be shown
    tracking: Tracking,
    ledger: Ledger,
    *,
    whose: ByReporter | None = None,
    news: News | None = None,
    history: History | None = None,
    scenarios: Mapping[str, Tracking] | None = None,
    required: Sequence[RequiredGrowth] = (),
    title: str = "",
) -> str:
    """Write a tracking as one HTML page that needs nothing else to be read.

    The open goals come first, each with its probability in large and in words; then the fan up to
    the deadlines, what has changed, by whose figures, what it would take, and the sources. Goals
    that were met, or whose time is over, are a line each with the documents that decide. The page
    works without a network and without scripts, in light and dark, on paper, phones and desktops.
    Nothing is drawn anew: a part that is not given is left out.

    Parameters
    ----------
    tracking, ledger
        What to report, and the ledger that was tracked.
    whose, news, history
        Results of `tradetrack.by_reporter`, `tradetrack.news` and `tradetrack.history` on the same
        ledger.
    scenarios
        Trackings of the same goals under other assumptions, by name.
    required
        Results of `tradetrack.required_growth` for some of the goals.
    title
        Heading; the series by default.

    Returns
    -------
    str
        The page, below 0.5 MB for any number of goals. From the thirteenth goal on no curve is
        drawn; of more than twenty open goals the first eight are shown whole and the others have a
        line of a table. The script elements ``tracking``, ``news``, ``history`` and
        ``by-whose-figures`` hold JSON that their classes read back; where that would be too long it
        is packed as a file to download, or left out, which the page says. The amounts reached
        (``Attainment.reach``) are left out of the last, and of the first where it is long.

    Raises
    ------
    MissingExtraError
        If jinja2 is not installed.
    InputError
        If another ledger was tracked, or something else is of another day or ledger.

    Examples
    --------
    >>> import tradetrack as tt
    >>> ledger = tt.datasets.kazakhstan_uzbekistan()
    >>> tracking = tt.track(ledger, tt.Goal(10, by=2030), n_paths=200)
    >>> page = tt.report_html(tracking, ledger)
    >>> "US$ 10 bn by 2030" in page, len(page) < 500_000
    (True, True)
    """
    check_kind("title", title, str, "write it as text")
    extras = Extras(whose, news, history, {} if scenarios is None else scenarios, required)
    known = _checked(tracking, ledger, extras)
    environment = _environment()
    chosen = _Chosen.of(tracking)
    goals = [
        GoalPart.of(i, known, tracking, extras, with_rest=i in chosen.whole) for i in chosen.shown
    ]
    others = _others_table(tracking, news, chosen.lines)
    figures = _figures_table(known)
    heads = _heads([figures, others, *(table for goal in goals for table in goal.tables)])
    style, script = _asset("page.css") + _card_labels(heads), _asset("page.js")
    n_figures = len(known.current)
    return environment.get_template("page.html").render(
        title=title or _title(tracking),
        tracking=tracking,
        choices=[
            (i + 1, _goal_name(tracking[i], tracking), tracking[i].over) for i in chosen.listed
        ],
        goals=goals,
        others=others,
        left_out=chosen.left_out,
        fans=_fan_parts(tracking, known, chosen.whole),
        totals=tuple(total_sentence(total, news.since) for total in news.totals) if news else (),
        news=news,
        findings=tracking.findings,
        figures=figures,
        n_figures=n_figures,
        n_shown=min(n_figures, _MOST_FIGURES),
        heads=heads,
        shapes=SHAPES,
        style=style,
        script=script,
        style_digest=_digest(style),
        script_digest=_digest(script),
        data=_Data.of(tracking, extras),
    )


def write_report(  # noqa: PLR0913  those of `report_html`
    tracking: Tracking,
    ledger: Ledger,
    path: str | os.PathLike[str],
    *,
    whose: ByReporter | None = None,
    news: News | None = None,
    history: History | None = None,
    scenarios: Mapping[str, Tracking] | None = None,
    required: Sequence[RequiredGrowth] = (),
    title: str = "",
) -> None:
    """Write the page of `report_html` to a file, which appears whole or not at all.

    Parameters
    ----------
    tracking, ledger, whose, news, history, scenarios, required, title
        As in `report_html`.
    path
        Where; its folder must exist. A file that is there is replaced.

    Raises
    ------
    SinkError
        If the file cannot be written; nothing of it is left.
    MissingExtraError, InputError
        As in `report_html`.

    Examples
    --------
    >>> import tempfile
    >>> import tradetrack as tt
    >>> ledger = tt.datasets.kazakhstan_uzbekistan()
    >>> tracking = tt.track(ledger, tt.Goal(10, by=2030), n_paths=200)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     tt.write_report(tracking, ledger, f"{folder}/report.html")
    """
    page = report_html(
        tracking,
        ledger,
        whose=whose,
        news=news,
        history=history,
        scenarios=scenarios,
        required=required,
        title=title,
    )
    write_whole(path, page)


def _checked(tracking: Tracking, ledger: Ledger, extras: Extras) -> Ledger:
    """Return what the tracking knew, and check that everything is about it."""
    check_tracking(tracking)
    known = tracked(ledger, tracking, series_of(tracking[0].goal).pair)
    check_mapping("scenarios", extras.scenarios, "pass a dict of trackings by name")
    check_kind("required", extras.required, Sequence, "pass a list of required_growth's results")
    single = (
        ("whose", extras.whose, ByReporter, "by_reporter"),
        ("news", extras.news, News, "news"),
        ("history", extras.history, History, "history"),
    )
    for name in extras.scenarios:
        check_kind("name of a scenario", name, str, "write it as text")
    for name, one, kind, made in (
        *(row for row in single if row[1] is not None),
        *((f"scenario {name!r}", one, Tracking, "track") for name, one in extras.scenarios.items()),
        *(("required", one, RequiredGrowth, "required_growth") for one in extras.required),
    ):
        check_kind(f"argument {name}", one, kind, f"pass what tradetrack.{made} returned")
        assert one is not None, "of its kind"
        past = known.as_of(one.dates[-1].as_of) if isinstance(one, History) else known
        if one.ledger_digest != past.digest:
            raise InputError(
                f"{name} is of another ledger or day than the tracking ({tracking.as_of}); call"
                " both with the same ledger and as_of",
                topic="result",
            )
    return known


@dataclass(frozen=True, slots=True)
class _Chosen:
    """Which goals are shown how, by their places among all: of fifty not each can be told whole.

    Attributes
    ----------
    whole
        Goals with all there is about them.
    lines
        Open goals with a line of a table each.
    over
        Goals that are over, with a line each.
    left_out
        Number of those that only the table to download has.
    """

    whole: tuple[int, ...]
    lines: tuple[int, ...]
    over: tuple[int, ...]
    left_out: int

    @classmethod
    def of(cls, tracking: Tracking) -> "_Chosen":
        still = [i for i, one in enumerate(tracking) if not one.over]
        over = [i for i, one in enumerate(tracking) if one.over]
        n_whole, n_over = (len(g) if len(g) <= _MOST_WHOLE else _FEW for g in (still, over))
        return cls(
            whole=(*still[:n_whole], *over[:n_over]),
            lines=tuple(still[n_whole:][:_MOST_LINES]),
            over=tuple(over[:_MOST_OVER]),
            left_out=max(0, len(still) - n_whole - _MOST_LINES) + max(0, len(over) - _MOST_OVER),
        )

    @property
    def shown(self) -> list[int]:
        """Goals with a part of their own."""
        return sorted({*self.whole, *self.over})

    @property
    def listed(self) -> list[int]:
        """Goals that can be chosen."""
        return sorted({*self.shown, *self.lines})


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its name, heads and rows of text or markup, and how each column looks.

    Of a table of goals, ``goals`` has their numbers.
    """

    name: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    looks: tuple[str, ...]
    goals: tuple[int, ...] = ()


def _heads(tables: Iterable[Table | None]) -> dict[tuple[str, ...], str]:
    """Give each kind of table that turns into cards on a phone a class of its own."""
    kinds = dict.fromkeys(table.heads for table in tables if table is not None)
    return {heads: f"k{number}" for number, heads in enumerate(kinds)}


def _card_labels(heads: Mapping[tuple[str, ...], str]) -> str:
    """Label the cells of cards by the style sheet: once for a kind of table, not in each cell."""
    return "".join(
        f'.{kind} td:nth-child({column})::before {{ content: "{head}"; }}\n'
        for names, kind in heads.items()
        for column, head in enumerate(names[1:], 2)
    ).join(("@media screen and (max-width: 40rem) {\n", "}\n"))


@dataclass(frozen=True, slots=True)
class FanPart:
    """A fan chart: the numbers of its goals, its charts by size, who printed what, its table."""

    title: str
    axis: str
    goals: str
    charts: Charts
    reporters: tuple[str, ...]
    odd: tuple[str, ...]
    table: Table


@dataclass(frozen=True, slots=True)
class Change:
    """How a probability has changed: in a sentence, line by line, and over the dates of history."""

    sentence: str
    table: Table | None
    past: Charts
    movers: tuple["Markup", ...]


@dataclass(frozen=True, slots=True)
class GoalPart:
    """A goal: all that the page says of it.

    Attributes
    ----------
    number, name
        Its place among the goals, from 1, and what it is called.
    over
        Whether it was met, or its time is over.
    chance, when
        Its probability, and by when.
    meaning, facts, sentence, promise
        What the probability means; what it stands on; the answer in a sentence; who promised it,
        when and where.
    verdict
        What printed figures say of one that is over, with the documents that decide.
    charts, table, rest
        Its curve, the curve's numbers, and the probability that is missing at its end.
    change, whose
        How it has changed, and what it is by whose figures; None if not given.
    takes, scenarios, official, inapplicable
        What it would take, in sentences; under other assumptions; by official methods, and why the
        others say nothing.
    """

    number: int
    name: str
    over: bool
    chance: str
    when: str
    meaning: str
    facts: tuple[tuple[str, str], ...]
    sentence: str
    promise: "Markup"
    verdict: "Markup"
    charts: Charts
    table: Table
    rest: str
    change: Change | None
    whose: Table | None
    takes: tuple[str, ...]
    scenarios: Table | None
    official: Table | None
    inapplicable: str

    @classmethod
    def of(
        cls, position: int, known: Ledger, tracking: Tracking, extras: Extras, *, with_rest: bool
    ) -> "GoalPart":
        """Collect what there is about one goal; of one that is over maybe its line alone."""
        one = tracking[position]
        shown_years = curve_of(one, tracking.as_of)
        over = one.over
        drawn = not over and position < _MOST_CURVES and not named_window(one.goal.window)
        name = _goal_name(one, tracking)
        return cls(
            number=position + 1,
            name=name,
            over=over,
            chance=percent(one.probability),
            when=one.goal.due or f"by {one.last_year}",
            meaning=_meaning(one),
            facts=tuple(_facts(one, extras)),
            sentence=sentence(one, tracking.as_of.isoformat()),
            promise=_promise(one.goal),
            verdict=_verdict(known, one) if over else _markup(""),
            charts={size: (curve(shown_years, pixels), pixels) for size, pixels in SMALL.items()}
            if drawn
            else {},
            table=Table(
                name=f"Probability that {name} is met",
                heads=("by the end of", "met"),
                rows=tuple((str(p.year), percent(p.probability)) for p in shown_years.points),
                looks=("", "n"),
            ),
            rest=f"Not met by {one.last_year}: {percent(one.not_within)}.",
            change=_change(one, extras, name, over=over) if with_rest else None,
            whose=_whose_table(one, extras.whose, name) if with_rest else None,
            takes=() if over else tuple(_takes(one, extras.required)),
            scenarios=None if over else _scenario_table(one, tracking, extras.scenarios, name),
            official=None if over else _official_table(one, name),
            inapplicable=_inapplicable(one),
        )

    @property
    def tables(self) -> tuple[Table | None, ...]:
        """Its tables that turn into cards on a phone."""
        changed = self.change.table if self.change else None
        return self.whose, self.scenarios, self.official, changed


def _others_table(tracking: Tracking, news: News | None, which: Sequence[int]) -> Table | None:
    """Lay out the goals that have a line only."""
    if not which:
        return None
    rows = []
    for i in which:
        one = tracking[i]
        needed = one.required_growth
        at = None if news is None else _position(one.goal, [row.goal for row in news.goals])
        change = "" if news is None or at is None else points(_moved_by(news, at))
        low, high = one.interval(0.8)
        rows.append(
            (
                shown(_goal_name(one, tracking)),
                percent(one.probability),
                str(one.median),
                f"{low} to {high}",
                "" if needed is None else growth_rate(needed),
            )
            + ((change,) if news else ())
        )
    heads = ("goal", "probability", "even odds", "80 % range", "needs a year")
    return Table(
        name="The other open goals",
        heads=heads + ((f"points since {news.since}",) if news else ()),
        rows=tuple(rows),
        looks=("t", "n", "", "", "n", "n")[: len(heads) + (news is not None)],
        goals=tuple(i + 1 for i in which),
    )


def _moved_by(news: News, at: int) -> float:
    return news.goals[at].after - news.goals[at].before


def _goal_name(one: Attainment, tracking: Tracking) -> str:
    """Name a goal: what of, if a page has goals of several series, and whose figures decide."""
    whose = "" if one.goal.reporter == CONSENSUS else f" ({one.goal.reporter})"
    several = any(other.goal.series != one.goal.series for other in tracking)
    of_what = f"{series_of(one.goal).words}: " if several else ""
    return of_what + wanted(one) + whose


def _meaning(one: Attainment) -> str:
    """Say what a probability means, as a count of futures."""
    met, missed = map(_of_a_hundred, (one.probability, one.not_within))
    said = f"Of 100 futures that fit the printed figures, {met} meet it {_due(one)}"
    later = one.goal.due_year is not None and one.goal.due_year < one.last_year
    if not later or named_window(one.goal.window):
        return f"{said}."
    return f"{said}, and {missed} do not meet it even by {one.last_year}."


def _facts(one: Attainment, extras: Extras) -> Iterator[tuple[str, str]]:
    """Yield what an answer stands on: each a name and a fact of a few words."""
    goal, recent, needed = one.goal, one.recent_growth, one.required_growth
    if latest := _latest(one):
        yield "stands at", latest
    if needed is not None:
        yield "needs", f"{growth_rate(needed)} a year to the deadline"
    if recent is not None and one.earlier is not None:
        yield "grew by", f"{growth_rate(recent)} a year since {one.earlier.year}"
    if not named_window(goal.window):
        yield "even odds", _odds(one)
    own = [row.probability for row in _judgements(one, extras.whose)[1:]]
    if len(own) > 1:
        low, high = percent(min(own)), percent(max(own))
        yield "by reporter", low if low == high else f"{low} to {high}"
    at = _position(goal, [row.goal for row in extras.news.goals]) if extras.news else None
    if extras.news is not None and at is not None:
        yield "said before", f"{percent(extras.news.goals[at].before)} on {extras.news.since}"


def _odds(one: Attainment) -> str:
    """Say when the odds are even, and the range."""
    low, high = one.interval(0.8)
    if isinstance(low, NotWithin):
        return f"not by {low.last_year}"
    even = f"not by {one.last_year}" if isinstance(one.median, NotWithin) else str(one.median)
    end = f"after {high.last_year}" if isinstance(high, NotWithin) else str(high)
    return f"{even}; 80 % range {low if str(low) == end else f'{low} to {end}'}"


def _of_a_hundred(probability: float) -> str:
    """Write a probability as a count, never as a certainty that it is not."""
    number = percent(probability).removesuffix(" %")
    return number.replace("under", "fewer than").replace("over", "more than")


def _due(one: Attainment) -> str:
    return one.goal.due or f"by {one.last_year}, for it has no deadline"


def _promise(goal: Goal) -> "Markup":
    """Say who promised a goal, when, in which words and where."""
    day = f" {'on' if goal.announced.count('-') > 1 else 'in'} {goal.announced}"
    who = f" by {goal.speaker}" if goal.speaker else ""
    words = f": “{goal.wording}”" if goal.wording else ""
    said = (day if goal.announced else "") + who + words
    if not said and not goal.document:
        return _markup("")
    where = _markup(" ({})").format(link(goal.document)) if goal.document else _markup("")
    return _markup("Announced{}{}.").format(shown(said) if said else "", where)


def _verdict(known: Ledger, one: Attainment) -> "Markup":
    """Say what printed figures decide, with the documents: one if they agree, else each side's."""
    try:
        decided = [
            found
            for found in resolve(known, one.goal)
            if found.vintage == "latest" and found.evidence is not None
        ]
    except GoalError:  # printed figures alone do not decide such a goal
        decided = []
    if not decided:
        past = "has been" if one.first_met is None else "was"
        return _markup("no printed total decides; it {} met with {}").format(
            past, f"{percent(one.probability)} probability"
        )
    decided.sort(key=lambda found: (found.verdict, _window_end(found)))
    sides = [(verdict, list(rows)) for verdict, rows in groupby(decided, lambda row: row.verdict)]
    if len(sides) == 1:
        verdict, rows = sides[0]
        return _markup("{} by {}").format(verdict, _decider(rows[0]))
    return _markup("disputed: {}").format(
        _markup("; ").join(
            _markup("{} by {}").format(verdict, _markup(", ").join(map(_decider, rows)))
            for verdict, rows in sides
        )
    )


def _window_end(found: Resolution) -> int:
    return found.evidence.window.end if found.evidence else 0


def _decider(found: Resolution) -> "Markup":
    """Write whose figure decides, the figure, its window and its documents."""
    seen = found.evidence
    assert seen is not None, "checked by the caller"
    documents = _documents(seen.documents)
    where = _markup(", {}").format(documents) if documents else ""
    return _markup("{} ({} in {}{})").format(
        shown(found.reporter), _amount(found.goal, seen), seen.window.words, where
    )


def _amount(goal: Goal, seen: Evidence) -> str:
    if isinstance(goal.amount, YearGrowth):
        return growth_rate(seen.total - 1.0)
    return with_unit(three_digits(seen.total), series_of(goal).unit)


def _documents(documents: Sequence[str]) -> "Markup":
    return _markup(", ").join(link(one) for one in dict.fromkeys(documents) if one)


def _change(one: Attainment, extras: Extras, name: str, *, over: bool) -> Change | None:
    """Collect how the probability of a goal has changed; nothing if it is over and has not."""
    goal, news, history = one.goal, extras.news, extras.history
    at = _position(goal, [row.goal for row in news.goals]) if news else None
    still = at is None or (news and abs(_moved_by(news, at)) < STILL)
    if over and still:
        return None
    before = _position(goal, history.goals) if history else None
    if at is None and before is None:
        return None
    return Change(
        sentence="" if news is None or at is None else goal_sentence(news, at),
        table=None if news is None or at is None else _news_table(news, at, name),
        past={} if history is None or before is None else _past(history, before),
        movers=() if history is None or before is None else tuple(_movers(history, before)),
    )


def _position(goal: Goal, goals: Sequence[Goal]) -> int | None:
    return goals.index(goal) if goal in goals else None


def _news_table(news: News, at: int, name: str) -> Table:
    """Account for a change line by line, from what was said then to what is said now."""
    rows = []
    for line in news.lines(at):
        release = None if line.release is None else news.releases[line.release]
        end = line.kind in ("before", "after")
        rows.append(
            (
                shown(line.name),
                percent(line.points / 100.0) if end else points(line.points / 100.0),
                shown(surprise(release.foremost_for(at))) if release else "",
                link(release.document) if release and release.document else "",
            )
        )
    return Table(
        name=f"{name}, line by line since {news.since}",
        heads=("what", "points", "foremost figure", "document"),
        rows=tuple(rows),
        looks=("", "n", "t", ""),
    )


def _past(history: History, at: int) -> Charts:
    """Draw what was said on each date, and mark the dates before which a release moved it."""
    said = [
        (
            one.as_of,
            one.headlines[at].probability,
            str(one.movers[at] or ""),
        )
        for one in history.dates
        if one.headlines
    ]
    return {size: (past(said, pixels), pixels) for size, pixels in SMALL.items()}


def _movers(history: History, at: int) -> Iterator["Markup"]:
    """Name the releases that moved a goal, the latest first."""
    for one in reversed(history.dates):
        mover = one.movers[at] if one.movers else None
        if mover is not None:
            where = _markup(" ({})").format(link(mover.document)) if mover.document else ""
            said = f"said on {one.as_of}: {percent(one.headlines[at].probability)}"
            yield _markup("{}{}; {}").format(shown(str(mover)), where, said)


def _judgements(one: Attainment, whose: ByReporter | None) -> list[Judgement]:
    """Return what is said of a goal by each count of figures, the consensus first."""
    goal = one.goal
    alike = goal.model_copy(update={"reporter": CONSENSUS})
    return [
        row
        for row in (whose.judgements if whose else ())
        if row.attainment.goal.model_copy(update={"reporter": CONSENSUS}) == alike
        and goal.reporter in (CONSENSUS, row.reporter)
    ]


def _whose_table(one: Attainment, whose: ByReporter | None, name: str) -> Table | None:
    """Lay out a goal by each count of figures; a goal of one reporter has that one alone."""
    rows = _judgements(one, whose)
    if not rows:
        return None
    printed = any(_printed(row) for row in rows)
    return Table(
        name=f"{name} by whose figures",
        heads=("figures of", "probability", "even odds", "last full year")
        + (("printed", "document") if printed else ()),
        rows=tuple(
            (
                shown(row.reporter),
                percent(row.probability),
                str(row.attainment.median),
                _latest(row.attainment),
            )
            + ((_printed(row), _whose_documents(row)) if printed else ())
            for row in rows
        ),
        looks=("", "n", "", "") + (("", "") if printed else ()),
    )


def _latest(one: Attainment) -> str:
    if one.latest is None:
        return ""
    total = with_unit(three_digits(one.latest.total), series_of(one.goal).unit)
    return f"{total} in {one.latest.year}"


def _printed(row: Judgement) -> str:
    """Say what a reporter's documents decide; nothing while they leave it open."""
    if row.agreed is not None:
        return "" if row.agreed == "open" else f"reporters: {row.agreed}"
    if row.latest is None or row.latest.evidence is None:
        return ""
    seen = row.latest.evidence
    first = row.first.verdict if row.first else "open"
    changed = "" if first in ("open", row.latest.verdict) else f"; {first} as first printed"
    amount = _amount(row.attainment.goal, seen)
    return f"{row.latest.verdict} ({amount} in {seen.window.words}{changed})"


def _whose_documents(row: Judgement) -> "Markup":
    seen = row.latest.evidence if row.latest else None
    return _documents(seen.documents if seen else ())


def _takes(one: Attainment, required: Sequence[RequiredGrowth]) -> Iterator[str]:
    """Say what it would take to meet a goal."""
    unit, due = series_of(one.goal).unit, one.goal.due_year
    needed, recent = one.required_growth, one.recent_growth
    if needed is not None:
        yield f"Growth of {growth_rate(needed)} a year from {_latest(one)} to the deadline" + (
            f"; it was {growth_rate(recent)} a year since {one.earlier.year}."
            if recent is not None and one.earlier is not None
            else "."
        )
    if one.pace is not None:
        yield f"{capital(pace_words(one))}."
    if due is not None and any(row.year == due for row in one.reach):
        even, tenth = (
            with_unit(three_digits(one.value_reached_with(chance, due)), unit)
            for chance in (0.5, 0.1)
        )
        yield f"By {due}, {even} is reached with even odds, and {tenth} with one chance in ten."
    yield from (str(found) for found in required if found.goal == one.goal)


def _scenario_table(
    one: Attainment, tracking: Tracking, scenarios: Mapping[str, Tracking], name: str
) -> Table | None:
    """Lay out a goal under other assumptions, beside the answer without them."""
    found = [
        (case, answer, other)
        for case, answer in (("as projected", tracking), *scenarios.items())
        for other in answer
        if other.goal == one.goal
    ]
    if len(found) < 2:
        return None
    year = one.goal.due_year or one.last_year
    return Table(
        name=f"{name} under other assumptions",
        heads=("if", "probability", "even odds", f"total of {year}", "80 % range"),
        rows=tuple(
            (
                shown(case),
                percent(other.probability),
                str(other.median),
                *_total(answer, other, year),
            )
            for case, answer, other in found
        ),
        looks=("t", "n", "", "n", ""),
    )


def _total(tracking: Tracking, one: Attainment, year: int) -> tuple[str, str]:
    totals = tracking.totals(
        one.goal.year_window, series=series_of(one.goal), reporter=one.goal.reporter
    )
    quantiles = next((row.quantiles for row in totals.years if row.year == year), None)
    if quantiles is None:
        return "", ""
    median, low, high = (three_digits(quantiles[totals.levels.index(level)]) for level, _ in _RANGE)
    return with_unit(median, totals.series.unit), f"{low} to {high}"


def _official_table(one: Attainment, name: str) -> Table | None:
    """Lay out the official methods that say something."""
    rows = tuple(
        (
            _markup("{} ({})").format(
                link(f"https://{status.source}", status.publisher), shown(status.version)
            ),
            shown(status.status or ""),
            f"{status.base_year} with {status.latest_year}",
        )
        for status in one.statuses
        if status.applicable
    )
    if not rows:
        return None
    heads = ("method", "status", "compares")
    return Table(f"Official statuses of {name}", heads, rows, ("", "", ""))


def _inapplicable(one: Attainment) -> str:
    """Say in one line why official methods say nothing; nothing of a goal that is over."""
    silent = [status for status in one.statuses if not status.applicable]
    if not silent or one.over:
        return ""
    reasons = "; ".join(dict.fromkeys(status.reason for status in silent))
    which = (
        "No official method applies"
        if len(silent) == len(one.statuses)
        else (f"{', '.join(dict.fromkeys(status.publisher for status in silent))}: not applicable")
    )
    return f"{which}: {reasons}."


def _fan_parts(tracking: Tracking, known: Ledger, whole: Sequence[int]) -> tuple[FanPart, ...]:
    """Return a fan for each kind of total that a goal is about, up to `_MOST_FANS`.

    Of the goals those that are shown whole are drawn.
    """
    drawn = tracking.model_copy(update={"attainments": tuple(tracking[i] for i in whole)})
    about: dict[tuple[object, ...], list[int]] = {}
    for number, one in enumerate(tracking, 1):
        key = one.goal.series, one.goal.reporter, one.goal.year_window
        about.setdefault(key, []).append(number)
    parts: list[FanPart] = []
    for totals in tracking.series_totals:
        numbers = about.get((totals.series, totals.reporter, totals.window))
        if numbers and len(parts) < _MOST_FANS:
            content = fan_content(
                drawn,
                known,
                series=totals.series,
                reporter=totals.reporter,
                window=totals.window,
                since=tracking.as_of.year - _YEARS_BACK,
                until=_last_shown(tracking, numbers),
            )
            parts.append(_fan_part(content, tracking, numbers, len(parts) + 1))
    return tuple(parts)


def _last_shown(tracking: Tracking, numbers: Sequence[int]) -> int:
    """Return the year in which a fan ends: a little after the deadlines and the even odds."""
    about = [tracking[number - 1] for number in numbers]
    ends = [tracking.as_of.year + 2 * _YEARS_AHEAD]
    for one in about:
        ends.append((one.goal.due_year or one.last_year) + _YEARS_AHEAD)
        ends += [] if isinstance(one.median, NotWithin) else [one.median.year + 2]
    return max(ends)


def _fan_part(
    content: FanContent, tracking: Tracking, goals: Sequence[int], number: int
) -> FanPart:
    totals, odd = content.totals, content.odd
    columns = [totals.levels.index(level) for level, _ in _RANGE]
    told = [
        f"{reporter}, {mark.year}: {amount}; {why}."
        for reporter, mark, why in odd[-_MOST_ODD:]
        for amount in (with_unit(three_digits(mark.value), totals.series.unit),)
    ]
    left = len(odd) - len(told)
    return FanPart(
        title=content.title,
        axis=content.axis_title,
        goals=" ".join(map(str, goals)),
        charts={
            name: (fan(content, size, tracking.attainments), size) for name, size in SIZES.items()
        },
        reporters=tuple(content.printed),
        odd=(*told, *([f"{left} earlier ones likewise."] if left else [])),
        table=Table(
            name=f"{content.title}, {unit_text(totals.series.unit)}",
            heads=("year", *(head for _, head in _RANGE)),
            rows=tuple(
                (str(row.year), *(three_digits(row.quantiles[column]) for column in columns))
                for row in totals.years
            ),
            looks=("", "n", "n", "n"),
        ),
    )


def _figures_table(known: Ledger) -> Table:
    """Lay out the figures that count, the latest first, up to `_MOST_FIGURES`."""
    latest = sorted(known.current, key=lambda row: row.published, reverse=True)
    return Table(
        name="The printed figures",
        heads=("published", "reporter", "what", "amount", "as printed", "document", "note"),
        rows=tuple(map(_figure_row, latest[:_MOST_FIGURES])),
        looks=("d", "", "", "", "", "", "t"),
    )


def _figure_row(row: Observation) -> tuple[str, ...]:
    what = f"{row.series.flow_words}, {' over '.join(window.words for window in row.windows)}"
    factor = 0.0 if isinstance(row, Growth) else split_unit(row.figure.unit)[1]
    value = row.figure.value * factor / split_unit(row.series.unit)[1]
    if isinstance(row, Growth):
        what = f"growth of {what}"
    elif isinstance(row, Increment):
        what = f"change of {what}"
    return (
        row.published,
        shown(row.source),
        what,
        with_unit(three_digits(value), row.series.unit) if factor else "",
        row.figure.words(),
        link(row.document) if row.document else "",
        shown(row.note) if row.note else "",
    )


def _title(tracking: Tracking) -> str:
    """Ask the question of the page, of the series or of the pair if there are several."""
    first, *others = dict.fromkeys(series_of(one.goal) for one in tracking)
    what = first.pair_words if others else first.words
    return f"{what}: will its goal{'s' * (len(tracking) > 1)} be met?"


def _environment() -> "Environment":
    """Return jinja2 with the page's template and its filters; everything is escaped by default."""
    try:
        from jinja2 import DictLoader, Environment, StrictUndefined
    except ImportError:
        raise MissingExtraError(
            'a report page needs jinja2; install it with pip install "tradetrack[report]"'
        ) from None
    environment = Environment(
        loader=DictLoader({"page.html": _asset("page.html")}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["plain"] = scrub
    environment.filters["capital"] = capital
    environment.filters["shown"] = shown
    environment.filters["said"] = said
    return environment


def _markup(text: str) -> "Markup":
    """Take a text of ours as markup; what is put into it is escaped."""
    from markupsafe import Markup

    return Markup(text)


def shown(text: str) -> "Markup":
    """Escape a text from outside: plain, cut if long, and set apart from what is around it."""
    return _apart(text, _LONGEST, "<bdi>{}</bdi>")


def said(text: str) -> "Markup":
    """Escape a sentence of ours, with names from outside in it; it runs from left to right."""
    return _apart(text, _SENTENCE, '<bdi dir="ltr">{}</bdi>')


def _apart(text: str, longest: int, element: str) -> "Markup":
    cut = scrub(text if len(text) <= longest else f"{text[:longest]}… ({len(text):,} characters)")
    return _markup("{}" if cut.isascii() else element).format(cut)


def link(address: str, text: str = "") -> "Markup":
    """Link to an address of the web, with its scheme or without, and else show it as text.

    Examples
    --------
    >>> print(link("www.example.org/a"))
    <a href="https://www.example.org/a">www.example.org</a>
    """
    whole = f"https://{address}" if _BARE_ADDRESS.fullmatch(address) else address
    if not _is_web(whole):
        return shown(text or address)
    label = shown(text or urlsplit(whole).hostname or address)
    return _markup('<a href="{}">{}</a>').format(whole, label)


def _is_web(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    odd = re.search(r"[\s\x00-\x1f\x7f-\x9f\\]", address) or scrub(address) != address
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not odd


def _asset(name: str) -> str:
    return files("tradetrack.report").joinpath(name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    """Return the hash by which the page's policy lets this text, and no other, style or run."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _as_csv(tracking: Tracking) -> str:
    """Write the table of `Tracking.to_frame`."""
    rows = [headline_row(one) for one in tracking]
    written = io.StringIO()
    writer = csv.DictWriter(written, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(
        {name: inert(cell) if isinstance(cell, str) else cell for name, cell in row.items()}
        for row in rows
    )
    return written.getvalue()


@dataclass(frozen=True, slots=True)
class _Data:
    """The results for programs: as JSON in the page, packed to download, or left out.

    Attributes
    ----------
    scripts
        JSON by name, which cannot end the element it stands in.
    files
        Addresses of files to download, by file name.
    left_out
        Names of the results that are too long for a page even if packed.
    """

    scripts: "dict[str, Markup]"
    files: dict[str, str]
    left_out: tuple[str, ...]

    @classmethod
    def of(cls, tracking: Tracking, extras: Extras) -> "_Data":
        """Place the results, the answer first, as far as there is room."""
        table = _as_csv(tracking)
        files = {"answers.csv": f"data:text/csv;charset=utf-8,{quote(table)}"}
        if len(files["answers.csv"]) > _MOST_PACKED:
            files = {"answers.csv.gz": _packed(table)}
        scripts, left_out, room = {}, [], _ROOM - _OF_A_GOAL * len(tracking)
        for name, text in _results(tracking, extras):
            text = escaped(text)
            for letter, code in _IN_SCRIPT.items():
                text = text.replace(letter, code)
            if len(text) <= room:
                scripts[name], room = _markup(text), room - len(text)
            elif len(packed := _packed(text)) <= _MOST_PACKED:
                files[f"{name}.json.gz"] = packed
            else:
                left_out.append(name.replace("-", " "))
        return cls(scripts, files, tuple(left_out))


def _results(tracking: Tracking, extras: Extras) -> Iterator[tuple[str, str]]:
    """Yield the results as JSON; a long answer and the reporters' without the amounts reached."""
    whole = tracking.model_dump_json()
    if len(whole) > _MOST_JSON:
        bare = tuple(map(_without_reach, tracking))
        whole = tracking.model_copy(update={"attainments": bare}).model_dump_json()
    yield "tracking", whole
    for name, result in (("news", extras.news), ("history", extras.history)):
        if result is not None:
            yield name, result.model_dump_json()
    if extras.whose is not None:
        judged = tuple(
            row.model_copy(update={"attainment": _without_reach(row.attainment)})
            for row in extras.whose.judgements
        )
        copy = extras.whose.model_copy(update={"judgements": judged})
        yield "by-whose-figures", copy.model_dump_json()


def _packed(text: str) -> str:
    """Return the address of a text as a compressed file, which a browser saves."""
    data = gzip.compress(text.encode(), mtime=0)
    return f"data:application/gzip;base64,{base64.b64encode(data).decode()}"


def _without_reach(one: Attainment) -> Attainment:
    return one.model_copy(update={"reach": ()})
