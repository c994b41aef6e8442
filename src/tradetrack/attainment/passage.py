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


def met_by(highest: Totals, amount: float) -> NDArray[np.float64]:
    r"""Probability that the amount is reached by each year.

    .. math:: \Pr(T \le k) = \Pr(\max_{j \le k} \text{total}_j \ge \text{amount})

    Parameters
    ----------
    highest
        Running maximum, ``[year, path]``.
    amount
        The goal, in the unit of the totals.

    Examples
    --------
    >>> met_by(running_maximum(np.array([[1.0, 1.0], [3.0, 1.0]], np.float32)), 2.0)
    array([0. , 0.5])
    """
    enough = min(amount * (1.0 - TOLERANCE), _LARGEST)
    reached: NDArray[np.float64] = (highest >= enough).mean(axis=1)
    return reached


def first_year(cumulative: NDArray[np.float64], probability: float) -> int | None:
    """Position of the first year by which the probability is reached, or None.

    Examples
    --------
    >>> first_year(np.array([0.1, 0.4, 0.6]), 0.5)
    2
    """
    reached = np.flatnonzero(cumulative >= probability - 1e-12)
    return int(reached[0]) if len(reached) else None
