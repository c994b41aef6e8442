"""The result of a panel: probabilities by series, goal and year, and what could not be tracked.

A panel's numbers stay in arrays: tuples of a million series do not fit in memory. One series
looked up by name comes as a typed value.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from tradetrack._format import counted
from tradetrack._parallel import one_blas_thread
from tradetrack._typing import Array
from tradetrack.attainment.attainment import YearProbability
from tradetrack.domain.value import Positive, Value, consecutive, require, rising
from tradetrack.errors import InputError
from tradetrack.panel.compute import Settings, alike, counts_from, reaching
from tradetrack.panel.reading import NO_DEADLINE, Failure, Panel

if TYPE_CHECKING:
    import pandas as pd

LEVELS = (0.025, 0.1, 0.5, 0.9, 0.975)
_LARGEST = float(np.log(np.finfo(float).max))


class PanelAttainment(Value):
    """When one goal of a panel is met.

    Attributes
    ----------
    series, amount
        The goal, in the unit of the values.
    deadline
        Its last year, if it has one.
    curve
        Probability that it is met by each year ahead, with a bound on its Monte-Carlo error.

    Examples
    --------
    >>> point = YearProbability(year=2025, probability=0.4, error=0.01)
    >>> PanelAttainment(series="KZ-UZ", amount=5.0, deadline=None, curve=(point,)).curve[0].year
    2025
    """

    series: str
    amount: Positive
    deadline: int | None
    curve: tuple[YearProbability, ...]

    @model_validator(mode="after")
    def _sound(self) -> Self:
        require(
            true=consecutive([point.year for point in self.curve])
            and rising([point.probability for point in self.curve]),
            otherwise="the curve falls, has no years, or leaves some out",
        )
        return self


@dataclass(frozen=True, slots=True, eq=False)
class PanelTracking:
    """The answers of `track_panel`.

    Attributes
    ----------
    version
        Version of the library.
    settings
        The prior, the horizon, paths and seed.
    panel
        The series and goals that were tracked, in the order in which the goals name the series.
    failures
        What could not be tracked, with the reason.
    probabilities
        Probability that each goal is met by each year ahead, ``[goal, year]``, rows as in
        ``panel``; None if they went to a file.
    sink
        The Parquet file that they went to.

    Examples
    --------
    >>> import pandas as pd
    >>> import tradetrack as tt
    >>> values = pd.DataFrame({"series": "x", "year": [2022, 2023, 2024], "value": [3.0, 3.5, 3.4]})
    >>> goals = pd.DataFrame({"series": ["x"], "amount": [5.0], "deadline": [2026]})
    >>> panel = tt.track_panel(values, goals, horizon=3)
    >>> print(panel)
    1 series with 1 goal tracked 3 years ahead.
    >>> [point.year for point in panel["x"][0].curve]
    [2025, 2026, 2027]
    >>> len(panel.to_frame()), len(panel.deadlines()), len(panel.quantiles((0.1, 0.9)))
    (3, 1, 6)
    """

    version: str
    settings: Settings
    panel: Panel
    failures: tuple[Failure, ...]
    probabilities: Array | None
    sink: Path | None = None

    @property
    def monte_carlo_error(self) -> float:
        """Largest standard error that a probability can have, that of independent paths."""
        return float(0.5 / np.sqrt(self.settings.n_paths))

    def __eq__(self, other: object) -> bool:
        """Whether all is the same, to the bit; probabilities in a file are so if the file is."""
        if not isinstance(other, PanelTracking) or self._identity != other._identity:
            return False
        own, others = self.probabilities, other.probabilities
        if own is None or others is None:
            return own is others
        return np.array_equal(own, others)

    def __hash__(self) -> int:
        return hash(self._identity)

    @property
    def _identity(self) -> tuple[object, ...]:
        return self.version, self.settings, self.panel, self.failures, self.sink

    def __len__(self) -> int:
        """Return the number of series tracked."""
        return len(self.panel)

    def __repr__(self) -> str:
        series = f"{len(self):,} series tracked {counted(self.settings.horizon, 'year')} ahead"
        return f"<PanelTracking: {series}, {counted(len(self.failures), 'failure')}>"

    def __str__(self) -> str:
        """Return how many series were tracked, and the first failure."""
        goals = counted(len(self.panel.amounts), "goal")
        years = counted(self.settings.horizon, "year")
        lines = [f"{len(self):,} series with {goals} tracked {years} ahead."]
        if self.failures:
            first, failures = self.failures[0], counted(len(self.failures), "failure")
            lines.append(f"{failures}; the first: {first.series!r}: {first.reason}.")
        return "\n".join(lines)

    def __getitem__(self, series: str) -> tuple[PanelAttainment, ...]:
        """Answer the goals of one series.

        Raises
        ------
        InputError
            If the series was not tracked; says why.
        """
        if series not in self.panel.names:
            reasons = [failure.reason for failure in self.failures if failure.series == series]
            raise InputError(
                f"{series!r} was not tracked: {reasons[0] if reasons else 'no goal names it'}",
                topic="panel-failures",
            )
        position = self.panel.names.index(series)
        part, low = self.panel.part(position, position + 1), self.panel.goal_starts[position]
        curves = self._numbers()[low : low + len(part.amounts)]
        first = int(part.last_years[0]) + 1
        return tuple(
            PanelAttainment(
                series=series,
                amount=float(amount),
                deadline=None if by == NO_DEADLINE else int(by),
                curve=tuple(
                    YearProbability(year=year, probability=float(p), error=self.monte_carlo_error)
                    for year, p in enumerate(curve, first)
                ),
            )
            for amount, by, curve in zip(part.amounts, part.deadlines, curves, strict=True)
        )

    def to_frame(self) -> "pd.DataFrame":
        """Probability by goal and year: columns series, amount, year, probability."""
        return goal_frame(self.panel, self._numbers())

    def deadlines(self) -> "pd.DataFrame":
        """Probability by the deadline: columns series, amount, deadline, probability.

        A deadline that has passed was met by the values up to it or not: 1 or 0.
        """
        import pandas as pd

        panel, numbers = self.panel, self._numbers()
        goals = np.flatnonzero(panel.deadlines != NO_DEADLINE)
        owner = np.repeat(np.arange(len(panel)), np.diff(panel.goal_starts))[goals]
        ahead = panel.deadlines[goals] - panel.last_years[owner]
        chance = numbers[goals, np.maximum(ahead, 1) - 1]
        first = counts_from(panel, self.settings.since)[goals] + panel.last_years[owner]
        for row in np.flatnonzero(ahead < 1):
            own = slice(*panel.starts[owner[row] : owner[row] + 2])
            years = panel.years[own]
            counted = (years <= panel.deadlines[goals[row]]) & (years >= first[row])
            before = panel.totals[own][counted]
            chance[row] = float((before >= reaching(panel.amounts[goals[row]])).any())
        return pd.DataFrame(
            {
                "series": pd.Series(panel.names, dtype="str").array.take(owner),
                "amount": panel.amounts[goals],
                "deadline": panel.deadlines[goals],
                "probability": chance,
            }
        )

    @one_blas_thread
    def quantiles(self, levels: Sequence[float] = LEVELS) -> "pd.DataFrame":
        """Quantiles of each year's total: columns series, year, level, value.

        They are exact, not simulated, and computed when requested. Above 1.8e308, where floating
        point ends, they are that.
        """
        import pandas as pd

        if not len(levels) or not all(0.0 < level < 1.0 for level in levels):
            raise InputError(f"quantile levels lie between 0 and 1, not {tuple(levels)}")
        horizon = self.settings.horizon
        values = np.empty((len(self), horizon, len(levels)))
        for group in alike(self.panel):
            shared = self.settings.shared(group.years)
            logs = shared.quantiles(group.log_history, levels)
            values[group.series] = np.exp(np.minimum(logs, _LARGEST)).transpose(0, 2, 1)
        each = horizon * len(levels)
        years = self.panel.last_years[:, None] + np.arange(1, horizon + 1, dtype=np.int32)
        return pd.DataFrame(
            {
                "series": pd.Series(self.panel.names, dtype="str").array.repeat(each),
                "year": np.repeat(years.ravel(), len(levels)),
                "level": np.tile(np.array(levels, float), len(self) * horizon),
                "value": values.ravel(),
            }
        )

    def _numbers(self) -> Array:
        """Probabilities ``[goal, year]``, from memory or from the file."""
        if self.probabilities is not None:
            return self.probabilities
        import pandas as pd

        assert self.sink is not None, "either is there"
        column = pd.read_parquet(self.sink, columns=["probability"])["probability"]
        return column.to_numpy().reshape(-1, self.settings.horizon)


def goal_frame(panel: Panel, probabilities: Array) -> "pd.DataFrame":
    """Lay probabilities out: one row per goal and year."""
    import pandas as pd

    rows = goal_rows(panel, probabilities)
    names = pd.Series(panel.names, dtype="str").array.take(rows.pop("series"))
    return pd.DataFrame({"series": names, **rows})


def goal_rows(panel: Panel, probabilities: Array) -> dict[str, NDArray[Any]]:
    """Columns of the frame; ``series`` is the position of the name in the panel."""
    horizon = probabilities.shape[1]
    goals = np.diff(panel.goal_starts)
    years = np.repeat(panel.last_years, goals)[:, None] + np.arange(1, horizon + 1, dtype=np.int32)
    return {
        "series": np.repeat(np.arange(len(panel)), goals * horizon),
        "amount": np.repeat(panel.amounts, horizon),
        "year": years.ravel(),
        "probability": probabilities.ravel(),
    }
