"""What the benchmark of announced goals scores: which goals, which years, which base rate."""

import importlib
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import tradetrack as tt

ARCHIVE = {pledge.id: pledge for pledge in tt.datasets.pledges()}
UNKNOWN = np.nan


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "benchmarks"))
    return importlib.import_module("pledges")


@pytest.mark.parametrize(
    ("name", "met"),
    [
        ("THA-VNM-2015-15-2020", [0, 0, 1, 1, 1, 1]),
        ("IDN-VNM-2017-8-2018", [0, 1]),
        # 2021 was known in 2022, and says nothing about a forecast
        ("TUR-UZB-2022-5-2023", [UNKNOWN, 0, 0]),
        # the deadline would not be known had the goal not been met
        ("IND-RUS-2018-30-2025", [0, 0, 0, 0, 1, 1, 1, UNKNOWN]),
        ("KOR-VNM-2022-150-2030", [UNKNOWN, 0, 0, *[UNKNOWN] * 7]),
    ],
)
def test_the_years_that_are_scored(bench: ModuleType, name: str, met: list[float]) -> None:
    one = bench.case(ARCHIVE[name])
    np.testing.assert_array_equal(one.met, np.array(met, dtype=float))
    assert one.years[-1] == ARCHIVE[name].goal.by - one.horizon
    known = dict(ARCHIVE[name].known)
    np.testing.assert_allclose(np.exp(one.log_totals), [known[year] for year in one.years])


@pytest.mark.parametrize(
    "name",
    [
        "ASEAN-CHN-2010-500-2015",  # no history
        "KAZ-TUR-2011-5-2014",  # set aside
        "IND-RUS-2024-100-2030",  # its history ends four years before
        "THA-VNM-2021-25-2025",  # nothing observed yet
    ],
)
def test_what_cannot_be_scored(bench: ModuleType, name: str) -> None:
    assert bench.case(ARCHIVE[name]) is None


def test_a_history_ends_where_a_year_is_missing(bench: ModuleType) -> None:
    assert bench.case(ARCHIVE["IRQ-TUR-2009-25-2012"]).years == tuple(range(2003, 2009))


def test_the_base_rate_of_others_leaves_the_pair_out(bench: ModuleType) -> None:
    names = ("EGY-TUR-2011-5-2013", "EGY-TUR-2011-10-2015", "IDN-KOR-2012-50-2015")
    cases = [bench.case(ARCHIVE[name]) for name in names]  # met, missed; missed
    everything = bench.base_rate(cases, of_others=False)
    assert everything(cases[0])[-1] == pytest.approx(1 / 3)
    others = bench.base_rate(cases, of_others=True)
    assert [others(one)[-1] for one in cases] == pytest.approx([0, 0, 1 / 2])
    survival = 1 - everything(cases[1])  # an even hazard
    np.testing.assert_allclose(survival[1:] / survival[:-1], survival[0])


def test_a_failed_fit_is_not_scored(bench: ModuleType) -> None:
    cases = [bench.case(ARCHIVE[name]) for name in ("IRQ-TUR-2009-25-2012", "IDN-VNM-2017-8-2018")]
    failures: list[str] = []
    forecast = bench.peer_forecaster(bench.peers.ets, failures)
    found = bench.scores(cases, [forecast(one) for one in cases])
    assert np.isnan([found.brier[0], found.log[0], found.yearly[0]]).all()
    assert np.isfinite([found.brier[1], found.log[1], found.yearly[1]]).all()
    assert failures == ["IRQ-TUR-2009-25-2012, ets: needs 8 or more finite log totals, one a year"]
