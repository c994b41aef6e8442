"""The pictures beside the fan: what they show, that no words overlap, and axes given are used."""

import sys
from collections.abc import Callable
from functools import cache

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes
from tests.report.test_plots import overlaps, words
from tests.shipped import ledger, tracking

import tradetrack as tt
from tradetrack.evaluation.calibration import reliability

mpl.use("Agg")
GOALS = tt.datasets.goals("kazakhstan_uzbekistan")


@pytest.fixture(autouse=True)
def _close() -> None:
    plt.close("all")


@cache
def whose() -> tt.ByWhoseFigures:
    return tt.by_whose_figures(ledger(), GOALS, n_paths=100)


@cache
def news() -> tt.News:
    return tt.news(ledger(), GOALS, since="2025-10-31")


@cache
def table() -> tt.Reliability:
    rng = np.random.default_rng(1)
    told = rng.random(300)
    return reliability(told, (rng.random(300) < told).astype(float))


@cache
def slump() -> tt.Tracking:
    return tt.track(ledger(), GOALS, model=tt.Scenario(tt.Shock(2027, -0.2)), n_paths=500)


DRAWN: dict[str, Callable[..., Axes]] = {
    "attainment": lambda **given: tt.plot_attainment(tracking(), **given),
    "figures": lambda **given: tt.plot_figures(whose(), **given),
    "news": lambda **given: tt.plot_news(news(), goal=1, **given),
    "reliability": lambda **given: tt.plot_reliability(table(), **given),
    "scenarios": lambda **given: tt.plot_scenarios(
        {"as it is": tracking(), "slump": slump()}, goal=1, **given
    ),
}


@pytest.mark.parametrize("name", DRAWN)
def test_words_do_not_overlap(name: str) -> None:
    assert overlaps(DRAWN[name]()) == []


@pytest.mark.parametrize("name", DRAWN)
def test_axes_given_are_used_even_small_ones(name: str) -> None:
    _, ax = plt.subplots(figsize=(3.2, 3.0))
    assert DRAWN[name](ax=ax) is ax
    ax.get_figure(root=True).canvas.draw()


@pytest.mark.parametrize("name", DRAWN)
def test_without_matplotlib_the_extra_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    DRAWN[name]()  # what is drawn is worked out before matplotlib goes
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(tt.MissingExtraError, match=r"tradetrack\[plot\]"):
        DRAWN[name]()


def test_the_curve_is_the_attainment() -> None:
    ax = tt.plot_attainment(tracking())
    (line,) = [line for line in ax.get_lines() if line.get_label().startswith("US$ 10 bn by 2030")]
    drawn = dict(zip(*line.get_data(), strict=True))
    expected = tracking().attainments[1]
    for year in (2026, 2030, 2045):
        assert drawn[year] == pytest.approx(100 * expected.probability_by(year))
    assert f"not by {expected.horizon}" in line.get_label()


def test_the_waterfall_has_a_row_a_release() -> None:
    ax = tt.plot_news(news())
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert len(names) == len(news().releases) + 2
    with pytest.raises(tt.InputError, match="there is no goal 7; choose one of 0 to 1"):
        tt.plot_news(news(), goal=7)


def test_every_reporter_and_what_it_printed_is_there() -> None:
    said = " ".join(words(tt.plot_figures(whose())))
    for row in whose().judgements:
        assert row.figures in said
    assert "printed: not met (4.92 in 2022)" in said


def test_reliability_shows_forecast_and_share_of_each_bin() -> None:
    ax = tt.plot_reliability(table())
    points = np.concatenate([line.get_xydata() for line in ax.get_lines()])
    for row in table().rows:
        assert np.abs(points - [100 * row.forecast, 100 * row.share]).sum(axis=1).min() < 1e-6


def test_scenarios_of_different_goals_are_refused() -> None:
    other = tt.track(ledger(), tt.Goal(7, by=2030), n_paths=50)
    with pytest.raises(tt.InputError):
        tt.plot_scenarios({"one": tracking(), "other": other})
    with pytest.raises(tt.InputError):
        tt.plot_scenarios({})
