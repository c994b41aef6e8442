"""Two roads to one answer: monthly paths of a ledger, and the annual model of a panel.

They share the regimes and the kernels, but not the conditioning, the drawing or the operator:
`track` adds months up path by path, `AnnualMixture` takes the mean of the logs.
"""

import numpy as np

import tradetrack as tt
from tradetrack.models.annual import AnnualMixture

TOTALS = (2.1, 2.0, 2.4, 3.0, 3.3, 2.9, 3.8, 4.6)
GOALS = (5.0, 6.0, 8.0, 12.0)
FIRST, AHEAD, PATHS = 2015, 8, 20_000


def ledger() -> tt.Ledger:
    return tt.Ledger(
        tt.Level(
            series=tt.Series(pair="exports"),
            window=tt.Window.calendar_year(year),
            figure=tt.Figure.of(total, "usd_bn"),
            reporter="stat",
            published=f"{year + 1}-02",
        )
        for year, total in enumerate(TOTALS, FIRST)
    )


def annual() -> AnnualMixture:
    years = range(FIRST, FIRST + len(TOTALS))
    return AnnualMixture.over(tt.Regimes.shipped(), years, AHEAD, tt.MonthPattern.shipped().noise)


def test_track_on_exact_years_gives_the_probabilities_of_the_annual_model() -> None:
    last = FIRST + len(TOTALS) - 1
    goals = [tt.Goal(amount) for amount in GOALS]
    tracking = tt.track(ledger(), goals, until=last + AHEAD, n_paths=PATHS)
    expected = annual().attainment(
        np.log([TOTALS]), np.log([GOALS]), np.random.default_rng(0), 4096
    )[0]
    for attainment, curve in zip(tracking.attainments, expected, strict=True):
        found = [attainment.probability_by(last + 1 + k) for k in range(AHEAD)]
        np.testing.assert_allclose(found, curve, rtol=0, atol=0.015)


def test_both_give_the_regimes_the_same_weights() -> None:
    monthly = tt.GrowthMixture().fit(ledger()).regime_weights
    np.testing.assert_allclose(
        monthly, annual().regime_weights(np.log([TOTALS]))[0], rtol=0, atol=0.01
    )
