"""Systematic draws: as many of each kind as its weight says, as nearly as can be.

One uniform number places a grid of equally spaced points on the cumulated weights. Each weight gets
the points that fall on it, so a count differs from its share by less than one (path, or hand of
paths), and on average by nothing.
"""

import numpy as np

from tradetrack.models.kernels import Array, Index

_HANDS = 100


def systematic_counts(weights: Array, n_paths: int, rng: np.random.Generator) -> Index:
    """Deal paths out to regimes in proportion to their weights.

    Paths are dealt in hands, some 100 in all. A regime with less than a hand's weight gets a hand
    now and then, as often as its weight says, so that setting up a regime pays. What is left over
    when hands do not come out even is one more, smaller hand.
    """
    hand = max(1, n_paths // _HANDS)
    cumulative = np.cumsum(weights)
    cumulative /= cumulative[-1]
    edges = np.floor(cumulative * (n_paths // hand) + rng.random()) * hand
    counts: Index = np.diff(edges, prepend=0.0).astype(np.intp)
    counts[np.searchsorted(cumulative, rng.random(), side="right")] += n_paths % hand
    return counts


def resample(weights: Array, n_paths: int, rng: np.random.Generator) -> Index:
    """Systematic resampling: positions of the weighted ones that ``n_paths`` get, in order."""
    grid = (np.arange(n_paths) + rng.random()) / n_paths
    cumulative = np.cumsum(weights) / weights.sum()
    chosen = np.searchsorted(cumulative, grid, side="right")
    return np.minimum(chosen, len(weights) - 1)
