from dataclasses import astuple

import numpy as np
import pytest

from tradetrack.errors import InputError
from tradetrack.models.regimes import MonthPattern

FLAT = MonthPattern((0.0,) * 12, (0.1,) * 12, 0.1, 0.3, 1.0)


def test_shipped_pattern_is_what_the_flagship_shows():
    pattern = MonthPattern.shipped()
    share = np.exp(pattern.effects) / np.exp(pattern.effects).sum()
    assert 0.87 < 1.0 - share[11] < 0.92  # eleven months of the year
    assert sum(pattern.effects) == pytest.approx(0.0, abs=1e-12)
    assert 0.05 < pattern.noise < 0.3


def test_covariance_keeps_effects_at_zero_sum():
    covariance = MonthPattern.shipped().covariance()
    assert np.linalg.eigvalsh(covariance).min() > -1e-12
    np.testing.assert_allclose(covariance.sum(axis=0), np.zeros(12), atol=1e-15)
    np.testing.assert_allclose(np.diag(FLAT.covariance()), np.full(12, 0.01 * 11 / 12))


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (0, (0.0,) * 11),
        (0, (0.1,) + (0.0,) * 11),
        (1, (-0.1,) * 12),
        (2, float("nan")),
        (3, 1.5),
        (4, -1.0),
    ],
)
def test_impossible_patterns_are_refused(place, value):
    numbers = list(astuple(FLAT))
    numbers[place] = value
    with pytest.raises(InputError):
        MonthPattern(*numbers)
