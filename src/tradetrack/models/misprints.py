r"""Which rows fit the others: a small discrete prior over each row's error, searched greedily.

A printed row may be other than it seems: revised since, in another unit, of another window. Row
``i`` is in one of three states ``z``, each with a prior probability and an error beyond the row's
noise :math:`n_i`:

.. math:: \text{sound: } 0, \qquad \text{revised: } N(0, s_R^2), \qquad
          \text{misprint: } 0.7 N(0, s_M^2)
          + \tfrac{0.3}4 \sum_{k = \pm\log 10, \pm\log 1000} N(k, s_R^2).

Rows are Gaussian given the states, the level integrated out, with the projection ``P`` of
:mod:`~tradetrack.models.gaussian`. The other rows predict row ``i``; it differs by

.. math:: e_i = (P r)_i / P_{ii}, \qquad v_i = 1 / P_{ii} - n_i^2 - \operatorname{Var}(z_i),

the residual of leave-one-out and its variance without the row's own error, so that a change of its
state adds :math:`\log \pi_z p_z(e_i, v_i)` less that of the present state to the log probability of
all. The row that gains most changes its state, rows may change back, and ``P`` follows by
Sherman and Morrison: :math:`P \leftarrow P - \delta P_i P_i' / (1 + \delta P_{ii})`.

**A real jump is not a misprint.** A rival explanation competes on the same terms: from some January
on the level of a flow, or of both, is another one, :math:`N(0, s_L^2)`, with a probability a year.
A jump that later rows confirm costs one level shift and several misprints; the first or the newest
row costs one of either, and the shift is the likelier; a single odd row between two others costs
two shifts and one misprint. These are the additive outliers and level shifts of the time series
literature, with a prior where that has critical values.

A misprint says nothing any more: its error gets a standard deviation of 30. A revised row says
less. States are found under the prior average of the regimes: a posterior that a wrong row has
moved would excuse it.

References
----------
Box and Tiao (1968), A Bayesian approach to some outlier problems, Biometrika 55.
Chen and Liu (1993), Joint estimation of model parameters and outlier effects in time series,
Journal of the American Statistical Association 88.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from tradetrack._checks import check_number, is_number, shown
from tradetrack._typing import MONTHS, Array, Index
from tradetrack.domain.discounted import DiscountedRow
from tradetrack.domain.observation import Growth, Observation
from tradetrack.errors import InputError
from tradetrack.models.gaussian import generalised_least_squares
from tradetrack.models.measurement import Rows, as_printed

SOUND, REVISED, MISPRINT = 0, 1, 2
SLIPS = np.log([10.0, 0.1, 1000.0, 0.001])
"""Logs of the factors by which a unit or a decimal point slips."""

SLIPPED = 0.3
"""Share of misprints that are such a slip."""

_SILENT = 30.0  # standard deviation, in logs, of what says nothing
_UNKNOWN = 1e4  # variance of a prediction by rows that do not set the level
_LATER = 0.5  # log odds that the latest row is sound rather than the earliest, all else equal
_TIED = 1.0  # log odds within which two rows are as likely the wrong one
_LEAST_GAIN = 1e-6
_BEYOND_DOUBT = float(np.log(1000.0))  # log odds against a bound
_MOST_CHANGES = 4  # a row
_AGAINST = 0.5  # correlation of the errors of two rows that contradict each other
_TINY = 1e-9
_NEAR = 0.15  # how near the residual of a slip is to it, in logs
_OTHER = "another window, flow, coverage or unit"
_MOVED = "a revision or other coverage"
_SLIP_WORDS = (
    "ten times too large",
    "ten times too small",
    "a thousand times too large",
    "a thousand times too small",
)


@dataclass(frozen=True, slots=True)
class MisprintPrior:
    """How often printed rows are not what they seem; spreads are standard deviations in logs.

    Attributes
    ----------
    revision, revision_spread
        Probability that a row has been revised by more than its noise, and by how much. Of 49
        figures that the shipped ledger's sources printed twice 19 moved beyond their rounding and 6
        by more than 5 %.
    misprint, misprint_spread
        Probability that a row is something else than it says, and how far off it then is.
    level_shift, level_shift_spread
        Probability a year that a flow's level jumps, and by how much. It only protects jumps from
        being taken for misprints; what paths do is the regimes' matter.

    Raises
    ------
    InputError
        If a probability is not in [0, 1), or a spread not above 0.

    Examples
    --------
    >>> import tradetrack as tt
    >>> believing = tt.GrowthMixture(misprints=None)
    >>> careful = tt.GrowthMixture(misprints=MisprintPrior(misprint=0.05))
    """

    revision: float = 0.10
    revision_spread: float = 0.15
    misprint: float = 0.01
    misprint_spread: float = 1.5
    level_shift: float = 0.02
    level_shift_spread: float = 1.0

    def __post_init__(self) -> None:
        """Refuse numbers that are no probabilities or spreads."""
        for name in ("revision", "misprint", "level_shift"):
            share = getattr(self, name)
            if not (is_number(share) and 0.0 <= share < 1.0):
                raise InputError(f"MisprintPrior.{name} is {shown(share)}; write 0 to 1")
            check_number(f"MisprintPrior.{name}_spread", getattr(self, f"{name}_spread"), 0)
        if self.revision + self.misprint >= 1.0:
            raise InputError("MisprintPrior.revision and misprint leave nothing for sound rows")

    def log_odds(self, residual: Array, variance: Array, noise: Array) -> Array:
        """Log prior and likelihood of each state, ``[state, row]``.

        Parameters
        ----------
        residual, variance
            ``e`` and ``v``.
        noise
            ``n``.
        """
        sound = variance + noise**2
        revised = sound + self.revision_spread**2
        broad = _log_normal(residual, sound + self.misprint_spread**2)
        slips = _log_normal(residual - SLIPS[:, None], revised)
        each = np.log(SLIPPED / len(SLIPS))
        misprint = np.logaddexp(np.log1p(-SLIPPED) + broad, np.logaddexp.reduce(each + slips))
        states = [_log_normal(residual, sound), _log_normal(residual, revised), misprint]
        odds: Array = self.log_priors[:, None] + np.array(states)
        return odds

    @property
    def log_priors(self) -> Array:
        """Log prior probability of each state."""
        with np.errstate(divide="ignore"):
            logs: Array = np.log(
                [1.0 - self.revision - self.misprint, self.revision, self.misprint]
            )
        return logs

    @property
    def variances(self) -> Array:
        """Variance beyond the noise with which a row in each state counts."""
        return np.array([0.0, self.revision_spread**2, _SILENT**2])


@dataclass(frozen=True, slots=True, eq=False)
class RowStates:
    """The state of each row, and what the others say of it.

    Attributes
    ----------
    state
        `SOUND`, `REVISED` or `MISPRINT`, ``[row]``.
    residual, spread
        What was printed less what the other rows predict, and the standard deviation of the
        prediction, in logs; a spread is infinite where nothing else sets the level.
    probability
        That the row is not sound, given the states of the others.
    variance
        Variance beyond the noise with which the row counts.
    rival
        Another row that was as likely the wrong one when this one was chosen; -1 for none.
    """

    state: Index
    residual: Array
    spread: Array
    probability: Array
    variance: Array
    rival: Index

    @classmethod
    def all_sound(cls, n: int) -> "RowStates":
        """Rows that are taken as printed."""
        none = np.zeros(n)
        far = np.full(n, np.inf)
        return cls(np.zeros(n, np.intp), none, far, none, none, np.full(n, -1))

    def then(self, other: "RowStates") -> "RowStates":
        """Put further rows behind these."""
        columns = zip(_columns(self), _columns(other), strict=True)
        return RowStates(*(np.concatenate(both) for both in columns))

    def at_least(self, other: "RowStates") -> "RowStates":
        """Take rows for no less doubtful than others are."""
        more = other.state > self.state
        return replace(
            self,
            state=np.where(more, other.state, self.state),
            variance=np.where(more, other.variance, self.variance),
        )

    def agrees(self, other: "RowStates") -> bool:
        """Whether all rows are in the same states."""
        return bool((self.state == other.state).all())


def _columns(states: RowStates) -> tuple[NDArray[np.generic], ...]:
    return tuple(getattr(states, column.name) for column in fields(states))


@dataclass(frozen=True, slots=True, eq=False)
class LevelShifts:
    """Level shifts that can be told apart by the rows.

    Attributes
    ----------
    by_shift
        Derivative of each row by each shift, ``[row, shift]``.
    log_prior
        Log prior probability of each.
    """

    by_shift: Array
    log_prior: Array

    @classmethod
    def of(cls, by_flow: list[sparse.csr_array], probability: float) -> "LevelShifts":
        """Shifts in each January, of each flow and of all; those that rows see alike are one.

        Parameters
        ----------
        by_flow
            The rows' derivative by the months of each flow, ``[row, month]``; months start in a
            January.
        probability
            Of a shift in one January.
        """
        n_rows, n_months = by_flow[0].shape
        years = range(0, n_months, MONTHS)
        by_year = np.array([np.add.reduceat(flow.toarray(), years, axis=1) for flow in by_flow])
        after = by_year[..., ::-1].cumsum(axis=-1)[..., ::-1]
        whole = after.sum(axis=0, keepdims=True)
        after = np.concatenate([after, whole]) if len(by_flow) > 1 else after
        moved = after[..., 1:].transpose(0, 2, 1).reshape(-1, n_rows)
        if not (len(moved) and probability):
            return cls(np.zeros((n_rows, 0)), np.zeros(0))
        seen, count = np.unique(np.round(moved, 6), axis=0, return_counts=True)
        told = (seen != 0.0).any(axis=1) & (np.abs(seen - whole[0, :, 0]) > 1e-5).any(axis=1)
        return cls(seen[told].T, np.log(probability * count[told]))


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Linear two-sided rows, as if all were sound.

    Attributes
    ----------
    covariance
        ``S``, noise included.
    flat, residual
        ``h`` and ``r``: derivative by the common level, and printed less prior mean.
    noise
        ``n``.
    doubtful
        Which rows may be wrong.
    later
        When each row was published: 0 for the earliest and 1 for the latest. Of two that contradict
        each other, alike in all else, the earlier is doubted.
    """

    covariance: Array
    flat: Array
    residual: Array
    noise: Array
    doubtful: NDArray[np.bool_]
    later: Array


def find_misprints(prior: MisprintPrior, evidence: Evidence, shifts: LevelShifts) -> RowStates:
    """Search the states of the rows; the algebra is at the top of this module.

    Parameters
    ----------
    prior
        How often rows are not what they seem.
    evidence, shifts
        The rows, and the rival explanations.
    """
    return _Search(prior, evidence, shifts).run()


def judge_bounds(
    prior: MisprintPrior, mean: Array, variance: Array, noise: Array, limits: tuple[Array, Array]
) -> RowStates:
    r"""Find bounds that are misprints, each on its own given the two-sided rows.

    With the row predicted at :math:`N(\mu, v)` a bound at ``l`` has the probability

    .. math:: \pi_z \Phi\big(\pm (\mu - l) / \sqrt{v + n^2 + \operatorname{Var}(z)}\big).

    A bound says that there was more, or less, and is often newest: it is believed until a misprint
    is a thousand times likelier.

    Parameters
    ----------
    prior
        How often rows are not what they seem.
    mean, variance
        Of the prediction, without the row's own error.
    noise
        ``n``.
    limits
        Lowest and highest; one of the two is infinite.
    """
    from scipy.special import log_ndtr  # loads slower than the library

    sign = np.where(np.isfinite(limits[0]), 1.0, -1.0)
    limit = np.where(np.isfinite(limits[0]), *limits)
    own = variance + noise**2
    sound, misprint = (
        prior.log_priors[state] + log_ndtr(sign * (mean - limit) / np.sqrt(own + beyond))
        for state, beyond in ((SOUND, 0.0), (MISPRINT, prior.misprint_spread**2))
    )
    state = np.where(misprint - sound > _BEYOND_DOUBT, MISPRINT, SOUND)
    return RowStates(
        state=state,
        residual=limit - mean,
        spread=np.sqrt(variance),
        probability=np.exp(misprint - np.logaddexp(sound, misprint)),
        variance=prior.variances[state],
        rival=np.full(len(state), -1),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Search:
    prior: MisprintPrior
    evidence: Evidence
    shifts: LevelShifts

    def run(self) -> RowStates:
        """Change the state that gains most until none gains."""
        state = np.zeros(len(self.evidence.flat), np.intp)
        variances, unit = self.prior.variances, np.eye(len(state))
        projection, _ = generalised_least_squares(self.evidence.covariance, self.evidence.flat)
        shifted = np.zeros(len(self.shifts.log_prior), bool)
        rival = np.full(len(state), -1)
        for _ in range(_MOST_CHANGES * len(state)):
            gain, from_shift = (
                self._gains(projection, state),
                self._shift_gains(projection, shifted),
            )
            new, row = self._best(gain)
            best, best_shift = gain[new, row], from_shift.max(initial=-np.inf)
            if max(best, best_shift) < _LEAST_GAIN:
                break
            if best_shift > best:
                shift = int(from_shift.argmax())
                change = (-1.0 if shifted[shift] else 1.0) * self.prior.level_shift_spread**2
                _add_variance(projection, self.shifts.by_shift[:, shift], change)
                shifted[shift] = not shifted[shift]
            else:
                rival[row] = _rival(projection, gain.max(axis=0), int(row)) if new else -1
                _add_variance(projection, unit[row], variances[new] - variances[state[row]])
                state[row] = new
        return self._states(projection, state, rival)

    def _best(self, gain: Array) -> tuple[int, int]:
        """State and row that gain most; of equals the largest amount, whatever rounding says."""
        states, rows = np.nonzero(gain >= gain.max() - _LEAST_GAIN)
        best = int(self.evidence.residual[rows].argmax())
        return int(states[best]), int(rows[best])

    def _predictions(self, projection: Array, state: Index) -> tuple[Array, Array]:
        """Leave-one-out residuals, and variances of the predictions, infinite if unknown."""
        own = np.maximum(projection.diagonal(), 1.0 / _UNKNOWN)
        own_variance = self.evidence.noise**2 + self.prior.variances[state]
        variance = np.maximum(1.0 / own - own_variance, 0.0)
        known = projection.diagonal() > 1.0 / _UNKNOWN
        return projection @ self.evidence.residual / own, np.where(known, variance, np.inf)

    def _gains(self, projection: Array, state: Index) -> Array:
        """What each state of each row would add to the log probability of all."""
        residual, variance = self._predictions(projection, state)
        can = self.evidence.doubtful & np.isfinite(variance)
        logs = self.prior.log_odds(residual, np.where(can, variance, 1.0), self.evidence.noise)
        logs[1:] -= _LATER * self.evidence.later
        return np.where(can, logs - logs[state, np.arange(len(state))], -np.inf)

    def _shift_gains(self, projection: Array, shifted: NDArray[np.bool_]) -> Array:
        """The same of putting each level shift in, or of taking it out."""
        change = np.where(shifted, -1.0, 1.0)
        variance = change * self.prior.level_shift_spread**2
        moved = projection @ self.shifts.by_shift
        scale = np.maximum(1.0 + variance * (self.shifts.by_shift * moved).sum(axis=0), _TINY)
        fit = variance * (moved.T @ self.evidence.residual) ** 2 / scale
        gains: Array = 0.5 * (fit - np.log(scale)) + change * self.shifts.log_prior
        return gains

    def _states(self, projection: Array, state: Index, rival: Index) -> RowStates:
        residual, variance = self._predictions(projection, state)
        can = self.evidence.doubtful & np.isfinite(variance)
        logs = self.prior.log_odds(residual, np.where(can, variance, 1.0), self.evidence.noise)
        sound = np.exp(logs[SOUND] - np.logaddexp.reduce(logs))
        return RowStates(
            state=state,
            residual=residual,
            spread=np.sqrt(variance),
            probability=np.where(can, 1.0 - sound, 0.0),
            variance=self.prior.variances[state],
            rival=rival,
        )


def _add_variance(projection: Array, direction: Array, variance: float) -> None:
    """Add ``variance * g g'`` to the covariance that ``projection`` belongs to, in place."""
    column = projection @ direction
    projection -= (variance / (1.0 + variance * (direction @ column))) * np.outer(column, column)


def _rival(projection: Array, gain: Array, row: int) -> int:
    """Row that contradicts this one and was as likely the wrong one, or -1."""
    own = np.maximum(projection.diagonal(), 1.0 / _UNKNOWN)
    against = np.abs(projection[row]) / np.sqrt(own * own[row])
    tied = (gain > gain[row] - _TIED) & (against > _AGAINST)
    tied[row] = False
    return int(np.where(tied, gain, -np.inf).argmax()) if tied.any() else -1


def _log_normal(residual: Array, variance: Array) -> Array:
    logs: Array = -0.5 * (residual**2 / variance + np.log(2.0 * np.pi * variance))
    return logs


def discounted_rows(rows: Rows, states: RowStates, scale: Array) -> tuple[DiscountedRow, ...]:
    """Name the rows that are not sound, the surest first; ``scale`` is `Linear.scale`."""
    limits = np.where(np.isfinite(rows.low), rows.low, rows.high)
    said = np.concatenate([rows.centre(), limits[rows.n_two_sided :]])
    found = sorted(np.flatnonzero(states.state), key=lambda i: -states.probability[i])
    expected = [
        as_printed(seen, float(value), float(one))
        for seen, value, one in zip(rows.observations, said - states.residual, scale, strict=True)
    ]
    return tuple(_discounted(rows.observations, expected, states, int(i)) for i in found)


def left_out(seen: Growth, predicted: float | None) -> DiscountedRow:
    """Name a growth of a thousandfold and more, which is not used; the log predicted, if it is."""
    return DiscountedRow(
        row=_name(seen),
        figure=seen.said,
        kind="misprint",
        probability=1.0,
        expected=None if predicted is None else as_printed(seen, predicted, 1.0),
        unit=seen.figure.unit,
        cause="growth, or a fall, of a thousandfold and more",
    )


def _discounted(
    observations: Sequence[Observation], expected: Sequence[float], states: RowStates, i: int
) -> DiscountedRow:
    seen, rival = observations[i], int(states.rival[i])
    misprint = bool(states.state[i] == MISPRINT)
    return DiscountedRow(
        row=_name(seen),
        figure=seen.said,
        kind="misprint" if misprint else "revision",
        probability=float(states.probability[i]),
        expected=expected[i],
        unit=seen.figure.unit,
        cause=_cause(seen, float(states.residual[i]), float(states.spread[i]), misprint=misprint),
        rival=_name(observations[rival]) if rival >= 0 else "",
    )


def _name(seen: Observation) -> str:
    return seen.id or str(seen)


def _cause(seen: Observation, residual: float, spread: float, *, misprint: bool) -> str:
    """Say what may be behind a residual: a slip of unit or decimal point, or another thing."""
    near = max(2.0 * spread, _NEAR)
    if seen.signed:
        return _OTHER if misprint else _MOVED
    if seen.figure.unit == "percent":
        tenth = np.log1p(seen.figure.value / 100.0) - np.log1p(seen.figure.value / 1000.0)
        if abs(residual - tenth) < _NEAR < abs(residual):
            return "perhaps a decimal point of the growth rate"
    else:
        for slip, words in zip(SLIPS, _SLIP_WORDS, strict=True):
            if abs(residual - slip) < near:
                return f"perhaps {words}"
    return _OTHER if misprint else _MOVED
