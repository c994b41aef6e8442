"""Whose figures count: reporter effects against what two or three numbers say by hand."""

import numpy as np
import pytest
from tests.tracking_strategies import CALM, FIRST, REPORTERS, level, model

from tradetrack.domain.goal import Goal
from tradetrack.ledger.ledger import Ledger
from tradetrack.models.paths import LogPaths
from tradetrack.tracking import track

UZ, KZ = REPORTERS
SPREAD, YEAR_SPREAD = 0.06, 0.04
PRINTED = {2018: (2.0, 2.3), 2019: (2.2, 2.4), 2020: (2.5, 2.6)}
BOTH = Ledger(
    level(str(year), value, reporter=reporter)
    for year, values in PRINTED.items()
    for reporter, value in zip(REPORTERS, values, strict=True)
)
MODEL = model(CALM, reporter_spread=SPREAD, reporter_year_spread=YEAR_SPREAD)
N = 20_000


@pytest.fixture(scope="module")
def paths() -> LogPaths:
    return MODEL.fit(BOTH).draw(2024, N, np.random.default_rng(1), REPORTERS)


def test_the_consensus_of_two_is_their_geometric_mean(paths: LogPaths) -> None:
    totals = paths.totals("turnover")
    for row, (one, other) in enumerate(PRINTED.values()):
        assert np.abs(np.log(totals[row] / np.sqrt(one * other))).max() < 1e-3


def test_each_reporter_finds_its_own_figures_again(paths: LogPaths) -> None:
    for i, reporter in enumerate(REPORTERS):
        totals = paths.totals("turnover", reporter=reporter)
        for row, values in enumerate(PRINTED.values()):
            assert np.abs(np.log(totals[row] / values[i])).max() < 1e-3


def test_effects_of_two_reporters_sum_to_zero(paths: LogPaths) -> None:
    both = paths.effects[UZ] + paths.effects[KZ]
    assert np.abs(both).max() < 1e-3
    assert paths.effects[UZ].shape == (1, 7, N)


def test_what_a_reporter_will_print_is_learned_from_its_past(paths: LogPaths) -> None:
    """The effect of a year to come: shrunken mean of the past ones, and its variance.

    Of two reporters, one has the effect ``b + e_y`` with variances ``beta^2 / 2`` and
    ``epsilon^2 / 2``; three of its years are known exactly.
    """
    past = np.array([np.log(uz / kz) / 2 for uz, kz in PRINTED.values()])
    lasting, yearly = SPREAD**2 / 2, YEAR_SPREAD**2 / 2
    shrunken = len(past) * lasting / (len(past) * lasting + yearly)
    mean = shrunken * past.mean()
    variance = yearly + lasting * yearly / (len(past) * lasting + yearly)
    for year in (3, 6):
        effect = paths.effects[UZ][0, year].astype(float)
        assert abs(effect.mean() - mean) < 4 * np.sqrt(variance / N)
        assert abs(effect.var() / variance - 1) < 4 * np.sqrt(2 / N) + 0.002
    years = np.corrcoef(paths.effects[UZ][0, [3, 6]].astype(float))[0, 1]
    assert abs(years - (variance - yearly) / variance) < 4 / np.sqrt(N)


def test_whose_figures_count_decides_whether_a_goal_was_met() -> None:
    goals = [Goal(2.55, reporter=whose) for whose in (UZ, KZ, "consensus")]
    tracking = track(BOTH, goals, model=MODEL, n_paths=500)
    by_2020 = [attainment.probability_by(2020) for attainment in tracking.attainments]
    assert by_2020[0] == 0.0  # 2.5
    assert by_2020[1] == 1.0  # 2.6
    assert by_2020[2] == pytest.approx(float(np.sqrt(2.5 * 2.6) >= 2.55))
    by_2024 = [attainment.probability_by(2024) for attainment in tracking.attainments]
    assert by_2024[0] <= by_2024[2] <= by_2024[1]


def test_flows_have_effects_of_their_own() -> None:
    rows = [*BOTH, level("2020", 1.5, series=FIRST), level("2020", 1.7, series=FIRST, reporter=KZ)]
    paths = MODEL.fit(Ledger(rows)).draw(2021, 4_000, np.random.default_rng(1), (KZ,))
    assert paths.effects[KZ].shape == (2, 4, 4_000)
    flow = paths.totals(FIRST.flow, reporter=KZ)
    assert np.abs(np.log(flow[2] / 1.7)).max() < 5e-3
    effect = paths.effects[KZ][0, 2].astype(float)
    assert abs(effect.mean() - np.log(1.7 / 1.5) / 2) < 1e-3
