"""Calibration: of forecasts of 30 %, 30 % come true, and outcomes are uniform in forecasts."""

from typing import TYPE_CHECKING, Annotated, Literal, Self

import numpy as np
from numpy.typing import ArrayLike
from pydantic import Field, model_validator

from tradetrack._checks import as_numbers, check_whole, shown
from tradetrack._format import counted, html_table
from tradetrack.domain.value import AtLeastOne, Probability, Range, Value, require
from tradetrack.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

INTERVAL_LEVEL = 0.95
_MOST_BINS = 1_000
_ROUNDING = 1e-9  # of an interval's end that is 0 or 1


class ReliabilityBin(Value):
    """Forecasts that lie in one bin, and how many came true.

    Attributes
    ----------
    low, high
        The bin; the upper end belongs to the last bin only.
    forecast, share
        Mean forecast, and mean outcome: the share that was met.
    interval
        Wilson interval of the share.
    count, trials
        Forecasts in the bin, and how many of them the interval counts as independent.
    """

    low: Probability
    high: Probability
    forecast: Probability
    share: Probability
    interval: Range
    count: AtLeastOne
    trials: AtLeastOne

    @model_validator(mode="after")
    def _inside(self) -> Self:
        low, high = self.interval
        require(
            true=self.low <= self.forecast <= self.high
            and -_ROUNDING <= low <= high <= 1 + _ROUNDING,
            otherwise="the mean forecast is not in its bin, or the interval not within 0 and 1",
        )
        return self


class Reliability(Value):
    """A reliability table; make it with `reliability` or a backtest.

    Attributes
    ----------
    rows
        One row for each bin that has a forecast.
    level
        Probability of the rows' intervals.

    Examples
    --------
    >>> table = reliability([[0.1, 0.8], [0.2, 0.9]], [[0.0, 1.0], [0.0, 1.0]], bins=2)
    >>> round(table.expected_calibration_error, 3)
    0.15
    >>> print(table)
    forecast  met   95 % interval    n
    0.15      0.00  0.00 to 0.66     2
    0.85      1.00  0.34 to 1.00     2
    """

    schema_version: Literal["1"] = "1"
    rows: Annotated[tuple[ReliabilityBin, ...], Field(min_length=1)]
    level: Probability = INTERVAL_LEVEL

    @property
    def expected_calibration_error(self) -> float:
        """Mean distance between forecast and share over all forecasts; 0 is perfect."""
        n = sum(row.count for row in self.rows)
        return sum(row.count * abs(row.forecast - row.share) for row in self.rows) / n

    def to_frame(self) -> "pd.DataFrame":
        """One row per bin: ``low, high, forecast, share, share_low, share_high, count, trials``."""
        import pandas as pd

        frame = pd.DataFrame([row.model_dump(exclude={"interval"}) for row in self.rows])
        for end, name in enumerate(("share_low", "share_high")):
            frame.insert(4 + end, name, [row.interval[end] for row in self.rows])
        return frame

    def __repr__(self) -> str:
        number, error = sum(row.count for row in self.rows), self.expected_calibration_error
        return f"<Reliability: {counted(number, 'forecast')}, mean distance {error:.3f}>"

    def _repr_html_(self) -> str:
        rows = [
            (
                f"{row.low:.2f} to {row.high:.2f}",
                f"{row.forecast:.2f}",
                f"{row.share:.2f}",
                f"{row.interval[0]:.2f} to {row.interval[1]:.2f}",
                f"{row.count:,}",
            )
            for row in self.rows
        ]
        heads = "bin", "forecast", "met", f"{100 * self.level:g} % interval", "n"
        return html_table("Reliability of the forecasts", heads, rows)

    def __str__(self) -> str:
        lines = [f"forecast  met   {100 * self.level:g} % interval    n"]
        for row in self.rows:
            low, high = row.interval
            span = f"{low:.2f} to {high:.2f}"
            lines.append(f"{row.forecast:<8.2f}  {row.share:.2f}  {span}  {row.count:>4}")
        return "\n".join(lines)


def reliability(
    curve: ArrayLike, met: ArrayLike, bins: int = 10, groups: ArrayLike | None = None
) -> Reliability:
    """Put every step's forecast beside how often it came true.

    Parameters
    ----------
    curve, met
        Forecast and outcome, shapes (..., steps), as in :mod:`~tradetrack.scoring.scores`; steps
        not known (NaN) are left out.
    bins
        Number of bins of equal width.
    groups
        Label of each forecast, shape (...). All steps of a group count as *one* trial in the
        interval of a bin, which is right if they share one fate and too wide otherwise. Without
        groups every step counts as independent, which the steps of a curve are not: the interval
        is then too narrow.

    Raises
    ------
    InputError
        If no step is known, or the shapes or bins cannot be right.

    Notes
    -----
    Wilson (1927) for the interval; expected calibration error after Naeini, Cooper and Hauskrecht
    (2015).

    Examples
    --------
    >>> [row.count for row in reliability([0.1, 0.4, 0.9], [0.0, 1.0, 1.0], bins=2).rows]
    [2, 1]
    """
    forecast, outcome = as_numbers("curve", curve), as_numbers("met", met)
    check_whole("bins", bins, 1, _MOST_BINS)
    if forecast.shape != outcome.shape:
        raise InputError(
            f"curve has the shape {forecast.shape} and met {outcome.shape}; give both one shape",
            topic="forecast",
        )
    if not np.all((forecast >= 0.0) & (forecast <= 1.0)):
        raise InputError(
            "the curve holds what is no probability; values lie between 0 and 1",
            topic="forecast",
        )
    from statsmodels.stats.proportion import proportion_confint  # loads slower than the library

    known = np.isfinite(outcome)
    if not known.any():
        raise InputError(
            "no outcome is known yet, so calibration cannot be measured; choose earlier origins",
            topic="nothing-to-score",
        )
    labels = np.arange(forecast.size).reshape(forecast.shape)
    if groups is not None:
        try:
            _, numbers = np.unique(np.asarray(groups), return_inverse=True)
        except (TypeError, ValueError):  # labels that have no order
            raise InputError(
                f"groups is {shown(groups)}; give one label per forecast, a text or a number",
                topic="forecast",
            ) from None
        if np.shape(groups) != forecast.shape[:-1]:
            raise InputError(
                f"groups has the shape {np.shape(groups)}; give one label per forecast,"
                f" {forecast.shape[:-1]}",
                topic="forecast",
            )
        labels = np.broadcast_to(numbers.reshape(*np.shape(groups), 1), forecast.shape)
    forecast, outcome, labels = forecast[known], outcome[known], labels[known]
    chosen = np.minimum((forecast * bins).astype(int), bins - 1)
    rows = []
    for number in np.unique(chosen):
        inside = chosen == number
        share, trials = float(outcome[inside].mean()), len(np.unique(labels[inside]))
        low, high = proportion_confint(
            share * trials, trials, 1.0 - INTERVAL_LEVEL, method="wilson"
        )
        row = ReliabilityBin(
            low=number / bins,
            high=(number + 1) / bins,
            forecast=float(np.clip(forecast[inside].mean(), number / bins, (number + 1) / bins)),
            share=share,
            interval=(float(low), float(high)),
            count=int(inside.sum()),
            trials=trials,
        )
        rows.append(row)
    return Reliability(rows=tuple(rows))


class Pit(Value):
    """Where outcomes lay in their forecasts: probability integral transforms, uniform if right.

    Attributes
    ----------
    values
        One for each outcome, between 0 and 1, as `probability_transform` gives them.

    Examples
    --------
    >>> pit = Pit(values=(0.1, 0.3, 0.6, 0.9))
    >>> pit.counts(2), pit.distance
    ((2, 2), 0.2)
    """

    values: Annotated[tuple[Probability, ...], Field(min_length=1)]

    def counts(self, bins: int = 10) -> tuple[int, ...]:
        """Count the values in bins of equal width; too wide forecasts make a hump in the middle."""
        return tuple(map(int, np.histogram(self.values, bins, (0.0, 1.0))[0]))

    @property
    def distance(self) -> float:
        """Kolmogorov-Smirnov distance from uniform; 0 is perfect, 1 the worst.

        No p-value is given: outcomes of one year, and forecasts of one origin, go together.
        """
        from scipy.stats import kstest  # loads slower than the library

        return float(kstest(self.values, "uniform").statistic)
