"""A pool of models: shares of the paths, and what cannot be pooled."""

from dataclasses import dataclass

import numpy as np
import pytest
from tests.tracking_strategies import level

import tradetrack as tt
from tradetrack.models.paths import LogPaths


@dataclass(frozen=True)
class Constant:
    """One level for ever, from one year on."""

    value: float
    first: int = 2018
    flows: tuple[str, ...] = ("turnover",)
    starts: tuple[int, ...] | None = None

    def fit(self, ledger: tt.Ledger) -> "Constant":
        return self

    def draw(
        self,
        last_year: int,
        n_paths: int,
        rng: np.random.Generator,
        reporters: tuple[str, ...] = (),
    ) -> LogPaths:
        months = 12 * (last_year - self.first + 1)
        paths = np.full((len(self.flows), months, n_paths), np.log(self.value / 12), np.float32)
        effects = {name: np.full((1, months // 12, n_paths), self.value) for name in reporters}
        starts = None if self.starts is None else np.array(self.starts)
        return LogPaths(12 * self.first, 12 * 2019 - 1, self.flows, paths, effects, starts)


LEDGER = tt.Ledger([level("2018", 1.0)])


def pool(*members: Constant, weights: tuple[float, ...]) -> tt.models.Ensemble:
    names = [f"m{i}" for i in range(len(members))]
    return tt.models.Ensemble(
        dict(zip(names, members, strict=True)), dict(zip(names, weights, strict=True))
    )


def test_each_member_gives_its_share_of_the_paths() -> None:
    fitted = pool(Constant(1.0), Constant(2.0), Constant(9.0), weights=(1, 3, 0)).fit(LEDGER)
    paths = fitted.draw(2020, 1000, np.random.default_rng(0), ("KZ stat",))
    values, counts = np.unique(np.exp(paths.log_paths[0, 0]).round(3), return_counts=True)
    np.testing.assert_allclose(values, np.array([1.0, 2.0]) / 12, atol=1e-3)
    assert counts.tolist() == pytest.approx([250, 750], abs=10)  # a hand of paths
    same = np.exp(paths.log_paths[0, 0]) * 12
    np.testing.assert_allclose(paths.effects["KZ stat"][0, 0], same, rtol=1e-5)
    assert fitted.members.keys() == {"m0", "m1"}, "a member of no weight is not fitted"


def test_the_pool_s_probability_is_the_weighted_mean() -> None:
    tracking = tt.track(
        LEDGER, tt.Goal(1.5), model=pool(Constant(1.0), Constant(2.0), weights=(3, 1)), n_paths=800
    )
    assert tracking.attainments[0].probability_by(2020) == pytest.approx(0.25, abs=0.011)


def test_shared_histories_stay_side_by_side() -> None:
    members = Constant(1.0, starts=(0, 2)), Constant(2.0)
    drawn = pool(*members, weights=(1, 1)).fit(LEDGER).draw(2019, 8, np.random.default_rng(0))
    assert drawn.cluster_starts is not None
    assert drawn.cluster_starts.tolist() == [0, 2, 4, 5, 6, 7]


def test_few_paths_may_leave_a_member_out() -> None:
    fitted = pool(Constant(1.0), Constant(2.0), weights=(1, 1)).fit(LEDGER)
    assert fitted.draw(2019, 1, np.random.default_rng(0)).n_paths == 1


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (
            Constant(1.0, flows=("kz_to_uz", "uz_to_kz")),
            r"'m0' and 'm1': their flows differ: \('turnover',",
        ),
        (Constant(1.0, first=2017), "their years differ: .*; leave one of them out"),
    ],
)
def test_models_that_draw_different_things_are_refused(other: Constant, said: str) -> None:
    fitted = pool(Constant(1.0), other, weights=(1, 1)).fit(LEDGER)
    with pytest.raises(tt.InputError, match=said):
        fitted.draw(2020, 10, np.random.default_rng(0))


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ({"a": 1.0}, "the models are a, b, the weights are of a; give each model a weight"),
        ({"a": -1.0, "b": 1.0}, "the weights are -1.0, 1.0; give numbers of at least 0"),
        ({"a": 0.0, "b": 0.0}, "not all of them 0"),
        ({"a": np.nan, "b": 1.0}, "give numbers of at least 0"),
    ],
)
def test_weights_that_cannot_be_right_are_refused(weights: dict[str, float], said: str) -> None:
    with pytest.raises(tt.InputError, match=said):
        tt.models.Ensemble({"a": Constant(1.0), "b": Constant(2.0)}, weights)
