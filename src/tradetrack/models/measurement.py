r"""Printed figures as functions of monthly log paths: the one file that crosses log and level.

Reporter ``r`` measures flow ``f`` in month ``t`` of year ``y`` as :math:`x_f(t) + u_{rfy}` (logs).
A level over window ``W`` is

.. math:: \log v = \log \sum_f \sum_{t \in W} e^{x_f(t) + u_{rfy(t)}} + \text{noise},

a growth figure the difference of two such logs. Both are linear in the vector of log totals, and a
log total's derivative by :math:`x_f(t)` is the share of month ``t`` of flow ``f`` in it.

An increment, and a balance, is a difference :math:`A - B = d` of two totals: of two windows, or of
the two flows. It is put in logs with what was printed added to the smaller side, so that both logs
always exist,

.. math:: 0 = \log(A + d^-) - \log(B + d^+) + \text{noise}, \qquad
          d^+ = \max(d, 0), \quad d^- = \max(-d, 0),

and the wording's spread is divided by the side that ``d`` is added to, as it stands at the mode
(``docs/decisions/0041-differences.md``). Such a row rises with ``A - B``, so bounds are bounds.

Noise is the release's and the wording's: a hedged figure enters with the mean and the standard
deviation of its law (:meth:`~tradetrack.domain.figure.Figure.log_law`), as a rounded one does with
those of its interval. Only "at least" and "at most" are bounds.

The effects are centred, so that the consensus ``x`` is the mean over sides of the mean over the
reporters of a side (a side alone *is* the consensus). With ``w_r`` the weight of a reporter in it,
one over the number of sides times the number of reporters of its side,

.. math:: \operatorname{Cov}(u_{rfy}, u_{r'f'y'}) = 1_{f=f'} (1_{r=r'} - w_r - w_{r'} + w'w)
          (\beta^2 + \varepsilon^2 1_{y=y'}).

A figure of unknown source has an effect of its own and no weight.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from tradetrack._typing import MONTHS, Array, Index
from tradetrack.domain.figure import split_unit
from tradetrack.domain.observation import (
    BALANCE,
    TURNOVER,
    Growth,
    Increment,
    Level,
    Observation,
    last_day,
)
from tradetrack.domain.window import Window
from tradetrack.models.regimes import Reporting

Real = TypeVar("Real", np.float32, np.float64)

EXACT_NOISE = 1e-5

_LARGEST_LOG = 600.0  # rows far apart predict each other beyond what numbers hold


@dataclass(frozen=True, slots=True)
class Effect:
    """Identity of one reporter effect; without a side, the reporter is one."""

    reporter: str
    flow: int
    year: int
    side: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Linear:
    """The rows to first order about a point: ``log v = value + by_path dx + by_effect du``.

    One in a row's log is ``scale`` in its amount: 1 where the row is a log already.
    """

    value: Array
    by_path: sparse.csr_array
    by_effect: sparse.csr_array
    scale: Array

    def offset(self, path: Array, effect: Array) -> Array:
        """What to take from ``J x + J_u u`` to get the rows, if this was linearised there."""
        offset: Array = self.by_path @ path + self.by_effect @ effect - self.value
        return offset

    @property
    def flat(self) -> Array:
        """Derivative of each row by the level that the flows share: 1, or 0 for growth."""
        return np.asarray(self.by_path.sum(axis=1), dtype=float)

    def first(self, n: int) -> "Linear":
        """Return the first ``n`` rows."""
        if n == len(self.value):
            return self
        return Linear(self.value[:n], self.by_path[:n], self.by_effect[:n], self.scale[:n])


class _Terms(NamedTuple):
    """One entry for each month of each segment: what all totals and derivatives are sums of."""

    row: Index
    total: Index
    segment: Index
    month: Index


class _Places(NamedTuple):
    """Where terms belong in a sparse matrix; several may add up to one element."""

    of_term: Index
    indices: Index
    indptr: Index

    @classmethod
    def of(cls, row: Index, column: Index) -> "_Places":
        """Find the places of terms from their rows, which are sorted, and their columns."""
        width = column.max() + 1
        places, of_term = np.unique(row * width + column, return_inverse=True)
        ends = np.searchsorted(places, width * np.arange(row[-1] + 2))
        return cls(of_term, places % width, ends)

    def add_up(self, terms: Array, n_columns: int) -> sparse.csr_array:
        """Return the matrix of the terms' sums."""
        data = np.bincount(self.of_term, terms)
        shape = (len(self.indptr) - 1, n_columns)
        return sparse.csr_array((data, self.indices, self.indptr), shape=shape)


@dataclass(frozen=True, eq=False)
class Rows:
    """Figures compiled to arrays.

    A *segment* is one flow over the months of one year inside one window, by one reporter. Segments
    add up to *totals*; a row is the sum of signed logs of totals, each with its shift.

    Attributes
    ----------
    observations
        The figures: first the two-sided, then the one-sided.
    low, high
        Their intervals in logs; infinite where one-sided.
    middle, spread
        Mean and standard deviation by the wording alone (`Figure.log_law`), in logs; the spread of
        a difference is an amount. Zero where one-sided.
    exact, hedged
        Which rows were printed without rounding, and which with a hedge ("over", "nearly",
        "about").
    first_total
        First total of each row: a level, or what is compared. If a row has a second total, it is
        what the first is compared with.
    shift
        What is added to each total before its log is taken: the printed number of a difference.
    signed
        Which rows are differences.
    first_segment
        First segment of each total.
    start, stop
        First month of each segment, ``flow * month``, and the first that is not.
    effect
        Effect of each segment.
    n_months
        Number of months of the grid, which starts in a January.
    """

    observations: tuple[Observation, ...]
    low: Array
    high: Array
    middle: Array
    spread: Array
    exact: NDArray[np.bool_]
    hedged: NDArray[np.bool_]
    first_total: Index
    shift: Array
    signed: NDArray[np.bool_]
    first_segment: Index
    start: Index
    stop: Index
    effect: Index
    n_months: int

    @property
    def n_two_sided(self) -> int:
        """Number of rows that are not bounds."""
        return int(np.isfinite(self.low + self.high).sum())

    @cached_property
    def later(self) -> Array:
        """When each two-sided row was published: 0 for the earliest and 1 for the latest."""
        seen = self.observations[: self.n_two_sided]
        day = np.array([last_day(row.published).toordinal() for row in seen])
        later: Array = (day - day.min()) / max(np.ptp(day), 1)
        return later

    def centre(self) -> Array:
        """Mean of each two-sided row, in logs."""
        return self.middle[: self.n_two_sided]

    def noise(self, noise: float, scale: Array) -> Array:
        """Standard deviation of each row about its centre, in logs: of the wording and the release.

        Parameters
        ----------
        noise
            Of a release; a row printed exactly has next to none. The law of a hedge was learned
            from later releases, so it holds this noise already.
        scale
            Of the rows at the mode (`Linear`).
        """
        release, spread = np.where(self.exact, EXACT_NOISE, noise), self.spread / scale
        both = np.where(self.hedged, np.maximum(release, spread), np.hypot(release, spread))
        total: Array = np.asarray(both, dtype=float)
        return total

    def evaluate(self, log_paths: NDArray[Real], effects: NDArray[Real]) -> NDArray[Real]:
        """Log of what would be printed, ``[row, path]``, on paths ``[flow * month, path]``."""
        to_date = np.exp(log_paths)
        by_flow = to_date.reshape(-1, self.n_months, log_paths.shape[1])
        for month in range(1, min(MONTHS, self.n_months)):
            later = by_flow[:, month::MONTHS]
            later += by_flow[:, month - 1 :: MONTHS][:, : later.shape[1]]
        segments = to_date[self.stop - 1]
        late = np.flatnonzero(self.start % self.n_months % MONTHS)
        segments[late] -= to_date[self.start[late] - 1]
        segments *= np.exp(effects)[self.effect]
        totals = segments[self.first_segment]
        count = np.diff(self.first_segment, append=len(segments))
        for further in range(1, int(count.max(initial=1))):
            more = np.flatnonzero(count > further)
            totals[more] += segments[self.first_segment[more] + further]
        if self.signed.any():
            totals += self.shift[:, None].astype(totals.dtype)
        logs = np.log(totals, out=totals)
        printed: NDArray[Real] = logs[self.first_total]
        compared = np.flatnonzero(np.diff(self.first_total, append=len(logs)) > 1)
        printed[compared] -= logs[self.first_total[compared] + 1]
        return printed

    @cached_property
    def _terms(self) -> _Terms:
        length = self.stop - self.start
        segment = _of_each(np.cumsum(length) - length, int(length.sum()))
        month = np.arange(len(segment)) + (self.stop - np.cumsum(length))[segment]
        total = _of_each(self.first_segment, len(length))[segment]
        row = _of_each(self.first_total, len(self.first_segment))[total]
        return _Terms(row, total, segment, month)

    @cached_property
    def _by_path(self) -> _Places:
        return _Places.of(self._terms.row, self._terms.month)

    @cached_property
    def _by_effect(self) -> _Places:
        return _Places.of(self._terms.row, self.effect[self._terms.segment])

    def _term_values(self, log_path: Array, effects: Array) -> Array:
        by_segment = np.exp(effects)[self.effect]
        values: Array = np.exp(log_path)[self._terms.month] * by_segment[self._terms.segment]
        return values

    def scale(self, log_path: Array, effects: Array) -> Array:
        """What one in each row's log is in its amount, on one path: `Linear.scale`."""
        if not self.signed.any():
            return np.ones(len(self.signed))
        values = self._term_values(log_path, effects)
        return self._scale(np.bincount(self._terms.total, values) + self.shift)

    def _scale(self, shifted: Array) -> Array:
        """Pick, of each difference, the total that the printed number was added to."""
        first = self.first_total
        side = first + (self.shift[first] == 0.0) * self.signed
        return np.where(self.signed, shifted[side], 1.0)

    def linearise(self, log_path: Array, effects: Array) -> Linear:
        """Expand the rows about one path."""
        values = self._term_values(log_path, effects)
        totals = np.bincount(self._terms.total, values) + self.shift
        signs = np.full(len(totals), -1.0)
        signs[self.first_total] = 1.0
        shares = values * (signs / totals)[self._terms.total]
        return Linear(
            value=np.add.reduceat(signs * np.log(totals), self.first_total),
            by_path=self._by_path.add_up(shares, len(log_path)),
            by_effect=self._by_effect.add_up(shares, len(effects)),
            scale=self._scale(totals),
        )


def _of_each(first: Index, n: int) -> Index:
    """Number of the run that each of ``n`` elements is in, given the first element of each run."""
    return np.repeat(np.arange(len(first)), np.diff(first, append=n))


class Compiler:
    """Turns observations into rows over a common grid of months, flows and effects.

    Parameters
    ----------
    first_month, n_months
        The grid of months.
    flows
        Names of the latent flows.
    """

    def __init__(self, first_month: int, n_months: int, flows: tuple[str, ...]) -> None:
        self.first_month = first_month
        self.n_months = n_months
        self.flows = flows
        self._effects: dict[Effect, int] = {}
        self._sides: dict[str, str] = {}

    @property
    def effects(self) -> tuple[Effect, ...]:
        """Every effect met so far, in order."""
        return tuple(self._effects)

    def effect(self, reporter: str, flow: int, year: int) -> int:
        """Position of an effect, which is added if new."""
        return self._effects.setdefault(self._effect(reporter, flow, year), len(self._effects))

    def _effect(self, reporter: str, flow: int, year: int) -> Effect:
        return Effect(reporter, flow, year, self._sides.get(reporter, ""))

    def covers(self, seen: Observation) -> bool:
        """Whether the grid has the months and the flows that a figure is about."""
        end = self.first_month + self.n_months
        months = all(self.first_month <= w.start and w.end < end for w in seen.windows)
        return months and (seen.series.flow in self.flows or len(self.flows) > 1)

    def with_reporters(
        self, reporters: tuple[str, ...], years: range
    ) -> tuple[tuple[Effect, ...], list[NDArray[np.intp]]]:
        """Effects so far and those of the reporters in all years; positions ``[flow, year]``."""
        known = dict(self._effects)
        positions = [
            np.array(
                [
                    [known.setdefault(self._effect(r, f, y), len(known)) for y in years]
                    for f in range(len(self.flows))
                ]
            )
            for r in reporters
        ]
        return tuple(known), positions

    def compile(self, observations: Sequence[Observation]) -> Rows:
        """Compile observations to rows, the two-sided figures first."""
        observations = sorted(observations, key=lambda seen: seen.figure.one_sided)
        for seen in observations:
            if seen.side:
                self._sides.setdefault(seen.reporter, seen.side)
        first_total: list[int] = []
        first_segment: list[int] = []
        shift: list[float] = []
        segments: list[tuple[int, int, int]] = []
        for seen in observations:
            first_total.append(len(first_segment))
            for total in _totals(seen):
                first_segment.append(len(segments))
                shift.append(total.shift)
                for flow in self._flows_of(total.flow):
                    offset = flow * self.n_months
                    for year, start, stop in self._by_year(total.window):
                        effect = self.effect(seen.reporter, flow, year)
                        segments.append((offset + start, offset + stop, effect))
        bounds = np.array([_interval(seen) for seen in observations]).reshape(-1, 2)
        laws = [(0.0, 0.0) if seen.figure.one_sided else _law(seen) for seen in observations]
        qualifiers = [seen.figure.qualifier for seen in observations]
        law = np.array(laws).reshape(-1, 2)
        starts, stops, effects = np.array(segments, np.intp).reshape(-1, 3).T
        return Rows(
            observations=tuple(observations),
            low=bounds[:, 0],
            high=bounds[:, 1],
            middle=law[:, 0],
            spread=law[:, 1],
            exact=np.isin(qualifiers, ["exact"]),
            hedged=np.isin(qualifiers, ["over", "nearly", "about"]),
            first_total=np.array(first_total, np.intp),
            shift=np.array(shift),
            signed=np.array([seen.signed for seen in observations], bool),
            first_segment=np.array(first_segment, np.intp),
            start=starts,
            stop=stops,
            effect=effects,
            n_months=self.n_months,
        )

    def _flows_of(self, flow: str) -> tuple[int, ...]:
        if flow in self.flows:
            return (self.flows.index(flow),)
        assert flow == TURNOVER, "Series allows only the turnover and the flows of its pair"
        return tuple(range(len(self.flows)))

    def _by_year(self, window: Window) -> list[tuple[int, int, int]]:
        """Split a window into (year, start, stop), months counted from the first of the grid."""
        pieces = []
        for year in range(window.start // MONTHS, window.end // MONTHS + 1):
            start = max(window.start, year * MONTHS) - self.first_month
            stop = min(window.end + 1, (year + 1) * MONTHS) - self.first_month
            pieces.append((year, start, stop))
        return pieces


def is_total(seen: Observation) -> bool:
    """Whether a figure is a total: a level that is no balance."""
    return isinstance(seen, Level) and not seen.signed


class _Total(NamedTuple):
    """A total of a row: of a flow over a window, and what is added before the log."""

    flow: str
    window: Window
    shift: float = 0.0


def _totals(seen: Observation) -> list[_Total]:
    """Totals whose logs make a row: of the first, less that of the second if there is one."""
    flow = seen.series.flow
    if not seen.signed:
        return [_Total(flow, window) for window in seen.windows]
    number, _ = _difference(seen)
    first, second = seen.series.flows if flow == BALANCE else (flow, flow)
    return [
        _Total(first, seen.windows[0], max(-number, 0.0)),
        _Total(second, seen.windows[-1], max(number, 0.0)),
    ]


def _difference(seen: Observation) -> tuple[float, float]:
    """``d`` and its spread by the wording, in the unit of the series; of a bound, where it is."""
    unit = seen.series.unit
    if not seen.figure.one_sided:
        return seen.figure.amount_law(unit)
    low, high = seen.figure.amount_interval(unit)
    return (low if math.isfinite(low) else high), 0.0


def _interval(seen: Observation) -> tuple[float, float]:
    """What the wording leaves open of a row: of a difference, the side of zero."""
    if isinstance(seen, Increment) or seen.signed:
        ends = seen.figure.interval
        return (0.0 if math.isfinite(ends[0]) else -math.inf), (
            0.0 if math.isfinite(ends[1]) else math.inf
        )
    return seen.log_interval


def _law(seen: Observation) -> tuple[float, float]:
    """Mean of a row and spread of its figure."""
    if isinstance(seen, Increment) or seen.signed:
        return 0.0, _difference(seen)[1]
    return seen.log_law


def as_printed(seen: Observation, value: float, scale: float) -> float:
    """Return what a figure would print, in its own unit, if its row had some value.

    Parameters
    ----------
    seen
        The figure.
    value
        Of its row.
    scale
        Of the row (`Linear.scale`).
    """
    factor, value = 1.0, max(-_LARGEST_LOG, min(value, _LARGEST_LOG))
    if not isinstance(seen, Growth):
        factor = split_unit(seen.series.unit)[1] / split_unit(seen.figure.unit)[1]
    if seen.signed:
        number, _ = _difference(seen)
        sign = 1.0 if number >= 0.0 else -1.0
        return factor * (number + sign * scale * math.expm1(sign * value))
    ratio = math.exp(value)
    return 100.0 * (ratio - 1.0) if seen.figure.unit == "percent" else factor * ratio


def effect_covariance(effects: Sequence[Effect], reporting: Reporting) -> Array:
    """Covariance of the reporter effects; the formula is at the top of this module."""
    sides = {e.reporter: e.side or e.reporter for e in effects}
    names = {name: i for i, name in enumerate(sides)}
    reporter = np.array([names[e.reporter] for e in effects], np.intp)
    flow = np.array([e.flow for e in effects])
    year = np.array([e.year for e in effects])
    same = {
        "reporter": reporter[:, None] == reporter,
        "flow": flow[:, None] == flow,
        "year": year[:, None] == year,
    }
    spread = reporting.reporter_spread**2 + reporting.reporter_year_spread**2 * same["year"]
    weights = consensus_weights(sides)
    own = weights[reporter]
    centred = same["reporter"] - own[:, None] - own + weights @ weights
    covariance: Array = same["flow"] * centred * spread
    return covariance


def consensus_weights(sides: Mapping[str, str]) -> Array:
    """Weight of each reporter in the consensus, given the side of each.

    A source that is not known (a reporter without a name) has none, unless there is no other.

    Examples
    --------
    >>> consensus_weights({"AZ customs": "AZ", "AZ stat": "AZ", "TR stat": "TR stat", "": ""})
    array([0.25, 0.25, 0.5 , 0.  ])
    """
    offices = Counter(side for name, side in sides.items() if name) or Counter(sides.values())
    weights = [1.0 / (offices[s] * len(offices)) if s in offices else 0.0 for s in sides.values()]
    return np.array(weights)
