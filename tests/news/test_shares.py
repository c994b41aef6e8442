"""Fair shares: against all orders written out, and the axioms that make them fair."""

from collections.abc import Sequence
from itertools import permutations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tradetrack._news.shapley import EXACT_UP_TO, Shares, fair_shares


class Game:
    """A worth for each coalition, drawn once."""

    def __init__(self, n: int, seed: int) -> None:
        self.worths = np.random.default_rng(seed).normal(size=(1 << n, 2))

    def __call__(self, coalitions: Sequence[int]) -> np.ndarray:
        return np.array([self.worths[c] for c in coalitions])


def by_orders(n: int, game: Game) -> np.ndarray:
    """Mean over all orders of what each release adds."""
    added = np.zeros((n, 2))
    every = list(permutations(range(n)))
    for order in every:
        known = 0
        for i in order:
            added[i] += game.worths[known | 1 << i] - game.worths[known]
            known |= 1 << i
    return added / len(every)


def share(n: int, game: Game, seed: int = 0) -> Shares:
    return fair_shares(n, game, np.random.default_rng(seed))


@given(st.integers(0, 5), st.integers(0, 99))
def test_few_releases_are_shared_exactly(n: int, seed: int) -> None:
    game = Game(n, seed)
    found = share(n, game)
    np.testing.assert_allclose(found.shares, by_orders(n, game), atol=1e-12)
    assert found.n_orders == 0
    assert not found.errors.any()


@given(st.integers(EXACT_UP_TO + 1, 11), st.integers(0, 99))
def test_many_releases_share_the_whole_change(n: int, seed: int) -> None:
    game = Game(n, seed)
    found = share(n, game, seed)
    whole = game.worths[-1] - game.worths[0]
    np.testing.assert_allclose(found.shares.sum(axis=0), whole, atol=1e-12)


def test_the_error_of_sampled_shares_is_how_far_they_scatter() -> None:
    n = EXACT_UP_TO + 1
    game = Game(n, 3)
    found = [share(n, game, seed) for seed in range(60)]
    scatter = np.std([each.shares for each in found], axis=0)
    said = np.mean([each.errors for each in found], axis=0)
    assert abs(said.mean() / scatter.mean() - 1.0) < 0.15
    exact = np.mean([each.shares for each in found], axis=0)
    again = share(n, game, 99).shares
    assert (np.abs(again - exact) < 5 * scatter).all()


def test_a_release_that_adds_nothing_gets_nothing_and_equals_share_equally() -> None:
    def worth(coalitions: Sequence[int]) -> np.ndarray:
        """Release 0 adds nothing; 1 and 2 add to each other."""
        return np.array(
            [[float(c >> 1 & 1) + float(c >> 2 & 1) + (c & 6 == 6)] for c in coalitions]
        )

    for n in (3, EXACT_UP_TO + 2):
        found = fair_shares(n, worth, np.random.default_rng(0)).shares[:, 0]
        assert found[0] == 0.0
        assert not found[3:].any()
        # An order and its reverse let each of the two be first once, so even samples are exact.
        np.testing.assert_allclose(found[1:3], 1.5, atol=1e-12)
