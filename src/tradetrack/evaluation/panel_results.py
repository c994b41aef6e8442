"""The typed result of a backtest over a panel of annual series."""

from typing import TYPE_CHECKING, Literal

import numpy as np

from tradetrack.domain.value import Report, Value
from tradetrack.errors import InputError
from tradetrack.evaluation.calibration import Reliability, reliability
from tradetrack.evaluation.paired import PairedDifference, ScoreName, paired_difference
from tradetrack.evaluation.results import table
from tradetrack.evaluation.scores import Array, attainment_crps, brier, log_score

if TYPE_CHECKING:
    import pandas as pd

_SCORES = {"brier": brier, "log": log_score, "crps": attainment_crps}


class PanelCase(Value):
    """One series at one origin, and what became of each goal.

    Attributes
    ----------
    series, origin, last
        The series, the last year given to the models, and its value.
    met
        For each goal: 1 if it was met by each year ahead, 0 if not, None if not known.
    """

    series: str
    origin: int
    last: float
    met: tuple[tuple[float | None, ...], ...]


class PanelForecasts(Value):
    """What one model said of every case, and its mean scores over the goals that have any.

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
    curves: tuple[tuple[tuple[float, ...], ...], ...]
    goals: int
    brier: float | None
    log: float | None
    crps: float | None


class NoCase(Value):
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
    seed: int
    multiples: tuple[float, ...]
    horizon: int
    cases: tuple[PanelCase, ...]
    forecasts: tuple[PanelForecasts, ...]
    failures: tuple[NoCase, ...]

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
        said = [
            common.assign(model=row.model, probability=np.array(row.curves).ravel())
            for row in self.forecasts
        ]
        columns = ["model", "series", "origin", "multiple", "year", "probability", "met"]
        return pd.concat(said, ignore_index=True)[columns]

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
        raise InputError(f"no model {model!r} in the backtest; it has {known}", topic="result")

    def __str__(self) -> str:
        origins = sorted({row.origin for row in self.cases})
        series = len({row.series for row in self.cases})
        title = f"Backtest of {series} series at {len(origins)} origins, {origins[0]}-{origins[-1]}"
        rows = [
            [row.model, str(row.goals), *map(_number, (row.brier, row.log, row.crps))]
            for row in self.forecasts
        ]
        return f"{title}\n{table(rows, ('model', 'goals', 'Brier', 'log', 'CRPS, years'))}"


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


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
