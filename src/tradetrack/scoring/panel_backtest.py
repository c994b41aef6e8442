"""backtest_panel(): rolling origins over many annual series, goals relative to the last value."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Literal, Protocol, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from tradetrack._checks import as_numbers, check_mapping, check_whole, is_number, shown
from tradetrack._format import counted, decimals, html_table, table
from tradetrack._parallel import one_blas_thread
from tradetrack._typing import Array
from tradetrack._version import __version__
from tradetrack.domain.value import (
    AtLeastOne,
    Count,
    NonNegative,
    Positive,
    Probability,
    Report,
    Value,
)
from tradetrack.errors import InputError
from tradetrack.models.annual import AnnualMixture
from tradetrack.models.learning import wide
from tradetrack.models.regimes import MEMORY, MonthPattern, Regimes
from tradetrack.scoring.calibration import Reliability, reliability
from tradetrack.scoring.comparison import PairedDifference, ScoreName, paired_difference
from tradetrack.scoring.results import agree
from tradetrack.scoring.scores import attainment_crps, brier, log_score

if TYPE_CHECKING:
    import pandas as pd

_SCORES = {"brier": brier, "log": log_score, "crps": attainment_crps}
_HEADS = ("model", "goals", "Brier", "log", "CRPS, years")
MULTIPLES = (1.1, 1.25, 1.5, 2.0)
_LEAST_VALUES = 2
_MOST_YEARS = 1_000
_ROUNDING = 1e-12


class AnnualForecaster(Protocol):
    """Something that says when annual totals reach goals."""

    def __call__(
        self, log_history: Array, log_goals: Array, horizon: int, rng: np.random.Generator
    ) -> Array:
        """Forecast a batch of series.

        Parameters
        ----------
        log_history
            Log totals of consecutive years, the last one the origin, shape (series, years). A year
            that was not observed is NaN in all series of the batch; the origin never is.
        log_goals
            Log amounts, shape (series, goals).
        horizon
            Years ahead.
        rng
            Source of the draws.

        Returns
        -------
        Array
            ``P[series, goal, k]``: probability that the goal is met within ``k + 1`` years.
        """
        ...


@dataclass(frozen=True, slots=True)
class MixtureForecaster:
    """The growth mixture as an `AnnualForecaster`.

    Attributes
    ----------
    regimes
        Prior over growth processes.
    month_noise
        Standard deviation of the independent noise in the log of one month.
    draws
        Paths per regime, a power of two.

    Examples
    --------
    >>> history = np.log([[2.1, 2.0, 2.4, np.nan, 3.3, 2.9, 3.8, 4.6]])
    >>> MixtureForecaster()(history, np.log([[5.0, 9.0]]), 6, np.random.default_rng(1)).shape
    (1, 2, 6)
    """

    regimes: Regimes = field(default_factory=Regimes.shipped)
    month_noise: float = field(default_factory=lambda: MonthPattern.shipped().noise)
    draws: int = 256

    def __call__(
        self, log_history: Array, log_goals: Array, horizon: int, rng: np.random.Generator
    ) -> Array:
        """Forecast a batch of series; see `AnnualForecaster`."""
        seen = np.flatnonzero(np.isfinite(log_history[0]))
        years = list(map(int, seen))
        mixture = AnnualMixture.over(self.regimes, years, horizon, self.month_noise)
        return mixture.attainment(log_history[:, seen], log_goals, rng, self.draws)


class PanelCase(Value):
    """One series at one origin, and the outcome of each goal.

    Attributes
    ----------
    series, origin, last
        The series, the last year given to the models, and its value.
    met
        For each goal: 1 if it was met by each year ahead, 0 if not, None if not known.
    """

    series: str
    origin: int
    last: Positive
    met: tuple[tuple[Probability | None, ...], ...]


class PanelForecasts(Value):
    """Forecasts of every case by one model, and mean scores over the goals that have any.

    Attributes
    ----------
    model
        Its name.
    curves
        For each case and goal: the probability that it is met by each year ahead.
    goals
        Number of goals scored.
    brier, log, crps
        Mean scores, each goal counting once; CRPS of the year of attainment, in years.
    """

    model: str
    curves: tuple[tuple[tuple[Probability, ...], ...], ...]
    goals: Count
    brier: NonNegative | None
    log: NonNegative | None
    crps: NonNegative | None


class CaseFailure(Value):
    """A series that cannot be forecast at an origin, and why."""

    series: str
    origin: int
    reason: str


class PanelBacktest(Report):
    """What `backtest_panel` found.

    Attributes
    ----------
    schema_version, version, seed
        Of this result's layout, of the library, and of the draws.
    multiples
        Goals, as multiples of the last value.
    horizon
        Years ahead.
    cases, forecasts
        One row for each series and origin; one for each model, over the same cases.
    failures
        Series that cannot be forecast at an origin.

    Examples
    --------
    >>> import pandas as pd, tradetrack as tt
    >>> panel = pd.DataFrame({"series": "a", "year": range(2010, 2020), "value": range(10, 20)})
    >>> past = tt.backtest_panel(panel, [1.1], origins=[2016], horizon=2)
    >>> past.cases[0].met
    ((0.0, 1.0),)
    """

    schema_version: Literal["1"] = "1"
    version: str
    seed: Count
    multiples: Annotated[tuple[Positive, ...], Field(min_length=1)]
    horizon: AtLeastOne
    cases: Annotated[tuple[PanelCase, ...], Field(min_length=1)]
    forecasts: tuple[PanelForecasts, ...]
    failures: tuple[CaseFailure, ...]

    @model_validator(mode="after")
    def _are_scores_of_its_rows(self) -> Self:
        shape, met = (len(self.cases), len(self.multiples), self.horizon), self._met()
        for row in self.forecasts:
            curves = np.array(row.curves)
            if not curves.shape == met.shape == shape:
                raise InputError(
                    "give every case a probability and an outcome per goal and year", "forecasts"
                )
            agree(row, panel_forecasts(row.model, curves, met), "forecasts")
        return self

    def to_frame(self) -> "pd.DataFrame":
        """One row for each model, case, goal and year.

        Columns: ``model, series, origin, multiple, year, probability, met``; ``met`` is missing
        where it is not known.
        """
        import pandas as pd

        shape = len(self.cases), len(self.multiples), self.horizon
        case, goal, step = (index.ravel() for index in np.indices(shape))
        origins = np.array([row.origin for row in self.cases])
        common = pd.DataFrame(
            {
                "series": np.array([row.series for row in self.cases], dtype=object)[case],
                "origin": origins[case],
                "multiple": np.array(self.multiples)[goal],
                "year": origins[case] + step + 1,
                "met": self._met().ravel(),
            }
        )
        forecasts = [
            common.assign(model=row.model, probability=np.array(row.curves).ravel())
            for row in self.forecasts
        ]
        columns = ["model", "series", "origin", "multiple", "year", "probability", "met"]
        return pd.concat(forecasts, ignore_index=True)[columns]

    def reliability(self, model: str, bins: int = 10) -> Reliability:
        """Put a model's yearly probabilities beside how often they came true.

        The intervals count all forecasts of one series at one origin as one trial.
        """
        met = self._met()
        cases = np.broadcast_to(np.arange(len(met))[:, None], met.shape[:2])
        return reliability(np.array(self._of(model).curves), met, bins, cases)

    def compare(
        self,
        first: str,
        second: str,
        score: ScoreName = "brier",
        *,
        cluster: Literal["origin", "series"] = "origin",
        level: float = 0.95,
    ) -> PairedDifference:
        """Compare two models goal by goal.

        Parameters
        ----------
        first, second
            Names of models; a difference below 0 is in favour of the first.
        score
            ``"brier"``, ``"log"`` or ``"crps"``.
        cluster
            What is taken as independent. Origins: the world's next years hit all series at once.
            Series: their pasts and futures are their own, and one or two origins are not enough to
            tell years apart.
        level
            Probability of the interval.

        Raises
        ------
        InputError
            If there is no such model, or no goal was scored.
        """
        met = self._met()
        one, other = (
            _SCORES[score](np.array(self._of(name).curves), met).ravel() for name in (first, second)
        )
        labels = [row.origin if cluster == "origin" else row.series for row in self.cases]
        groups = np.repeat(np.array(labels), len(self.multiples))
        difference = paired_difference(one, other, groups, level=level)
        return difference.model_copy(update={"first": first, "second": second, "score": score})

    def _met(self) -> Array:
        met = [[[np.nan if q is None else q for q in goal] for goal in r.met] for r in self.cases]
        return np.array(met, dtype=float)

    def _of(self, model: str) -> PanelForecasts:
        for row in self.forecasts:
            if row.model == model:
                return row
        known = ", ".join(row.model for row in self.forecasts)
        raise InputError(f"no model {shown(model)} in the backtest; it has {known}", topic="result")

    @property
    def _title(self) -> str:
        origins = sorted({row.origin for row in self.cases})
        series = len({row.series for row in self.cases})
        years = f"{origins[0]}-{origins[-1]}" if len(origins) > 1 else f"{origins[0]}"
        return f"Backtest of {series} series at {counted(len(origins), 'origin')}, {years}"

    @property
    def _rows(self) -> list[list[str]]:
        return [
            [row.model, str(row.goals), *map(decimals, (row.brier, row.log, row.crps))]
            for row in self.forecasts
        ]

    def _repr_html_(self) -> str:
        return html_table(self._title, _HEADS, self._rows)

    def __str__(self) -> str:
        return f"{self._title}\n{table(self._rows, _HEADS)}"


def panel_forecasts(model: str, curves: Array, met: Array) -> PanelForecasts:
    """Score one model's curves, shape (cases, goals, steps)."""
    scores = {name: score(curves, met) for name, score in _SCORES.items()}
    known = np.isfinite(scores["brier"])
    means = {name: float(s[known].mean()) if known.any() else None for name, s in scores.items()}
    return PanelForecasts(
        model=model,
        curves=tuple(tuple(map(tuple, case)) for case in curves.tolist()),
        goals=int(known.sum()),
        brier=means["brier"],
        log=means["log"],
        crps=means["crps"],
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Cut:
    """All series of a panel, cut at one origin; one row per series.

    Attributes
    ----------
    origin
        The last year given.
    last
        Value at the origin, NaN where missing.
    history
        Log values of the last years to the origin, NaN where missing.
    future
        Values of the ``horizon`` years after it, NaN where missing.
    """

    origin: int
    last: Array
    history: Array
    future: Array

    @classmethod
    def of(cls, levels: Array, origin: int, position: int, horizon: int, memory: int) -> "_Cut":
        history = np.log(levels[:, max(position + 1 - memory, 0) : position + 1])
        future = np.full((len(levels), horizon), np.nan)
        ahead = levels[:, position + 1 : position + 1 + horizon]
        future[:, : ahead.shape[1]] = ahead
        return cls(origin, levels[:, position], history, future)

    @property
    def usable(self) -> NDArray[np.bool_]:
        """Whether there is a value at the origin and one before it."""
        seen = np.isfinite(self.history)
        enough: NDArray[np.bool_] = seen[:, -1] & (seen.sum(axis=1) >= _LEAST_VALUES)
        return enough

    def reason(self, series: int) -> str:
        """Why a series is not usable."""
        if np.isfinite(self.history[series, -1]):
            return f"{self.origin} is the only value of the last {self.history.shape[1]} years"
        return f"no value in {self.origin}"

    def met(self, multiples: Sequence[float]) -> Array:
        """Whether each goal was met by each year ahead; NaN from the first missing value on."""
        amounts = self.last[:, None, None] * np.array(multiples)[:, None] * (1.0 - _ROUNDING)
        reached = np.nan_to_num(self.future, nan=-np.inf)[:, None, :] >= amounts
        known = np.logical_and.accumulate(np.isfinite(self.future), axis=1)[:, None, :]
        return np.where(known, np.maximum.accumulate(reached, axis=2).astype(float), np.nan)

    def batches(self) -> Iterator[tuple[NDArray[np.intp], int]]:
        """Yield series whose observed years are the same, with a number that stands for these."""
        seen = np.isfinite(self.history)
        patterns, member = np.unique(seen, axis=0, return_inverse=True)
        for number, pattern in enumerate(patterns):
            batch = np.flatnonzero((member.ravel() == number) & self.usable)
            if len(batch):
                yield batch, int("".join("01"[int(bit)] for bit in pattern), 2)


def _curves(name: str, model: AnnualForecaster, cut: _Cut, log_goals: Array, seed: int) -> Array:
    """Forecast every usable series; rows of the others are NaN."""
    shape = *cut.last.shape, log_goals.size, cut.future.shape[1]
    curves = np.full(shape, np.nan)
    for batch, pattern in cut.batches():
        history = cut.history[batch]
        rng = np.random.default_rng([seed, cut.origin, pattern])
        found = np.asarray(model(history, history[:, -1:] + log_goals, shape[2], rng), dtype=float)
        where = f"model {name!r} at {cut.origin}"
        if found.shape != (len(batch), *shape[1:]):
            raise InputError(
                f"{where}: it returned the shape {found.shape}, not (series, goals, years ahead),"
                f" {(len(batch), *shape[1:])}",
                topic="forecast",
            )
        try:
            brier(found, np.zeros_like(found))
        except InputError as error:
            raise InputError(f"{where}: {error}", topic=error.topic) from error
        curves[batch] = np.clip(found, 0.0, 1.0)  # `brier` lets a rounding error pass
    return curves


@one_blas_thread
def backtest_panel(
    values: "pd.DataFrame",
    multiples: Sequence[float] = MULTIPLES,
    *,
    origins: Sequence[int],
    horizon: int = 6,
    models: Mapping[str, AnnualForecaster] | None = None,
    memory: int = MEMORY,
    seed: int = 0,
) -> PanelBacktest:
    """Forecast every series of a panel from past years, and score the forecasts.

    At each origin a goal is a multiple of the value then. It is met by a year if that year's value
    or an earlier one after the origin reaches it; from the first missing value on it is not known.

    Parameters
    ----------
    values
        Columns ``series``, ``year`` and ``value``, all values above 0.
    multiples
        Goals, as multiples of the value at the origin.
    origins
        Last years to be given to the models.
    horizon
        Years ahead.
    models
        Forecasters by name; `MixtureForecaster` with the shipped prior by default. That prior has
        seen other pairs' years up to 2020.
    memory
        Years up to the origin that the models are given.
    seed
        Seed of the draws. The forecast of a series does not depend on the others.

    Returns
    -------
    PanelBacktest
        A series without a value at an origin, or with one alone, is a row of `failures`.

    Raises
    ------
    InputError
        If the panel or an argument cannot be right, no series can be forecast, or a model returns
        values that are not probabilities; names the model and the origin.

    Examples
    --------
    >>> import pandas as pd
    >>> panel = pd.DataFrame({"series": "a", "year": range(2005, 2020), "value": range(10, 25)})
    >>> still = lambda history, goals, horizon, rng: np.zeros((*goals.shape, horizon))
    >>> models = {"mixture": MixtureForecaster(), "no change": still}
    >>> past = backtest_panel(panel, origins=[2010, 2013], models=models)
    >>> [row.goals for row in past.forecasts]
    [8, 8]
    """
    named = {"growth mixture": MixtureForecaster()} if models is None else models
    check_mapping("models", named, "pass a dict of forecasters by name")
    goals = tuple(np.atleast_1d(as_numbers("multiples", multiples)).tolist())
    last_years = np.unique(as_numbers("origins", origins)).tolist()
    _check_settings(horizon, memory, seed)
    table = wide(values, None)
    years = [int(year) for year in table.columns]
    _check(goals, last_years, named, years)
    names, levels = [str(name) for name in table.index], table.to_numpy(dtype=float)
    cases: list[PanelCase] = []
    failures: list[CaseFailure] = []
    curves: dict[str, list[Array]] = {name: [] for name in named}
    outcomes: list[Array] = []
    for origin in map(int, last_years):
        cut = _Cut.of(levels, origin, origin - years[0], horizon, memory)
        usable = np.flatnonzero(cut.usable)
        failures += [
            CaseFailure(series=name, origin=origin, reason=cut.reason(i))
            for i, name in enumerate(names)
            if not cut.usable[i]
        ]
        met = cut.met(goals)[usable]
        outcomes.append(met)
        for name, model in named.items():
            curves[name].append(_curves(name, model, cut, np.log(goals), seed)[usable])
        cases += [
            PanelCase(series=names[i], origin=origin, last=float(cut.last[i]), met=_tuples(each))
            for i, each in zip(usable, met, strict=True)
        ]
    if not cases:
        raise InputError(
            "no series has two values up to an origin, one of them at it", topic="nothing-to-score"
        )
    met = np.concatenate(outcomes)
    return PanelBacktest(
        version=__version__,
        seed=seed,
        multiples=goals,
        horizon=horizon,
        cases=tuple(cases),
        forecasts=tuple(
            panel_forecasts(name, np.concatenate(c), met) for name, c in curves.items()
        ),
        failures=tuple(failures),
    )


def _check_settings(horizon: int, memory: int, seed: int) -> None:
    check_whole("horizon", horizon, 1, _MOST_YEARS)
    check_whole("memory", memory, _LEAST_VALUES, _MOST_YEARS)
    check_whole("seed", seed, 0)


def _check(
    goals: tuple[float, ...],
    origins: Sequence[float],
    models: Mapping[str, AnnualForecaster],
    years: list[int],
) -> None:
    if not (goals and len(origins) and models):
        raise InputError("nothing to forecast; give at least one multiple, origin and model")
    if not all(is_number(goal) and goal > 0.0 for goal in goals):
        raise InputError(f"multiples are finite and above 0, not {shown(goals)}")
    for name, model in models.items():
        if not callable(model):
            raise InputError(
                f"the model {name!r} is {shown(model)}; pass a function such as MixtureForecaster()"
            )
    for origin in origins:
        if origin not in years:
            raise InputError(
                f"the origin {origin:g} is not a year of the panel, {years[0]} to {years[-1]}"
            )


def _tuples(met: Array) -> tuple[tuple[float | None, ...], ...]:
    return tuple(tuple(None if np.isnan(q) else q for q in goal) for goal in met.tolist())
