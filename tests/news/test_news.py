"""news(): what track says before and after, shared among the releases, with what was expected."""

import html
from functools import cache

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.shipped import ledger as shipped
from tests.tracking_strategies import CALM, PAIR, REPORTERS, growth, level, model, questions

import tradetrack as tt
from tradetrack._format import columns, percent, points
from tradetrack._news.results import goal_sentence, surprise

GOALS = (tt.Goal(10, by=2030), tt.Goal(5, by=2027), tt.Goal(6, by=2026, window="rolling_year"))
SINCE = "2025-09-30"
SERIES = tt.Series(pair="AA-BB")
ONE = model(CALM, reporter_spread=0.05, reporter_year_spread=0.05)


def year(y: int, text: str, *, by: str = "A", document: str = "", published: str = "") -> tt.Level:
    row = level(str(y), text, series=SERIES, reporter=by, published=published)
    return row.model_copy(update={"document": document})


PAST = [year(y, f"{2.0 + 0.1 * (y - 2014):.2f}") for y in range(2014, 2022)]


@cache
def shipped_news() -> tt.results.News:
    return tt.news(shipped(), GOALS, since=SINCE)


@cache
def tracked(as_of: str | None) -> tt.Tracking:
    return tt.track(shipped(), GOALS, as_of=as_of, n_paths=10_000)


def change(news: tt.results.News) -> np.ndarray:
    """The change of each number that the releases brought about."""
    goals = [row.after - row.before for row in news.goals]
    whole = np.array([*goals, *(row.after.mean - row.before.mean for row in news.totals)])
    rest = [sum(row.rest.model_dump().values()) for row in (*news.goals, *news.totals)]
    return whole - rest


def parts(news: tt.results.News, name: str) -> np.ndarray:
    """One number of each change, ``[release, number]``."""
    rows = [[getattr(c, name) for c in (*r.probabilities, *r.totals)] for r in news.releases]
    return np.array(rows).reshape(len(rows), len(news.goals) + len(news.totals))


@pytest.mark.parametrize(("end", "as_of"), [("before", SINCE), ("after", None)])
def test_before_and_after_are_what_track_says(end: str, as_of: str | None) -> None:
    tracking = tracked(as_of)
    for row, attainment in zip(shipped_news().goals, tracking.attainments, strict=True):
        assert getattr(row, end) == attainment.deadline_probability
    (total,) = shipped_news().totals
    (said,) = [y for y in tracking.totals().years if y.year == total.year]
    low, high = (said.quantiles[tracking.totals().levels.index(p)] for p in (0.1, 0.9))
    assert getattr(total, end).low == pytest.approx(low, rel=1e-6)
    assert getattr(total, end).high == pytest.approx(high, rel=1e-6)


def test_the_lines_add_up_and_linearisation_misses_little() -> None:
    news = shipped_news()
    for i, row in enumerate(news.goals):
        before, *changes, after = news.lines(i)
        assert (before.points, after.points) == (100.0 * row.before, 100.0 * row.after)
        assert before.points + sum(n.points for n in changes) == pytest.approx(after.points)
        assert abs(row.rest.linearisation) < 0.005
        assert abs(row.rest.simulation) < 4.0 * row.error
        assert all(abs(n.points) >= 0.5 for n in changes if n.kind == "new")


def test_the_lines_of_another_whole_are_refused() -> None:
    news = shipped_news()
    wrong = news.goals[0].model_copy(update={"before": news.goals[0].before + 0.01})
    with pytest.raises(tt.InputError, match="do not add up"):
        news.model_copy(update={"goals": (wrong, *news.goals[1:])})


def test_what_a_release_is_worth_now_is_what_track_says_without_it() -> None:
    now = [a.deadline_probability for a in tracked(None).attainments]
    for release in shipped_news().releases[-2:]:
        lost = {figure.observation for figure in release.figures}
        without = tt.Ledger(row for row in shipped() if row not in lost)
        tracking = tt.track(without, GOALS, n_paths=10_000)
        for i, attainment in enumerate(tracking.attainments):
            left_out = release.probabilities[i].left_out
            assert left_out == pytest.approx(now[i] - attainment.deadline_probability, abs=0.025)


def test_the_shipped_figures_come_with_what_was_expected() -> None:
    news = shipped_news()
    figures = [figure for release in news.releases for figure in release.figures]
    assert len(figures) == 13
    [printed] = [f for f in figures if f.observation.id == "S0295"]
    assert printed.replaces == "US$ 3.4 bn"
    assert 3.3 < printed.expected < 3.6
    assert printed.chance is None
    [hedged] = [f for f in figures if f.observation.id == "S0294"]  # "nearly 4"
    assert hedged.chance is None
    assert abs(hedged.surprise) < 3.0
    [repeated] = [f for f in figures if f.observation.id == "S0304"]  # "over 4" once more
    assert not repeated.counts
    assert repeated.impacts == (0.0,)


def test_text_frame_and_notebook_have_the_same_lines() -> None:
    news = shipped_news()
    text = str(news)
    rows = text.splitlines()
    assert rows[0].startswith("KZ–UZ turnover, US$ 10 bn by 2030: since 2025-09-30 the probabili")
    assert max(map(columns, rows)) <= 80
    assert " ".join(text.split("\n\n")[-1].split()).startswith("KZ–UZ turnover in 2025: US$ 4.")
    lines, notebook = news.lines_to_frame(), news._repr_html_()
    for i, block in enumerate(text.split("\n\n")[: len(GOALS)]):
        flat = " ".join(block.split())
        sentence = goal_sentence(news, i)
        assert flat.startswith(sentence)
        assert html.escape(sentence) in notebook
        own = lines[lines["goal"] == str(news.goals[i].goal)].to_dict("records")
        assert [row["points"] for row in own] == [line.points for line in news.lines(i)]
        for line, row in zip(news.lines(i), own, strict=True):
            assert row["line"] == line.name
            name = "hindsight" if line.kind == "hindsight" else line.name
            end = line.kind in ("before", "after")
            number = percent(line.points / 100) if end else points(line.points / 100)
            assert f"{name} {number}" in flat
            assert f"<td><bdi>{name}</bdi></td><td><bdi>{number}</bdi></td>" in notebook
            if line.release is not None:
                foremost = surprise(news.releases[line.release].foremost_for(i))
                assert foremost == row["figure"]
                assert html.escape(foremost) in notebook


def test_frames_of_releases_and_figures() -> None:
    news = shipped_news()
    frame = news.to_frame()
    assert len(frame) == len(news.releases) * len(GOALS)
    by_goal = frame.groupby("goal", sort=False)["share"].sum().to_numpy()
    np.testing.assert_allclose(by_goal, change(news)[[0, 1, 2]], atol=1e-9)
    table = news.figures_to_frame()
    assert len(table) == 13
    assert table["chance"].notna().sum() == table["surprise"].isna().sum() == 0


def test_a_result_comes_back_the_same_from_json_and_from_a_second_run() -> None:
    said = [
        tt.news(tt.Ledger([*PAST, *_monthly()]), tt.Goal(3), since="2022-08-15", model=ONE)
        for _ in range(2)
    ]
    assert said[0].model_dump_json() == said[1].model_dump_json()
    for news in (said[0], shipped_news()):
        assert tt.results.News.model_validate_json(news.model_dump_json()) == news


def test_many_releases_are_shared_by_drawn_orders_that_sum_to_the_change() -> None:
    news = tt.news(
        tt.Ledger([*PAST, *_monthly()]), tt.Goal(3, by=2026), since="2022-02-15", model=ONE
    )
    assert len(news.releases) == 10
    assert news.n_orders > 0
    np.testing.assert_allclose(parts(news, "share").sum(axis=0), change(news), atol=1e-12)
    np.testing.assert_allclose(parts(news, "in_order").sum(axis=0), change(news), atol=1e-12)
    assert (parts(news, "share_error") > 0).any()


def _monthly() -> list[tt.Level]:
    """A month's figure every month of 2022, one release each."""
    return [
        level(f"2022-{m:02d}", f"{0.22 + 0.01 * (m % 3):.3f}", series=SERIES, reporter="A",
              published=f"2022-{m + 2:02d}-10")
        for m in range(1, 11)
    ]  # fmt: skip


@settings(max_examples=12)
@given(questions(), st.data())
def test_parts_sum_to_the_whole(question: tuple[tt.Ledger, tt.Goal], data: st.DataObject) -> None:
    ledger, goal = question
    dates = sorted({row.published for row in ledger})
    assume(len(dates) > 1)
    since = data.draw(st.sampled_from(dates[:-1]))
    base = ledger.as_of(since).current
    assume(any(r.kind == "level" and not (r.signed or r.figure.one_sided) for r in base))
    try:
        tt.track(ledger, goal, as_of=since, horizon=10, model=model(), n_paths=20)
    except tt.InputError:  # nothing was known of the goal then
        assume(False)
    news = tt.news(ledger, goal, since=since, horizon=10, model=model())
    np.testing.assert_allclose(parts(news, "share").sum(axis=0), change(news), atol=1e-9)
    np.testing.assert_allclose(parts(news, "in_order").sum(axis=0), change(news), atol=1e-9)
    assert all(0.0 <= p <= 1.0 for row in news.goals for p in (row.before, row.after))
    assert sum(len(r.figures) for r in news.releases) == len(ledger) - len(ledger.as_of(since))
    if len(news.releases) == 1:
        np.testing.assert_allclose(parts(news, "share")[0], change(news), atol=1e-12)
        np.testing.assert_allclose(parts(news, "left_out")[0], change(news), atol=1e-12)


@pytest.mark.parametrize("text", ["2.62", "2.9"])
def test_a_figure_that_came_as_expected_moves_no_mean(text: str) -> None:
    """Under one regime; and one that did not come so moves it by its weight times its surprise."""

    def of(row: tt.Level) -> tt.results.News:
        return tt.news(tt.Ledger([*PAST, row]), tt.Goal(3, by=2026), since="2022-12-31", model=ONE)

    row = level("2022", text, series=SERIES, reporter="A", published="2023-02-01")
    [release] = of(row).releases
    [figure] = release.figures
    assert figure.impacts[0] == pytest.approx(release.log_totals[0], abs=1e-9)
    assert np.sign(figure.impacts[0]) == np.sign(figure.surprise)
    expected = level("2022", figure.expected, series=SERIES, reporter="A", published="2023-02-01")
    [release] = of(expected).releases
    assert release.figures[0].surprise == pytest.approx(0.0, abs=0.01)
    assert release.log_totals[0] == pytest.approx(0.0, abs=1e-3)


def test_equal_releases_share_equally() -> None:
    """Of two reporters alike in everything the first moves more, but gets no greater share."""
    base = [year(y, row.figure.text, by=by) for by in "AB" for y, row in enumerate(PAST, 2014)]
    both = [year(2022, "3.1", by=by, published="2023-02-01") for by in "AB"]
    news = tt.news(tt.Ledger([*base, *both]), tt.Goal(3.4, by=2025), since="2022-12-31", model=ONE)
    first, second = parts(news, "share")
    np.testing.assert_allclose(first, second, atol=1e-9)
    in_order = parts(news, "in_order")
    assert (in_order[0] > 1.5 * in_order[1]).all()


def test_a_revision_is_weighed_against_what_it_replaces() -> None:
    """Under one regime its impact is what the release moved, though a figure also went away."""
    old, new = year(2022, "2.7", published="2023-02-01"), year(2022, "2.9", published="2023-06-01")
    fresh = growth("2022", "2021", "8", series=SERIES, reporter="A").model_copy(
        update={"published": "2023-06-01"}
    )
    ledger = tt.Ledger([*PAST, old, new, fresh])
    news = tt.news(ledger, tt.Goal(3, by=2026), since="2023-03-01", model=ONE)
    first, revised = news.releases
    assert (first.revision, revised.revision) == (False, True)
    assert [r.figures[0].replaces for r in news.releases] == [None, "US$ 2.7 bn"]
    for release in news.releases:
        assert release.figures[0].impacts[0] == pytest.approx(release.log_totals[0], abs=1e-9)
    assert revised.figures[0].surprise > 1.5
    assert [n.kind for n in news.lines()[-5:]] == [
        "revisions", "hindsight", "linearisation", "simulation", "after"
    ]  # fmt: skip


def test_no_news_is_no_change() -> None:
    news = tt.news(shipped(), GOALS[:1], since="2025-11-14")
    assert news.releases == ()
    assert not change(news).any()
    assert news.to_frame().empty
    assert news.figures_to_frame().empty
    assert "; nothing has come out since 2025-11-14." in str(news)
    after = tt.news(shipped(), GOALS[:1], since="2030-12-31")
    assert "; nothing has come out since 2030-12-31; the last figure is of 2025-11-14." in str(
        after
    )
    pause = tt.news(shipped(), GOALS[:1], since="2025-11-14", as_of="2025-12-31")
    assert "; nothing came out after 2025-11-14, up to 2025-12-31." in str(pause)


def test_every_row_may_be_revised() -> None:
    old, new = year(2021, "2.7", published="2022-02-01"), year(2021, "2.9", published="2022-06-01")
    news = tt.news(tt.Ledger([old, new]), tt.Goal(3, by=2023), since="2022-03-01", model=ONE)
    (total,) = news.totals
    assert total.before.mean == pytest.approx(2.7, rel=0.01)
    assert total.after.mean == pytest.approx(2.9, rel=0.01)
    [release] = news.releases
    assert release.figures[0].impacts[0] == pytest.approx(np.log(2.9 / 2.7), abs=1e-3)
    assert release.figures[0].impacts[0] == pytest.approx(release.log_totals[0], abs=1e-4)


def test_as_of_ends_the_news() -> None:
    news = tt.news(shipped(), GOALS[:1], since=SINCE, as_of="2025-10-20")
    assert [release.published for release in news.releases] == ["2025-10-09"]
    assert str(news.as_of) == "2025-10-20"
    assert news.ledger_digest == shipped().as_of("2025-10-20").digest


def test_a_reporter_of_whom_nothing_was_out_before() -> None:
    goal = tt.Goal(3, by=2026, reporter="B")
    ledger = tt.Ledger([*PAST, year(2022, "3.2", by="B"), year(2022, "2.9")])
    with pytest.raises(tt.InputError, match=r"on 2022-12-31 nothing could be said: .* by 'B'"):
        tt.news(ledger, [goal, tt.Goal(3, by=2026)], since="2022-12-31", model=ONE)


def test_totals_come_by_reporter_and_by_consensus() -> None:
    goals = [tt.Goal(3, by=2026, reporter="B"), tt.Goal(3, by=2026)]
    ledger = tt.Ledger([*PAST, year(2021, "2.8", by="B"), year(2022, "3.2", by="B")])
    ledger = tt.Ledger([*ledger, year(2022, "2.9")])
    news = tt.news(ledger, goals, since="2022-12-31", model=ONE)
    assert [row.reporter for row in news.totals] == ["B", "consensus"]
    by_b, consensus = news.totals
    assert by_b.after.mean == pytest.approx(3.2, rel=0.02)
    assert consensus.after.mean == pytest.approx(3.05, rel=0.02)
    assert len(news.releases[0].figures[0].impacts) == 2
    for row, attainment in zip(news.goals, tt.track(ledger, goals, model=ONE), strict=True):
        assert row.after == attainment.probability


def test_since_before_the_first_level_is_refused() -> None:
    with pytest.raises(tt.InputError, match=r"no level had been published by 1990-01-01.*1995"):
        tt.news(shipped(), GOALS, since="1990-01-01")
    rows = [level("2020", "2", "at_least"), level("2021", "3")]
    with pytest.raises(tt.InputError, match="a level was out"):
        tt.news(tt.Ledger(rows), tt.Goal(5, by=2025), since="2021-12-31")


def test_bad_input_is_refused() -> None:
    with pytest.raises(tt.InputError, match="last week"):
        tt.news(shipped(), GOALS, since="last week")
    with pytest.raises(tt.InputError, match="the ledger has no figures"):
        tt.news(tt.Ledger(), GOALS, since="2020-01-01")
    with pytest.raises(tt.InputError, match="2025-06 is before the first, 2025-09-30"):
        tt.news(shipped(), GOALS, since=SINCE, as_of="2025-06")
    with pytest.raises(tt.errors.GoalError, match="no figures that count are by 'Nobody'"):
        tt.news(shipped(), tt.Goal(5, by=2030, reporter="Nobody"), since=SINCE)
    with pytest.raises(tt.InputError, match="seed"):
        tt.news(shipped(), GOALS, since=SINCE, seed=-1)
    with pytest.raises(tt.InputError, match="needs a GrowthMixture"):
        tt.news(shipped(), GOALS, since=SINCE, model=object())  # type: ignore[arg-type]


def test_a_bound_that_takes_the_only_level_away_beside_another_level() -> None:
    """By itself the bound would leave no level: it is not what moved the goal."""
    rows = [
        level("2020", "3", "at_least", published="2022-01-01"),
        level("2021", "4.0", published="2022-01-01"),
    ]
    ledger = tt.Ledger([level("2020", "2.0"), *rows])
    news = tt.news(ledger, tt.Goal(5, by=2025), since="2021-12-31", model=ONE)
    [release] = news.releases
    assert release.probabilities[0].share > 0.05
    assert release.foremost_for(0).observation.window == tt.Window.parse("2021")


def test_a_bound_that_takes_the_only_level_away_is_refused() -> None:
    taken = level("2020", "3", "at_least", published="2022-01-01", series=PAIR)
    other = level("2021", "4.0", reporter=REPORTERS[1], published="2022-02-01")
    ledger = tt.Ledger([level("2020", "2.0"), taken, other])
    with pytest.raises(tt.InputError, match="a bound replaces the only one"):
        tt.news(ledger, tt.Goal(5, by=2025), since="2021-12-31", model=ONE)


def test_a_goal_long_missed_has_an_answer_and_no_shares() -> None:
    """No past year comes near enough to the amount to be asked about."""
    levels = {2020: "1.1", 2021: "1.38", 2022: "1.41", 2023: "1.7", 2024: "1.9"}
    few = tt.Ledger(year(y, text, published=f"{y + 1}-02-01") for y, text in levels.items())
    for goal in (tt.Goal(3, by=2022), tt.Goal(3, by=2022, window="rolling_year")):
        news = tt.news(few, goal, since="2024-12-31")
        [row] = news.goals
        [met] = tt.track(few, goal, n_paths=500).attainments
        assert row.before == row.after == pytest.approx(met.probability, abs=0.005)
        assert news.releases[0].probabilities[0].share == 0.0
        assert "stayed at under 1 %; no release changed it" in goal_sentence(news, 0)
    met = tt.news(few, tt.Goal(1.2, by=2022), since="2024-12-31").goals[0]
    assert (met.before, met.after) == pytest.approx((1.0, 1.0))


def test_the_figure_that_is_said_to_move_a_goal_is_that_goals_own() -> None:
    """A year long over decides its goal; the figure of this year moves this year's total."""
    base = [*PAST, year(2022, "2.7", published="2023-02-01")]
    revised = year(2022, "3.3", document="both", published="2024-09-01")
    new = level("2024-01..2024-06", "2.4", series=SERIES, reporter="A", published="2024-09-01")
    ledger = tt.Ledger([*base, revised, new.model_copy(update={"document": "both"})])
    news = tt.news(ledger, tt.Goal(3, by=2022), since="2024-01-31", model=ONE)
    fresh, revision = news.releases
    assert str(fresh.foremost.observation.window) == "2024-01..2024-06"
    assert str(revision.foremost_for(0).observation.window) == "2022"
    assert abs(revision.probabilities[0].share) > abs(fresh.probabilities[0].share)
    assert "mostly due to revisions (+" in goal_sentence(news, 0)
    assert tt.results.News.model_validate_json(news.model_dump_json()) == news


def test_years_before_an_announcement_do_not_count() -> None:
    """A level that may have been met before the announcement has to be met again."""
    ledger = tt.datasets.kazakhstan_uzbekistan()
    when = {"since": "2025-11-01", "seed": 1}
    for amount, announced, alike in ((10, "2021-11-26", True), (4.4, "2025-03", False)):
        plain = tt.Goal(amount, by=2030)
        since = plain.model_copy(update={"announced": announced})
        one, other = (tt.news(ledger, goal, **when).goals[0] for goal in (plain, since))
        assert (one.after == other.after) == alike
        tracked = tt.track(ledger, since, seed=1)[0].probability
        assert abs(other.after - tracked) < 0.02
