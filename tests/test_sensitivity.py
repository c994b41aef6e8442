"""Sensitivity: each variant against the call that it stands for."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

import tradetrack as tt
from tests.tracking_strategies import CALM, REPORTERS, WALK, WILD, level, model
from tradetrack.models.regimes import Regime, Regimes

ROWS = [
    level(str(year), f"{scale * 1.08**i:.2f}", reporter=reporter).model_copy(
        update={"document": f"{reporter} {year}"}
    )
    for reporter, scale in zip(REPORTERS, (3.2, 3.0), strict=True)
    for i, year in enumerate(range(2016, 2022))
]
LEDGER, GOALS = tt.Ledger(ROWS), [tt.Goal(5, by=2024), tt.Goal(6)]
MODEL = model(CALM, WILD, WALK)
ASKED = {"n_paths": 200, "seed": 3, "model": MODEL}


@pytest.fixture(scope="module")
def found() -> tt.results.Sensitivity:
    return tt.sensitivity(LEDGER, GOALS, **ASKED)  # type: ignore[arg-type]


def said(found: tt.results.Sensitivity, name: str) -> list[float]:
    return [row.probability for row in found.variants if row.name == name and row.probability]


def expected(ledger: tt.Ledger, mixture: tt.GrowthMixture) -> list[float]:
    tracking = tt.track(ledger, GOALS, **(ASKED | {"model": mixture}))  # type: ignore[arg-type]
    own, other = tracking.attainments
    return [own.probability_by(2024), 1.0 - other.not_within]


def test_the_answer_itself_is_that_of_track(found: tt.results.Sensitivity) -> None:
    tracking = tt.track(LEDGER, GOALS, **ASKED)  # type: ignore[arg-type]
    assert found.attainments == tracking.attainments


def test_each_variant_is_the_call_that_it_stands_for(found: tt.results.Sensitivity) -> None:
    equal = replace(MODEL, regimes=Regimes.from_table(MODEL.regimes.table(), np.ones(3)))
    without = tt.Ledger(row for row in ROWS if row.reporter != REPORTERS[0])
    document = ROWS[0].document
    cases = {
        "equal prior weights of the regimes": (LEDGER, equal),
        "five years of figures weigh the regimes": (LEDGER, replace(MODEL, memory=5)),
        REPORTERS[0]: (without, MODEL),
        document: (tt.Ledger(row for row in ROWS if row.document != document), MODEL),
    }
    for name, case in cases.items():
        assert said(found, name) == expected(*case), name


def test_changes_are_against_the_answer(found: tt.results.Sensitivity) -> None:
    base = dict(zip(map(str, GOALS), expected(LEDGER, MODEL), strict=True))
    for row in found.variants:
        assert row.probability is not None
        assert row.change == row.probability - base[row.goal.replace("US$ ", "").replace(" bn", "")]
        assert row.error is not None
        assert row.error > 0


def test_everything_is_left_out_once(found: tt.results.Sensitivity) -> None:
    names = {
        kind: {row.name for row in found.variants if row.kind == kind}
        for kind in ("reporter", "document")
    }
    assert names["reporter"] == set(REPORTERS)
    assert names["document"] == {row.document for row in ROWS}


def test_weights_of_the_ways_of_growing_add_up() -> None:
    step = Regime(0.2, 1.0, 0.0, 0.0, 0.5, 0.5, drift=0.03, drift_spread=0.01)
    passing = Regime(0.2, 0.0, 0.0, 1.0, 0.5, 0.5, drift=0.05, drift_spread=0.01)
    mixture = model(step, step, passing)
    groups = tt.sensitivity(LEDGER, GOALS[0], model=mixture, n_paths=50, documents=False).groups
    assert [way.prior for way in sorted(groups, key=lambda way: way.name)] == pytest.approx(
        [2 / 3, 1 / 3]
    )
    assert sum(way.posterior for way in groups) == pytest.approx(1.0)
    assert {way.name: round(way.drift, 9) for way in groups} == {
        "permanent shocks": 0.03,
        "transitory shocks": 0.05,
    }


def test_what_cannot_be_answered_says_why() -> None:
    alone = tt.Ledger(row for row in ROWS if row.reporter == REPORTERS[0])
    found = tt.sensitivity(alone, GOALS[0], model=MODEL, n_paths=50, documents=False)
    left_out = [row for row in found.variants if row.kind == "reporter"]
    assert [row.probability for row in left_out] == [None]
    assert "add at least one level" in left_out[0].reason


def test_any_executor_gives_the_same(found: tt.results.Sensitivity) -> None:
    with ThreadPoolExecutor(2) as executor:
        again = tt.sensitivity(LEDGER, GOALS, executor=executor, **ASKED)  # type: ignore[arg-type]
    assert again == found


def test_json_and_frame_and_print(found: tt.results.Sensitivity) -> None:
    assert tt.results.Sensitivity.model_validate_json(found.model_dump_json()) == found
    assert len(found.to_frame()) == len(found.variants)
    assert "it moves most with" in str(found)


def test_alternatives_of_your_own_take_the_place_of_the_usual_ones() -> None:
    calm = model(CALM)
    found = tt.sensitivity(LEDGER, GOALS, alternatives={"calm": calm}, documents=False, **ASKED)  # type: ignore[arg-type]
    assert {row.name for row in found.variants if row.kind == "prior"} == {"calm"}
    assert said(found, "calm") == expected(LEDGER, calm)
