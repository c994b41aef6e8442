"""Two roads to one answer: monthly paths of a ledger, and the annual model of a panel.

They share the regimes and the kernels, but not the conditioning, the drawing or the operator:
`track` adds months up path by path, `AnnualMixture` takes the mean of the logs.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import tradetrack as tt
from tradetrack.models.annual import AnnualMixture

TOTALS = (2.1, 2.0, 2.4, 3.0, 3.3, 2.9, 3.8, 4.6)
GOALS = (5.0, 6.0, 8.0, 12.0)
FIRST, AHEAD, PATHS = 2015, 8, 20_000


# A gap of two years, and four years that are older than the memory.
GAPPED = {2014: 2.1, 2015: 2.0, 2018: 2.4, 2019: 3.0, 2020: 3.3, 2021: 2.9, 2022: 3.8}
TWELVE = dict(enumerate((1.0, 2.2, 0.9, 2.4, *TOTALS), FIRST - 4))


def ledger(totals: dict[int, float] | None = None) -> tt.Ledger:
    return tt.Ledger(
        tt.Level(
            series=tt.Series(pair="exports"),
            window=tt.Window.calendar_year(year),
            figure=tt.Figure.of(total, "usd_bn"),
            reporter="stat",
            published=f"{year + 1}-02",
        )
        for year, total in (totals or dict(enumerate(TOTALS, FIRST))).items()
    )


def annual() -> AnnualMixture:
    years = range(FIRST, FIRST + len(TOTALS))
    return AnnualMixture.over(
        tt.models.Regimes.shipped(), years, AHEAD, tt.models.MonthPattern.shipped().noise
    )


def test_track_on_exact_years_gives_the_probabilities_of_the_annual_model() -> None:
    last = FIRST + len(TOTALS) - 1
    goals = [tt.Goal(amount) for amount in GOALS]
    tracking = tt.track(ledger(), goals, horizon=AHEAD, n_paths=PATHS)
    expected = annual().attainment(
        np.log([TOTALS]), np.log([GOALS]), np.random.default_rng(0), 4096
    )[0]
    for attainment, curve in zip(tracking.attainments, expected, strict=True):
        found = [attainment.probability_by(last + 1 + k) for k in range(AHEAD)]
        np.testing.assert_allclose(found, curve, rtol=0, atol=0.015)


def test_both_give_the_regimes_the_same_weights() -> None:
    shipped = tt.models.MonthPattern.shipped()
    one = replace(shipped, seasonalities=(), seasonality_weights=())  # as the annual model has it
    monthly = tt.GrowthMixture(pattern=one).fit(ledger()).regime_weights
    np.testing.assert_allclose(
        monthly, annual().regime_weights(np.log([TOTALS]))[0], rtol=0, atol=0.01
    )


@pytest.mark.parametrize("totals", [GAPPED, TWELVE], ids=["gap", "twelve years"])
def test_track_panel_gives_what_track_gives_on_a_ledger_of_the_same_figures(
    totals: dict[int, float],
) -> None:
    last = max(totals)
    goals = [tt.Goal(amount) for amount in (3.9, *GOALS[1:])]
    tracking = tt.track(ledger(totals), goals, horizon=AHEAD, n_paths=PATHS)
    values = pd.DataFrame({"series": "x", "year": totals.keys(), "value": totals.values()})
    asked = pd.DataFrame({"series": "x", "amount": [goal.amount for goal in goals]})
    panel = tt.track_panel(values, asked, horizon=AHEAD, n_paths=PATHS)
    for attainment, found in zip(tracking.attainments, panel["x"], strict=True):
        expected = [attainment.probability_by(point.year) for point in found.curve]
        chances = [point.probability for point in found.curve]
        np.testing.assert_allclose(chances, expected, rtol=0, atol=0.015)
    levels = (0.1, 0.5, 0.9)
    ahead = [row for row in tracking.totals().years if row.year > last]
    places = [tracking.totals().levels.index(level) for level in levels]
    drawn = [[row.quantiles[place] for place in places] for row in ahead]
    exact = panel.quantiles(levels)["value"].to_numpy().reshape(AHEAD, 3)
    np.testing.assert_allclose(np.log(exact), np.log(drawn), rtol=0, atol=0.04)
