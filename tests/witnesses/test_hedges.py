"""Hedged figures against importance sampling by their own, skewed law on the nonlinear totals.

The model enters "over X" with the mean and the standard deviation of a half-normal excess. Here the
paths know nothing of the hedged figure and are weighted by the exact density at their own total.
"""

import math

import numpy as np
import pytest
from scipy.stats import halfnorm, norm
from tests.tracking_strategies import CALM, WILD, level, model

from tradetrack.domain.figure import EXCESS, SPREAD
from tradetrack.domain.observation import Level
from tradetrack.ledger.ledger import Ledger
from tradetrack.models.regimes import Regime

AROUND = [level("2019", "0.95"), level("2020", "1.00"), level("2021", "1.25")]
N_PATHS = 200_000
NOISE = 1e-4  # of a release: the witness knows the wording alone


def totals(rows: list[Level], regimes: tuple[Regime, ...], seed: int) -> np.ndarray:
    """Yearly totals, ``[year, path]``, from 2019 on."""
    fitted = model(*regimes, noise=NOISE).fit(Ledger([*AROUND, level("2022-01", "0.1"), *rows]))
    paths = fitted.draw(2026, N_PATHS, np.random.default_rng(seed))
    monthly = np.exp(paths.log_paths.astype(float)).sum(axis=0)
    return monthly.reshape(8, 12, -1).sum(axis=1)


def density(logs: np.ndarray, number: float, unit: float, word: str) -> np.ndarray:
    """Density of the printed number given each log total."""
    scale = math.sqrt(unit / number)
    excess = logs - math.log(number)
    if word == "about":
        return norm(scale=SPREAD * scale).pdf(excess)
    return halfnorm(scale=EXCESS * scale).pdf(excess if word == "over" else -excess)


@pytest.mark.parametrize("regimes", [(CALM,), (CALM, WILD)], ids=["calm", "calm and wild"])
@pytest.mark.parametrize(
    ("text", "unit", "word"),
    [("1.3", 0.1, "over"), ("1.2", 0.1, "over"), ("1.5", 0.1, "nearly"), ("1.4", 0.1, "about")],
)
def test_the_moments_of_a_hedge_say_what_its_law_says(
    text: str, unit: float, word: str, regimes: tuple[Regime, ...]
) -> None:
    free = totals([], regimes, seed=1)
    weight = density(np.log(free[3]), float(text), unit, word)
    weight /= weight.sum()
    assert 1 / (weight**2).sum() > 2_000, "the witness has too few paths"
    hedged = totals([level("2022", text, word)], regimes, seed=2)
    for year in (3, 5):  # the hedged year, and two years on
        order = np.argsort(free[year])
        median = free[year][order][np.searchsorted(np.cumsum(weight[order]), 0.5)]
        assert np.median(hedged[year]) == pytest.approx(median, rel=0.01)
        for amount in np.quantile(hedged[year], [0.1, 0.5, 0.9]) if year > 3 else ():
            witness = weight[free[year] >= amount].sum()
            assert (hedged[year] >= amount).mean() == pytest.approx(witness, abs=0.015)
