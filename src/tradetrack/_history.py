"""history(): what would have been said of goals on each of several dates, and what moved it."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, model_validator

from tradetrack._checks import check_kind
from tradetrack._format import html_table, percent, points, table, three_digits, with_unit
from tradetrack._news.decompose import effects_in_order
from tradetrack._news.results import STILL
from tradetrack._parallel import one_blas_thread
from tradetrack._version import __version__
from tradetrack.attainment.attainment import Headline, Reached
from tradetrack.domain.goal import Goal
from tradetrack.domain.observation import last_day
from tradetrack.domain.value import AtLeastOne, Count, Report, Value, require
from tradetrack.errors import ImpossibleFigureError, InputError
from tradetrack.ledger.ledger import Ledger
from tradetrack.models.mixture import FittedMixture
from tradetrack.models.paths import Model
from tradetrack.simulation import (
    Simulation,
    check_numbers,
    known_and_wanted,
    series_of,
    simulate,
)
from tradetrack.tracking import attainments

if TYPE_CHECKING:
    import pandas as pd

_COLUMNS = (
    "as_of",
    "goal",
    "probability",
    "monte_carlo_error",
    "median",
    "latest_year",
    "latest",
    "release",
    "effect",
    "reason",
)


class Mover(Value):
    """The release that moved a goal's probability most between two dates.

    Attributes
    ----------
    published, reporter, document
        What makes it one release.
    revision
        Whether its figures had been printed before.
    effect
        What it changed in the probability when it came, after the releases before it: by the
        decomposition of `tradetrack.news`, to first order and on the terms of the later date.
    """

    published: str
    reporter: str
    document: str
    revision: bool
    effect: float

    def __str__(self) -> str:
        again = ", revised" if self.revision else ""
        who = self.reporter or "unknown"
        return f"{who}, {self.published}{again} ({points(self.effect)} points)"


class Said(Value):
    """What would have been said on one date.

    Attributes
    ----------
    as_of
        The date.
    ledger_digest
        Digest of the ledger as of that date; dates between which nothing came out have the same.
    headlines
        For each goal what ``track(ledger, goals, as_of=...)`` says; empty if nothing could be said.
    movers
        For each goal the release that moved it most since the date before; None if none moved it by
        half a point, or the method cannot tell.
    reason
        Why nothing could be said; empty if something was.
    """

    as_of: dt.date
    ledger_digest: str
    headlines: tuple[Headline, ...]
    movers: tuple[Mover | None, ...]
    reason: str = ""

    @model_validator(mode="after")
    def _sound(self) -> Self:
        require(
            true=bool(self.headlines) != bool(self.reason)
            and len(self.movers) == len(self.headlines),
            otherwise=f"the date {self.as_of} has neither an answer nor a reason, or both",
        )
        return self


class History(Report):
    """What `history` found.

    Attributes
    ----------
    schema_version, version
        Of this result's layout and of the library.
    goals
        The goals, each with its series filled in.
    dates
        What would have been said on each date, in order.
    seed, n_paths
        What the draws were made with.
    ledger_digest
        Digest of the ledger as of the last date.

    Examples
    --------
    >>> import tradetrack as tt
    >>> ledger = tt.datasets.kazakhstan_uzbekistan()
    >>> past = tt.history(ledger, tt.Goal(10, by=2030), ["2025-06", "2025-12"], n_paths=200)
    >>> [said.headlines[0].latest.year for said in past.dates]
    [2024, 2024]
    """

    schema_version: Literal["1"] = "1"
    version: str
    goals: Annotated[tuple[Goal, ...], Field(min_length=1)]
    dates: Annotated[tuple[Said, ...], Field(min_length=1)]
    seed: Count
    n_paths: AtLeastOne
    ledger_digest: str

    @model_validator(mode="after")
    def _sound(self) -> Self:
        days = [said.as_of for said in self.dates]
        require(true=days == sorted(set(days)), otherwise="the dates are not in order, each once")
        n = len(self.goals)
        require(
            true=all(len(said.headlines) in (0, n) for said in self.dates),
            otherwise="a date has not one answer for each goal",
        )
        return self

    def __iter__(self) -> Iterator[Said]:  # type: ignore[override]  # pydantic's: the fields
        return iter(self.dates)

    def __len__(self) -> int:
        return len(self.dates)

    def to_frame(self) -> "pd.DataFrame":
        """Return one row per date and goal.

        Columns: ``as_of, goal, probability, monte_carlo_error, median, latest_year, latest,
        release, effect, reason``. The median is missing where it is not within the horizon;
        ``latest`` is the median total of the last complete year. Where nothing could be said all
        but the reason is missing.
        """
        import pandas as pd

        rows = [_row(goal, i, said) for said in self.dates for i, goal in enumerate(self.goals)]
        frame = pd.DataFrame(rows, columns=list(_COLUMNS))
        return frame.astype({"median": "Int64", "latest_year": "Int64"})

    def _repr_html_(self) -> str:
        rows = [
            (str(goal), *_cells(goal, i, said))
            for i, goal in enumerate(self.goals)
            for said in self.dates
        ]
        heads = "goal", "as of", "chance", "median", "latest total", "moved most by"
        return html_table("What would have been said", heads, rows)

    def __str__(self) -> str:
        heads = "as of", "chance", "median", "latest total", "moved most by"
        blocks = []
        for i, goal in enumerate(self.goals):
            rows = [_cells(goal, i, said) for said in self.dates]
            blocks.append(f"{series_of(goal).words}, {goal}:\n{table(rows, heads, (0, 4))}")
        return "\n".join(blocks)


def _row(goal: Goal, position: int, said: Said) -> dict[str, object]:
    row: dict[str, object] = {"as_of": said.as_of, "goal": str(goal), "reason": said.reason}
    if not said.headlines:
        return row
    found, mover = said.headlines[position], said.movers[position]
    row |= {
        "probability": found.probability,
        "monte_carlo_error": found.monte_carlo_error,
        "median": found.median.year if isinstance(found.median, Reached) else None,
    }
    if found.latest is not None:
        row |= {"latest_year": found.latest.year, "latest": found.latest.total}
    if mover is not None:
        row |= {"release": f"{mover.reporter}, {mover.published}", "effect": mover.effect}
    return row


def _cells(goal: Goal, position: int, said: Said) -> tuple[str, ...]:
    day = said.as_of.isoformat()
    if not said.headlines:
        return day, "", "", "", said.reason
    found, mover = said.headlines[position], said.movers[position]
    latest = found.latest
    total = ""
    if latest is not None:
        amount = with_unit(three_digits(latest.total), series_of(goal).unit)
        total = f"{amount} in {latest.year}"
    return day, percent(found.probability), str(found.median), total, str(mover or "")


@one_blas_thread
def history(
    ledger: Ledger,
    goals: Goal | Sequence[Goal],
    dates: Sequence[str | dt.date],
    *,
    horizon: int | None = None,
    model: Model | None = None,
    n_paths: int = 10_000,
    seed: int = 0,
) -> History:
    """Say what would have been said of goals on each date, from what had been published by then.

    On each date it is exactly what ``track(ledger, goals, as_of=date)`` says: the same draws, the
    same number. The release that moved a goal most between two dates is named, if the model is a
    growth mixture.

    Parameters
    ----------
    ledger
        What was printed. All goals must be about one pair.
    goals
        One goal or several; the ledger must be able to answer them on the last date.
    dates
        Days, or months of which the last day counts; in rising order, each once. A date on which
        nothing could be said has a row that says why.
    horizon, model, n_paths, seed
        As in `tradetrack.track`.

    Raises
    ------
    GoalError
        As `tradetrack.track` does on the last date.
    InputError
        If the dates are not in rising order, or nothing could be said on any of them.

    Examples
    --------
    >>> import tradetrack as tt
    >>> ledger, goal = tt.datasets.kazakhstan_uzbekistan(), tt.Goal(10, by=2030)
    >>> past = tt.history(ledger, goal, ["2024-12-31", "2025-10-31"], n_paths=200)
    >>> then = tt.track(ledger, goal, as_of="2024-12-31", n_paths=200)
    >>> past.dates[0].headlines[0] == then[0].headline
    True
    """
    check_numbers(horizon, n_paths, seed)
    days = _rising(dates)
    known, wanted = known_and_wanted(ledger, goals, days[-1])

    def drawn(day: dt.date) -> Simulation:
        return simulate(
            known, wanted, as_of=day, horizon=horizon, model=model, n_paths=n_paths, seed=seed
        )

    return _told(known, wanted, days, drawn, n_paths, seed)


@one_blas_thread
def history_of(
    now: Simulation, dates: Sequence[str | dt.date], *, horizon: int | None = None
) -> History:
    """Tell the history of a simulation that is drawn already: the same, to the bit, as `history`.

    Parameters
    ----------
    now
        The paths behind the answer of today, by a growth mixture; dates from the last
        release on have its answer. It may have been drawn with more reporters than its goals count;
        then ask ``drawn.about(goals)``.
    dates
        As in `history`.
    horizon
        What ``now`` was drawn with.

    Raises
    ------
    InputError
        As `history` does.
    """
    days = _rising(dates)

    def drawn(day: dt.date) -> Simulation:
        if now.ledger.as_of(day).digest == now.ledger.digest:
            return replace(now, as_of=day)
        return simulate(
            now.ledger,
            now.goals,
            as_of=day,
            horizon=horizon,
            n_paths=now.paths.n_paths,
            seed=now.seed,
        )

    known = now.ledger.as_of(days[-1])
    return _told(known, now.goals, days, drawn, now.paths.n_paths, now.seed)


def _told(
    known: Ledger,
    wanted: tuple[Goal, ...],
    days: Sequence[dt.date],
    draw: Callable[[dt.date], Simulation],
    n_paths: int,
    seed: int,
) -> History:
    found: list[Said] = []
    last: Simulation | None = None
    for day in days:
        digest = known.as_of(day).digest
        if last is not None and found[-1].ledger_digest == digest:
            still = (None,) * len(wanted)
            found.append(found[-1].model_copy(update={"as_of": day, "movers": still}))
            continue
        try:
            drawn = draw(day)
        except (InputError, ImpossibleFigureError) as error:
            found.append(_unanswered(day, digest, error))
            continue
        movers = _movers(last, drawn)
        headlines = tuple(one.headline for one in attainments(drawn))
        found.append(Said(as_of=day, ledger_digest=digest, headlines=headlines, movers=movers))
        last = drawn
    if last is None:
        raise InputError(
            f"nothing could be said on any of the dates; on {days[-1]}: {found[-1].reason}",
            topic="history",
        )
    return History(
        version=__version__,
        goals=wanted,
        dates=tuple(found),
        seed=seed,
        n_paths=n_paths,
        ledger_digest=known.digest,
    )


def _unanswered(day: dt.date, digest: str, error: Exception) -> Said:
    reason = str(error).partition("\n")[0]
    return Said(as_of=day, ledger_digest=digest, headlines=(), movers=(), reason=reason)


def _rising(dates: Sequence[str | dt.date]) -> list[dt.date]:
    if isinstance(dates, str | dt.date):
        dates = [dates]
    check_kind("dates", dates, Sequence, "pass a list of dates, such as ['2024-12', '2025-06']")
    if not dates:
        raise InputError(
            "there is no date; pass some, such as ['2024-12', '2025-06']", topic="history"
        )
    days = [last_day(date) for date in dates]
    for earlier, later, one, other in zip(days, days[1:], dates, dates[1:], strict=False):
        if later <= earlier:
            said = "is the same day as" if later == earlier else "is before"
            raise InputError(
                f"the date {other} {said} {one}, which it follows; write the dates in rising"
                " order, each once",
                topic="history",
            )
    return days


def _movers(then: Simulation | None, now: Simulation) -> tuple[Mover | None, ...]:
    """Name the release that moved each goal most, if one did by half a point."""
    found: list[Mover | None] = [None] * len(now.goals)
    if then is None or not isinstance(now.fitted, FittedMixture):
        return tuple(found)
    try:
        effects = effects_in_order(then, now)
    except InputError:  # no level would be known without some release
        return tuple(found)
    for i in range(len(now.goals)):
        moved = [(float(change[i]), release) for release, change in effects]
        effect, release = max(moved, key=lambda one: abs(one[0]), default=(0.0, None))
        if release is not None and abs(effect) >= STILL:
            found[i] = Mover(
                published=release.published,
                reporter=release.reporter,
                document=release.document,
                revision=release.revision,
                effect=effect,
            )
    return tuple(found)
