"""history(): exactly what track says on each date, and what moved it."""

import datetime as dt
from functools import cache

import pytest

import tradetrack as tt
from tests.shipped import ledger as shipped
from tests.tracking_strategies import level, model
from tradetrack._history import Mover

GOALS = (tt.Goal(10, by=2030), tt.Goal(5, by=2027))
DATES = ("1990-01", "2016-12-31", "2024-06-30", "2024-07-01", "2025-10")
FEW = 400


@cache
def found() -> tt.results.History:
    return tt.history(shipped(), GOALS, DATES, n_paths=FEW)


@pytest.mark.parametrize("position", range(1, len(DATES)))
def test_each_date_is_what_track_says_on_it(position: int) -> None:
    said = found().dates[position]
    tracking = tt.track(shipped(), GOALS, as_of=DATES[position], n_paths=FEW)
    assert said.headlines == tuple(attainment.headline for attainment in tracking)
    assert said.ledger_digest == tracking.ledger_digest
    assert said.as_of == tracking.as_of


def test_the_default_is_the_answer_of_track() -> None:
    [said] = tt.history(shipped(), GOALS[0], ["2016-12-31"])
    assert said.headlines[0] == tt.track(shipped(), GOALS[0], as_of="2016-12-31")[0].headline


def test_a_date_on_which_nothing_was_known_has_a_row_that_says_so() -> None:
    first = found().dates[0]
    assert first.headlines == ()
    assert "nothing had been published by 1990-01-31" in first.reason
    row = found().to_frame().iloc[0]
    assert row["probability"] != row["probability"]
    assert row["reason"] == first.reason
    assert first.reason in str(found())


def test_between_dates_without_a_release_nothing_is_drawn_anew() -> None:
    june, july = found().dates[2:4]
    assert june.ledger_digest == july.ledger_digest
    assert june.headlines == july.headlines
    assert july.movers == (None, None)


def test_the_mover_is_the_release_with_the_largest_effect_as_it_came() -> None:
    mover = found().dates[4].movers[0]
    assert mover is not None
    news = tt.news(shipped(), GOALS, since="2024-07-01", as_of="2025-10", n_paths=FEW)
    in_order = {
        (r.published, r.reporter, r.document, r.revision): r.probabilities[0].in_order
        for r in news.releases
    }
    named = (mover.published, mover.reporter, mover.document, mover.revision)
    assert named == max(in_order, key=lambda key: abs(in_order[key]))
    assert mover.effect == pytest.approx(in_order[named], abs=0.005)


def test_it_is_shown_as_a_table_and_comes_back_from_json() -> None:
    text = str(found())
    assert text.startswith("KZ–UZ turnover, US$ 10 bn by 2030:\nas of")
    assert len(found()) == len(list(found())) == len(DATES)
    frame = found().to_frame()
    assert len(frame) == len(DATES) * len(GOALS)
    assert frame["probability"].notna().sum() == (len(DATES) - 1) * len(GOALS)
    assert found()._repr_html_().count("<tr>") >= len(frame)
    assert tt.results.History.model_validate_json(found().model_dump_json()) == found()
    mover = Mover(published="2025", reporter="A", document="", revision=True, effect=-0.031)
    assert str(mover) == "A, 2025, revised (-3.1 points)"


def test_any_growth_mixture_names_movers_and_no_other_model() -> None:
    rows = [level(str(year), f"{2 + 0.1 * (year - 2010):.1f}") for year in range(2010, 2020)]
    ledger, goal = tt.Ledger(rows), tt.Goal(4, by=2025)
    dates: list[str | dt.date] = ["2016-12", dt.date(2020, 12, 31)]
    walk = tt.history(ledger, goal, dates, n_paths=50, model=tt.models.RandomWalkModel())
    assert all(said.movers == (None,) for said in walk)
    [_, mixture] = tt.history(ledger, goal, dates, n_paths=50, model=model())
    assert mixture.movers[0] is not None


def test_goals_of_every_kind_have_movers_and_the_others_keep_theirs() -> None:
    goals = (tt.Goal("2x 2023", by=2032, window="fy:04"), *GOALS)
    past = tt.history(shipped(), goals, DATES[3:], n_paths=FEW)
    relative, *others = past.dates[-1].movers
    assert relative is not None
    for mover, alone in zip(others, found().dates[-1].movers, strict=True):
        assert (mover is None) == (alone is None)
        if mover and alone:
            assert mover.effect == pytest.approx(alone.effect, abs=0.01)


def test_bad_input_is_refused() -> None:
    for dates, said in (
        (["2020-12", "2019-12"], "2019-12 is before 2020-12"),
        (["2020-12", "2020-12-31"], "2020-12-31 is the same day as 2020-12"),
        ([], "there is no date"),
        (["soon"], "soon"),
        (5, "the dates is"),
    ):
        with pytest.raises(tt.InputError, match=said):
            tt.history(shipped(), GOALS, dates, n_paths=10)  # type: ignore[arg-type]
    with pytest.raises(tt.InputError, match="1990-01-31"):
        tt.history(shipped(), GOALS, ["1990-01"], n_paths=10)
    with pytest.raises(tt.errors.GoalError, match="Nobody"):
        tt.history(shipped(), tt.Goal(5, reporter="Nobody"), ["2020-12"], n_paths=10)
    with pytest.raises(tt.InputError, match="n_paths"):
        tt.history(shipped(), GOALS, ["2020-12"], n_paths=0)


def test_a_result_that_contradicts_itself_is_refused() -> None:
    first, second = found().dates[1:3]
    with pytest.raises(tt.InputError, match="not in order"):
        found().model_copy(update={"dates": (second, first)})
    with pytest.raises(tt.InputError, match="neither an answer nor a reason"):
        first.model_copy(update={"headlines": (), "movers": ()})
    with pytest.raises(tt.InputError, match="one answer for each goal"):
        found().model_copy(update={"goals": GOALS[:1]})


def test_the_picture_numbers_the_movers_and_names_them() -> None:
    axes = tt.plots.plot_history(found())
    marks = {text.get_text() for text in axes.texts}
    movers = [said for said in found() if said.headlines and said.movers[0]]
    assert marks == {str(i + 1) for i in range(min(6, len(movers)))}
    assert all(f"{said.movers[0].published} (" in axes.get_xlabel().replace("\n", " ")
               for said in movers if said.movers[0])  # fmt: skip
    with pytest.raises(tt.InputError, match=r"pass what tradetrack.history returned"):
        tt.plots.plot_history(None)  # type: ignore[arg-type]
