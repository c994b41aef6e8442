"""track_panel(): what it answers, and what it refuses."""

import copy
import pickle
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.panel.small import goals, values

import tradetrack as tt
from tradetrack.models.annual import AnnualMixture
from tradetrack.models.regimes import MonthPattern, Regimes

LAST = 2020


@pytest.fixture(scope="module")
def panel() -> tt.results.PanelTracking:
    return tt.track_panel(values(), goals(), horizon=5, n_paths=500)


def test_frames_have_a_row_a_goal_and_year(panel: tt.results.PanelTracking) -> None:
    frame = panel.to_frame()
    assert frame.columns.tolist() == ["series", "amount", "year", "probability"]
    assert len(frame) == 6 * 2 * 5
    assert frame["series"].tolist() == [f"s{i}" for i in range(6) for _ in range(10)]
    assert frame["year"].tolist() == list(range(LAST + 1, LAST + 6)) * 12
    np.testing.assert_array_equal(frame["amount"].to_numpy()[::5], goals()["amount"])
    assert frame["probability"].between(0.0, 1.0).all()
    assert str(panel) == "6 series with 12 goals tracked 5 years ahead."


def test_text_that_is_a_number_is_read_and_one_bad_cell_fails_its_series_only() -> None:
    known = values()
    cells = [repr(value) for value in known["value"]]
    text = known.assign(value=cells, year=known["year"].astype(str))
    wanted = goals().assign(deadline=2023)
    whole = tt.track_panel(known, wanted, horizon=5, n_paths=50)
    written = wanted.assign(amount=list(map(repr, wanted["amount"])), deadline=" 2023 ")
    assert tt.track_panel(text, written, horizon=5, n_paths=50) == whole
    spoiled = tt.track_panel(text.assign(value=["n/a", *cells[1:]]), goals(), horizon=5, n_paths=50)
    assert [failure.series for failure in spoiled.failures] == ["s0"]
    assert "its value in 2012 is 'n/a', not a positive finite number" in spoiled.failures[0].reason
    pd.testing.assert_frame_equal(
        spoiled.to_frame(), whole.to_frame().query("series != 's0'").reset_index(drop=True)
    )


def test_a_panel_equals_its_copies_and_no_other(panel: tt.results.PanelTracking, tmp_path) -> None:
    again = tt.track_panel(values(), goals(), horizon=5, n_paths=500)
    for same in (pickle.loads(pickle.dumps(panel)), copy.deepcopy(panel), again):
        assert same == panel
        assert hash(same) == hash(panel)
    assert panel != str(panel)
    for other in (
        tt.track_panel(values(), goals(), horizon=5, n_paths=500, seed=1),
        tt.track_panel(values(), goals().assign(amount=9.0), horizon=5, n_paths=500),
        tt.track_panel(values(), goals(), horizon=5, n_paths=500, sink=tmp_path / "p.parquet"),
        replace(panel, probabilities=None),
        replace(panel, probabilities=1.0 - np.asarray(panel.probabilities)),
        replace(panel, failures=(tt.results.Failure(series="x", reason="none"),)),
    ):
        assert panel != other


def test_one_of_each_is_told_in_the_singular() -> None:
    wanted = pd.DataFrame({"series": ["s0", "x"], "amount": [9.0, 9.0]})
    first, second = str(tt.track_panel(values(), wanted, horizon=1, n_paths=1)).splitlines()
    assert first == "1 series with 1 goal tracked 1 year ahead."
    assert second.startswith("1 failure; the first: 'x': ")


def test_quantiles_are_those_of_the_annual_mixture(panel: tt.results.PanelTracking) -> None:
    model = tt.GrowthMixture()
    mixture = AnnualMixture.over(model.regimes, range(LAST - 7, LAST + 1), 5, model.pattern.noise)
    frame = panel.quantiles((0.1, 0.5, 0.9))
    assert frame.columns.tolist() == ["series", "year", "level", "value"]
    assert frame["level"].tolist()[:3] == [0.1, 0.5, 0.9]
    eight = values().query(f"year > {LAST - 8}")
    short = tt.track_panel(eight, goals(), horizon=5, n_paths=1).quantiles((0.1, 0.5, 0.9))
    logs = np.log(eight["value"].to_numpy().reshape(6, 8))
    expected = np.exp(mixture.quantiles(logs, np.array([0.1, 0.5, 0.9]))).transpose(0, 2, 1)
    np.testing.assert_allclose(short["value"], expected.ravel(), rtol=1e-7)


@pytest.mark.parametrize("levels", [(), (0.0,), (1.0,), (0.5, 2.0), np.array([-0.1])])
def test_quantile_levels_out_of_range_are_refused(panel: tt.results.PanelTracking, levels) -> None:
    with pytest.raises(tt.InputError, match="quantile levels lie between 0 and 1"):
        panel.quantiles(levels)


def test_one_series_comes_typed(panel: tt.results.PanelTracking) -> None:
    first, second = panel["s3"]
    frame = panel.to_frame().query("series == 's3'")
    assert [point.probability for point in (*first.curve, *second.curve)] == frame[
        "probability"
    ].tolist()
    assert [point.year for point in first.curve] == list(range(LAST + 1, LAST + 6))
    assert first.curve[0].error == panel.monte_carlo_error == pytest.approx(0.5 / np.sqrt(500))
    assert tt.results.PanelAttainment.model_validate_json(first.model_dump_json()) == first


def test_a_series_that_was_not_tracked_says_why(panel: tt.results.PanelTracking) -> None:
    with pytest.raises(tt.InputError, match="'x' was not tracked: no goal names it"):
        panel["x"]
    wanted = pd.DataFrame({"series": ["x"], "amount": [1.0]})
    with pytest.raises(tt.InputError, match="'x' was not tracked: there are no values"):
        tt.track_panel(values(), wanted, horizon=1, n_paths=9)["x"]


def test_a_goal_met_in_history_has_been_met() -> None:
    highest = values().groupby("series")["value"].max()
    wanted = pd.DataFrame({"series": highest.index, "amount": highest.to_numpy()})
    panel = tt.track_panel(values(), wanted, horizon=2, n_paths=9)
    assert (panel.to_frame()["probability"] == 1.0).all()
    above = tt.track_panel(values(), wanted.assign(amount=wanted["amount"] * 1.001), horizon=2)
    assert (above.to_frame()["probability"] < 1.0).all()


def test_deadlines_in_the_past_the_future_and_none() -> None:
    own = values().query("series == 's0'")
    highest, year = own["value"].max(), int(own.loc[own["value"].idxmax(), "year"])
    wanted = pd.DataFrame(
        {
            "series": "s0",
            "amount": [highest * 1.00001, highest, highest, highest * 1.5, highest * 1.5, 1.0],
            "deadline": [year, year - 1, 1900, LAST + 1, LAST + 4, None],
        }
    )
    panel = tt.track_panel(values(), wanted, horizon=5, n_paths=300)
    frame = panel.deadlines()
    assert frame.columns.tolist() == ["series", "amount", "deadline", "probability"]
    # A millionth short of an amount that was printed to five digits reaches it, as in `track`.
    assert frame["probability"].tolist()[:3] == [1.0, 0.0, 0.0]
    curve = panel["s0"][3].curve
    expected = [curve[0].probability, curve[3].probability]
    assert frame["probability"].tolist()[3:] == expected
    assert panel["s0"][5].deadline is None


def test_series_end_in_years_of_their_own() -> None:
    frame = values()
    cut = frame[(frame["series"] != "s1") | (frame["year"] <= 2017)]
    years = tt.track_panel(cut, goals(), horizon=2, n_paths=9).to_frame().groupby("series")["year"]
    assert years.min().to_dict() == {f"s{i}": 2018 if i == 1 else 2021 for i in range(6)}


def test_numbers_at_the_ends_of_floating_point_are_answered() -> None:
    frame = pd.DataFrame(
        {
            "series": np.repeat(["low", "high", "same", "jump", "fall"], 5),
            "year": np.tile(range(2000, 2005), 5),
            "value": [5e-324, 1e-300, 1e-300, 1e-300, 1e-300]
            + [1.7e308] * 5
            + [2.0] * 5
            + [1.0, 1.0, 1.0, 1.0, 1000.0]
            + [1e300, 1e300, 1e300, 1e300, 1e-300],
        }
    )
    wanted = pd.DataFrame(
        {
            "series": ["low", "high", "same", "jump", "fall"] * 2,
            "amount": [1e-299, 1.75e308, 2.2, 1500.0, 1.0] + [1.7e308] * 5,
        }
    )
    panel = tt.track_panel(frame, wanted, horizon=60, n_paths=200)
    assert panel.failures == ()
    assert np.isfinite(panel.to_frame()["probability"]).all()
    quantiles = panel.quantiles((0.001, 0.5, 0.999))
    assert np.isfinite(quantiles["value"]).all()
    shaped = quantiles["value"].to_numpy().reshape(5, 60, 3)
    assert (np.diff(shaped, axis=2) >= 0).all()
    first, *_, last = (point.probability for point in panel["jump"][0].curve)
    assert 0.0 < first < last < 1.0
    assert panel["low"][1].curve[-1].probability == 0.0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"horizon": 0}, "horizon is 0; write a whole number between 1 and 100"),
        ({"horizon": 2.5}, "horizon is 2.5"),
        ({"horizon": 101}, "horizon is 101; write a whole number between 1 and 100"),
        ({"n_paths": True}, "n_paths is True"),
        ({"seed": -1}, "seed is -1"),
        ({"model": 3}, "model is a int; pass a GrowthMixture"),
        ({"sink": ""}, "could not be written"),
    ],
)
def test_arguments_out_of_range_are_refused(change, said) -> None:
    with pytest.raises((tt.InputError, tt.errors.SinkError), match=said):
        tt.track_panel(values(), goals(), **({"horizon": 3} | change))


def test_a_prior_of_your_own_counts() -> None:
    walk = tt.models.Regimes.from_table(
        np.array([[0.2, 1.0, 0.0, 0.0, 0.5, 0.5, 1.0, 0.0]]), np.ones(1)
    )
    panel = tt.track_panel(values(), goals(), horizon=5, model=tt.GrowthMixture(walk), n_paths=200)
    assert (panel.to_frame().query("year == 2025")["probability"] > 0.99).all()
    model = tt.GrowthMixture(walk, memory=0)
    again = tt.track_panel(values(), goals(), horizon=5, model=model, n_paths=200)
    np.testing.assert_array_equal(panel.probabilities, again.probabilities)


def test_a_result_can_be_pickled(panel: tt.results.PanelTracking) -> None:
    again = pickle.loads(pickle.dumps(panel))
    pd.testing.assert_frame_equal(again.to_frame(), panel.to_frame())


def test_a_progress_bar_counts_the_series(capsys: pytest.CaptureFixture[str]) -> None:
    tt.track_panel(values(), goals(), horizon=1, n_paths=9, progress=True)
    assert "6/6" in capsys.readouterr().err


def test_results_show_themselves_in_a_line(panel: tt.results.PanelTracking) -> None:
    many = tt.track_many({"none": tt.Ledger()}, tt.Goal(10))
    assert repr(many) == "<ManyTrackings: 0 ledgers tracked, 1 failure>"
    assert len(many) == 0
    assert repr(panel).startswith(f"<PanelTracking: {len(panel)} series tracked ")
    assert max(map(len, map(repr, (many, panel)))) <= 200


ONE_PEAK = [3.0, 9.0, 3.1, 2.9, 3.3, 3.0, 3.4, 3.2, 3.3]
PEAKED = pd.DataFrame({"series": "x", "year": range(2012, 2021), "value": ONE_PEAK})


def chances(goals: dict[str, object], **options: Any) -> list[float]:
    wanted = pd.DataFrame({"series": ["x"], **{name: [cell] for name, cell in goals.items()}})
    [found] = tt.track_panel(PEAKED, wanted, horizon=4, **options)["x"]
    return [point.probability for point in found.curve]


def test_a_goal_below_an_old_peak_is_open_from_the_origin_on() -> None:
    assert chances({"amount": 5.0}) == [1.0] * 4
    open_ones = chances({"amount": 5.0}, since="origin")
    assert 0.0 < open_ones[0] < open_ones[-1] < 0.9
    assert chances({"amount": 5.0, "announced": 2021}) == open_ones
    assert chances({"amount": 5.0, "announced": "2016-05-01"}) == open_ones
    assert chances({"amount": 5.0, "announced": 2013}) == [1.0] * 4


def test_years_ahead_of_the_announcement_do_not_count() -> None:
    later = chances({"amount": 4.0, "announced": 2023})
    assert later[:2] == [0.0, 0.0]
    assert 0.0 < later[2] < later[3] <= chances({"amount": 4.0, "announced": 2021})[3]


def test_a_deadline_that_has_passed_is_judged_by_the_years_that_count() -> None:
    goals = pd.DataFrame({"series": ["x"] * 2, "amount": 5.0, "deadline": 2018})
    goals["announced"] = [None, 2015]
    frame = tt.track_panel(PEAKED, goals, horizon=2).deadlines()
    assert frame["probability"].tolist() == [1.0, 0.0]


def test_dates_that_are_none_and_deadlines_before_them_are_named() -> None:
    goals = pd.DataFrame(
        {
            "series": ["x"] * 3,
            "amount": [5.0] * 3,
            "deadline": [2022] * 3,
            "announced": ["soon", "2023-01-05", "2019"],
        }
    )
    panel = tt.track_panel(PEAKED, goals, horizon=2)
    reasons = [failure.reason for failure in panel.failures]
    assert len(panel["x"]) == 1
    assert "the announced 'soon' is no year" in reasons[0]
    assert "before the announcement in 2023" in reasons[1]
    with pytest.raises(tt.InputError, match="since is 'birth'"):
        tt.track_panel(PEAKED, goals, horizon=2, since="birth")


def test_gaps_before_the_announcement_do_not_count() -> None:
    gapped = PEAKED[~PEAKED["year"].isin([2013, 2017, 2018])]
    wanted = pd.DataFrame({"series": "x", "amount": 4.0, "announced": [2012, 2018, 2021]})
    panel = tt.track_panel(gapped, wanted, horizon=1, n_paths=4000)
    every, some, none = (found.curve[0].probability for found in panel["x"])
    assert every > some > none > 0.0


def test_from_the_origin_it_is_the_first_passage_of_the_benchmark() -> None:
    """What benchmarks/skill.py scores: the annual mixture, counted from the last value on."""
    recent = PEAKED[1:]  # all of them within the memory
    logs = np.log(recent["value"].to_numpy())[None]
    goals = np.array([[3.6, 5.0, 8.0]])
    mixture = AnnualMixture.over(Regimes.shipped(), range(8), 4, MonthPattern.shipped().noise)
    exact = mixture.attainment(logs, np.log(goals), np.random.default_rng(0), 32_768)
    wanted = pd.DataFrame({"series": "x", "amount": goals[0]})
    panel = tt.track_panel(recent, wanted, horizon=4, since="origin", n_paths=20_000)
    found = np.array([[p.probability for p in goal.curve] for goal in panel["x"]])
    assert np.abs(found - exact[0]).max() < 0.012
