r"""Shapley values: the contribution of each release, independent of the order of publication.

The Shapley value of release ``i`` is what it adds on average over all orders of the ``n`` releases,

.. math:: \phi_i = \frac1{n!} \sum_\pi [v(\pi_{<i} \cup i) - v(\pi_{<i})], \qquad
          \sum_i \phi_i = v(\text{all}) - v(\text{none}).

Few releases are taken in all their coalitions; for more, orders are drawn in pairs, one the reverse
of the other. What an order gives its releases adds up to the whole change, so means over orders do.

References
----------
Shapley (1953), A value for n-person games. Castro, Gomez and Tejada (2009), Polynomial calculation
of the Shapley value based on sampling, Computers and Operations Research.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import factorial

import numpy as np

from tradetrack._news.releases import Coalition
from tradetrack._typing import Array, Index

Values = Callable[[Sequence[Coalition]], Array]

EXACT_UP_TO = 8
_PAIRS = 10
_LEAST_PAIRS = 4
_COALITIONS = 400


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """Shapley values of the releases.

    Attributes
    ----------
    shares
        ``[release, value]``; each column sums to the whole change.
    errors
        Monte-Carlo standard error of each; zero if all coalitions were taken.
    n_orders
        Number of orders drawn; 0 if all coalitions were taken.
    """

    shares: Array
    errors: Array
    n_orders: int


def fair_shares(n: int, values: Values, rng: np.random.Generator) -> Shares:
    """Share the change from no release to all ``n`` among them.

    Parameters
    ----------
    n
        Number of releases.
    values
        Characteristic function: values of each coalition, ``[coalition, value]``.
    rng
        Draws the orders, if there are many releases.

    Examples
    --------
    >>> def together(coalitions):  # 1 if releases 0 and 1 are both known
    ...     return np.array([[float(c & 3 == 3)] for c in coalitions])
    >>> fair_shares(3, together, np.random.default_rng(0)).shares.ravel().round(3)
    array([0.5, 0.5, 0. ])
    """
    return _exact(n, values) if n <= EXACT_UP_TO else _sampled(n, values, rng)


def _exact(n: int, values: Values) -> Shares:
    every = range(1 << n)
    value = values(every)
    shares = np.zeros((n, value.shape[1]))
    for coalition in every:
        size = coalition.bit_count()
        for i in range(n):
            if not coalition >> i & 1:
                weight = factorial(size) * factorial(n - size - 1) / factorial(n)
                shares[i] += weight * (value[coalition | 1 << i] - value[coalition])
    return Shares(shares, np.zeros_like(shares), 0)


def _sampled(n: int, values: Values, rng: np.random.Generator) -> Shares:
    pairs = max(_LEAST_PAIRS, min(_PAIRS, _COALITIONS // (2 * n)))
    orders = [rng.permutation(n) for _ in range(pairs)]
    along = values([c for order in orders for way in (order, order[::-1]) for c in _grown(way)])
    added = np.diff(along.reshape(pairs, 2, n + 1, -1), axis=2)
    for order, (one, other) in zip(orders, added, strict=True):
        one[order], other[order[::-1]] = one.copy(), other.copy()
    by_pair = added.mean(axis=1)
    return Shares(by_pair.mean(axis=0), by_pair.std(axis=0, ddof=1) / np.sqrt(pairs), 2 * pairs)


def _grown(order: Index) -> list[Coalition]:
    """Coalitions along an order, from none to all."""
    grown = [0]
    for i in order:
        grown.append(grown[-1] | 1 << int(i))
    return grown
