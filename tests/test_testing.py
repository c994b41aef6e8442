"""The public strategies and checks: they draw what they say, and find a model that breaks a law."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

import tradetrack as tt
from tests.tracking_strategies import model
from tradetrack import testing

LEDGER = tt.datasets.kazakhstan_uzbekistan().select(flow="turnover")
GOAL = tt.Goal(6, by=2030)
MODEL = model()


@settings(max_examples=8)
@given(testing.questions())
def test_the_mixture_keeps_every_law(question: tuple[tt.Ledger, tt.Goal]) -> None:
    ledger, goal = question
    testing.check_model(MODEL, ledger, goal, n_paths=60)


@settings(max_examples=20)
@given(testing.panels())
def test_panels_are_tracked_without_a_failure(panel: tuple[object, object]) -> None:
    found = tt.track_panel(*panel, horizon=2, n_paths=16)  # type: ignore[arg-type]
    assert found.failures == ()
    testing.check_panel(found)


@dataclass(frozen=True)
class Broken:
    """A model that draws as the mixture does, but breaks one promise."""

    how: str

    def fit(self, ledger: tt.Ledger) -> "BrokenFit":
        first = ledger.observations[0]
        return BrokenFit(self.how, MODEL.fit(ledger), hash(str(first)) % 7)


@dataclass(frozen=True)
class BrokenFit:
    how: str
    fitted: object
    salt: int

    def draw(
        self,
        last_year: int,
        n_paths: int,
        rng: np.random.Generator,
        reporters: tuple[str, ...] = (),
    ) -> tt.models.LogPaths:
        if self.how == "chance":
            rng = np.random.default_rng()
        further = last_year + (self.how == "end")
        paths = self.fitted.draw(further, n_paths + (self.how == "number"), rng, reporters)  # type: ignore[attr-defined]
        if self.how == "observed":
            return replace(paths, last_observed=paths.last_observed - 12)
        return paths


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("end", "the paths end in 2046, not 2045"),
        ("number", "paths were drawn"),
        ("observed", "last observed month"),
        ("chance", "the same seed"),
    ],
)
def test_a_model_that_breaks_a_law_is_found(how: str, said: str) -> None:
    with pytest.raises(AssertionError, match=said):
        testing.check_model(Broken(how), LEDGER, GOAL, n_paths=40)


def test_a_result_that_was_made_by_hand_is_found() -> None:
    found = tt.track(LEDGER, GOAL, model=MODEL, n_paths=50)[0]
    amounts = tuple(2.0 * amount for amount in found.reach[-1].amounts)
    forged = found.model_copy(
        update={
            "reach": (*found.reach[:-1], found.reach[-1].model_copy(update={"amounts": amounts}))
        }
    )
    with pytest.raises(AssertionError, match="yet the amount"):
        testing.check_attainment(forged)


def test_a_panel_whose_curve_falls_is_found() -> None:
    values = pd.DataFrame({"series": "x", "year": [2022, 2023], "value": [3.0, 3.5]})
    goals = pd.DataFrame({"series": ["x"], "amount": [5.0]})
    found = tt.track_panel(values, goals, horizon=3, n_paths=100)
    for numbers, said in (([0.4, 0.3, 0.5], "falls"), ([0.1, 0.2, 1.1], "between 0 and 1")):
        with pytest.raises(AssertionError, match=said):
            testing.check_panel(replace(found, probabilities=np.array([numbers])))
