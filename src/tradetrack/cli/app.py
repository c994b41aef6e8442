"""The commands: each a few lines over one function of the library, which loads when one runs."""

import json
import os
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

from typer import Context, Exit, Option, Typer, echo

import tradetrack as tt
from tradetrack._format import scrub
from tradetrack._version import __version__
from tradetrack.cli import options as opt
from tradetrack.cli.outputs import (
    BAD_INPUT,
    Findings,
    answer,
    as_csv,
    pointer,
    progress,
    publish,
    rows_frame,
    tell,
    verdict,
)

app = Typer(
    help="Estimate whether, when and by whose figures announced trade goals will be met.",
    epilog="Exit codes: 0 answered, 2 bad input, 3 findings or failures with --strict."
    " Example: tradetrack track --goal 10 --by 2030",
    rich_markup_mode=None,  # plain help is quicker, and the same in a pipe
)


def command(example: str) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Make a function a command of its name, whose help ends with an example."""

    def register(function: Callable[..., int]) -> Callable[..., int]:
        app.command(epilog=f"Example: tradetrack {example}")(opt.grouped(function))
        return function

    return register


def _question(
    figures: opt.LedgerOptions, requested: opt.GoalOptions
) -> "tuple[tt.Ledger, list[tt.Goal]]":
    """Return the ledger, whatever the date, and the goals."""
    from tradetrack.cli.goals import read_goals
    from tradetrack.cli.inputs import Conversion, read_ledger

    conversion = Conversion.of(figures)
    ledger = read_ledger(figures, conversion)
    goals = read_goals(requested, ledger, announced=not figures.source)
    return ledger, goals if conversion is None else list(map(conversion.goal, goals))


def _known(ledger: "tt.Ledger", figures: opt.LedgerOptions) -> "tt.Ledger":
    """Return what had been published by the date that was typed, if one was."""
    return ledger.as_of(figures.as_of) if figures.as_of else ledger


@app.callback(invoke_without_command=True)
def start(
    context: Context,
    version: Annotated[bool, Option("--version", help="Print the version.")] = False,
) -> None:
    """Print the version, or the help if no command is given."""
    if version:
        echo(f"tradetrack {__version__}")
        raise Exit()
    if context.invoked_subcommand is None:
        echo(context.get_help())


@command("track figures.csv --goal 10 --by 2030 --format json")
def track(
    figures: opt.LedgerOptions,
    requested: opt.GoalOptions,
    *,
    horizon: opt.Horizon = None,
    paths: opt.Paths = 10_000,
    seed: opt.Seed = 0,
    form: opt.Form = opt.Format.text,
    curves: opt.Curves = False,
    output: opt.Output = "",
    strict: opt.Strict = False,
) -> int:
    """Estimate whether and when goals are met."""
    from tradetrack.cli.texts import tracking_text

    ledger, goals = _question(figures, requested)
    tracking = tt.track(
        ledger, goals, as_of=figures.as_of or None, horizon=horizon, n_paths=paths, seed=seed
    )
    if curves:
        publish(as_csv(tracking.curves()), output)
    else:
        answer(tracking, form, output, tracking_text(tracking, _known(ledger, figures)))
    return verdict(tracking.findings, "finding", strict=strict)


@command("check figures.csv --strict")
def check(
    figures: opt.LedgerOptions,
    *,
    form: opt.Form = opt.Format.text,
    output: opt.Output = "",
    strict: opt.Strict = False,
) -> int:
    """List rows that cannot be read; if there are none, what the audit finds."""
    from tradetrack.cli import inputs

    reading = inputs.parse_ledger(figures)
    for row in reading.rejected:
        tell(f"{inputs.name(figures.source)}: {row} {pointer(row.topic)}")
    if reading.rejected:
        return BAD_INPUT
    ledger = inputs.of_one_kind(reading.ledger, figures, inputs.Conversion.of(figures))
    findings = Findings(tt.audit(_known(ledger, figures)))
    answer(findings, form, output)
    return verdict(findings.found, "finding", strict=strict)


@command("backtest --goal 5 --origin 2019-12 --origin 2021-12")
def backtest(
    figures: opt.LedgerOptions,
    requested: opt.GoalOptions,
    *,
    origin: opt.Origins,
    last_year: opt.LastYear = None,
    paths: opt.Paths = 2_000,
    seed: opt.Seed = 0,
    form: opt.Form = opt.Format.text,
    output: opt.Output = "",
    strict: opt.Strict = False,
) -> int:
    """Score the forecasts that would have been made at past dates."""
    from tradetrack.cli.inputs import recent_origins

    ledger, goals = _question(figures, requested)
    known = _known(ledger, figures)
    with progress("backtest"):
        result = tt.backtest(
            known,
            goals,
            origin or recent_origins(known),
            last_year=last_year,
            n_paths=paths,
            seed=seed,
        )
    answer(result, form, output)
    return verdict(result.failures, "failure", strict=strict)


@command("news --since 2025-09-30 --goal 10 --by 2030")
def news(
    figures: opt.LedgerOptions,
    requested: opt.GoalOptions,
    *,
    since: opt.Since,
    horizon: opt.Horizon = None,
    seed: opt.Seed = 0,
    form: opt.Form = opt.Format.text,
    output: opt.Output = "",
) -> int:
    """Attribute changes of the forecast since a date to the releases that came after it."""
    ledger, goals = _question(figures, requested)
    with progress("news"):
        result = tt.news(
            ledger, goals, since=since, as_of=figures.as_of or None, horizon=horizon, seed=seed
        )
    answer(result, form, output)
    return 0


@command("history --goal 10 --by 2030 --date 2024-12 --date 2025-06 --paths 500")
def history(
    figures: opt.LedgerOptions,
    requested: opt.GoalOptions,
    *,
    date: opt.Dates,
    horizon: opt.Horizon = None,
    paths: opt.Paths = 10_000,
    seed: opt.Seed = 0,
    form: opt.Form = opt.Format.text,
    output: opt.Output = "",
) -> int:
    """Say what would have been said of goals on past dates."""
    from tradetrack.cli.inputs import recent_quarters

    ledger, goals = _question(figures, requested)
    known = _known(ledger, figures)
    with progress("history"):
        result = tt.history(
            known, goals, date or recent_quarters(known), horizon=horizon, n_paths=paths, seed=seed
        )
    answer(result, form, output)
    return 0


@command("reporters --goal 5 --by 2022")
def reporters(
    figures: opt.LedgerOptions,
    requested: opt.GoalOptions,
    *,
    paths: opt.Paths = 10_000,
    seed: opt.Seed = 0,
    form: opt.Form = opt.Format.text,
    output: opt.Output = "",
) -> int:
    """Compare by whose figures goals are met."""
    ledger, goals = _question(figures, requested)
    with progress("reporters"):
        result = tt.by_reporter(
            ledger, goals, as_of=figures.as_of or None, n_paths=paths, seed=seed
        )
    answer(result, form, output)
    return 0


@command("what-if --goal 10 --by 2030 --growth 15% --shock '-20% 2027'")
def what_if(
    figures: opt.LedgerOptions,
    requested: opt.GoalOptions,
    *,
    growth: opt.Growths,
    shock: opt.Shocks,
    recovers: opt.Recovers = "0%",
    total: opt.Totals,
    horizon: opt.Horizon = None,
    paths: opt.Paths = 10_000,
    seed: opt.Seed = 0,
    form: opt.Form = opt.Format.text,
    output: opt.Output = "",
) -> int:
    """Estimate whether and when goals are met under assumptions about the months ahead."""
    from tradetrack.cli.scenarios import WhatIf, assumptions
    from tradetrack.cli.texts import what_if_text
    from tradetrack.scenarios.scenario import suppose
    from tradetrack.tracking import summarise

    supposed = assumptions(growth, shock, recovers, total, requested.flow)
    if not supposed:
        raise tt.InputError(
            "nothing is supposed; add --growth '15%', --shock '-20% 2027' or --total '6.5 2027'",
            topic="assumption",
        )
    ledger, goals = _question(figures, requested)
    drawn = tt.simulate(
        ledger, goals, as_of=figures.as_of or None, horizon=horizon, n_paths=paths, seed=seed
    )
    found = WhatIf(summarise(drawn), summarise(suppose(drawn, supposed)))
    answer(found, form, output, what_if_text(*found, drawn.ledger))
    return 0


@command("required --goal 10 --by 2030 --probability 0.75")
def required(
    figures: opt.LedgerOptions,
    requested: opt.GoalOptions,
    *,
    probability: opt.Chance = 0.5,
    paths: opt.Paths = 10_000,
    seed: opt.Seed = 0,
    form: opt.Form = opt.Format.text,
    output: opt.Output = "",
) -> int:
    """Find the growth a year with which goals are met in time."""
    from tradetrack.cli.scenarios import Requirements, required_of_each

    ledger, goals = _question(figures, requested)
    with progress("required"):
        found = required_of_each(
            ledger, goals, probability, as_of=figures.as_of, n_paths=paths, seed=seed
        )
    answer(Requirements(found), form, output)
    return 0


@command("sensitivity --goal 10 --by 2030 --paths 200")
def sensitivity(
    figures: opt.LedgerOptions,
    requested: opt.GoalOptions,
    *,
    documents: opt.Documents = False,
    paths: opt.Paths = 4_000,
    seed: opt.Seed = 0,
    form: opt.Form = opt.Format.text,
    output: opt.Output = "",
) -> int:
    """Say on which assumptions, reporters and documents an answer depends."""
    ledger, goals = _question(figures, requested)
    with progress("sensitivity"):
        result = tt.sensitivity(
            _known(ledger, figures), goals, documents=documents, n_paths=paths, seed=seed
        )
    answer(result, form, output)
    return 0


@command("report --goal 10 --by 2030 -o report.html")
def report(
    figures: opt.LedgerOptions,
    requested: opt.GoalOptions,
    *,
    since: opt.Recently = "",
    history: opt.Quarters = 0,
    growth: opt.Growths,
    shock: opt.Shocks,
    recovers: opt.Recovers = "0%",
    total: opt.Totals,
    horizon: opt.Horizon = None,
    paths: opt.Paths = 10_000,
    seed: opt.Seed = 0,
    output: opt.Output = "",
) -> int:
    """Write a page with everything about a ledger's goals."""
    if output in ("", "-") and sys.stdout is not None and sys.stdout.isatty():
        raise tt.InputError(
            "the page would fill the terminal; name a file, as in -o report.html, or redirect it",
            topic="output",
        )
    from tradetrack.cli import reports
    from tradetrack.cli.scenarios import assumptions

    supposed = assumptions(growth, shock, recovers, total, requested.flow)
    parts = reports.Parts(since=since, n_quarters=history, supposed=supposed)
    ledger, goals = _question(figures, requested)
    with progress("report"):
        page = reports.page(
            _known(ledger, figures),
            goals,
            parts,
            as_of=figures.as_of,
            horizon=horizon,
            n_paths=paths,
            seed=seed,
        )
    publish(page, output)
    return 0


@command("panel values.csv goals.csv --horizon 8 -o met.parquet")
def panel(
    values: opt.Values,
    goals: opt.PanelGoals,
    *,
    horizon: opt.YearsAhead = 10,
    paths: opt.PanelPaths = 2_000,
    seed: opt.Seed = 0,
    jobs: opt.Jobs = 1,
    failures: opt.Failures = "",
    output: opt.Output = "",
    strict: opt.Strict = False,
) -> int:
    """Estimate when the goals of many annual series are met."""
    from tradetrack.cli import inputs

    observed, wanted = inputs.read_table(values), inputs.read_table(goals)
    to_parquet = Path(output).suffix.casefold() == ".parquet"
    with ProcessPoolExecutor(jobs) if jobs > 1 else nullcontext() as executor:
        result = tt.track_panel(
            observed,
            wanted,
            horizon=horizon,
            n_paths=paths,
            seed=seed,
            executor=executor,
            progress=sys.stderr.isatty(),
            sink=output if to_parquet else None,
        )
    if not to_parquet:
        publish(as_csv(result.to_frame()), output)
    if failures:
        publish(as_csv(rows_frame(result.failures, tt.results.Failure)), failures)
    tell(str(result))
    return verdict(result.failures, "failure", strict=strict)


@command("read article.txt --published 2025-11 --reporter KZ")
def read(
    file: opt.ArticleFile,
    *,
    published: opt.Published,
    reporter: opt.WhoseFigures = "",
    pair: opt.ArticlePair = "",
    accept: opt.Accept = "",
    into: opt.Into = "",
    goals_into: opt.GoalsInto = "",
    form: opt.Form = opt.Format.text,
    output: opt.Output = "",
) -> int:
    """Read the figures of a press text as drafts; append those accepted to a ledger."""
    from tradetrack.cli import articles

    article = articles.read(file, published, reporter, pair)
    if not accept:
        answer(article, form, output)
        return 0
    done = articles.append(article, articles.chosen(accept), into, goals_into)
    publish(scrub("\n".join(done)) + "\n", output)
    return 0


@command("fetch KAZ UZB --years 2015:2024 -o figures.csv")
def fetch(
    one: opt.Partner,
    other: opt.Partner,
    *,
    service: opt.From = opt.Service.comtrade,
    years: opt.Years,
    monthly: opt.Monthly = False,
    cache: opt.Cache = "",
    output: opt.Output = "",
) -> int:
    """Fetch the trade of two countries from a statistical service, as a ledger."""
    from tradetrack.cli import inputs
    from tradetrack.ledger.io import csv_text

    pair, wanted = f"{one}-{other}", inputs.years(years)
    with progress("fetch"):
        if service is opt.Service.comtrade:
            key = os.environ.get(opt.KEY) or None
            ledger = tt.sources.comtrade(
                pair, wanted, monthly=monthly, key=key, cache=cache or None
            )
        else:
            source = {"imf": "IMF_DATA", "eurostat": "ESTAT_COMEXT"}[service]
            ledger = tt.sources.sdmx(
                pair, wanted, source=source, monthly=monthly, cache=cache or None
            )
    publish(csv_text(ledger), output)
    tell(str(ledger))
    return 0


@command("explain horizon")
def explain(topic: opt.Topic = "") -> int:
    """Explain an error or a finding: its cause, and what to do."""
    from tradetrack.cli.catalogue import explanation

    text = explanation(topic)
    if topic and sys.stdout is not None and sys.stdout.isatty():
        from rich.console import Console
        from rich.markdown import Markdown

        Console().print(Markdown(text))
    else:
        publish(text)
    return 0


@command("schema tracking > tracking.schema.json")
def schema(which: opt.Which = opt.Schema.tracking) -> int:
    """Print the JSON Schema of a result."""
    from pydantic import TypeAdapter

    kinds: dict[opt.Schema, TypeAdapter[object]] = {
        opt.Schema.tracking: TypeAdapter(tt.Tracking),
        opt.Schema.backtest: TypeAdapter(tt.results.Backtest),
        opt.Schema.news: TypeAdapter(tt.results.News),
        opt.Schema.findings: TypeAdapter(tuple[tt.Finding, ...]),
    }
    described = kinds[which].json_schema(mode="serialization")
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    publish(json.dumps(dialect | described, indent=1, ensure_ascii=False) + "\n")
    return 0
