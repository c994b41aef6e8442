"""sensitivity(): which assumptions and which figures an answer leans on."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Literal

import numpy as np

from tradetrack._parallel import run
from tradetrack._typing import Array
from tradetrack.attainment.attainment import Attainment
from tradetrack.attainment.sentences import percent
from tradetrack.domain.goal import Goal
from tradetrack.domain.value import Report, Value
from tradetrack.errors import TradetrackError
from tradetrack.ledger.ledger import Ledger
from tradetrack.models.mixture import GrowthMixture
from tradetrack.models.regimes import Regimes
from tradetrack.tracking import track

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["prior", "reporter", "document"]

_WAYS = ("lasting steps", "persistent growth", "passing spells")  # the shares of a regime
_ALL_YEARS = 10_000
_SHOWN = 5


class WayOfGrowing(Value):
    """Regimes whose yearly changes are mostly of one kind.

    Attributes
    ----------
    name
        ``"lasting steps"``, ``"persistent growth"`` or ``"passing spells"``.
    prior, posterior
        Their weight before and after the figures.
    drift, volatility
        Mean growth a year and mean standard deviation of a yearly change, in logs, weighed by the
        posterior.
    """

    name: str
    prior: float
    posterior: float
    drift: float
    volatility: float

    def __str__(self) -> str:
        return (
            f"{percent(self.posterior)} of the weight on {self.name} around"
            f" {100 * np.expm1(self.drift):.0f} % growth a year, yearly changes of"
            f" {100 * self.volatility:.0f} % (before the figures {percent(self.prior)})"
        )


class Variant(Value):
    """The answer to one goal under another assumption, or without some figures.

    Attributes
    ----------
    kind, name
        What is different: a prior assumption, or the reporter or document that is left out.
    goal
        The goal.
    probability
        That it is met by its deadline, or by the horizon; None if it cannot be answered so.
    change
        That less the answer's own.
    error
        Monte-Carlo standard error of the change, as if the two were drawn independently.
    reason
        Why it cannot be answered; empty if it can.
    """

    kind: Kind
    name: str
    goal: str
    probability: float | None
    change: float | None
    error: float | None
    reason: str = ""


class Sensitivity(Report):
    """What `sensitivity` found.

    Attributes
    ----------
    ways
        Ways of growing, the heaviest first.
    attainments
        The answer itself, a goal each.
    variants
        The answer under each variant, a goal each.

    Examples
    --------
    >>> import tradetrack as tt
    >>> ledger = tt.datasets.kazakhstan_uzbekistan().select(reporter="UZ stat")
    >>> found = tt.sensitivity(ledger, tt.Goal(10, by=2030), n_paths=100, documents=False)
    >>> round(sum(way.posterior for way in found.ways), 6)
    1.0
    """

    schema_version: Literal["1"] = "1"
    ways: tuple[WayOfGrowing, ...]
    attainments: tuple[Attainment, ...]
    variants: tuple[Variant, ...]

    def to_frame(self) -> "pd.DataFrame":
        """One row a variant and goal, in the columns of `Variant`."""
        import pandas as pd

        return pd.DataFrame(
            [row.model_dump() for row in self.variants], columns=list(Variant.model_fields)
        )

    def __str__(self) -> str:
        lines = ["Most weight: " + "; ".join(map(str, self.ways)) + "."]
        for attainment in self.attainments:
            goal = str(attainment.goal)
            own = [row for row in self.variants if row.goal == goal and row.change is not None]
            strongest = sorted(own, key=lambda row: -abs(row.change or 0.0))[:_SHOWN]
            lines.append(f"{goal}: {percent(attainment.probability)}; it moves most with")
            lines += [
                f"  {100 * (row.change or 0.0):+.0f} points (± {100 * (row.error or 0.0):.0f}):"
                f" {row.name}{' left out' if row.kind != 'prior' else ''}"
                for row in strongest
            ]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class _Case:
    """Something else than the answer itself: another model or another ledger."""

    kind: Kind
    name: str
    ledger: Ledger
    model: GrowthMixture


@dataclass(frozen=True, slots=True)
class _Question:
    goals: tuple[Goal, ...]
    until: int
    n_paths: int
    seed: int


def sensitivity(
    ledger: Ledger,
    goals: Goal | Sequence[Goal],
    *,
    model: GrowthMixture | None = None,
    documents: bool = True,
    n_paths: int = 4_000,
    seed: int = 0,
    executor: Executor | None = None,
) -> Sensitivity:
    """Say what an answer leans on: ways of growing, prior assumptions, reporters, documents.

    The answer is given again under regimes weighed equally, under other memories and other reporter
    spreads, under a prior learned up to 2013, and without each reporter and each document.

    Parameters
    ----------
    ledger, goals, n_paths, seed
        As in `tradetrack.track`; cut the ledger with `Ledger.as_of` to ask as of a day.
    model
        The growth mixture whose assumptions are varied; the shipped one by default.
    documents
        Whether to leave out each document, one after another: some 50 of the shipped ledger.
    executor
        As in `tradetrack.track_panel`.

    Raises
    ------
    TradetrackError
        As `tradetrack.track` does, if the answer itself cannot be given. A variant that cannot be
        answered says why in its row.

    Examples
    --------
    >>> import tradetrack as tt
    >>> ledger = tt.datasets.kazakhstan_uzbekistan().select(reporter="UZ stat")
    >>> found = tt.sensitivity(ledger, tt.Goal(10, by=2030), n_paths=100, documents=False)
    >>> {row.kind for row in found.variants} == {"prior", "reporter"}
    True
    """
    own = model or GrowthMixture()
    tracking = track(ledger, goals, model=own, n_paths=n_paths, seed=seed)
    asked = tuple(attainment.goal for attainment in tracking.attainments)
    question = _Question(asked, tracking.attainments[0].horizon, n_paths, seed)
    cases = [*_priors(ledger, own), *_left_out(ledger, own, "reporter")]
    if documents:
        cases += _left_out(ledger, own, "document")
    answers = run(partial(_answer, question), cases, executor)
    variants = [
        _variant(case, base, said)
        for case, answer in zip(cases, answers, strict=True)
        for base, said in zip(tracking.attainments, answer, strict=True)
    ]
    pair = asked[0].series.pair if asked[0].series else None
    weights = own.fit(ledger.select(pair=pair)).regime_weights
    return Sensitivity(
        ways=_ways(own.regimes, np.array(weights)),
        attainments=tracking.attainments,
        variants=tuple(variants),
    )


def _priors(ledger: Ledger, model: GrowthMixture) -> Iterator[_Case]:
    reporting = model.reporting
    spreads = (reporting.reporter_spread, reporting.reporter_year_spread)
    equal = Regimes.from_table(model.regimes.table(), np.ones(len(model.regimes)))
    half, twice = (
        replace(reporting, reporter_spread=k * spreads[0], reporter_year_spread=k * spreads[1])
        for k in (0.5, 2.0)
    )
    variants = {
        "all regimes weighed equally before the figures": replace(model, regimes=equal),
        "a prior learned from years up to 2013": replace(model, regimes=Regimes.known_by(2014)),
        "regimes weighed by five years of figures": replace(model, memory=5),
        "regimes weighed by all years of figures": replace(model, memory=_ALL_YEARS),
        "reporters differ half as much": replace(model, reporting=half),
        "reporters differ twice as much": replace(model, reporting=twice),
        "figures are twice as noisy": replace(
            model, reporting=replace(reporting, noise=2.0 * reporting.noise)
        ),
    }
    for name, changed in variants.items():
        yield _Case("prior", name, ledger, changed)


def _left_out(
    ledger: Ledger, model: GrowthMixture, kind: Literal["reporter", "document"]
) -> Iterator[_Case]:
    counting = ledger.current
    for name in sorted({getattr(row, kind) for row in counting} - {""}):
        kept = Ledger(row for row in ledger if getattr(row, kind) != name)
        yield _Case(kind, name, kept, model)


def _answer(question: _Question, case: _Case) -> tuple[Attainment | str, ...]:
    """Answer every goal, or say why not."""
    try:
        return track(
            case.ledger,
            question.goals,
            until=question.until,
            model=case.model,
            n_paths=question.n_paths,
            seed=question.seed,
        ).attainments
    except TradetrackError as error:
        return (str(error),) * len(question.goals)


def _variant(case: _Case, base: Attainment, said: Attainment | str) -> Variant:
    goal = str(base.goal)
    if isinstance(said, str):
        return Variant(
            kind=case.kind,
            name=case.name,
            goal=goal,
            probability=None,
            change=None,
            error=None,
            reason=said,
        )
    return Variant(
        kind=case.kind,
        name=case.name,
        goal=goal,
        probability=said.probability,
        change=said.probability - base.probability,
        error=float(np.hypot(said.monte_carlo_error, base.monte_carlo_error)),
    )


def _ways(regimes: Regimes, weights: Array) -> tuple[WayOfGrowing, ...]:
    """Sort regimes by what most of their yearly variance is due to."""
    table, prior = regimes.table(), np.array(regimes.weights)
    kind = table[:, 1:4].argmax(axis=1)
    ways = []
    for number, name in enumerate(_WAYS):
        own = kind == number
        share = weights * own
        if own.any():
            mean = share / max(share.sum(), np.finfo(float).tiny)
            ways.append(
                WayOfGrowing(
                    name=name,
                    prior=float(prior[own].sum()),
                    posterior=float(share.sum()),
                    drift=float(mean @ table[:, 6]),
                    volatility=float(mean @ table[:, 0]),
                )
            )
    return tuple(sorted(ways, key=lambda way: -way.posterior))
