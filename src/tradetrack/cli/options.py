"""The options that commands share: each group a dataclass, flattened for typer."""

import inspect
from collections.abc import Callable
from dataclasses import MISSING, Field, dataclass, field, fields
from enum import StrEnum
from functools import update_wrapper
from typing import Annotated, Any, get_type_hints

from typer import Argument, BadParameter, Option


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


class Format(StrEnum):
    """How an answer is written."""

    text = "text"
    json = "json"
    csv = "csv"


@dataclass(frozen=True)
class Source:
    """Which ledger, and what of it."""

    ledger: Annotated[
        str,
        Argument(help="CSV or JSON file, - for standard input, or nothing for the shipped ledger."),
    ] = ""
    as_of: Annotated[
        str, Option(metavar="DATE", help="Use only what had been published by then.")
    ] = ""


@dataclass(frozen=True)
class Asked:
    """Which goals."""

    goal: Annotated[
        list[float],
        Option(
            parser=amount,
            metavar="AMOUNT",
            help="Amount to reach, in the ledger's unit; may be repeated.",
        ),
    ] = field(default_factory=list)
    by: Annotated[
        list[int],
        Option(metavar="YEAR", help="Its last year; one for all goals, or one for each in turn."),
    ] = field(default_factory=list)
    goals: Annotated[
        str, Option(metavar="FILE", help="CSV: amount, by, window, pair, flow, reporter, name.")
    ] = ""
    pair: Annotated[str, Option(help="The pair, if the ledger has several.")] = ""
    flow: Annotated[str, Option(help="One direction, such as kz_to_uz; else the turnover.")] = ""
    reporter: Annotated[str, Option(metavar="REPORTER", help="Whose figures count.")] = "consensus"
    rolling: Annotated[bool, Option("--rolling", help="Any twelve months count.")] = False


@dataclass(frozen=True)
class Seed:
    """What the draws are made with."""

    seed: Annotated[int, Option(help="Same figures and seed, same answer.")] = 0


@dataclass(frozen=True)
class Horizon(Seed):
    """How far to look, and the seed."""

    horizon: Annotated[
        int | None,
        Option(metavar="YEARS", help="Years to simulate after the last figure; else 20, or more."),
    ] = None


@dataclass(frozen=True)
class Draws(Horizon):
    """How far and how finely to simulate."""

    paths: Annotated[int | None, Option(help="Number of paths.", show_default=False)] = None


@dataclass(frozen=True)
class Replays(Seed):
    """How far and how finely to simulate at past dates."""

    last_year: Annotated[int | None, Option(metavar="YEAR", help="Last year to forecast.")] = None
    paths: Annotated[int | None, Option(help="Number of paths.", show_default=False)] = None


@dataclass(frozen=True)
class Place:
    """Where the answer goes."""

    output: Annotated[
        str,
        Option("--output", "-o", metavar="FILE", help="File to write; else standard output."),
    ] = ""


@dataclass(frozen=True)
class Answer(Place):
    """How the answer is written, and where."""

    format: Annotated[Format, Option(help="How to write the answer.")] = Format.text


@dataclass(frozen=True)
class Judged(Answer):
    """An answer that may have findings or failures."""

    strict: Annotated[
        bool, Option("--strict", help="Exit with 3 if there are findings or failures.")
    ] = False


@dataclass(frozen=True)
class Since:
    """Since when."""

    since: Annotated[str, Option(metavar="DATE", help="What was out by then is taken as known.")]


@dataclass(frozen=True)
class Lately:
    """Since when, in a report."""

    since: Annotated[
        str, Option(metavar="DATE", help="What came after it is news; else three months.")
    ] = ""


@dataclass(frozen=True)
class Past:
    """Which dates to go back to."""

    origin: Annotated[
        list[str],
        Option(
            metavar="DATE",
            help="Date to go back to; may be repeated. Else the ends of the last years.",
        ),
    ] = field(default_factory=list)


@dataclass(frozen=True)
class Tables:
    """What a panel reads, and how."""

    values: Annotated[str, Argument(help="CSV or Parquet: series, year, value; - for CSV.")]
    goals: Annotated[str, Argument(help="CSV or Parquet: series, amount and deadline, if any.")]
    horizon: Annotated[int, Option(help="Years ahead of each series' last value.")] = 10
    paths: Annotated[int, Option(help="Paths a series.")] = 2_000
    seed: Annotated[int, Option(help="Same tables and seed, same answer.")] = 0
    jobs: Annotated[int, Option(min=1, help="Processes; the answer is the same.")] = 1
    failures: Annotated[
        str, Option(metavar="FILE", help="CSV of what could not be tracked, and why.")
    ] = ""
    strict: Annotated[bool, Option("--strict", help="Exit with 3 if there are failures.")] = False


class Schema(StrEnum):
    """The results that have a JSON Schema."""

    tracking = "tracking"
    backtest = "backtest"
    news = "news"
    findings = "findings"


def flat(command: Callable[..., int]) -> Callable[..., int]:
    """Give a command that takes groups of options one parameter for each option.

    typer reads a command's parameters off its signature; this one is made of the groups' fields.

    Parameters
    ----------
    command
        A function whose parameters are all dataclasses, with no field name in two of them.
    """
    groups = [kind for name, kind in get_type_hints(command).items() if name != "return"]
    hints = [get_type_hints(group, include_extras=True) for group in groups]
    parameters = [
        inspect.Parameter(
            each.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=_default(each),
            annotation=types[each.name],
        )
        for group, types in zip(groups, hints, strict=True)
        for each in fields(group)
    ]
    parameters.sort(key=lambda each: each.default is not inspect.Parameter.empty)

    def made(given: dict[str, Any]) -> int:
        return command(
            *(group(**{each.name: given[each.name] for each in fields(group)}) for group in groups)
        )

    flattened = update_wrapper(lambda **given: made(given), command)  # typer passes by name
    flattened.__annotations__ = {each.name: each.annotation for each in parameters}
    flattened.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return flattened


def _default(each: Field[Any]) -> Any:
    if each.default_factory is not MISSING:
        return each.default_factory()
    return inspect.Parameter.empty if each.default is MISSING else each.default
