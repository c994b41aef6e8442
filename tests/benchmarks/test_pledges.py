"""What the benchmark of announced goals scores: which goals, which years, which base rate."""

import importlib
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from scipy.stats import norm

import tradetrack as tt
from tradetrack.models.annual import AnnualMixture
from tradetrack.models.regimes import MonthPattern, Regimes

ROOT = Path(__file__).parents[2]
ARCHIVE = {pledge.id: pledge for pledge in tt.datasets.pledges()}
UNKNOWN = np.nan


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    return importlib.import_module("pledges")


@pytest.mark.parametrize(
    ("name", "met"),
    [
        ("THA-VNM-2015-15-2020", [0, 0, 1, 1, 1, 1]),
        ("IDN-VNM-2017-8-2018", [UNKNOWN, 1]),  # in 2018
        # 2021 was known in 2022, and says nothing about a forecast
        ("TUR-UZB-2022-5-2023", [UNKNOWN, 0, 0]),
        # the outcome was not found, and the totals end with 2020
        ("IND-IRN-2018-27.6-2023", [0, 0, 0, *[UNKNOWN] * 3]),
        # the deadline would not be known had the goal not been met
        ("IND-RUS-2018-30-2025", [0, 0, 0, 0, 1, 1, 1, UNKNOWN]),
        ("KOR-VNM-2022-150-2030", [UNKNOWN, 0, 0, *[UNKNOWN] * 7]),
    ],
)
def test_the_years_that_are_scored(bench: ModuleType, name: str, met: list[float]) -> None:
    one = bench.case(ARCHIVE[name])
    np.testing.assert_array_equal(one.met, np.array(met, dtype=float))
    assert one.years[-1] == ARCHIVE[name].by - one.horizon
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


def test_the_base_rate_is_of_deadlines_that_were_over(bench: ModuleType) -> None:
    early, late = ARCHIVE["CHN-IND-2003-10-2005"], ARCHIVE["THA-VNM-2015-15-2020"]
    aside = ARCHIVE["EGY-RUS-2018-10-2018"]
    assert (early.outcome, late.outcome, bool(aside.set_aside)) == ("met", "met", True)
    missed = ARCHIVE["EGY-TUR-2011-10-2015"]
    rate = bench.known_rate([early, late, missed, aside])
    told = {
        name: rate(bench.case(ARCHIVE[name]))
        for name in ("CHN-IND-2005-30-2010", "CHN-IND-2006-50-2010", "KOR-VNM-2018-100-2020")
    }
    assert [curve[-1] for curve in told.values()] == pytest.approx([1 / 2, 2 / 3, 1 / 2])
    survival = 1 - told["CHN-IND-2006-50-2010"]  # an even hazard
    np.testing.assert_allclose(survival[1:] / survival[:-1], survival[0])


def test_a_goal_in_a_year_is_forecast_at_that_year_alone(bench: ModuleType) -> None:
    """The mixture's closed form against its own paths; the walk against the normal law."""
    one = bench.case(ARCHIVE["MMR-THA-2016-20-2017"])
    assert one.alone
    prior = Regimes.known_by(2016)
    curve = bench.mixture_forecaster(lambda _: prior)(one)
    logs = one.log_totals[-8:]
    mixture = AnnualMixture.over(prior, one.years[-8:], one.horizon, MonthPattern.shipped().noise)
    levels = np.array([0.05, 0.5, 0.95])
    quantiles = mixture.quantiles(logs[None], levels)[0, :, -1]
    for level, quantile in zip(levels, quantiles, strict=True):
        told = bench.reached_in_the_last(mixture, logs, quantile)
        assert told == pytest.approx(1 - level, abs=1e-6)
    assert curve[0] == 0.0
    assert curve[-1] == pytest.approx(bench.reached_in_the_last(mixture, logs, one.log_goal))
    walked = bench.peer_forecaster(bench.peers.random_walk, [])(one)
    spread = np.sqrt(one.horizon * np.mean(np.diff(one.log_totals) ** 2))
    closed = norm.sf((one.log_goal - one.log_totals[-1]) / spread)
    assert walked[-1] == pytest.approx(closed, abs=4 * np.sqrt(closed / bench.N_PATHS))


def test_a_failed_fit_is_not_scored(bench: ModuleType) -> None:
    cases = [bench.case(ARCHIVE[name]) for name in ("IRQ-TUR-2009-25-2012", "IDN-VNM-2017-8-2018")]
    failures: list[str] = []
    forecast = bench.peer_forecaster(bench.peers.ets, failures)
    found = bench.scores(cases, [forecast(one) for one in cases])
    assert np.isnan([found.brier[0], found.log[0], found.yearly[0]]).all()
    assert np.isfinite([found.brier[1], found.log[1], found.yearly[1]]).all()
    assert failures == ["IRQ-TUR-2009-25-2012, ets: needs 8 or more finite log totals, one a year"]


def test_without_drift_nothing_is_expected_to_grow(bench: ModuleType) -> None:
    regimes = bench.without_drift(Regimes.known_by)(2015)
    assert not regimes.drift.any()
    assert regimes.weights == Regimes.known_by(2015).weights
    assert regimes.sigma.tolist() == Regimes.known_by(2015).sigma.tolist()


def test_the_clustered_error_is_that_of_the_interval(bench: ModuleType) -> None:
    rng = np.random.default_rng(1)
    pairs = np.repeat(np.arange(6), 4)
    own, ours = rng.normal(size=(2, 24))
    sums = np.array([np.sum((own - ours - np.mean(own - ours))[pairs == g]) for g in range(6)])
    error = np.sqrt(6 / 5 * np.sum(sums**2)) / 24  # the sandwich, by hand
    shown = bench.beyond(own, ours, [str(pair) for pair in pairs])
    assert shown == f"{bench.figure(np.mean(own - ours), '+')} ({bench.figure(error)})"


def test_the_pages_show_what_the_command_writes(bench: ModuleType) -> None:
    """The count of scored goals and the headline scores, wherever they are repeated."""
    archive = tuple(ARCHIVE.values())
    cases = bench.known_cases(archive)
    page = (ROOT / "docs/pledges.md").read_text(encoding="utf-8")
    assert " ".join(bench.counts(archive, cases).split()) in " ".join(page.split())
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| ")]
    brier = {cells[0]: cells[1].split()[0] for cells in reversed(rows)}
    scored = len(bench.settled(cases))
    ours, walk, carried = (brier[name] for name in (bench.MIXTURE, bench.WALK, bench.CARRIED))
    for name, shown in {
        "README.md": (f"{scored} announced goals", ours, walk, carried, brier[bench.KNOWN]),
        "docs/tutorial.md": (f"{scored} announced goals",),
        "docs/explanation/index.md": (f"{scored} of them scored",),
        "docs/explanation/comparison.md": (f"{scored} announced goals | {ours}", walk, carried),
        "docs/explanation/past-growth.md": (f"{scored} announced goals", ours, walk, carried),
    }.items():
        text = " ".join((ROOT / name).read_text(encoding="utf-8").split())
        assert [part for part in shown if part not in text] == [], name
