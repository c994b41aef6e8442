"""The covariance of monthly log paths under a regime."""

import numpy as np
from tests.tracking_strategies import CALM, PATTERN, WALK

from tradetrack.models.prior import LatentPrior
from tradetrack.models.regimes import Regimes


def test_months_ahead_are_linked_to_history_as_one_covariance_would() -> None:
    """``U V'`` against the block of the covariance over history and horizon at once."""
    table = Regimes((CALM, WALK), (0.5, 0.5))
    prior = LatentPrior(table, PATTERN, 19, 1, 19)
    months = np.arange(19 + 30)
    for coefficients in prior.coefficients:
        whole = prior.covariance(coefficients, months)
        left, right = prior.link(coefficients, months[19:])
        np.testing.assert_allclose(left @ right.T, whole[19:, :19], atol=1e-12)
