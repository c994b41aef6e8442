"""sensitivity(): on which assumptions and figures an answer depends."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from tradetrack._checks import check_kind
from tradetrack._format import html_table, percent
from tradetrack._parallel import one_blas_thread, run
from tradetrack._typing import Array
from tradetrack.attainment.attainment import Attainment
from tradetrack.domain.goal import Goal
from tradetrack.domain.value import NonNegative, Probability, Report, Value, require, sums_to_one
from tradetrack.errors import TradetrackError
from tradetrack.ledger.ledger import Ledger
from tradetrack.models.mixture import GrowthMixture
from tradetrack.models.paths import Model, check_models
from tradetrack.models.regimes import Regimes
from tradetrack.simulation import simulate_to
from tradetrack.tracking import attainments, track

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["prior", "reporter", "document"]

_GROUPS = (
    "permanent shocks",
    "persistent growth",
    "transitory shocks",
)  # shares of a regime's variance
_ALL_YEARS = 10_000
_SHOWN = 5


class RegimeGroup(Value):
    """The regimes whose yearly variance is mostly of one kind.

    Attributes
    ----------
    name
        ``"permanent shocks"``, ``"persistent growth"`` or ``"transitory shocks"``.
    prior, posterior
        Their weight before and after the figures.
    drift, volatility
        Posterior means of the yearly growth and of the standard deviation of a yearly change,
        in logs.
    """

    name: str
    prior: Probability
    posterior: Probability
    drift: float
    volatility: NonNegative

    def __str__(self) -> str:
        return (
            f"{percent(self.posterior)} of the weight on {self.name} around"
            f" {100 * np.expm1(self.drift):.0f} % growth per year, yearly changes of"
            f" {100 * self.volatility:.0f} % (prior {percent(self.prior)})"
        )


class Variant(Value):
    """The answer to one goal under another assumption, or without some figures.

    Attributes
    ----------
    kind, name
        What differs: a prior assumption, or the reporter or document that is left out.
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
    probability: Probability | None
    change: float | None
    error: NonNegative | None
    reason: str = ""

    @model_validator(mode="after")
    def _answered_or_not(self) -> Self:
        missing = {number is None for number in (self.probability, self.change, self.error)}
        require(
            true=missing == {bool(self.reason)},
            otherwise=f"{self.name} has either the numbers of its answer, or a reason why not",
        )
        return self


class Sensitivity(Report):
    """What `sensitivity` found.

    Attributes
    ----------
    groups
        Groups of regimes, the most likely first.
    attainments
        The answer itself, one per goal.
    variants
        The answer under each variant, one per goal.

    Examples
    --------
    >>> import tradetrack as tt
    >>> ledger = tt.datasets.kazakhstan_uzbekistan().select(reporter="UZ stat")
    >>> found = tt.sensitivity(ledger, tt.Goal(10, by=2030), n_paths=100, documents=False)
    >>> round(sum(group.posterior for group in found.groups), 6)
    1.0
    """

    schema_version: Literal["1"] = "1"
    groups: tuple[RegimeGroup, ...]
    attainments: Annotated[tuple[Attainment, ...], Field(min_length=1)]
    variants: tuple[Variant, ...]

    @model_validator(mode="after")
    def _sound(self) -> Self:
        for weight in ("prior", "posterior"):
            require(
                true=sums_to_one([getattr(group, weight) for group in self.groups]),
                otherwise=f"the {weight} weights do not sum to 1",
            )
        goals = {str(found.goal) for found in self.attainments}
        others = sorted({row.goal for row in self.variants} - goals)
        require(true=not others, otherwise=f"{others[:1]} is not one of the goals")
        return self

    def to_frame(self) -> "pd.DataFrame":
        """Return one row per variant and goal, with the columns of `Variant`."""
        import pandas as pd

        return pd.DataFrame(
            [row.model_dump() for row in self.variants], columns=list(Variant.model_fields)
        )

    def _repr_html_(self) -> str:
        rows = [
            (
                row.goal,
                row.kind,
                row.name,
                row.reason if row.probability is None else percent(row.probability),
                "" if row.change is None else f"{100 * row.change:+.0f}",
                "" if row.error is None else f"{100 * row.error:.0f}",
            )
            for row in self.variants
        ]
        heads = "goal", "kind", "variant", "probability", "change, points", "error, points"
        return html_table("On which assumptions and figures the answer depends", heads, rows)

    def __str__(self) -> str:
        lines = ["Most weight: " + "; ".join(map(str, self.groups)) + "."]
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
    """One variant: another model or another ledger."""

    kind: Kind
    name: str
    ledger: Ledger
    model: Model


@dataclass(frozen=True, slots=True)
class _Question:
    goals: tuple[Goal, ...]
    last_year: int
    n_paths: int
    seed: int


def alternatives_to(model: GrowthMixture) -> dict[str, Model]:
    """Return variants of a growth mixture under other prior assumptions, by name.

    Regimes weighed equally, learned up to 2013, or weighed by fewer or more years of figures;
    reporters that differ half or twice as much; all figures taken as printed; figures
    twice as noisy.
    """
    reporting = model.reporting
    spreads = (reporting.reporter_spread, reporting.reporter_year_spread)
    equal = Regimes.from_table(model.regimes.table(), np.ones(len(model.regimes)))
    half, twice = (
        replace(reporting, reporter_spread=k * spreads[0], reporter_year_spread=k * spreads[1])
        for k in (0.5, 2.0)
    )
    return {
        "equal prior weights of the regimes": replace(model, regimes=equal),
        "regimes learned from years up to 2013": replace(model, regimes=Regimes.known_by(2014)),
        "five years of figures weigh the regimes": replace(model, memory=5),
        "all years of figures weigh the regimes": replace(model, memory=_ALL_YEARS),
        "reporters differ half as much": replace(model, reporting=half),
        "reporters differ twice as much": replace(model, reporting=twice),
        "all figures taken as printed": replace(model, misprints=None),
        "figures are twice as noisy": replace(
            model, reporting=replace(reporting, noise=2.0 * reporting.noise)
        ),
    }


@one_blas_thread
def sensitivity(  # noqa: PLR0913  what to vary and where to run are not of the question
    ledger: Ledger,
    goals: Goal | Sequence[Goal],
    *,
    model: GrowthMixture | None = None,
    alternatives: Mapping[str, Model] | None = None,
    documents: bool = True,
    n_paths: int = 4_000,
    seed: int = 0,
    executor: Executor | None = None,
) -> Sensitivity:
    """Compute how an answer depends on regimes, prior assumptions, reporters and documents.

    The question is answered again under each alternative model, and without each reporter and each
    document in turn.

    Parameters
    ----------
    ledger, goals, n_paths, seed
        As in `tradetrack.track`; use `Ledger.as_of` first for the sensitivity as of an earlier day.
    model
        The growth mixture whose assumptions are varied; the shipped one by default.
    alternatives
        Other models by name; `alternatives_to` the model by default.
    documents
        Whether to leave out each document in turn: some 50 in the shipped ledger.
    executor
        As in `tradetrack.track_panel`.

    Raises
    ------
    TradetrackError
        As `tradetrack.track` raises, if the answer itself cannot be given. A variant that cannot be
        answered gives the reason in its row.

    Examples
    --------
    >>> import tradetrack as tt
    >>> ledger = tt.datasets.kazakhstan_uzbekistan().select(reporter="UZ stat")
    >>> found = tt.sensitivity(ledger, tt.Goal(10, by=2030), n_paths=100, documents=False)
    >>> {row.kind for row in found.variants} == {"prior", "reporter"}
    True
    """
    own = GrowthMixture() if model is None else model
    check_kind("model", own, GrowthMixture, "pass a GrowthMixture, whose assumptions are varied")
    if alternatives is not None:
        check_models(alternatives, "alternatives")
    tracking = track(ledger, goals, model=own, n_paths=n_paths, seed=seed)
    requested = tuple(attainment.goal for attainment in tracking.attainments)
    question = _Question(requested, tracking.attainments[0].last_year, n_paths, seed)
    others = alternatives_to(own) if alternatives is None else alternatives
    cases = [
        *(_Case("prior", name, ledger, other) for name, other in others.items()),
        *_left_out(ledger, own, "reporter"),
    ]
    if documents:
        cases += _left_out(ledger, own, "document")
    answers = run(partial(_answer, question), cases, executor)
    variants = [
        _variant(case, base, other)
        for case, answer in zip(cases, answers, strict=True)
        for base, other in zip(tracking.attainments, answer, strict=True)
    ]
    pair = requested[0].series.pair if requested[0].series else None
    weights = own.fit(ledger.select(pair=pair)).regime_weights
    return Sensitivity(
        groups=_groups(own.regimes, np.array(weights)),
        attainments=tracking.attainments,
        variants=tuple(variants),
    )


def _left_out(
    ledger: Ledger, model: GrowthMixture, kind: Literal["reporter", "document"]
) -> Iterator[_Case]:
    counting = ledger.current
    for name in sorted({getattr(row, kind) for row in counting} - {""}):
        kept = Ledger.of_checked(row for row in ledger if getattr(row, kind) != name)
        yield _Case(kind, name, kept, model)


def _answer(question: _Question, case: _Case) -> tuple[Attainment | str, ...]:
    """Answer every goal, or return the reason why not."""
    try:
        return attainments(
            simulate_to(
                question.last_year,
                case.ledger,
                question.goals,
                model=case.model,
                n_paths=question.n_paths,
                seed=question.seed,
            )
        )
    except TradetrackError as error:
        return (str(error),) * len(question.goals)


def _variant(case: _Case, base: Attainment, other: Attainment | str) -> Variant:
    goal = str(base.goal)
    if isinstance(other, str):
        return Variant(
            kind=case.kind,
            name=case.name,
            goal=goal,
            probability=None,
            change=None,
            error=None,
            reason=other,
        )
    return Variant(
        kind=case.kind,
        name=case.name,
        goal=goal,
        probability=other.probability,
        change=other.probability - base.probability,
        error=float(np.hypot(other.monte_carlo_error, base.monte_carlo_error)),
    )


def _groups(regimes: Regimes, weights: Array) -> tuple[RegimeGroup, ...]:
    """Group regimes by the component that most of their yearly variance is due to."""
    prior = np.array(regimes.weights)
    shares = (regimes.level_share, regimes.growth_share, regimes.transitory_share)
    kind = np.argmax(shares, axis=0)
    groups = []
    for number, name in enumerate(_GROUPS):
        own = kind == number
        share = weights * own
        if own.any():
            mean = share / max(share.sum(), np.finfo(float).tiny)
            groups.append(
                RegimeGroup(
                    name=name,
                    prior=min(float(prior[own].sum()), 1.0),  # a sum of weights rounds
                    posterior=min(float(share.sum()), 1.0),
                    drift=float(mean @ regimes.drift),
                    volatility=float(mean @ regimes.sigma),
                )
            )
    return tuple(sorted(groups, key=lambda group: -group.posterior))
