"""The options of the commands, each with its help, as typer reads them off a signature.

Options that several commands share are fields of a group, such as `GoalOptions`. A command takes
groups; `grouped` shows typer their fields.
"""

import functools
import inspect
from collections.abc import Callable, Sequence
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from enum import StrEnum
from typing import Annotated, Any

from typer import Argument, Option

_MOST_PATHS = 1_000_000
_MOST_JOBS = 1024
_MOST_QUARTERS = 100
CONSENSUS = "consensus"  # as the library calls it, which is not loaded for a help text


class Format(StrEnum):
    """Forms of an answer."""

    text = "text"
    sentences = "sentences"
    json = "json"
    csv = "csv"


class Schema(StrEnum):
    """Results that have a JSON Schema."""

    tracking = "tracking"
    backtest = "backtest"
    news = "news"
    findings = "findings"


class Service(StrEnum):
    """Services that figures can be fetched from."""

    comtrade = "comtrade"
    imf = "imf"
    eurostat = "eurostat"


KEY = "TRADETRACK_COMTRADE_KEY"
"""Environment variable of a subscription key: a command line would show it to everybody."""


def _topics(incomplete: str) -> list[str]:
    """Complete a topic of the catalogue of errors."""
    from tradetrack.cli.catalogue import entries

    return [topic for topic in entries() if topic.startswith(incomplete)]


# The ledger.
Source = Annotated[
    str,
    Argument(
        metavar="LEDGER",
        help="CSV, JSON or Excel file; - for standard input; without it, the shipped ledger.",
    ),
]
Sep = Annotated[str, Option(metavar="SIGN", help="What separates cells of a CSV ledger; or tab.")]
Decimal = Annotated[
    str, Option(metavar="SIGN", help="Decimal sign of its values: a point or comma.")
]
Thousands = Annotated[str, Option(metavar="SIGN", help="What groups their thousands.")]
Encoding = Annotated[str, Option(metavar="NAME", help="Its encoding, such as cp1251.")]
Sheet = Annotated[str, Option(metavar="NAME", help="Sheet of an Excel ledger that has several.")]
Unit = Annotated[
    str, Option(metavar="UNIT", help="Take the rows in this currency alone, such as rub_bn.")
]
RateTable = Annotated[
    str,
    Option(
        "--rates",
        metavar="FILE",
        help="CSV: currency, window, rate; converts the rows into the currency of --unit.",
    ),
]
AsOf = Annotated[str, Option(metavar="DATE", help="Use only figures published by then.")]

Coverage = Annotated[
    str, Option(metavar="NAME", help="Take the rows that count this alone, such as goods.")
]

# A service.
Partner = Annotated[str, Argument(help="ISO code of a country, such as KAZ or KZ.")]
From = Annotated[
    Service, Option("--from", help=f"Service to ask; a key of UN Comtrade is taken from {KEY}.")
]
Years = Annotated[
    str, Option(metavar="YEARS", help="A year, or the first and the last: 2015:2024.")
]
Monthly = Annotated[bool, Option("--monthly", help="Months instead of years.")]
Cache = Annotated[
    str, Option(metavar="FILE", help="File in which whole answers are kept for a day.")
]

# The goals.
Amounts = Annotated[
    list[str],
    Option(
        metavar="AMOUNT",
        default_factory=list,
        show_default=False,
        help="What to reach: 10, '500 usd_mn', '2x 2023', '+50% 2024', '+4 2024', '+15%' or"
        " '15% a year from 2024'; may be repeated.",
    ),
]
Deadlines = Annotated[
    list[str],
    Option(
        metavar="DATE",
        default_factory=list,
        show_default=False,
        help="Year, month or day by which; one for all goals, or one for each in turn.",
    ),
]
Within = Annotated[
    list[str],
    Option(
        "--in",
        metavar="WINDOW",
        default_factory=list,
        show_default=False,
        help="One window in which: 2030, 2026-H1, FY2026-27:04; for all, or one for each.",
    ),
]
GoalWindow = Annotated[
    str,
    Option(
        metavar="KIND",
        help="What is added up: calendar_year, rolling_year, fy:04 (from April), half_year, quarter"
        " or month.",
    ),
]
Rolling = Annotated[bool, Option("--rolling", help="Short for --window rolling_year.")]
GoalTable = Annotated[
    str, Option(metavar="FILE", help="CSV with the column amount, and others as you like.")
]
Pair = Annotated[str, Option(help="Pair of the goals, if the ledger has several.")]
Flow = Annotated[
    str, Option(help="One direction, such as kz_to_uz, or balance; by default the turnover.")
]
Reporter = Annotated[str, Option(help="Reporter whose figures count.")]
AtMost = Annotated[bool, Option("--at-most", help="The goals are to fall to their amounts.")]
Sustained = Annotated[int, Option(min=1, metavar="N", help="To hold in N windows in a row.")]
Announced = Annotated[
    str, Option(metavar="DATE", help="Since when the goals stand; earlier windows do not count.")
]

# The simulation.
Horizon = Annotated[
    int | None,
    Option(
        metavar="YEARS", help="Years to simulate after the last figure; by default 20, or more."
    ),
]
LastYear = Annotated[int | None, Option(metavar="YEAR", help="Last year to forecast.")]
Paths = Annotated[int, Option(max=_MOST_PATHS, help="Number of simulated paths.")]
Seed = Annotated[int, Option(help="Seed of the draws; the same seed gives the same answer.")]

# Dates.
Since = Annotated[
    str,
    Option(metavar="DATE", help="Figures published by then count as known, later ones as news."),
]
Recently = Annotated[
    str,
    Option(
        metavar="DATE",
        help="Figures published by then count as known; by default those older than three months.",
    ),
]
Origins = Annotated[
    list[str],
    Option(
        metavar="DATE",
        default_factory=list,
        show_default=False,
        help="Date to forecast from; may be repeated. By default the ends of the last years.",
    ),
]

# A scenario.
Growths = Annotated[
    list[str],
    Option(
        "--growth",
        metavar="RATE",
        default_factory=list,
        show_default=False,
        help="Growth a year: '15%' from now on, '15% 2027', '15% 2026..2030'; may be repeated.",
    ),
]
Shocks = Annotated[
    list[str],
    Option(
        "--shock",
        metavar="CHANGE",
        default_factory=list,
        show_default=False,
        help="A change of level, as in '-20% 2027'; may be repeated.",
    ),
]
Recovers = Annotated[
    str, Option(metavar="SHARE", help="Of each shock, what comes back in a year: '50%'.")
]
Totals = Annotated[
    list[str],
    Option(
        "--total",
        metavar="TOTAL",
        default_factory=list,
        show_default=False,
        help="A year's total taken as known, as in '6.5 2027'; may be repeated.",
    ),
]
Chance = Annotated[
    float, Option("--probability", metavar="P", help="With which to meet the goal in time.")
]
Documents = Annotated[
    bool, Option("--documents", help="Leave out each document in turn, too; takes longer.")
]

# A history.
Dates = Annotated[
    list[str],
    Option(
        "--date",
        metavar="DATE",
        default_factory=list,
        show_default=False,
        help="Day of an answer; may be repeated. By default the ends of the last eight quarters.",
    ),
]
Quarters = Annotated[
    int,
    Option(
        "--history",
        min=0,
        max=_MOST_QUARTERS,
        metavar="N",
        help="Say what would have been said at the ends of the last N quarters; each takes about as"
        " long as the answer.",
    ),
]

# A panel.
Values = Annotated[str, Argument(help="CSV or Parquet: series, year, value; - for CSV.")]
PanelGoals = Annotated[str, Argument(help="CSV or Parquet: series, amount and deadline, if any.")]
YearsAhead = Annotated[int, Option(help="Years after each series' last value.")]
PanelPaths = Annotated[int, Option(max=_MOST_PATHS, help="Number of simulated paths per series.")]
Jobs = Annotated[
    int, Option(min=1, max=_MOST_JOBS, help="Number of processes; the answer is the same.")
]
Failures = Annotated[
    str, Option(metavar="FILE", help="CSV to write: what could not be tracked, and why.")
]

# An article.
ArticleFile = Annotated[
    str, Argument(metavar="FILE", help="Text or HTML file in UTF-8; - for standard input.")
]
Published = Annotated[str, Option(metavar="DATE", help="Day or month of publication.")]
WhoseFigures = Annotated[
    str, Option("--reporter", help="Whose statistics; a country in it says whose exports.")
]
ArticlePair = Annotated[
    str, Option("--pair", help="The two countries, such as KZ-UZ; by default as the text says.")
]
Accept = Annotated[
    str, Option(metavar="all|1,3,5", help="Drafts to accept: all that lack nothing, or numbers.")
]
Into = Annotated[str, Option(metavar="FILE", help="CSV ledger to append the accepted rows to.")]
GoalsInto = Annotated[
    str, Option(metavar="FILE", help="CSV table of goals to append the accepted goals to.")
]

# The answer.
Form = Annotated[Format, Option("--format", help="Form of the answer.")]
Curves = Annotated[
    bool, Option("--curves", help="CSV of the probability by each year, for each goal.")
]
Output = Annotated[
    str,
    Option("--output", "-o", metavar="FILE", help="File to write; by default standard output."),
]
Strict = Annotated[bool, Option("--strict", help="Exit with 3 if there are findings or failures.")]
Topic = Annotated[
    str,
    Argument(
        help="What a message names in brackets; without it, all topics.",
        autocompletion=_topics,
    ),
]
Which = Annotated[Schema, Argument(help="The result that is described.")]


@dataclass(frozen=True, kw_only=True)
class LedgerOptions:
    """Which ledger, how it is written, and which of its rows count."""

    source: Source = ""
    sep: Sep = ","
    decimal: Decimal = "."
    thousands: Thousands = ""
    encoding: Encoding = "utf-8"
    sheet: Sheet = ""
    unit: Unit = ""
    rates: RateTable = ""
    coverage: Coverage = ""
    as_of: AsOf = ""


@dataclass(frozen=True, kw_only=True)
class GoalOptions:
    """Which goals; what is about all of them holds unless a row of the table says otherwise."""

    goal: Amounts = field(default_factory=list)
    by: Deadlines = field(default_factory=list)
    within: Within = field(default_factory=list)
    window: GoalWindow = ""
    rolling: Rolling = False
    goals: GoalTable = ""
    pair: Pair = ""
    flow: Flow = ""
    reporter: Reporter = CONSENSUS
    at_most: AtMost = False
    sustained: Sustained = 1
    announced: Announced = ""


def grouped(command: Callable[..., int]) -> Callable[..., int]:
    """Show typer the fields of a command's groups of options in place of the groups.

    Examples
    --------
    >>> def track(figures: LedgerOptions, *, seed: Seed = 0) -> int:
    ...     return len(figures.sep) + seed
    >>> list(inspect.signature(grouped(track)).parameters)[-2:]
    ['as_of', 'seed']
    >>> grouped(track)(sep="tab", seed=2)
    5
    """
    taken = inspect.signature(command).parameters
    kinds: dict[str, Any] = {name: one.annotation for name, one in taken.items()}
    groups: dict[str, Any] = {name: kind for name, kind in kinds.items() if is_dataclass(kind)}

    @functools.wraps(command)
    def run(**typed: Any) -> int:
        for name, kind in groups.items():
            own = [one.name for one in fields(kind) if one.name in typed]
            typed[name] = kind(**{option: typed.pop(option) for option in own})
        return command(**typed)

    shown = [
        option
        for name, one in taken.items()
        for option in (_options(groups[name]) if name in groups else [one])
    ]
    as_shown = [one.replace(kind=one.KEYWORD_ONLY) for one in shown]
    run.__signature__ = inspect.Signature(as_shown)  # type: ignore[attr-defined]  # typer reads it
    return run


def _options(group: Any) -> Sequence[inspect.Parameter]:
    """Return the fields of a group as parameters; a list has its empty default from its option."""
    return [
        inspect.Parameter(
            one.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=inspect.Parameter.empty if one.default is MISSING else one.default,
            annotation=one.type,
        )
        for one in fields(group)
    ]
