"""The options of the commands, each with its help, as typer reads them off a signature."""

from enum import StrEnum
from typing import Annotated

from typer import Argument, BadParameter, Option

_MOST_PATHS = 1_000_000
_MOST_JOBS = 1024


class Format(StrEnum):
    """Forms of an answer."""

    text = "text"
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


def amount(text: str) -> float:
    """Read an amount as it is typed.

    Raises
    ------
    BadParameter
        If it is not a number; says how to write it.
    """
    try:
        return float(text)
    except ValueError:
        raise BadParameter(not_a_number(text)) from None


def not_a_number(text: str) -> str:
    """Say that a text is no number, and how to write it.

    Examples
    --------
    >>> not_a_number("3,5")
    "'3,5' is not a number; write 3.5"
    """
    whole, comma, rest = text.partition(",")
    if not (comma and whole.isdecimal() and rest.isdecimal()):
        return f"{text!r} is not a number; write it as 3.5"
    either = f" or {whole}{rest}" if len(rest) == 3 else ""  # it may group thousands
    return f"{text!r} is not a number; write {whole}.{rest}{either}"


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
    list[float],
    Option(
        parser=amount,
        metavar="AMOUNT",
        default_factory=list,
        show_default=False,
        help="Amount to reach, in the ledger's unit; may be repeated.",
    ),
]
Deadlines = Annotated[
    list[int],
    Option(
        metavar="YEAR",
        default_factory=list,
        show_default=False,
        help="Last year that counts; one for all goals, or one for each in turn.",
    ),
]
GoalTable = Annotated[
    str, Option(metavar="FILE", help="CSV: amount, by, window, pair, flow, reporter, name.")
]
Pair = Annotated[str, Option(help="Pair of the goals, if the ledger has several.")]
Flow = Annotated[str, Option(help="One direction, such as kz_to_uz; by default the turnover.")]
Reporter = Annotated[str, Option(help="Reporter whose figures count.")]
Rolling = Annotated[bool, Option("--rolling", help="Count any twelve months.")]

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
Topic = Annotated[str, Argument(help="What a message names in brackets; without it, all topics.")]
Which = Annotated[Schema, Argument(help="The result that is described.")]
