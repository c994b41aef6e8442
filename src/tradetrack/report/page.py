"""The report page: one self-contained HTML file about a tracking, for people and programs."""

import base64
import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tradetrack._checks import check_kind
from tradetrack._files import write_whole
from tradetrack._format import escaped, percent, points, scrub, unit_text
from tradetrack._news.results import News, goal_sentence, surprise, total_sentence
from tradetrack.attainment.attainment import Attainment
from tradetrack.attainment.sentences import doubts, sentence
from tradetrack.domain.goal import CONSENSUS
from tradetrack.domain.observation import TURNOVER, Growth, Increment, Observation
from tradetrack.errors import InputError, MissingExtraError
from tradetrack.ledger.ledger import Ledger
from tradetrack.plots.content import FanContent, check_tracking, curve_of, fan_content, tracked
from tradetrack.plots.reporters import printed_words
from tradetrack.report.svg import SHAPES, SIZES, curve, fan
from tradetrack.reporters.compare import ByReporter, Judgement
from tradetrack.tracking import Tracking

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

_LONGEST = 400  # characters of a ledger's text that the page shows
_MOST_JSON = 700_000  # characters; above it the amounts reached are left out
_MOST_FANS = 8
_MOST_FIGURES = 400  # of the ledger, the latest
_MOST_COLUMNS = 4  # goals with a column in the table of news
_RANGE = ((0.5, "median"), (0.1, "80 % from"), (0.9, "to"))
_IN_SCRIPT = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028"}

Charts = dict[str, tuple[str, tuple[float, float]]]


def report_html(
    tracking: Tracking,
    ledger: Ledger,
    *,
    whose: ByReporter | None = None,
    news: News | None = None,
    title: str = "",
) -> str:
    """Write a tracking as one HTML page that needs nothing else to be read.

    The page has the sentences, the fan, a curve and the official statuses for each goal, the goals
    by whose figures, what changed lately, the audit's findings and the printed figures; it works
    without a network and without scripts, in light and dark, on phones and desktops. Nothing is
    computed anew: a part that is not given is left out.

    Parameters
    ----------
    tracking, ledger
        What to report, and the ledger that was tracked.
    whose, news
        Results of `tradetrack.by_reporter` and `tradetrack.news` on the same ledger.
    title
        Heading; the series by default.

    Returns
    -------
    str
        The page, below 1.5 MB for fifty goals and five reporters. The script elements
        ``tracking``, ``by-whose-figures`` and ``news`` hold JSON that their classes read back. The
        amounts reached (``Attainment.reach``) are left out of the second, and of the first where it
        would be longer than 700,000 characters; the second is left out if longer than half of that.

    Raises
    ------
    MissingExtraError
        If jinja2 is not installed.
    InputError
        If another ledger was tracked, or ``whose`` or ``news`` are of another day or ledger.

    Examples
    --------
    >>> import tradetrack as tt
    >>> ledger = tt.datasets.kazakhstan_uzbekistan()
    >>> tracking = tt.track(ledger, tt.Goal(10, by=2030), n_paths=200)
    >>> page = tt.report_html(tracking, ledger)
    >>> "US$ 10 bn by 2030" in page, len(page) < 1_500_000
    (True, True)
    """
    check_kind("title", title, str, "write it as text")
    known = _checked(tracking, ledger, whose, news)
    style, script = (_asset(name) for name in ("page.css", "page.js"))
    series = tracking.attainments[0].goal.series
    subject = f"{series.pair} {series.flow.replace('_', ' ')}" if series else "Goals"
    return (
        _environment()
        .get_template("page.html")
        .render(
            title=title or f"{subject}: will its goals be met?",
            tracking=tracking,
            fans=_fan_parts(tracking, known),
            goals=_goal_parts(tracking),
            doubts=doubts(tracking.discounted, converged=tracking.converged),
            whose=_whose_rows(whose),
            news=_news_part(news),
            figures=_figure_rows(known),
            n_figures=len(known.current),
            shapes=SHAPES,
            style=style,
            script=script,
            style_digest=_digest(style),
            script_digest=_digest(script),
            data=_data(tracking, whose, news),
        )
    )


def write_report(
    tracking: Tracking,
    ledger: Ledger,
    path: str | os.PathLike[str],
    *,
    whose: ByReporter | None = None,
    news: News | None = None,
    title: str = "",
) -> None:
    """Write the page of `report_html` to a file, which appears whole or not at all.

    Parameters
    ----------
    tracking, ledger, whose, news, title
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
    page = report_html(tracking, ledger, whose=whose, news=news, title=title)
    write_whole(path, page)


def _checked(
    tracking: Tracking, ledger: Ledger, whose: ByReporter | None, news: News | None
) -> Ledger:
    """Return what the tracking knew, and check that everything is about it."""
    check_tracking(tracking)
    if whose is not None:
        check_kind("argument whose", whose, ByReporter, "pass what by_reporter returned")
    if news is not None:
        check_kind("news", news, News, "pass what tradetrack.news returned")
    series = tracking.attainments[0].goal.series
    known = tracked(ledger, tracking, series.pair if series else "")
    if whose is not None and whose.as_of != tracking.as_of:
        raise InputError(
            f"the goals were judged by whose figures as of {whose.as_of}, but tracked as of"
            f" {tracking.as_of}; call both with the same as_of",
            topic="result",
        )
    if news is not None and news.ledger_digest != tracking.ledger_digest:
        raise InputError(
            f"the news is of another ledger or day ({news.as_of}) than the tracking"
            f" ({tracking.as_of}); call both with the same ledger and as_of",
            topic="result",
        )
    return known


@dataclass(frozen=True, slots=True)
class FanPart:
    """A fan chart: its title, its charts by size, who printed what, and its numbers as a table."""

    title: str
    unit: str
    charts: Charts
    reporters: tuple[str, ...]
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class GoalPart:
    """A goal: its name, its sentence, its curve, and the result with all else."""

    name: str
    sentence: str
    charts: Charts
    not_within: str
    rows: tuple[tuple[str, str], ...]
    result: Attainment


@dataclass(frozen=True, slots=True)
class WhoseRow:
    """A goal by one count of figures, in words, with the documents that decide."""

    goal: str
    reporter: str
    probability: str
    first: str
    latest: str
    documents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """A release: what was foremost in it, and what it changed in the goals that have a column."""

    published: str
    reporter: str
    document: str
    sentence: str
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NewsPart:
    """What changed: sentences, the goals that have a column, and the releases, latest first."""

    sentences: tuple[str, ...]
    columns: tuple[str, ...]
    releases: tuple[ReleaseRow, ...]


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A printed figure as the ledger has it."""

    published: str
    reporter: str
    what: str
    printed: str
    document: str
    note: str


def _fan_parts(tracking: Tracking, known: Ledger) -> tuple[FanPart, ...]:
    """Return a fan for each kind of total that a goal is about, up to `_MOST_FANS`."""
    wanted = {(a.goal.series, a.goal.reporter, a.goal.year_window) for a in tracking.attainments}
    parts: list[FanPart] = []
    for totals in tracking.series_totals:
        series, reporter, window = totals.series, totals.reporter, totals.window
        if (series, reporter, window) in wanted and len(parts) < _MOST_FANS:
            content = fan_content(tracking, known, series=series, reporter=reporter, window=window)
            parts.append(_fan_part(content))
    return tuple(parts)


def _fan_part(content: FanContent) -> FanPart:
    totals = content.totals
    columns = [totals.levels.index(level) for level, _ in _RANGE]
    return FanPart(
        title=content.title,
        unit=unit_text(totals.series.unit),
        charts={name: (fan(content, size), size) for name, size in SIZES.items()},
        reporters=tuple(content.printed),
        heads=("year", *(head for _, head in _RANGE)),
        rows=tuple(
            (str(row.year), *(f"{row.quantiles[column]:.3g}" for column in columns))
            for row in totals.years
        ),
    )


def _goal_parts(tracking: Tracking) -> tuple[GoalPart, ...]:
    """Return every goal with its sentence and curve."""
    return tuple(
        GoalPart(
            name=str(a.goal) + ("" if a.goal.reporter == CONSENSUS else f" ({a.goal.reporter})"),
            sentence=sentence(a, tracking.as_of.isoformat()),
            charts={
                name: (curve(shown, size), (size[0], 0.7 * size[1])) for name, size in SIZES.items()
            },
            not_within=f"not met by {a.last_year}: {percent(a.not_within)}",
            rows=tuple((str(point.year), percent(point.probability)) for point in shown.points),
            result=a,
        )
        for a in tracking.attainments
        for shown in (curve_of(a, tracking.as_of),)
    )


def _whose_rows(found: ByReporter | None) -> tuple[WhoseRow, ...]:
    """Return each judgement in words."""
    return tuple(map(_whose_row, found.judgements if found else ()))


def _whose_row(row: Judgement) -> WhoseRow:
    seen = row.latest.evidence if row.latest else None
    agreed = "" if row.agreed is None else printed_words(row)
    return WhoseRow(
        goal=str(row.attainment.goal),
        reporter=row.reporter,
        probability=percent(row.probability),
        first=row.first.verdict if row.first else "",
        latest=agreed or printed_words(row).removeprefix("printed: "),
        documents=tuple(dict.fromkeys(d for d in seen.documents if d)) if seen else (),
    )


def _news_part(news: News | None) -> NewsPart | None:
    """Return what changed, in words."""
    if news is None:
        return None
    n = len(news.goals) if len(news.goals) <= _MOST_COLUMNS else 0
    return NewsPart(
        sentences=(
            *(goal_sentence(news, i) for i in range(len(news.goals))),
            *(total_sentence(total, news.since) for total in news.totals),
        ),
        columns=tuple(f"{row.goal.label} by {row.by}" for row in news.goals[:n]),
        releases=tuple(_news_rows(news, n)),
    )


def _news_rows(news: News, n: int) -> Iterator[ReleaseRow]:
    """Rows that add up to the change of each of the first goals: releases, then what is beside."""
    if not news.releases:
        return
    accounts = [news.lines(i) for i in range(len(news.goals))]
    own = {line.release for lines in accounts for line in lines} - {None}
    left = [[0.0] * n for _ in range(2)]
    for position, release in reversed(list(enumerate(news.releases))):
        shares = [change.share for change in release.probabilities]
        if position in own:
            most = max(range(len(shares)), key=lambda i: abs(shares[i]))
            yield ReleaseRow(
                published=release.published,
                reporter=release.reporter,
                document=release.document,
                sentence=surprise(release.foremost_for(most)),
                changes=tuple(map(points, shares[:n])),
            )
        else:
            sums = left[release.revision]
            sums[:] = [total + share for total, share in zip(sums, shares, strict=False)]
    names = {line.kind: line.name for line in accounts[0]}
    rest = [goal.rest for goal in news.goals[:n]]
    for name, changes in (
        ("other releases", left[0]),
        ("revisions", left[1]),
        (names["hindsight"], [row.hindsight for row in rest]),
        (names["linearisation"], [row.linearisation for row in rest]),
        (names["simulation"], [row.simulation for row in rest]),
    ):
        yield ReleaseRow("", "", "", name, tuple(map(points, changes)))


def _figure_rows(known: Ledger) -> tuple[FigureRow, ...]:
    """Return the figures that count, the latest first, up to `_MOST_FIGURES`."""
    latest = sorted(known.current, key=lambda row: row.published, reverse=True)
    return tuple(_rows(latest[:_MOST_FIGURES]))


def _rows(rows: list[Observation]) -> Iterator[FigureRow]:
    for row in rows:
        flow = row.series.flow
        what = f"{_flow(flow)} {row.window}"
        if isinstance(row, Growth):
            what = f"growth of {what} over {row.base}"
        elif isinstance(row, Increment):
            what = f"change of {what} from {row.base}"
        yield FigureRow(row.published, row.source, what, str(row.figure), row.document, row.note)


def _flow(flow: str) -> str:
    return flow if flow == TURNOVER else flow.replace("_", " ")


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
    environment.filters["shown"] = shown
    environment.filters["link"] = link
    return environment


def shown(text: str) -> "Markup":
    """Escape a text from outside: plain, cut if long, and set apart from what is around it."""
    from markupsafe import Markup

    cut = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text):,} characters)"
    return Markup("<bdi>{}</bdi>").format(scrub(cut))


def link(address: str, text: str = "") -> "Markup":
    """Link to an address if it is one of the web, and else show it as text."""
    from markupsafe import Markup

    if not _is_web(address):
        return shown(text or address)
    label = shown(text or urlsplit(address).hostname or address)
    return Markup('<a href="{}" rel="noopener noreferrer">{}</a>').format(address, label)


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


def _data(tracking: Tracking, whose: ByReporter | None, news: News | None) -> "dict[str, Markup]":
    """Return the results as JSON that cannot end the element it stands in."""
    from markupsafe import Markup

    whole = tracking.model_dump_json()
    if len(whole) > _MOST_JSON:
        bare = tuple(a.model_copy(update={"reach": ()}) for a in tracking.attainments)
        whole = tracking.model_copy(update={"attainments": bare}).model_dump_json()
    texts = {"tracking": whole}
    if whose is not None:
        judged = tuple(
            row.model_copy(update={"attainment": row.attainment.model_copy(update={"reach": ()})})
            for row in whose.judgements
        )
        text = whose.model_copy(update={"judgements": judged}).model_dump_json()
        if len(text) <= _MOST_JSON // 2:
            texts["by-whose-figures"] = text
    if news is not None:
        texts["news"] = news.model_dump_json()
    for letter, code in _IN_SCRIPT.items():
        texts = {name: text.replace(letter, code) for name, text in texts.items()}
    return {name: Markup(escaped(text)) for name, text in texts.items()}
