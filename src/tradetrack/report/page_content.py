"""What the report page says, ready for its template: plain values, nothing escaped yet."""

from collections.abc import Iterator
from dataclasses import dataclass

from tradetrack._format import percent, points, unit_text
from tradetrack._news.results import News, goal_sentence, surprise, total_sentence
from tradetrack.attainment.attainment import Attainment
from tradetrack.attainment.sentences import sentence
from tradetrack.domain.goal import CONSENSUS
from tradetrack.domain.observation import TURNOVER, Growth, Level
from tradetrack.ledger.ledger import Ledger
from tradetrack.plots.content import FanContent, fan_content
from tradetrack.plots.reporters import printed_words
from tradetrack.report.svg import SIZES, curve, fan, shown_years
from tradetrack.reporters.compare import ByReporter, Judgement
from tradetrack.tracking import Tracking

MOST_FANS = 8
MOST_FIGURES = 400  # of the ledger, the latest
_MOST_COLUMNS = 4  # goals with a column in the table of news
_RANGE = ((0.5, "median"), (0.1, "80 % from"), (0.9, "to"))

Charts = dict[str, tuple[str, tuple[float, float]]]


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
    said: str
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
    said: str
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


def fan_parts(tracking: Tracking, known: Ledger) -> tuple[FanPart, ...]:
    """Return a fan for each kind of total that a goal is about, up to `MOST_FANS`."""
    asked = {(a.goal.series, a.goal.reporter, a.goal.window) for a in tracking.attainments}
    parts: list[FanPart] = []
    for totals in tracking.series_totals:
        series, reporter, window = totals.series, totals.reporter, totals.window
        if (series, reporter, window) in asked and len(parts) < MOST_FANS:
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


def goal_parts(tracking: Tracking) -> tuple[GoalPart, ...]:
    """Return every goal with its sentence and curve."""
    return tuple(
        GoalPart(
            name=str(a.goal) + ("" if a.goal.reporter == CONSENSUS else f" ({a.goal.reporter})"),
            said=sentence(a, tracking.as_of.isoformat()),
            charts={
                name: (curve(a, tracking.as_of, size), (size[0], 0.7 * size[1]))
                for name, size in SIZES.items()
            },
            not_within=f"not met by {a.last_year}: {percent(a.not_within)}",
            rows=tuple((str(y), percent(p)) for y, p in shown_years(a, tracking.as_of)),
            result=a,
        )
        for a in tracking.attainments
    )


def whose_rows(found: ByReporter | None) -> tuple[WhoseRow, ...]:
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


def news_part(news: News | None) -> NewsPart | None:
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
        releases=tuple(
            ReleaseRow(
                published=release.published,
                reporter=release.reporter,
                document=release.document,
                said=surprise(release.foremost),
                changes=tuple(points(change.share) for change in release.probabilities[:n]),
            )
            for release in reversed(news.releases)
        ),
    )


def figure_rows(known: Ledger) -> tuple[FigureRow, ...]:
    """Return the figures that count, the latest first, up to `MOST_FIGURES`."""
    latest = sorted(known.current, key=lambda row: row.published, reverse=True)
    return tuple(_rows(latest[:MOST_FIGURES]))


def _rows(rows: list[Level | Growth]) -> Iterator[FigureRow]:
    for row in rows:
        flow = row.series.flow
        what = f"{_flow(flow)} {row.window}"
        if isinstance(row, Growth):
            what = f"growth of {what} over {row.base}"
        yield FigureRow(row.published, row.source, what, str(row.figure), row.document, row.note)


def _flow(flow: str) -> str:
    return flow if flow == TURNOVER else flow.replace("_", " ")
