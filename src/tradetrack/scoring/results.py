"""The result of a backtest: mean scores per model, and the forecasts and outcomes behind them."""

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Literal, Self

import numpy as np
from pydantic import model_validator

from tradetrack._checks import shown
from tradetrack._format import counted, decimals, html_table, table, unit_text
from tradetrack.domain.goal import Goal
from tradetrack.domain.observation import Series
from tradetrack.domain.value import (
    AtLeastOne,
    Count,
    NonNegative,
    Probability,
    Report,
    Value,
    consecutive,
    require,
)
from tradetrack.domain.window import Month
from tradetrack.errors import InputError
from tradetrack.scoring.calibration import Pit, Reliability, reliability
from tradetrack.scoring.comparison import PairedDifference, ScoreName, paired_difference
from tradetrack.scoring.scores import attainment_crps, brier, log_score

if TYPE_CHECKING:
    import pandas as pd

_COLUMNS = "model", "origin", "goal", "series", "amount", "reporter", "year", "probability", "met"
_HEADS = "model", "goals", "Brier", "log", "CRPS, years", "totals", "in 80 %", "in 95 %"


class GoalScores(Value):
    """Scores of one curve over the years known; lower is better.

    Attributes
    ----------
    brier
        Mean over the years.
    log
        In nats.
    crps
        Of the year of attainment, in years: the yearly Brier scores summed.
    """

    brier: NonNegative
    log: NonNegative
    crps: NonNegative

    @classmethod
    def of(cls, curve: Sequence[float], met: Sequence[float | None]) -> Self | None:
        """Score a curve; None if no outcome is known.

        Raises
        ------
        InputError
            If the curve or the outcomes cannot be right; see `tradetrack.scoring.scores`.
        """
        outcome = [np.nan if q is None else q for q in met]
        values = (score(curve, outcome) for score in (brier, log_score, attainment_crps))
        found = [float(value) for value in values]
        if not np.isfinite(found[0]):
            return None
        return cls(brier=found[0], log=found[1], crps=found[2])


class GoalForecast(Value):
    """The forecast of one goal by one model at one origin, and the outcome.

    Attributes
    ----------
    model, origin, goal
        The model, the date and the goal, its series filled in.
    last_observed
        Last month that a figure known at the origin covers.
    years, curve
        The years after the last complete one, and the probability that the goal is met by each.
    met
        The outcome: probability that the goal was met by each year, given every figure of the
        ledger, which is 0 or 1 unless the statistics leave it open; None if not yet known.
    scores
        Over the years known; None if there is none.
    """

    model: str
    origin: dt.date
    goal: Goal
    last_observed: Month
    years: tuple[int, ...]
    curve: tuple[Probability, ...]
    met: tuple[Probability | None, ...]
    scores: GoalScores | None

    @model_validator(mode="after")
    def _are_its_scores(self) -> Self:
        if not len(self.years) == len(self.curve) == len(self.met):
            raise InputError("give a probability and an outcome for each year", "curve")
        require(true=consecutive(self.years), otherwise="there are no years, or some are left out")
        agree(self.scores, GoalScores.of(self.curve, self.met), "scores")
        return self


class TotalScores(Value):
    """Scores of one forecast total; CRPS and interval scores in the series' unit.

    Attributes
    ----------
    crps, interval_80, interval_95
        The continuous ranked probability score, and the scores of the two central intervals.
    covered_80, covered_95
        Whether the intervals hold the outcome.
    pit
        Share of the forecast that lies below the outcome.
    """

    crps: NonNegative
    interval_80: NonNegative
    interval_95: NonNegative
    covered_80: bool
    covered_95: bool
    pit: Probability


class TotalForecast(Value):
    """The forecast of one calendar year's total by one model at one origin, and the outcome.

    Attributes
    ----------
    model, origin, series, reporter, year
        The model, the date, and the total: of which series, by which reporter.
    median, range_80, range_95
        The forecast, in the series' unit.
    observed
        Median of the total given every figure of the ledger; None if the year is not complete.
    scores
        None if the year is not complete.
    """

    model: str
    origin: dt.date
    series: Series
    reporter: str
    year: int
    median: float
    range_80: tuple[float, float]
    range_95: tuple[float, float]
    observed: float | None
    scores: TotalScores | None

    @model_validator(mode="after")
    def _are_quantiles(self) -> Self:
        quantiles = self.range_95[0], *self.range_80, self.range_95[1]
        ordered = list(quantiles) == sorted(quantiles)
        if not (ordered and self.range_80[0] <= self.median <= self.range_80[1]):
            raise InputError("the quantiles are not in order; lower ones come first", "median")
        if (self.scores is None) != (self.observed is None):
            raise InputError("there are scores just where an outcome is known", "scores")
        return self


class ForecastFailure(Value):
    """A forecast that could not be made, and why."""

    model: str
    origin: dt.date
    goal: Goal
    reason: str


class ModelScores(Value):
    """Mean scores of one model; None where nothing could be scored.

    Attributes
    ----------
    model, forecasts, totals
        The model, and the numbers of goal forecasts and of totals that were scored.
    brier, log, crps
        Means over the goal forecasts, each counting once.
    totals_crps, interval_80, interval_95, coverage_80, coverage_95
        Means over the totals, each counting once.
    """

    model: str
    forecasts: Count
    brier: NonNegative | None
    log: NonNegative | None
    crps: NonNegative | None
    totals: Count
    totals_crps: NonNegative | None
    interval_80: NonNegative | None
    interval_95: NonNegative | None
    coverage_80: Probability | None
    coverage_95: Probability | None


def model_scores(
    model: str, forecasts: Iterable[GoalForecast], totals: Iterable[TotalForecast]
) -> ModelScores:
    """Average the scores of one model."""
    goals = [row.scores for row in forecasts if row.model == model and row.scores is not None]
    sums = [row.scores for row in totals if row.model == model and row.scores is not None]
    return ModelScores(
        model=model,
        forecasts=len(goals),
        brier=_mean([s.brier for s in goals]),
        log=_mean([s.log for s in goals]),
        crps=_mean([s.crps for s in goals]),
        totals=len(sums),
        totals_crps=_mean([s.crps for s in sums]),
        interval_80=_mean([s.interval_80 for s in sums]),
        interval_95=_mean([s.interval_95 for s in sums]),
        coverage_80=_mean([s.covered_80 for s in sums]),
        coverage_95=_mean([s.covered_95 for s in sums]),
    )


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None


def agree(stated: Value | None, computed: Value | None, field: str) -> None:
    """Refuse what a document states, if the rest of it says something else.

    Raises
    ------
    InputError
        If a number differs by more than its last digits.
    """
    one, other = (None if each is None else each.model_dump() for each in (stated, computed))
    same = one == other or (
        one is not None
        and other is not None
        and all(one[key] == other[key] or _close(one[key], other[key]) for key in one)
    )
    if not same:
        raise InputError(
            f"it is {stated}, but by the rest it is {computed}; read the document as written",
            field,
            topic="document",
        )


def _close(one: object, other: object) -> bool:
    if not (isinstance(one, float) and isinstance(other, float)):
        return False
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)


class Backtest(Report):
    """What `backtest` found.

    Attributes
    ----------
    schema_version, version
        Of this result's layout and of the library.
    ledger_digest
        Digest of the whole ledger, which the outcomes come from.
    seed, n_paths
        What the draws were made with.
    scores
        Mean scores by model, in the order in which the models were given. A model is scored by the
        forecasts that it made; `compare` pairs them.
    forecasts, totals, failures
        One row for each origin, goal and model; and for each year ahead.

    Examples
    --------
    >>> import tradetrack as tt
    >>> past = tt.backtest(
    ...     tt.datasets.kazakhstan_uzbekistan(), tt.Goal(4), ["2019-12", "2020-12"], n_paths=100)
    >>> [(row.model, row.forecasts) for row in past.scores]
    [('growth mixture', 2)]
    >>> past == tt.results.Backtest.model_validate_json(past.model_dump_json())
    True
    """

    schema_version: Literal["1"] = "1"
    version: str
    ledger_digest: str
    seed: Count
    n_paths: AtLeastOne
    scores: tuple[ModelScores, ...]
    forecasts: tuple[GoalForecast, ...]
    totals: tuple[TotalForecast, ...]
    failures: tuple[ForecastFailure, ...]

    @model_validator(mode="after")
    def _are_means_of_its_rows(self) -> Self:
        names = {row.model for row in self.scores}
        rows: tuple[GoalForecast | TotalForecast | ForecastFailure, ...]
        rows = (*self.forecasts, *self.totals, *self.failures)
        others = {row.model for row in rows} - names
        if others:
            raise InputError(f"rows of {sorted(others)[0]!r}, which has no scores", "scores")
        for row in self.scores:
            agree(row, model_scores(row.model, self.forecasts, self.totals), "scores")
        return self

    def to_frame(self) -> "pd.DataFrame":
        """One row for each model, origin, goal and year.

        Columns: ``model, origin, goal, series, amount, reporter, year, probability, met``; ``met``
        is missing where it is not yet known.
        """
        import pandas as pd

        rows = [
            {
                "model": row.model,
                "origin": row.origin,
                "goal": str(row.goal),
                "series": str(row.goal.series),
                "amount": row.goal.amount if isinstance(row.goal.amount, float) else None,
                "reporter": row.goal.reporter,
                "year": year,
                "probability": probability,
                "met": met,
            }
            for row in self.forecasts
            for year, probability, met in zip(row.years, row.curve, row.met, strict=True)
        ]
        frame = pd.DataFrame(rows, columns=list(_COLUMNS))
        return frame.astype(
            {"origin": "datetime64[s]", "year": int, "probability": float, "met": float}
        )

    def reliability(self, model: str, bins: int = 10) -> Reliability:
        """Put the yearly probabilities of a model beside how often they came true.

        The intervals count all forecasts of one origin as one trial.
        """
        rows = [row for row in self._of(model) if row.scores is not None]
        curve = [p for row in rows for p in row.curve]
        met = [np.nan if q is None else q for row in rows for q in row.met]
        origins = [row.origin.toordinal() for row in rows for _ in row.years]
        return reliability(np.array(curve)[:, None], np.array(met)[:, None], bins, origins)

    def pit(self, model: str) -> Pit:
        """Where the totals that are known lay in a model's forecasts."""
        self._of(model)
        rows = [row.scores for row in self.totals if row.model == model]
        values = tuple(scores.pit for scores in rows if scores is not None)
        if not values:
            raise InputError(
                "no total is known yet, so calibration cannot be measured; choose earlier origins",
                topic="nothing-to-score",
            )
        return Pit(values=values)

    def compare(
        self, first: str, second: str, score: ScoreName = "brier", *, level: float = 0.95
    ) -> PairedDifference:
        """Compare two models over the goal forecasts that both made, clustered by origin.

        Parameters
        ----------
        first, second
            Names of models; a difference below 0 is in favour of the first.
        score
            ``"brier"``, ``"log"`` or ``"crps"``.
        level
            Probability of the interval.

        Raises
        ------
        InputError
            If there is no such model, or no forecast was scored for both.

        Notes
        -----
        Origins are taken as independent. Those less far apart than the horizon share years, and
        all share one pair's history, so the interval is too narrow rather than too wide.
        """
        one, other = (
            {(row.origin, row.goal): getattr(row.scores, score) for row in rows if row.scores}
            for rows in (self._of(first), self._of(second))
        )
        common = [key for key in one if key in other]
        difference = paired_difference(
            [one[key] for key in common],
            [other[key] for key in common],
            [origin.toordinal() for origin, _ in common],
            level=level,
        )
        return difference.model_copy(update={"first": first, "second": second, "score": score})

    def _of(self, model: str) -> list[GoalForecast]:
        known = [row.model for row in self.scores]
        if model not in known:
            raise InputError(
                f"no model {shown(model)} in the backtest; it has {', '.join(known)}",
                topic="result",
            )
        return [row for row in self.forecasts if row.model == model]

    @property
    def _title(self) -> str:
        origins = sorted({r.origin for r in self.forecasts} | {r.origin for r in self.failures})
        if not origins:
            return "Backtest without an origin"
        if len(origins) == 1:
            return f"Backtest at 1 origin, {origins[0]}"
        return f"Backtest at {len(origins)} origins, {origins[0]} to {origins[-1]}"

    @property
    def _heads(self) -> list[str]:
        units = sorted({row.series.unit for row in self.totals})
        crps = f"CRPS, {unit_text(units[0])}" if len(units) == 1 else "CRPS"
        return [*_HEADS[:6], crps, *_HEADS[6:]]

    def _repr_html_(self) -> str:
        return html_table(self._title, self._heads, map(_cells, self.scores))

    def __str__(self) -> str:
        lines = [self._title, table([_cells(row) for row in self.scores], self._heads, width=80)]
        if self.failures:
            lines.append(f"No forecast in {counted(len(self.failures), 'case')}; see .failures.")
        return "\n".join(lines)


def _cells(row: ModelScores) -> list[str]:
    goals = [row.model, str(row.forecasts), *map(decimals, (row.brier, row.log, row.crps))]
    covered = map(decimals, (row.totals_crps, row.coverage_80, row.coverage_95))
    return [*goals, str(row.totals), *covered]
