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
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from tradetrack._typing import MONTHS, Array, Index
from tradetrack.domain.figure import split_unit
from tradetrack.domain.observation import BALANCE, TURNOVER, Growth, Increment, Level, Observation
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
        return Linear(self.value[:n], self.by_path[:n], self.by_effect[:n], self.scale[:n])


@dataclass(frozen=True, slots=True, eq=False)
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
    signs
        ``[row, total]``: +1 for a level or what is compared, -1 for what it is compared with, which
        is the next total.
    shift
        What is added to each total before its log is taken: the printed number of a difference.
    signed
        Which rows are differences.
    months
        ``[segment, flow * month]``: which months a segment adds up.
    start, stop
        The first of them, and the first that is not.
    n_months
        Number of months of the grid, which starts in a January.
    first_segment
        First segment of each total.
    effect
        Effect of each segment.
    """

    observations: tuple[Observation, ...]
    low: Array
    high: Array
    middle: Array
    spread: Array
    exact: NDArray[np.bool_]
    hedged: NDArray[np.bool_]
    signs: sparse.csr_array
    shift: Array
    signed: NDArray[np.bool_]
    months: sparse.csr_array
    start: Index
    stop: Index
    n_months: int
    first_segment: Index
    effect: Index

    @property
    def n_two_sided(self) -> int:
        """Number of rows that are not bounds."""
        return int(np.isfinite(self.low + self.high).sum())

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
        first = self._first_total
        compared = np.flatnonzero(np.diff(self.signs.indptr) > 1)
        printed: NDArray[Real] = logs[first]
        printed[compared] -= logs[first[compared] + 1]
        return printed

    @property
    def _first_total(self) -> NDArray[np.integer]:
        first: NDArray[np.integer] = self.signs.indices[self.signs.indptr[:-1]]
        return first

    def scale(self, log_path: Array, effects: Array) -> Array:
        """What one in each row's log is in its amount, on one path: `Linear.scale`."""
        if not self.signed.any():
            return np.ones(len(self.signed))
        segments = (self.months @ np.exp(log_path)) * np.exp(effects)[self.effect]
        return self._scale(np.add.reduceat(segments, self.first_segment) + self.shift)

    def _scale(self, shifted: Array) -> Array:
        """Pick, of each difference, the total that the printed number was added to."""
        first = self._first_total
        side = first + (self.shift[first] == 0.0) * self.signed
        return np.where(self.signed, shifted[side], 1.0)

    def linearise(self, log_path: Array, effects: Array) -> Linear:
        """Expand the rows about one path."""
        months = self.months @ sparse.diags_array(np.exp(log_path))
        scale = np.exp(effects)[self.effect]
        segments = months.sum(axis=1) * scale
        totals = np.add.reduceat(segments, self.first_segment) + self.shift
        count = np.diff(np.append(self.first_segment, len(segments)))
        of_total = np.repeat(np.arange(len(totals)), count)
        share = sparse.csr_array(
            (1.0 / totals[of_total], (of_total, np.arange(len(segments)))),
            shape=(len(totals), len(segments)),
        )
        to_effect = sparse.csr_array(
            (segments, (np.arange(len(segments)), self.effect)), shape=(len(segments), len(effects))
        )
        by_segment = self.signs @ share
        return Linear(
            value=self.signs @ np.log(totals),
            by_path=sparse.csr_array(by_segment @ sparse.diags_array(scale) @ months),
            by_effect=sparse.csr_array(by_segment @ to_effect),
            scale=self._scale(totals),
        )


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
        signs: list[tuple[int, int, float]] = []
        segments: list[tuple[int, int, int]] = []
        effect: list[int] = []
        first: list[int] = []
        shift: list[float] = []
        for row, seen in enumerate(observations):
            for term in _terms(seen):
                signs.append((row, len(first), term.sign))
                first.append(len(effect))
                shift.append(term.shift)
                for flow in self._flows_of(term.flow):
                    for year, start, stop in self._by_year(term.window):
                        offset = flow * self.n_months
                        segments.append((len(effect), offset + start, offset + stop))
                        effect.append(self.effect(seen.reporter, flow, year))
        bounds = np.array([_interval(seen) for seen in observations]).reshape(-1, 2)
        laws = [(0.0, 0.0) if seen.figure.one_sided else _law(seen) for seen in observations]
        qualifiers = [seen.figure.qualifier for seen in observations]
        law = np.array(laws).reshape(-1, 2)
        return Rows(
            observations=tuple(observations),
            low=bounds[:, 0],
            high=bounds[:, 1],
            middle=law[:, 0],
            spread=law[:, 1],
            exact=np.isin(qualifiers, ["exact"]),
            hedged=np.isin(qualifiers, ["over", "nearly", "about"]),
            signs=_incidence(signs, (len(observations), len(first))),
            shift=np.array(shift),
            signed=np.array([seen.signed for seen in observations], bool),
            months=_incidence(
                [(s, month, 1.0) for s, start, stop in segments for month in range(start, stop)],
                (len(effect), len(self.flows) * self.n_months),
            ),
            start=np.array([start for _, start, _ in segments], np.intp),
            stop=np.array([stop for _, _, stop in segments], np.intp),
            n_months=self.n_months,
            first_segment=np.array(first, np.intp),
            effect=np.array(effect, np.intp),
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


class _Term(NamedTuple):
    """A total of a row: of a flow over a window, its sign, and what is added before the log."""

    flow: str
    window: Window
    sign: float
    shift: float = 0.0


def _terms(seen: Observation) -> list[_Term]:
    """Totals whose logs make a row."""
    flow = seen.series.flow
    if not seen.signed:
        signs = (1.0, -1.0)
        return [_Term(flow, *term) for term in zip(seen.windows, signs, strict=False)]
    number, _ = _difference(seen)
    first, second = seen.series.flows if flow == BALANCE else (flow, flow)
    return [
        _Term(first, seen.windows[0], 1.0, max(-number, 0.0)),
        _Term(second, seen.windows[-1], -1.0, max(number, 0.0)),
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


def _incidence(
    entries: Sequence[tuple[int, int, float]], shape: tuple[int, int]
) -> sparse.csr_array:
    rows, columns, values = zip(*entries, strict=True) if entries else ((), (), ())
    index = (np.array(rows, np.intp), np.array(columns, np.intp))
    return sparse.csr_array((np.array(values, float), index), shape=shape)


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
