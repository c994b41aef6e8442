r"""Draws from a density known up to a constant, by walkers that learn its shape from each other.

A walker at :math:`x` moves along the line to another one at :math:`w`,

.. math:: x' = w + z (x - w), \qquad g(z) \propto z^{-1/2} \text{ on } [1/a, a],

which is accepted with probability :math:`\min(1, z^{k-1} p(x') / p(x))`, ``k`` the number of
coordinates. Half of the walkers move at a time, past the other half. No scale is tuned, because the
moves are the same in any linear coordinates: Goodman and Weare (2010), Ensemble samplers with
affine invariance.
"""

from collections.abc import Callable

import numpy as np

from tradetrack.models.kernels import Array

LogDensity = Callable[[Array], float]

_STRETCH = 2.0
_ROUNDS = 60  # walkers that start close together have spread out by then
_FEWEST = 20


def walk(
    log_density: LogDensity, start: Array, spread: Array, n: int, rng: np.random.Generator
) -> Array:
    """Draw ``n`` points, shape (n, k): where so many walkers are after sixty rounds.

    Parameters
    ----------
    log_density
        Log of the density, up to a constant; minus infinity where there is none.
    start
        A point of positive density, shape (k,).
    spread
        How far apart the walkers are to start, about one standard deviation, shape (k,).
    n
        Number of draws.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = walk(lambda x: -0.5 * float(x @ x), np.zeros(1), np.ones(1), 400, rng)
    >>> bool(abs(x.mean()) < 0.2), bool(abs(x.std() - 1.0) < 0.15)
    (True, True)
    """
    walkers = start + spread * rng.standard_normal((max(n, _FEWEST), len(start)))
    logs = np.array([log_density(x) for x in walkers])
    while not np.isfinite(logs).all():  # draw nearer, down to the point that is known to be good
        lost = ~np.isfinite(logs)
        walkers[lost] = 0.5 * (walkers[lost] + start)
        logs[lost] = [log_density(x) for x in walkers[lost]]
    for _ in range(_ROUNDS):
        for first in (0, 1):
            _move(log_density, walkers, logs, first, rng)
    return walkers[:n]


def _move(
    log_density: LogDensity, walkers: Array, logs: Array, first: int, rng: np.random.Generator
) -> None:
    """Let every other walker make a stretch move, from the first or the second on."""
    half = slice(first, None, 2)
    here, there = walkers[half], walkers[1 - first :: 2]
    m, k = len(here), here.shape[1]
    z = ((_STRETCH - 1.0) * rng.random(m) + 1.0) ** 2 / _STRETCH
    partner = there[rng.integers(len(there), size=m)]
    proposed = partner + z[:, None] * (here - partner)
    density = np.array([log_density(x) for x in proposed])
    accepted = np.log(rng.random(m)) < (k - 1) * np.log(z) + density - logs[half]
    walkers[half] = np.where(accepted[:, None], proposed, here)
    logs[half] = np.where(accepted, density, logs[half])
