"""First passage of yearly totals: pure arrays.

A goal is met in the first year whose total reaches the amount. On one path, "met by year k" is
"the running maximum to k reaches the amount", so everything derives from the running maximum.
"""

import numpy as np
from numpy.typing import NDArray

Totals = NDArray[np.float32]

# An exactly printed total is known to five digits on a path; a goal is not missed by the sixth.
TOLERANCE = 5e-5
_LARGEST = float(np.finfo(np.float32).max)


def running_maximum(totals: Totals) -> Totals:
    """Highest total so far, ``[year, path]``."""
    highest: Totals = np.maximum.accumulate(totals, axis=0)
    return highest


def passed(highest: Totals, amount: float) -> NDArray[np.bool_]:
    """Whether the amount is reached by each year, ``[year, path]``.

    Parameters
    ----------
    highest
        Running maximum, ``[year, path]``.
    amount
        The goal, in the unit of the totals.

    Examples
    --------
    >>> passed(running_maximum(np.array([[1.0, 1.0], [3.0, 1.0]], np.float32)), 2.0)
    array([[False, False],
           [ True, False]])
    """
    reached: NDArray[np.bool_] = highest >= min(amount * (1.0 - TOLERANCE), _LARGEST)
    return reached


def met_by(highest: Totals, amount: float) -> NDArray[np.float64]:
    r"""Probability that the amount is reached by each year.

    .. math:: \Pr(T \le k) = \Pr(\max_{j \le k} \text{total}_j \ge \text{amount})

    Examples
    --------
    >>> met_by(running_maximum(np.array([[1.0, 1.0], [3.0, 1.0]], np.float32)), 2.0)
    array([0. , 0.5])
    """
    share: NDArray[np.float64] = passed(highest, amount).mean(axis=1)
    return share


def monte_carlo_errors(
    met: NDArray[np.bool_], cluster_starts: NDArray[np.intp] | None = None
) -> NDArray[np.float64]:
    r"""Standard error of the share of paths that meet a goal, year by year.

    Paths ``i`` that share a history ``h`` are one cluster of the sample, with ``n`` paths in all

    .. math:: \frac1n \Big[\sum_h \Big(\sum_{i \in h} (z_i - p)\Big)^2\Big]^{1/2},

    which for paths of their own is :math:`\sqrt{p(1-p)/n}`. It is at least one over the number of
    histories and two, so that no probability seems to be known for certain.

    Parameters
    ----------
    met
        From `passed`, ``[year, path]``.
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
    met_in = np.add.reduceat(met, starts, axis=1, dtype=np.int32)
    off = met_in - met.mean(axis=1, keepdims=True) * size
    errors: NDArray[np.float64] = np.sqrt((off**2).sum(axis=1)) / n
    return np.maximum(errors, 1.0 / (len(starts) + 2))


def first_year(cumulative: NDArray[np.float64], probability: float) -> int | None:
    """Position of the first year by which the probability is reached, or None.

    Examples
    --------
    >>> first_year(np.array([0.1, 0.4, 0.6]), 0.5)
    2
    """
    reached = np.flatnonzero(cumulative >= probability - 1e-12)
    return int(reached[0]) if len(reached) else None
