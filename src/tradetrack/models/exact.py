r"""Arithmetic that rounds alike in any batch and on any machine: no BLAS, sums in one order.

numpy adds, multiplies and divides numbers one by one in the same way wherever they stand. Matrix
products and LAPACK do not: they round by the shape of the batch and by the number of threads. Nor
do numpy's sums along the first axis: those of a single column are taken in another order.
"""

import numpy as np
from numpy.typing import NDArray

from tradetrack.models.kernels import Array

_LEAST_PIVOT = 1e-14  # of a variance: less is rounding
_ROUNDS = 200  # more than bisection alone would need
_CLOSE = 1e-12  # in logs: where halving may stop
_NEAR = 1e-6  # the same for Newton's steps, the next of which would be far smaller


def cholesky(matrices: Array) -> Array:
    r"""Lower factors ``L`` with ``L L' = C`` of covariances, ``[matrix, row, column]``.

    Column by column, each taken off what is left of the matrix. A variance that the columns before
    leave nothing of keeps a trifle, so that priors which settle a year exactly can be factored.

    Examples
    --------
    >>> cholesky(np.array([[[4.0, 2.0], [2.0, 5.0]]]))[0]
    array([[2., 0.],
           [1., 2.]])
    """
    left = np.array(matrices, float)
    least = _LEAST_PIVOT * np.diagonal(left, axis1=1, axis2=2)
    for j in range(left.shape[1]):
        pivot = np.sqrt(np.maximum(left[:, j, j], least[:, j]))
        left[:, j, j] = pivot
        left[:, j + 1 :, j] /= pivot[:, None]
        column = left[:, j + 1 :, j]
        left[:, j + 1 :, j + 1 :] -= column[:, :, None] * column[:, None, :]
    return np.tril(left)


def back_substitute(right: Array, factor: Array) -> Array:
    """Solve ``X L = B`` for ``X``, ``L`` lower triangular: ``[matrix, row, column]``.

    Examples
    --------
    >>> back_substitute(np.array([[[4.0, 2.0]]]), np.array([[[2.0, 0.0], [1.0, 2.0]]]))[0]
    array([[1.5, 1. ]])
    """
    left = np.array(right, float)
    for j in reversed(range(factor.shape[1])):
        left[:, :, j] /= factor[:, j, j, None]
        left[:, :, :j] -= left[:, :, j, None] * factor[:, None, j, :j]
    return left


def mixture_quantiles(weights: Array, means: Array, sds: Array, level: float) -> Array:
    r"""Quantile of each of many mixtures of normals.

    Newton's method on the normal scale, where a mixture of normals is nearly a straight line:
    :math:`\Phi^{-1}(F(x)) = \Phi^{-1}(\text{level})`. The quantile lies between those of the
    components; where a step leaves what is left of that bracket, or does not halve the one before,
    the bracket is halved.

    Parameters
    ----------
    weights, means
        Of the components, ``[component, mixture]``; the weights of a mixture sum to 1.
    sds
        Their standard deviations, ``[component]``.
    level
        Between 0 and 1.

    Returns
    -------
    Array
        ``[mixture]``.

    References
    ----------
    Press, Teukolsky, Vetterling and Flannery (2007), Numerical Recipes, section 9.4 (rtsafe).

    Examples
    --------
    >>> half, means = np.full((2, 1), 0.5), np.array([[-1.0], [3.0]])
    >>> mixture_quantiles(half, means, np.array([0.5, 0.5]), 0.5).round(6)
    array([1.])
    """
    from scipy.special import ndtri  # loads slower than the library

    aim, width = float(ndtri(level)), sds[:, None]
    ends = means + aim * width
    low = np.where(weights > 0.0, ends, np.inf).min(axis=0)
    high = np.where(weights > 0.0, ends, -np.inf).max(axis=0)
    centre = _sum(weights * means)
    x = centre + aim * np.sqrt(_sum(weights * ((means - centre) ** 2 + width**2)))
    x, moved = np.clip(x, low, high), high - low
    moving = np.arange(len(x))
    for _ in range(_ROUNDS):
        here = x[moving]
        short, newton = _step(weights[:, moving], (here - means[:, moving]) / width, sds, level)
        low[moving] = np.where(short, here, low[moving])
        high[moving] = np.where(short, high[moving], here)
        least, most = low[moving], high[moving]
        there = here + newton
        inside = (there > least) & (there < most) & (np.abs(newton) <= 0.5 * moved[moving])
        there = np.where(inside, there, least + 0.5 * (most - least))
        x[moving], moved[moving] = there, np.abs(there - here)
        moving = moving[moved[moving] > np.where(inside, _NEAR, _CLOSE)]
        if not len(moving):
            break
    return x


def _step(
    weights: Array, scores: Array, sds: Array, level: float
) -> tuple[NDArray[np.bool_], Array]:
    """Whether the mixtures' probability is short of the level, and Newton's step."""
    from scipy.special import ndtr, ndtri  # loads slower than the library

    below = _sum(weights * ndtr(scores))
    with np.errstate(all="ignore"):  # far out nothing is left to divide by: the bracket is halved
        reached = ndtri(below)
        slope = _sum(weights * np.exp(-0.5 * scores**2) / sds[:, None])
        step = (ndtri(level) - reached) * np.exp(-0.5 * reached**2) / slope
    return below < level, step


def _sum(terms: Array) -> Array:
    """Sum over the first axis, from the first term to the last."""
    total: Array = terms[0].copy()
    for term in terms[1:]:
        total += term
    return total
