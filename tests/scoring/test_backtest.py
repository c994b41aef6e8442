"""backtest(): what is said in the past is what track says then, and it is scored as it came out."""

import datetime as dt
import json
from dataclasses import dataclass

import numpy as np
import pytest
import scoringrules
from tests.shipped import ledger as shipped
from tests.tracking_strategies import model as simple_mixture

import tradetrack as tt
from tradetrack.models.paths import LogPaths
from tradetrack.scoring.backtest import Replayer, _Kept

SERIES = tt.Series(pair="AA-BB")
TOTALS = {2012: 1.0, 2013: 1.2, 2014: 1.5, 2015: 1.4, 2016: 1.8, 2017: 2.1, 2018: 2.0, 2019: 2.6}
ORIGINS = ("2015-12", "2016-12", "2017-12")
MIXTURE = simple_mixture()


def level(year: int, printed: float, published: str, reporter: str = "AA stat") -> tt.Level:
    return tt.Level(
        series=SERIES,
        window=tt.Window.calendar_year(year),
        figure=tt.Figure.of(f"{printed:.4f}", "usd_bn"),
        reporter=reporter,
        published=published,
    )


LEDGER = tt.Ledger(level(year, total, f"{year + 1}-02") for year, total in TOTALS.items())


@dataclass(frozen=True)
class Spread:
    """Yearly totals the same in every year ahead: equally likely points from low to high."""

    low: float
    high: float

    def fit(self, ledger: tt.Ledger) -> "Spread":
        return self

    def draw(
        self,
        last_year: int,
        n_paths: int,
        rng: np.random.Generator,
        reporters: tuple[str, ...] = (),
    ) -> LogPaths:
        totals = np.linspace(self.low, self.high, n_paths)
        paths = np.log(totals / 12.0) * np.ones((1, 12 * (last_year - 2009), 1))
        paths[:, : 12 * 3] = np.log(1e-6)
        return LogPaths(12 * 2010, 12 * 2010, ("turnover",), paths.astype(np.float32))


def run(*goals: tt.Goal, ledger: tt.Ledger = LEDGER, **options: object) -> tt.results.Backtest:
    given = {"models": {"mixture": MIXTURE}, "n_paths": 200, "origins": ORIGINS} | options
    return tt.backtest(ledger, goals, **given)


def test_a_forecast_is_what_track_says_as_of_the_origin() -> None:
    goal = tt.Goal(2.05, by=2018)
    past = run(goal)
    for row in past.forecasts:
        alone = tt.track(
            LEDGER,
            tt.Goal(2.05),
            as_of=row.origin,
            horizon=2019 - LEDGER.as_of(row.origin).last_month // 12,
            model=MIXTURE,
            n_paths=200,
        )
        assert row.curve == tuple(alone.attainments[0].probability_by(year) for year in row.years)
        assert row.years == tuple(range(row.origin.year, 2020))
        assert row.last_observed == 12 * row.origin.year - 1
        assert row.goal == goal.model_copy(update={"series": SERIES})
    medians = {row.year: row.observed for row in past.totals}
    assert medians == pytest.approx({y: TOTALS[y] for y in range(2015, 2020)}, rel=5e-3)


def test_the_outcome_and_the_scores_by_hand() -> None:
    past = run(tt.Goal(2.05), models={"spread": Spread(1.0, 3.0)}, n_paths=100, origins="2016-12")
    (row,) = past.forecasts
    above = float(np.mean(np.linspace(1.0, 3.0, 100) >= 2.05))
    assert row.curve == pytest.approx((above,) * 4)
    assert row.met == (0.0, 1.0, 1.0, 1.0)
    assert row.scores is not None
    assert row.scores.crps == pytest.approx(above**2 + 3 * (1 - above) ** 2)
    assert row.scores.brier == pytest.approx(row.scores.crps / 4)
    assert row.scores.log == pytest.approx(-np.log(1e-3))
    samples = np.linspace(1.0, 3.0, 100)
    for total in past.totals:
        assert total.scores is not None
        assert total.observed == pytest.approx(TOTALS[total.year], rel=5e-3)
        witness = scoringrules.crps_ensemble(total.observed, samples, estimator="nrg")
        assert total.scores.crps == pytest.approx(witness, abs=1e-5)
        assert total.range_80 == pytest.approx((1.2, 2.8), abs=1e-5)
        assert total.scores.interval_80 == pytest.approx(1.6, abs=1e-5)
        assert total.scores.pit == pytest.approx(np.mean(samples < total.observed), abs=0.011)
    (mean,) = past.scores
    assert (mean.forecasts, mean.totals, mean.brier) == (1, 4, row.scores.brier)
    assert (mean.coverage_80, mean.coverage_95) == (1.0, 1.0)


def test_only_what_had_been_published_counts() -> None:
    wrong = level(2015, 3.0, "2016-02")
    revised = [seen for seen in LEDGER if seen.window.start // 12 != 2015]
    ledger = tt.Ledger([*revised, wrong, level(2015, 1.4, "2018-06")])
    goal = tt.Goal(2.9)
    early, late = run(goal, ledger=ledger, origins=["2016-12", "2018-12"]).forecasts
    assert early.curve[0] > 0.4, "the first release was above the goal"
    assert late.curve[0] < 0.4
    assert early.met == (0.0,) * 4, "the revision decides"


def test_years_that_are_not_complete_are_censored() -> None:
    short, long = run(tt.Goal(2.5)), run(tt.Goal(2.5), last_year=2023)
    half = tt.Level(
        series=SERIES,
        window=tt.Window.parse("2020-01..2020-06"),
        figure=tt.Figure.of("1.4", "usd_bn"),
        reporter="AA stat",
        published="2020-09",
    )
    for row in long.forecasts:
        assert row.years[-1] == 2023
        assert row.met[-4:] == (None,) * 4
        assert row.met[:-4] == tuple(map(float, np.array(row.years[:-4]) >= 2019))
    assert [row.met for row in short.forecasts] == [row.met[:-4] for row in long.forecasts]
    assert all(t.scores is None and t.observed is None for t in long.totals if t.year > 2019)
    assert run(tt.Goal(2.5), ledger=LEDGER.add([half])).forecasts[0].years[-1] == 2019
    for row in run(tt.Goal(2.5), last_year=2021, origins="2020-12").forecasts:
        assert (row.years, row.scores) == ((2020, 2021), None)


def test_offices_that_disagree_leave_the_outcome_open() -> None:
    others = [
        level(year, 1.08 * total, f"{year + 1}-03", "BB stat") for year, total in TOTALS.items()
    ]
    (row,) = run(
        tt.Goal(2.7), ledger=LEDGER.add(others), origins="2017-12", models={"a": Spread(1, 3)}
    ).forecasts
    assert row.met[0] == 0.0
    assert row.met[-1] is not None
    assert 0.0 < row.met[-1] < 1.0
    assert row.scores is not None
    expected = sum(
        (p - q) ** 2 + q * (1 - q) for p, q in zip(row.curve, row.met, strict=True) if q is not None
    )
    assert row.scores.crps == pytest.approx(expected)


def test_totals_are_those_of_the_figures_that_count() -> None:
    others = [level(y, 1.08 * total, f"{y + 1}-03", "BB stat") for y, total in TOTALS.items()]
    goals = [tt.Goal(2.7, reporter=name) for name in ("AA stat", "BB stat")]
    past = run(*goals, ledger=LEDGER.add(others), origins="2017-12", n_paths=2000)
    ours, theirs = ([row for row in past.totals if row.reporter == goal.reporter] for goal in goals)
    for one, other in zip(ours, theirs, strict=True):
        assert one.observed == pytest.approx(TOTALS[one.year], rel=0.01)
        assert other.observed == pytest.approx(1.08 * TOTALS[other.year], rel=0.01)
        assert other.median > 1.04 * one.median


def test_a_forecast_that_cannot_be_made_is_a_row_with_its_reason() -> None:
    late = level(2018, 2.05, "2019-03", "BB stat")
    ledger = LEDGER.add([late])
    goals = tt.Goal(2.5), tt.Goal(2.5, reporter="BB stat")
    past = run(*goals, ledger=ledger, origins=["2010-01", "2017-12", "2019-12", "2020-06"])
    reasons = {(row.origin.year, row.goal.reporter): row.reason for row in past.failures}
    assert reasons.keys() == {
        (2010, "consensus"),
        (2010, "BB stat"),
        (2017, "BB stat"),
        (2020, "consensus"),
        (2020, "BB stat"),
    }
    assert "nothing had been published by 2010-01-31" in reasons[2010, "consensus"]
    assert "no figures that count are by 'BB stat'" in reasons[2017, "BB stat"]
    assert "nothing to score: 2019 is the last year to forecast" in reasons[2020, "BB stat"]
    assert len(past.forecasts) == 3
    assert "No forecast in 5 cases; see .failures." in str(past)


@dataclass(frozen=True)
class Broken:
    """A model that fails, or draws what cannot be."""

    how: str

    def fit(self, ledger: tt.Ledger) -> "Broken":
        if self.how == "singular":
            raise np.linalg.LinAlgError("singular matrix")
        return self

    def draw(
        self,
        last_year: int,
        n_paths: int,
        rng: np.random.Generator,
        reporters: tuple[str, ...] = (),
    ) -> LogPaths:
        first = {"late": 2019, "short": 2010, "infinite": 2010}[self.how]
        years = {"late": last_year - 2018, "short": 7, "infinite": last_year - 2009}[self.how]
        paths = np.full((1, 12 * years, n_paths), np.inf if self.how == "infinite" else 0.0)
        return LogPaths(12 * first, 12 * max(first, 2016), ("turnover",), paths.astype(np.float32))


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("singular", "LinAlgError: singular matrix"),
        ("late", "drew 2019 to 2019, and the years to forecast are 2016 to 2019"),
        ("short", "drew 2010 to 2016, and the years to forecast are 2016 to 2019"),
        ("infinite", "log_paths: a value is inf in size"),
    ],
)
def test_a_model_that_fails_does_not_stop_the_others(how, said) -> None:
    models = {"broken": Broken(how), "spread": Spread(1.0, 3.0)}
    past = run(tt.Goal(2.5), models=models, origins="2016-12")
    assert said in past.failures[0].reason
    assert [row.model for row in past.forecasts] == ["spread"]
    broken, spread = past.scores
    assert (broken.forecasts, broken.brier, broken.totals_crps) == (0, None, None)
    assert spread.forecasts == 1
    assert "broken      0      -" in str(past)
    with pytest.raises(tt.InputError, match="no forecast was scored for both"):
        past.compare("broken", "spread")


def test_the_order_and_the_company_of_goals_change_nothing() -> None:
    goals = [tt.Goal(2.5), tt.Goal(1.7, window="rolling_year"), tt.Goal(2.5, reporter="AA stat")]
    there, back = run(*goals), run(*reversed(goals), origins=tuple(reversed(ORIGINS)))
    assert set(there.forecasts) == set(back.forecasts)
    assert set(there.totals) == set(back.totals)
    assert set(run(goals[1]).forecasts) <= set(there.forecasts)
    assert len(there.totals) == 2 * len(run(goals[0]).totals), "goals of one series share totals"


def test_what_was_fitted_and_drawn_is_kept() -> None:
    fits = []

    class Counting(Spread):
        def fit(self, ledger: tt.Ledger) -> Spread:
            fits.append(ledger)
            return self

    replayer = Replayer(Counting(1.0, 3.0), 2019, 50, 0)
    first = replayer.replay(LEDGER, tt.Goal(2.5), dt.date(2017, 12, 31))
    second = replayer.replay(LEDGER, tt.Goal(2.6), dt.date(2017, 12, 31))
    assert len(fits) == 1
    assert first.simulation.paths is second.simulation.paths
    assert replayer.replay(LEDGER, tt.Goal(2.5)).last_complete == 2019
    assert len(fits) == 2


def test_models_are_compared_over_the_same_forecasts() -> None:
    models = {"mixture": MIXTURE, "again": MIXTURE, "sure": Spread(0.1, 0.2)}
    past = run(tt.Goal(1.7), tt.Goal(2.5), models=models)
    same = past.compare("mixture", "again")
    assert (same.mean, same.interval, same.n, same.groups) == (0.0, (0.0, 0.0), 6, 3)
    for name in ("brier", "log", "crps"):
        found = past.compare("mixture", "sure", name)
        scores = [getattr(row, name) for row in past.scores]
        assert found.mean == pytest.approx(scores[0] - scores[2])
        assert str(found).startswith(f"{name}, mixture minus sure: ")
    with pytest.raises(tt.InputError, match="no model 'other'"):
        past.compare("mixture", "other")


def test_the_result_reads_well_and_comes_back() -> None:
    past = run(tt.Goal(1.7), tt.Goal(2.5))
    assert tt.results.Backtest.model_validate_json(past.model_dump_json()) == past
    assert str(past).splitlines()[0] == "Backtest at 3 origins, 2015-12-31 to 2017-12-31"
    frame = past.to_frame()
    assert len(frame) == sum(len(row.years) for row in past.forecasts)
    known = frame.dropna(subset="met")
    by_forecast = known.assign(cost=(known["probability"] - known["met"]) ** 2)
    briers = by_forecast.groupby(["origin", "goal"])["cost"].mean()
    assert past.scores[0].brier == pytest.approx(briers.mean(), abs=1e-3)
    table = past.reliability("mixture", bins=4)
    assert sum(row.count for row in table.rows) == len(known)
    assert max(row.trials for row in table.rows) == 3
    assert len(past.pit("mixture").values) == past.scores[0].totals


def test_the_shipped_ledger_is_replayed_from_real_vintages() -> None:
    past = tt.backtest(shipped(), tt.Goal(4), ["2019-12", "2021-12"], n_paths=200)
    (early, late), (name,) = past.forecasts, [row.model for row in past.scores]
    assert name == "growth mixture"
    assert early.years == tuple(range(2019, 2025))
    assert [q is not None and q > 0.5 for q in early.met] == [False] * 3 + [True] * 3
    assert late.last_observed < 12 * 2022
    assert past.ledger_digest == shipped().digest


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"origins": []}, "at least one goal, one origin and one model"),
        ({"models": {}}, "at least one goal, one origin and one model"),
        ({"origins": "yesterday"}, "yesterday"),
        ({"n_paths": 0}, "n_paths is 0"),
        ({"seed": -1}, "seed is -1"),
        ({"last_year": 2200}, "more than 100 years"),
        ({"last_year": 2018.5}, "last_year is 2018.5; write a whole number"),
    ],
)
def test_what_cannot_be_right_is_refused(options, said) -> None:
    with pytest.raises(tt.InputError, match=said):
        run(tt.Goal(2.5), **options)


def test_a_goal_that_not_even_the_whole_ledger_can_answer_is_refused() -> None:
    with pytest.raises(tt.errors.GoalError, match="CC stat"):
        run(tt.Goal(2.5, reporter="CC stat"))
    with pytest.raises(tt.InputError, match="at least one goal"):
        run()


def test_a_backtest_without_a_forecast_says_so() -> None:
    past = run(tt.Goal(2.5), origins="2010-01")
    assert past.to_frame().dtypes[["year", "probability", "met"]].tolist() == [int, float, float]
    assert "mixture      0      -" in str(past)
    for ask in (past.reliability, past.pit):
        with pytest.raises(tt.InputError, match="calibration cannot be measured"):
            ask("mixture")


def test_a_deadline_far_ahead_does_not_hinder_a_backtest() -> None:
    past = tt.backtest(LEDGER, tt.Goal(2.5, by=2090), ["2016-12"], n_paths=50)
    (forecast,) = past.forecasts
    assert forecast.goal.by == 2090
    assert forecast.years == (2016, 2017, 2018, 2019)


def test_failures_are_counted_in_words() -> None:
    past = tt.backtest(LEDGER, tt.Goal(2.5), ["2016-12", "1990-01"], n_paths=50)
    assert str(past).endswith("\nNo forecast in 1 case; see .failures.")


def test_a_draw_that_was_kept_obeys_its_generator() -> None:
    fitted, kept = MIXTURE.fit(LEDGER), _Kept(MIXTURE).fit(LEDGER)
    for seed in (0, 1, 0):
        one, other = np.random.default_rng(seed), np.random.default_rng(seed)
        expected, found = fitted.draw(2022, 64, one), kept.draw(2022, 64, other)
        np.testing.assert_array_equal(found.log_paths, expected.log_paths)
        assert one.random() == other.random()


@pytest.mark.parametrize(
    ("where", "value"),
    [
        (("scores", 0, "brier"), 0.001),
        (("scores", 0, "model"), "another"),
        (("forecasts", 0, "scores", "log"), 0.001),
        (("forecasts", 0, "curve", 0), 1.5),
        (("forecasts", 0, "curve", 0), 1.0),
        (("forecasts", 0, "met", 0), None),
        (("forecasts", 0, "years"), [2016]),
        (("forecasts", 0, "scores"), None),
        (("totals", 0, "median"), 1e9),
        (("totals", 0, "observed"), None),
        (("n_paths",), float("nan")),
        (("surprise",), 1),
    ],
)
def test_a_result_that_was_changed_is_refused(where: tuple[object, ...], value: object) -> None:
    document = json.loads(run(tt.Goal(1.7), tt.Goal(2.5)).model_dump_json())
    part = document
    for key in where[:-1]:
        part = part[key]
    part[where[-1]] = value
    with pytest.raises(tt.InputError):
        tt.results.Backtest.model_validate_json(json.dumps(document))
