"""What is said of a goal's news, word by word in each of its cases."""

import datetime as dt

import pytest

import tradetrack as tt
from tradetrack._news.results import (
    Change,
    FigureNews,
    GoalNews,
    ReleaseNews,
    Remainder,
    goal_sentence,
    surprise,
)

SERIES = tt.Series(pair="AA-BB")


def figure(counts: bool = True, replaces: str | None = None, expected: float = 2.0) -> FigureNews:
    seen = tt.Level(
        series=SERIES,
        window=tt.Window.parse("2024"),
        figure=tt.Figure.of("2.1", "usd_bn"),
        reporter="A",
        published="2025-02-01",
    )
    return FigureNews(
        observation=seen, counts=counts, replaces=replaces, expected=expected,
        surprise=0.5, chance=None, impacts=(0.01,),
    )  # fmt: skip


def news(before: float, after: float, *moved: float, **of: bool) -> tt.results.News:
    """One release a change, by reporters R0, R1 and so on; as Shapley values all are alike."""
    share = sum(moved) / max(len(moved), 1)
    releases = [
        ReleaseNews(
            published="2025-02-01",
            reporter=f"R{i}",
            document="",
            figures=(figure(**of),),
            probabilities=(Change(in_order=change, share=share, share_error=0.0, left_out=0.0),),
            totals=(),
            log_totals=(),
        )
        for i, change in enumerate(moved)
    ]
    goal = tt.Goal(3, by=2027, series=SERIES)
    rest = Remainder(simulation=after - before - sum(moved))
    return tt.results.News(
        version="0", ledger_digest="0", since=dt.date(2024, 12, 31), as_of=dt.date(2025, 2, 1),
        n_paths=1000, seed=0, n_orders=0, totals=(), releases=tuple(releases),
        goals=(GoalNews(goal=goal, by=2027, before=before, after=after, rest=rest),),
    )  # fmt: skip


def said(*numbers: float, **of: bool) -> str:
    start, _, rest = goal_sentence(news(*numbers, **of), 0).partition("the probability ")
    assert start == "AA–BB turnover, US$ 3 bn by 2027: since 2024-12-31 "
    return rest


def test_a_fall_is_credited_to_a_release_that_lowered() -> None:
    assert said(0.3, 0.003, 0.25, -0.225, -0.2) == (
        "fell from 30 % to under 1 %; mostly due to R1, 2025-02-01 (-22.5 points): US$ 2.1 bn"
        " for 2024, where US$ 2.00 bn was expected (+0.5 sd)."
    )


def test_what_moved_against_the_whole_is_only_the_largest_move() -> None:
    assert said(0.30, 0.29, 0.01, *[-0.0009] * 5).startswith(
        "fell from 30 % to 29 %; the largest single contribution was that of R0, 2025-02-01 (+1.0"
    )


def test_small_releases_are_credited_together() -> None:
    assert said(0.30, 0.29, 0.01, *[-0.004] * 5) == (
        "fell from 30 % to 29 %; mostly due to 5 other releases (-2.0 points)."
    )
    assert said(0.3, 0.301, 0.05, -0.049).startswith(
        "stayed at 30 %; the largest single contribution was that of R0, 2025-02-01 (+5.0 points):"
    )


@pytest.mark.parametrize(
    ("before", "after", "stayed"), [(1.0, 0.996, "over 99 %"), (0.124, 0.126, "13 %")]
)
def test_less_than_half_a_point_is_no_move(before: float, after: float, stayed: str) -> None:
    assert said(before, after, after - before) == (
        f"stayed at {stayed}; no release changed it by half a point."
    )


def test_a_figure_said_before_is_called_a_repetition() -> None:
    assert said(0.3, 0.2, -0.1, counts=False).endswith("US$ 2.1 bn for 2024, a repetition.")


@pytest.mark.parametrize(
    ("expected", "written"), [(2e-5, "0.0000200"), (2.046, "2.05"), (4321.6, "4,322")]
)
def test_what_was_expected_has_no_exponent(expected: float, written: str) -> None:
    assert surprise(figure(expected=expected)) == (
        f"US$ 2.1 bn for 2024, where US$ {written} bn was expected (+0.5 sd)"
    )


def test_a_revision_names_what_it_replaces() -> None:
    assert surprise(figure(replaces="over US$ 2 bn")) == (
        "US$ 2.1 bn for 2024, in place of over US$ 2 bn, where US$ 2.00 bn was expected (+0.5 sd)"
    )
