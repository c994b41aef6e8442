"""What paths must be, what they add up to, and models that break the protocol."""

from dataclasses import dataclass, replace
from types import SimpleNamespace

import numpy as np
import pytest
from tests.tracking_strategies import FIRST, PAIR, level

import tradetrack as tt
from tradetrack.models import LogPaths

LEDGER = tt.Ledger([level("2023", 3.0)])
START = 12 * 2023
FLAT = np.zeros((1, 24, 6), np.float32)


def made(log_paths: np.ndarray = FLAT, **fields: object) -> LogPaths:
    given = {"first_month": START, "last_observed": START + 14, "flows": ("turnover",)} | fields
    return LogPaths(log_paths=log_paths, **given)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Plugin:
    """A model that returns what it is given."""

    drawn: object

    def fit(self, ledger: tt.Ledger) -> object:
        return SimpleNamespace(draw=lambda *_: self.drawn)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (np.nan, "log_paths: a value is not a number"),
        (np.inf, "log_paths: a value is inf in size"),
        (-np.inf, "log_paths: a value is inf in size"),
        (89.0, "log_paths: a value is 89 in size; natural logs between -88 and 88"),
    ],
)
def test_one_value_that_is_not_finite_is_refused(value: float, message: str) -> None:
    spoilt = FLAT.copy()
    spoilt[0, 5, 3] = value
    with pytest.raises(tt.InputError, match=message):
        made(spoilt)
    with pytest.raises(tt.InputError, match="KZ stat: a value"):
        made(effects={"KZ stat": spoilt[:, 4:6]})


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"log_paths": FLAT[0]}, r"shape \(24, 6\); give \[flow, month, path\]"),
        ({"log_paths": FLAT[:, :23]}, "whole years"),
        ({"log_paths": FLAT[:, :, :0]}, "at least one path"),
        ({"flows": PAIR.flows}, "with 2 flows"),
        ({"first_month": START + 1}, "start in a January"),
        ({"last_observed": START + 24}, "be one of theirs"),
        ({"effects": {"KZ stat": FLAT}}, r"'KZ stat' have the shape .* here \(1, 2, 6\)"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(fields: dict[str, object], message: str) -> None:
    with pytest.raises(tt.InputError, match=message):
        made(**fields)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (SimpleNamespace(), "the model is namespace.*; pass one such as GrowthMixture"),
        (SimpleNamespace(fit=3), "pass one such as GrowthMixture"),
        (SimpleNamespace(fit=lambda ledger: ledger), "fit returned Ledger, which has no draw"),
        (Plugin(FLAT), "the draw of Plugin returned ndarray; return a LogPaths"),
    ],
)
def test_a_model_that_breaks_the_protocol_is_refused(model: object, message: str) -> None:
    with pytest.raises(tt.InputError, match=message):
        tt.track(LEDGER, tt.Goal(5), model=model, n_paths=6)  # type: ignore[arg-type]


def test_effects_that_were_not_drawn_are_missed() -> None:
    two = tt.Ledger([level("2023", 3.0), level("2023", 3.1, reporter="KZ stat")])
    with pytest.raises(tt.InputError, match="left out the effects of KZ stat"):
        tt.track(two, tt.Goal(5, reporter="KZ stat"), model=Plugin(made()), n_paths=6)


def test_totals_add_flows_months_and_effects_up() -> None:
    logs = np.random.default_rng(0).normal(size=(2, 24, 6)).astype(np.float32)
    effects = np.random.default_rng(1).normal(size=(2, 2, 6)).astype(np.float32)
    paths = made(logs, flows=PAIR.flows, effects={"KZ stat": effects})
    levels = np.exp(logs.astype(float))
    by_hand = np.stack([levels[:, :12].sum(axis=1), levels[:, 12:].sum(axis=1)], axis=1)
    np.testing.assert_allclose(paths.totals("turnover"), by_hand.sum(axis=0), rtol=1e-5)
    own = (by_hand * np.exp(effects)).sum(axis=0)
    np.testing.assert_allclose(paths.totals("turnover", reporter="KZ stat"), own, rtol=1e-5)
    np.testing.assert_allclose(paths.totals(FIRST.flow), by_hand[0], rtol=1e-5)
    twelve = [levels[:, k : k + 12].sum(axis=(0, 1)) for k in range(1, 13)]
    rolling = paths.totals("turnover", "rolling_year")[1]
    np.testing.assert_allclose(rolling, np.max(twelve, axis=0), rtol=1e-5)


@pytest.mark.parametrize(
    ("flow", "reporter", "message"),
    [("exports", "consensus", "no flow 'exports'"), ("turnover", "KZ", "'KZ' were not drawn")],
)
def test_totals_of_what_is_not_there_are_refused(flow: str, reporter: str, message: str) -> None:
    with pytest.raises(tt.InputError, match=message):
        made().totals(flow, reporter=reporter)


def test_the_last_complete_year_ends_by_the_last_observed_month() -> None:
    ends = [made(last_observed=START + n).last_complete_year for n in (-1, 0, 10, 11, 22, 23)]
    assert ends == [2022, 2022, 2022, 2023, 2023, 2024]


def test_taken_and_joined_paths_keep_their_histories() -> None:
    paths = made(np.arange(6, dtype=np.float32) + FLAT, cluster_starts=np.array([0, 2, 3]))
    assert paths.clusters.tolist() == [0, 0, 1, 2, 2, 2]
    taken = paths.take(np.array([0, 1, 1, 5, 2, 3]))
    assert taken.log_paths[0, 0].tolist() == [0, 1, 1, 5, 2, 3]
    assert taken.cluster_starts is not None
    assert taken.cluster_starts.tolist() == [0, 3, 4, 5]
    both = LogPaths.concat([taken, replace(paths, cluster_starts=None)])
    assert both.cluster_starts is not None
    assert both.cluster_starts.tolist() == [0, 3, 4, 5, 6, 7, 8, 9, 10, 11]
    assert (
        both.log_paths.tolist()
        == np.concatenate([taken.log_paths, paths.log_paths], axis=2).tolist()
    )


def test_paths_of_other_years_are_not_joined() -> None:
    with pytest.raises(tt.InputError, match="their years differ"):
        LogPaths.concat([made(), made(np.zeros((1, 36, 6), np.float32))])


def test_the_repr_is_short() -> None:
    shown = repr(made())
    assert shown == "<LogPaths: turnover, 2023 to 2024, observed to 2024-03, 6 paths>"
