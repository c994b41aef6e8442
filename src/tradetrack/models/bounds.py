r"""Draws from a Gaussian cut to a box, for figures that were printed as bounds.

The Geweke-Hajivassiliou-Keane simulator draws one coordinate after the other, each inside its own
bounds given those before it. With :math:`z = \mu + L\eta`, ``L`` lower triangular,

.. math:: \eta_i \sim N(0, 1) \text{ on }
          \Big[\tfrac{l_i - \mu_i - \sum_{j<i} L_{ij}\eta_j}{L_{ii}},
          \tfrac{u_i - \mu_i - \sum_{j<i} L_{ij}\eta_j}{L_{ii}}\Big],
          \qquad w = \prod_i \Pr(\eta_i \text{ inside}).

The weighted draws have the law of the cut Gaussian, and the mean weight is the probability of the
box (Geweke 1991; Hajivassiliou, McFadden and Ruud 1996).
"""

from dataclasses import dataclass

import numpy as np

from tradetrack._typing import Array


@dataclass(frozen=True, slots=True, eq=False)
class BoxDraws:
    """Weighted draws from a Gaussian cut to a box.

    Attributes
    ----------
    values
        The draws, ``[coordinate, draw]``.
    log_probabilities
        Log probability of each coordinate's bounds given the coordinates before it,
        ``[coordinate, draw]``; a draw's log weight is the sum over coordinates.
    """

    values: Array
    log_probabilities: Array


def draw_box(
    mean: Array, covariance: Array, bounds: tuple[Array, Array], n: int, rng: np.random.Generator
) -> BoxDraws:
    """Draw from ``N(mean, covariance)`` inside ``bounds[0] <= z <= bounds[1]``.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> box = draw_box(np.zeros(1), np.eye(1), (np.zeros(1), np.full(1, np.inf)), 4, rng)
    >>> bool((box.values > 0).all()), float(np.exp(box.log_probabilities[0, 0]).round(3))
    (True, 0.5)
    """
    from scipy.special import log_ndtr, ndtri_exp  # loads slower than the library

    factor = np.linalg.cholesky(covariance)
    shocks = np.empty((len(mean), n))
    logs = np.empty((len(mean), n))
    for i, row in enumerate(factor):
        centre = mean[i] + row[:i] @ shocks[:i]
        low, high = (bounds[0][i] - centre) / row[i], (bounds[1][i] - centre) / row[i]
        # Work in the tail that is nearer: the log of a probability near 1 loses digits above 0.
        flip = low > 0
        low, high = np.where(flip, -high, low), np.where(flip, -low, high)
        below, upto = log_ndtr(low), log_ndtr(high)
        with np.errstate(divide="ignore"):
            logs[i] = upto + np.log1p(-np.exp(np.minimum(below - upto, 0.0)))
        uniform = np.maximum(rng.random(n), 1e-300)
        log_cdf = np.logaddexp(below, np.log(uniform) + logs[i])
        inside = np.clip(ndtri_exp(np.minimum(log_cdf, 0.0)), low, high)
        shocks[i] = np.where(flip, -inside, inside)
    return BoxDraws(mean[:, None] + factor @ shocks, logs)
