"""Scenario: a model like any other, whose assumptions hold one after the other."""

import pickle

import numpy as np
import pytest
from pydantic import TypeAdapter
from tests.scenarios.stub import LEDGER, Drawn, rng, steady, totals, walks
from tests.tracking_strategies import CALM, level, model

from tradetrack.domain.goal import Goal
from tradetrack.errors import InputError
from tradetrack.ledger.ledger import Ledger
from tradetrack.scenarios.given import GivenTotal
from tradetrack.scenarios.growth import GrowthPath, Pace, Shock
from tradetrack.scenarios.scenario import Assumption, Scenario
from tradetrack.tracking import track

EVERY = (
    GrowthPath(0.15, 2023, 2030, flow="kz_to_uz", certain=True),
    GrowthPath((0.1, 0.2)),
    Pace("2025-07..2025-09", 2030),
    Pace(),
    Shock(2027, -0.2, 0.5, 2),
    GivenTotal(2030, 8.5),
)
ROWS = Ledger([level("2020", "3.0"), level("2021", "3.3"), level("2022-01..2022-06", "1.7")])


@pytest.mark.parametrize("assumption", EVERY, ids=str)
def test_assumptions_come_back_from_json(assumption: object) -> None:
    adapter: TypeAdapter[object] = TypeAdapter(Assumption)
    back = adapter.validate_json(adapter.dump_json(assumption))
    assert back == assumption
    assert hash(back) == hash(assumption)
    with pytest.raises(ValueError, match="frozen"):
        assumption.flow = "kz_to_uz"  # type: ignore[attr-defined]


@pytest.mark.parametrize("assumption", EVERY, ids=str)
def test_whose_kind_is_not_misread(assumption: object) -> None:
    row = TypeAdapter(Assumption).dump_python(assumption) | {"kind": "hope"}
    with pytest.raises(ValueError, match="'given_total', 'growth_path', 'pace', 'shock'"):
        TypeAdapter(Assumption).validate_python(row)


def test_no_assumption_changes_nothing() -> None:
    mixture, goal = model(CALM), Goal(5, by=2030)
    assert str(Scenario([])) == "no assumption"
    tracked = [track(ROWS, goal, model=m, n_paths=100) for m in (mixture, Scenario([], mixture))]
    assert tracked[0] == tracked[1]


def test_one_assumption_needs_no_list() -> None:
    assert Scenario(Shock(2027, -0.2)).assumptions == (Shock(2027, -0.2),)
    assert str(Scenario(EVERY[3:5])) == (
        "turnover keeps the pace of the year to date; turnover shifts by -20 % in 2027, of which"
        " 50 % comes back within 2 years"
    )


def test_what_is_not_an_assumption_is_refused() -> None:
    with pytest.raises(
        InputError, match=r"0\.15 is not an assumption; pass GrowthPath, Pace, Shock"
    ):
        Scenario([0.15])  # type: ignore[list-item]


def test_assumptions_hold_in_order() -> None:
    paths = Drawn(steady(100, 100, 100, 100, 100))
    growth, slump = GrowthPath(0.1, 2023), Shock(2023, -0.2)
    hit, risen = (
        totals(Scenario(both, paths).fit(LEDGER).draw(2024, 1, rng()))[:, 0]
        for both in ([growth, slump], [slump, growth])
    )
    np.testing.assert_allclose(hit, [100, 100, 100, 88, 96.8], rtol=1e-6)
    np.testing.assert_allclose(risen, [100, 100, 100, 110, 121], rtol=1e-6)
    late = Scenario([Shock(2022, -0.5), growth], paths).fit(LEDGER).draw(2024, 1, rng())
    np.testing.assert_allclose(totals(late)[2:, 0], [50, 55, 60.5], rtol=1e-6)


def test_a_scenario_may_stand_on_a_scenario() -> None:
    inner = Scenario(GrowthPath(0.1), Drawn(walks(30, 6, 0.2)))
    outer = Scenario(Shock(2023, -0.2), inner).fit(LEDGER).draw(2025, 30, rng())
    flat = Scenario([GrowthPath(0.1), Shock(2023, -0.2)], inner.model).fit(LEDGER)
    np.testing.assert_array_equal(outer.log_paths, flat.draw(2025, 30, rng()).log_paths)


def test_it_tracks_with_a_ledger_and_is_deterministic() -> None:
    scenario = Scenario([GrowthPath(0.12), GivenTotal(2026, 5.3)], model(CALM))
    goals = [Goal(5, by=2030), Goal(5.3, by=2026), Goal(5.2, by=2026, reporter="UZ stat")]
    one, other = (track(ROWS, goals, model=scenario, n_paths=300, seed=2) for _ in range(2))
    assert one == other
    assert one.attainments[1].deadline_probability == 1.0
    assert one.attainments[1].probability_by(2021) == 0.0
    years = {row.year: row.quantiles for row in one.totals().years}
    assert years[2026][0] == pytest.approx(5.3, rel=1e-4)
    assert years[2025][0] < years[2025][-1] < 6
    assert years[2020][4] == pytest.approx(3.0, rel=0.02)
    again = pickle.loads(pickle.dumps(scenario))
    assert track(ROWS, goals, model=again, n_paths=300, seed=2) == one


def test_an_error_names_the_assumption() -> None:
    scenario = Scenario([Shock(2027, -0.2), GrowthPath(0.1, 2021)], model(CALM))
    with pytest.raises(
        InputError, match="grows 10 % a year from 2021: 2021-01 to 2021-12 have been"
    ):
        track(ROWS, Goal(5, by=2030), model=scenario, n_paths=50)


def test_the_answer_says_what_it_supposes() -> None:
    inner = Scenario([GrowthPath(0.1)], model())
    outer = Scenario([Shock(2024, -0.2)], inner)
    told = track(ROWS, Goal(4.0), model=outer, n_paths=50)
    assert told.assumptions == (str(GrowthPath(0.1)), str(Shock(2024, -0.2)))
    assert f"This supposes: {told.assumptions[0]}; {told.assumptions[1]}." in told.sentences()
    assert track(ROWS, Goal(4.0), model=model(), n_paths=50).assumptions == ()
