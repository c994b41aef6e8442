"""What each command does: a few lines over one function of the library."""

import datetime as dt
import json
import sys
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from pathlib import Path

from pydantic import BaseModel

import tradetrack as tt
from tradetrack.cli.catalogue import entry, listed
from tradetrack.cli.inputs import name, parse_ledger, read_goals, read_ledger, read_table
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
)
from tradetrack.cli.outputs import Findings, answer, as_csv, publish, rows_frame, verdict
from tradetrack.cli.progress import Counted, progress
from tradetrack.cli.telling import BAD_INPUT, pointer, tell
from tradetrack.domain.window import last_complete_year

_LATELY = dt.timedelta(days=92)  # of news in a report
_RECENT = 8  # years of origins, unless dates are given
_PATHS, _BACKTEST_PATHS = 10_000, 2_000  # as in the library
_MODELS: dict[Schema, type[BaseModel]] = {
    Schema.tracking: tt.Tracking,
    Schema.backtest: tt.results.Backtest,
    Schema.news: tt.results.News,
    Schema.findings: Findings,
}


def track(source: Source, asked: Asked, draws: Draws, wanted: Judged) -> int:
    """Track the goals of a ledger."""
    ledger = read_ledger(source.ledger)
    tracking = _track(ledger, read_goals(asked, source, ledger), source, draws)
    answer(tracking, wanted)
    return verdict(tracking.findings, "finding", strict=wanted.strict)


def check(source: Source, wanted: Judged) -> int:
    """List bad rows; if there are none, audit the ledger."""
    reading = parse_ledger(source.ledger)
    for row in reading.rejected:
        tell(f"{name(source.ledger)}: {row} {pointer(row.topic)}")
    if reading.rejected:
        return BAD_INPUT
    ledger = reading.ledger.as_of(source.as_of) if source.as_of else reading.ledger
    findings = Findings(tt.audit(ledger))
    answer(findings, wanted)
    return verdict(findings.root, "finding", strict=wanted.strict)


def backtest(source: Source, asked: Asked, past: Past, draws: Replays, wanted: Judged) -> int:
    """Score what would have been said at past dates."""
    ledger = read_ledger(source.ledger)
    goals = read_goals(asked, source, ledger)
    if source.as_of:
        ledger = ledger.as_of(source.as_of)
    origins = past.origin or _origins(ledger)
    with progress("going back", len(origins)) as tick:
        result = tt.backtest(
            ledger,
            goals,
            origins,
            models={"growth mixture": Counted(tt.GrowthMixture(), tick)},
            last_year=draws.last_year,
            n_paths=_BACKTEST_PATHS if draws.paths is None else draws.paths,
            seed=draws.seed,
        )
    answer(result, wanted)
    return verdict(result.failures, "failure", strict=wanted.strict)


def news(source: Source, since: Since, asked: Asked, horizon: Horizon, wanted: Answer) -> int:
    """Say what each release changed."""
    ledger = read_ledger(source.ledger)
    goals = read_goals(asked, source, ledger)
    with progress("weighing the releases"):
        result = tt.news(
            ledger,
            goals,
            since=since.since,
            as_of=source.as_of or None,
            horizon=horizon.horizon,
            seed=horizon.seed,
        )
    answer(result, wanted)
    return 0


def report(source: Source, asked: Asked, lately: Lately, draws: Draws, place: Place) -> int:
    """Write the report page."""
    ledger = read_ledger(source.ledger)
    goals = read_goals(asked, source, ledger)
    if source.as_of:
        ledger = ledger.as_of(source.as_of)
    with progress("writing the report"):
        tracking = _track(ledger, goals, source, draws)
        whose = tt.by_reporter(ledger, goals, as_of=source.as_of or None, seed=draws.seed)
        changed = _changed(ledger, goals, lately.since or tracking.as_of - _LATELY, tracking)
        page = tt.report_html(tracking, ledger, whose=whose, news=changed)
    publish(page, place.output)
    return 0


def panel(tables: Tables, place: Place) -> int:
    """Track a panel."""
    values = read_table(tables.values)
    goals = read_table(tables.goals)
    to_parquet = Path(place.output).suffix.casefold() == ".parquet"
    with ProcessPoolExecutor(tables.jobs) if tables.jobs > 1 else nullcontext() as executor:
        result = tt.track_panel(
            values,
            goals,
            horizon=tables.horizon,
            n_paths=tables.paths,
            seed=tables.seed,
            executor=executor,
            progress=sys.stderr.isatty(),
            sink=place.output if to_parquet else None,
        )
    if not to_parquet:
        publish(as_csv(result.to_frame()), place.output)
    if tables.failures:
        publish(as_csv(rows_frame(result.failures, tt.results.Failure)), tables.failures)
    tell(str(result))
    return verdict(result.failures, "failure", strict=tables.strict)


def schema(which: Schema) -> int:
    """Print a JSON Schema."""
    described = _MODELS[which].model_json_schema(mode="serialization")
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    publish(json.dumps(dialect | described, indent=1, ensure_ascii=False) + "\n", "")
    return 0


def explain(topic: str) -> int:
    """Print an entry of the catalogue of errors, or list them."""
    if topic and sys.stdout.isatty():
        from rich.console import Console
        from rich.markdown import Markdown

        Console().print(Markdown(entry(topic)))
    else:
        publish(entry(topic) if topic else listed(), "")
    return 0


def _track(ledger: tt.Ledger, goals: list[tt.Goal], source: Source, draws: Draws) -> tt.Tracking:
    return tt.track(
        ledger,
        goals,
        as_of=source.as_of or None,
        horizon=draws.horizon,
        n_paths=_PATHS if draws.paths is None else draws.paths,
        seed=draws.seed,
    )


def _changed(
    ledger: tt.Ledger, goals: list[tt.Goal], since: str | dt.date, tracking: tt.Tracking
) -> tt.results.News | None:
    """Return the news since a day; None if nothing was known by a day that nobody asked for."""
    try:
        return tt.news(ledger, goals, since=since, as_of=tracking.as_of, seed=tracking.seed)
    except tt.InputError:
        if isinstance(since, str):
            raise
        return None


def _origins(ledger: tt.Ledger) -> list[str]:
    """Return the ends of the last years, up to the one before the last complete year."""
    if not len(ledger.current):
        raise tt.InputError(
            "the ledger has no figures that count; add at least one level", topic="empty-ledger"
        )
    last_complete = last_complete_year(ledger.current.last_month)
    return [f"{year}-12-31" for year in range(last_complete - _RECENT, last_complete)]
