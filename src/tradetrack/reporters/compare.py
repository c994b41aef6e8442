"""by_reporter(): the same goal by the consensus and by every reporter, side by side."""

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, model_validator

from tradetrack._format import html_table, percent, three_digits, with_unit
from tradetrack._parallel import one_blas_thread
from tradetrack._version import __version__
from tradetrack.attainment.attainment import Attainment
from tradetrack.domain.goal import CONSENSUS, Goal
from tradetrack.domain.value import AtLeastOne, Count, Report, Value, require
from tradetrack.ledger.ledger import Ledger
from tradetrack.models.paths import Model
from tradetrack.reporters.resolution import Resolution, Vintage, resolve
from tradetrack.simulation import Simulation, known_and_wanted, listed, simulate
from tradetrack.tracking import attainments

if TYPE_CHECKING:
    import pandas as pd

Agreement = Literal["met", "not met", "open", "disputed"]


class Judgement(Value):
    """One goal by one count of figures.

    Attributes
    ----------
    attainment
        When it is met, given all figures; its goal says by whose figures.
    first, latest
        What the reporter's documents say, as first released and as last revised; None if it printed
        no total of twelve months, and for the consensus, which has no documents.
    agreed
        For the consensus: what those reporters whose latest figures decide agree on.
    """

    attainment: Attainment
    first: Resolution | None = None
    latest: Resolution | None = None
    agreed: Agreement | None = None

    @model_validator(mode="after")
    def _sound(self) -> Self:
        for found in (self.first, self.latest):
            require(
                true=found is None or self.reporter != CONSENSUS,
                otherwise="the consensus has no documents to judge by",
            )
        require(
            true=self.agreed is None or self.reporter == CONSENSUS,
            otherwise=f"{self.reporter} alone cannot agree or dispute",
        )
        return self

    @property
    def reporter(self) -> str:
        """``"consensus"`` or the reporter."""
        return self.attainment.goal.reporter

    @property
    def probability(self) -> float:
        """That the true flow, as this reporter measures it, met the goal by its deadline.

        Without a deadline, by the horizon.
        """
        return self.attainment.probability


class ByReporter(Report):
    """What `by_reporter` found.

    Attributes
    ----------
    schema_version, version
        Of this result's layout and of the library.
    as_of
        Day whose knowledge it has.
    seed, n_paths
        What the draws were made with.
    ledger_digest
        Digest of the ledger as of that day.
    judgements
        For each goal the consensus first, then the reporters in order.

    Examples
    --------
    >>> import tradetrack as tt
    >>> found = tt.by_reporter(
    ...     tt.datasets.kazakhstan_uzbekistan(), tt.Goal(5, by=2022), n_paths=100)
    >>> found.judgements[0].reporter, found.judgements[0].agreed
    ('consensus', 'disputed')
    """

    schema_version: Literal["1"] = "1"
    version: str
    as_of: dt.date
    seed: Count
    n_paths: AtLeastOne
    ledger_digest: str
    judgements: Annotated[tuple[Judgement, ...], Field(min_length=1)]

    def to_frame(self) -> "pd.DataFrame":
        """Return one row per goal and reporter: goal, reporter, probability, first, latest."""
        import pandas as pd

        rows = [
            {
                "goal": str(row.attainment.goal),
                "reporter": row.reporter,
                "probability": row.probability,
                "first": row.first.verdict if row.first else row.agreed,
                "latest": row.latest.verdict if row.latest else row.agreed,
            }
            for row in self.judgements
        ]
        return pd.DataFrame(rows)

    def _repr_html_(self) -> str:
        rows = [
            (
                str(row.attainment.goal),
                row.reporter,
                percent(row.probability),
                row.first.verdict if row.first else row.agreed or "",
                row.latest.verdict if row.latest else row.agreed or "",
            )
            for row in self.judgements
        ]
        heads = "goal", "reporter", "probability", "as first released", "as last revised"
        return html_table(f"By whose figures goals are met, as of {self.as_of}", heads, rows)

    def __str__(self) -> str:
        return "\n".join(map(_line, self.judgements))


@one_blas_thread
def by_reporter(
    ledger: Ledger,
    goals: Goal | Sequence[Goal],
    *,
    as_of: str | dt.date | None = None,
    horizon: int | None = None,
    model: Model | None = None,
    n_paths: int = 10_000,
    seed: int = 0,
) -> ByReporter:
    """Track goals by the consensus and by each reporter, with the verdict of each one's documents.

    The probability is that of the flow given *all* figures, as the reporter would measure it; the
    verdicts are what its documents say, as first released and as last revised.

    Parameters
    ----------
    ledger, goals, as_of, horizon, model, n_paths, seed
        As in `tradetrack.track`, whose numbers these are. The reporter that a goal names is
        ignored.

    Raises
    ------
    GoalError
        As `tradetrack.track` does.

    Examples
    --------
    >>> import tradetrack as tt
    >>> ledger = tt.datasets.kazakhstan_uzbekistan()
    >>> frame = tt.by_reporter(ledger, tt.Goal(5, by=2022), n_paths=100).to_frame()
    >>> frame["reporter"].tolist()[0]
    'consensus'
    """
    drawn = simulate_reporters(
        ledger, goals, as_of=as_of, horizon=horizon, model=model, n_paths=n_paths, seed=seed
    )
    return compare(drawn)


def simulate_reporters(
    ledger: Ledger,
    goals: Goal | Sequence[Goal],
    *,
    as_of: str | dt.date | None = None,
    horizon: int | None = None,
    model: Model | None = None,
    n_paths: int = 10_000,
    seed: int = 0,
) -> Simulation:
    """Draw the paths of `track`, with the effects of every reporter; parameters of `by_reporter`.

    Of each goal the consensus comes first, then the reporters in order.
    """
    requested = [_by(goal, CONSENSUS) for goal in listed(goals)]
    known, wanted = known_and_wanted(ledger, requested, as_of)
    everyone = [
        _by(goal, reporter) for goal in wanted for reporter in (CONSENSUS, *known.current.reporters)
    ]
    return simulate(
        known, everyone, as_of=as_of, horizon=horizon, model=model, n_paths=n_paths, seed=seed
    )


def compare(simulation: Simulation) -> ByReporter:
    """Judge the goals of a simulation, one by one."""
    known, judgements = simulation.ledger, []
    printed: dict[Goal, tuple[Resolution, ...]] = {}  # what every reporter's documents say
    for found in attainments(simulation):
        goal = _by(found.goal, CONSENSUS)
        if goal not in printed:
            printed[goal] = resolve(known, goal)
        judgements.append(_judgement(found, printed[goal]))
    return ByReporter(
        version=__version__,
        as_of=simulation.as_of,
        seed=simulation.seed,
        n_paths=simulation.paths.n_paths,
        ledger_digest=known.digest,
        judgements=tuple(judgements),
    )


def _by(goal: Goal, reporter: str) -> Goal:
    return goal.model_copy(update={"reporter": reporter})


def _judgement(attainment: Attainment, printed: Sequence[Resolution]) -> Judgement:
    reporter = attainment.goal.reporter
    if reporter == CONSENSUS:
        decided = {row.verdict for row in printed if row.vintage == "latest"} - {"open"}
        agreed: Agreement = "open"
        if decided:
            agreed = "disputed" if len(decided) > 1 else "met" if "met" in decided else "not met"
        return Judgement(attainment=attainment, agreed=agreed)
    own: dict[Vintage, Resolution] = {
        row.vintage: row.model_copy(update={"goal": attainment.goal})
        for row in printed
        if row.reporter == reporter
    }
    return Judgement(attainment=attainment, first=own.get("first"), latest=own.get("latest"))


def _line(row: Judgement) -> str:
    goal, chance = row.attainment.goal, percent(row.probability)
    if row.agreed is not None:
        return f"{goal}, consensus: {chance}; the reporters' figures: {row.agreed}"
    start = f"{goal}, figures of {row.reporter}: {chance}"
    resolutions = [found for found in (row.first, row.latest) if found is not None]
    if not resolutions:
        return f"{start}; no such total printed"
    verdicts = ", ".join(f"{found.vintage} {found.verdict}" for found in resolutions)
    evidence = resolutions[-1].evidence
    if evidence is None or goal.series is None:
        return f"{start}; printed: {verdicts}"
    number = with_unit(three_digits(evidence.total), goal.series.unit)
    return f"{start}; printed: {verdicts} ({number} in {evidence.window.words})"
