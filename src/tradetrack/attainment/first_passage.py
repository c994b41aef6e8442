"""First passage of totals: pure arrays.

A goal is met at the end of the first window whose total reaches the amount. Everything that is
said of "met by" a month derives from that one month of each path.
"""

import numpy as np
from numpy.typing import NDArray

Totals = NDArray[np.float32]
Months = NDArray[np.int32]

# An exactly printed total is known to five digits on a path; a goal is not missed by the sixth.
TOLERANCE = 5e-5
NEVER = np.int32(np.iinfo(np.int32).max)
"""Month of first passage of a path on which the goal is not met."""
_LARGEST = float(np.finfo(np.float32).max)


def reaches(totals: Totals, amount: float | Totals, *, at_most: bool = False) -> NDArray[np.bool_]:
    """Whether each total is at least the amount, or at most, to `TOLERANCE`.

    Parameters
    ----------
    totals
        ``[window, path]``.
    amount
        One number, or one for each path or total, in the unit of the totals.
    at_most
        Whether the totals are to fall to the amount.

    Examples
    --------
    >>> reaches(np.array([[1.0, 3.0]], np.float32), 2.0)
    array([[False,  True]])
    """
    leeway = np.abs(amount) * (TOLERANCE if at_most else -TOLERANCE)
    bound = np.clip(amount + leeway, -_LARGEST, _LARGEST)
    met: NDArray[np.bool_] = totals <= bound if at_most else totals >= bound
    return met


def in_a_row(met: NDArray[np.bool_], times: int) -> NDArray[np.bool_]:
    """Whether a window is the last of so many in a row that are met, ``[window, path]``.

    Examples
    --------
    >>> in_a_row(np.array([[True], [True], [False]]), 2).ravel()
    array([False,  True, False])
    """
    for _ in range(times - 1):
        met = np.concatenate([np.zeros_like(met[:1]), met[1:] & met[:-1]])
    return met


def first_months(met: NDArray[np.bool_], ends: range) -> Months:
    """Month in which the first window that is met ends, on each path; else `NEVER`.

    Examples
    --------
    >>> first_months(np.array([[False, False], [True, False]]), range(11, 24, 12)).tolist()
    [23, 2147483647]
    """
    first = np.full(met.shape[1], NEVER)
    for end, now in zip(reversed(ends), met[::-1], strict=True):
        np.copyto(first, np.int32(end), where=now)
    return first


def met_by(first: Months, months: range) -> NDArray[np.bool_]:
    r"""Whether the goal is met by the end of each month, ``[month, path]``.

    .. math:: T \le k \iff \exists j \le k: \text{total}_j \ge \text{amount}

    Examples
    --------
    >>> met_by(np.array([23, NEVER], np.int32), range(11, 36, 12)).mean(axis=1)
    array([0. , 0.5, 0.5])
    """
    reached: NDArray[np.bool_] = first <= np.asarray(months, np.int32)[:, None]
    return reached


def monte_carlo_errors(
    met: NDArray[np.bool_], cluster_starts: NDArray[np.intp] | None = None
) -> NDArray[np.float64]:
    r"""Standard error of the share of paths that meet a goal, month by month.

    Paths ``i`` that share a history ``h`` are one cluster of the sample, with ``n`` paths in all

    .. math:: \frac1n \Big[\sum_h \Big(\sum_{i \in h} (z_i - p)\Big)^2\Big]^{1/2},

    which for paths of their own is :math:`\sqrt{p(1-p)/n}`. It is at least one over the number of
    histories and two, so that no probability seems to be known for certain.

    Parameters
    ----------
    met
        From `met_by`, ``[month, path]``.
    cluster_starts
        See `tradetrack.models.paths.LogPaths`.

    References
    ----------
    Liang and Zeger (1986), Longitudinal data analysis using generalized linear models, Biometrika.

    Examples
    --------
    >>> monte_carlo_errors(np.array([[True, False] * 50])).round(3)
    array([0.05])
    """
    n = met.shape[1]
    starts = np.arange(n) if cluster_starts is None else cluster_starts
    size = np.diff(starts, append=n)
    # Months between which no path meets the goal have one error: `met` only ever turns true.
    _, own, which = np.unique(np.count_nonzero(met, axis=1), return_index=True, return_inverse=True)
    apart = met[own]
    met_in = np.add.reduceat(apart, starts, axis=1, dtype=np.int32)
    off = met_in - apart.mean(axis=1, keepdims=True) * size
    errors: NDArray[np.float64] = np.sqrt((off**2).sum(axis=1)) / n
    return np.maximum(errors, 1.0 / (len(starts) + 2))[which]


def first_year(cumulative: NDArray[np.float64], probability: float) -> int | None:
    """Position of the first year by which the probability is reached, or None.

    Examples
    --------
    >>> first_year(np.array([0.1, 0.4, 0.6]), 0.5)
    2
    """
    reached = np.flatnonzero(cumulative >= probability - 1e-12)
    return int(reached[0]) if len(reached) else None
