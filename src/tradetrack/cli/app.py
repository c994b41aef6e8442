"""The commands as they are typed; the library is loaded only when one runs."""

from typing import Annotated

from typer import Argument, Context, Exit, Option, Typer

from tradetrack._version import __version__
from tradetrack.cli.options import (
    Answer,
    Asked,
    Draws,
    Horizon,
    Judged,
    Lately,
    Past,
    Place,
    Replays,
    Schema,
    Since,
    Source,
    Tables,
    flat,
)

app = Typer(
    help="Say whether, when and by whose figures an announced trade goal will be met.",
    epilog="Exit codes: 0 answered, 2 bad input, 3 findings or failures with --strict."
    " Example: tradetrack track --goal 10 --by 2030",
    rich_markup_mode=None,  # plain help is quicker, and the same in a pipe
)


@app.callback(invoke_without_command=True)
def start(
    context: Context,
    version: Annotated[bool, Option("--version", help="Print the version.")] = False,
) -> None:
    """Print the version, or the help if no command is given."""
    if version:
        print(f"tradetrack {__version__}")
        raise Exit()
    if context.invoked_subcommand is None:
        print(context.get_help())


@app.command(epilog="Example: tradetrack track figures.csv --goal 10 --by 2030 --format json")
@flat
def track(source: Source, asked: Asked, draws: Draws, wanted: Judged) -> int:
    """Say whether and when goals are met."""
    from tradetrack.cli import commands

    return commands.track(source, asked, draws, wanted)


@app.command(epilog="Example: tradetrack check figures.csv --strict")
@flat
def check(source: Source, wanted: Judged) -> int:
    """List rows that cannot be read, or else what the audit finds."""
    from tradetrack.cli import commands

    return commands.check(source, wanted)


@app.command(epilog="Example: tradetrack backtest --goal 5 --origin 2019-12 --origin 2021-12")
@flat
def backtest(source: Source, asked: Asked, past: Past, draws: Replays, wanted: Judged) -> int:
    """Score what would have been said at past dates."""
    from tradetrack.cli import commands

    return commands.backtest(source, asked, past, draws, wanted)


@app.command(epilog="Example: tradetrack news --since 2025-09-30 --goal 10 --by 2030")
@flat
def news(source: Source, since: Since, asked: Asked, horizon: Horizon, wanted: Answer) -> int:
    """Say what each release since a day changed."""
    from tradetrack.cli import commands

    return commands.news(source, since, asked, horizon, wanted)


@app.command(epilog="Example: tradetrack report --goal 10 --by 2030 -o report.html")
@flat
def report(source: Source, asked: Asked, lately: Lately, draws: Draws, place: Place) -> int:
    """Write a page with everything about a ledger's goals."""
    from tradetrack.cli import commands

    return commands.report(source, asked, lately, draws, place)


@app.command(epilog="Example: tradetrack panel values.csv goals.csv --horizon 8 -o met.parquet")
@flat
def panel(tables: Tables, place: Place) -> int:
    """Say when goals of many annual series are met."""
    from tradetrack.cli import commands

    return commands.panel(tables, place)


@app.command(epilog="Example: tradetrack explain horizon")
def explain(
    topic: Annotated[str, Argument(help="What a message names in brackets; none lists all.")] = "",
) -> int:
    """Explain an error or a finding: why it is one, and what to do."""
    from tradetrack.cli import commands

    return commands.explain(topic)


@app.command(epilog="Example: tradetrack schema tracking > tracking.schema.json")
def schema(
    which: Annotated[Schema, Argument(help="The result that is described.")] = Schema.tracking,
) -> int:
    """Print the JSON Schema of an answer's JSON."""
    from tradetrack.cli import commands

    return commands.schema(which)
