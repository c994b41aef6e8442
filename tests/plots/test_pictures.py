"""The pictures: like the ones looked at, with words that do not overlap, at any width."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
from matplotlib.axes import Axes
from matplotlib.testing.compare import compare_images
from tests.plots import made
from tests.plots.test_fan import overlaps, words

import tradetrack as tt

mpl.use("Agg")
LOOKED_AT = Path(__file__).parent / "pictures"
TOLERANCE = 5.0  # root mean square of grey levels; another curve is more
DRAW: dict[str, Callable[[Axes | None], Axes]] = {
    "fan": lambda ax: tt.plots.plot_fan(made.tracking(), ax=ax),
    "attainment": lambda ax: tt.plots.plot_attainment(made.tracking(), ax=ax),
    "news": lambda ax: tt.plots.plot_news(made.news(), ax=ax),
    "figures": lambda ax: tt.plots.plot_figures(made.whose(), ax=ax),
    "reliability": lambda ax: tt.plots.plot_reliability(made.table(), ax=ax),
    "scenarios": lambda ax: tt.plots.plot_scenarios(
        {"as it goes": made.tracking(), "fast": made.tracking(growth=1.12)}, ax=ax
    ),
}
NASTY = "\u4e2d\U0001f600 <b>$\\frac{1}{2}$</b> $x$ " + "\u05e9\u05dc\u05d5\u05dd" * 400


@pytest.fixture(autouse=True)
def _close() -> None:
    plt.close("all")


@pytest.mark.parametrize("name", DRAW)
def test_looks_as_it_did_when_it_was_looked_at(name: str, tmp_path: Path) -> None:
    drawn = tmp_path / f"{name}.png"
    DRAW[name](None).get_figure(root=True).savefig(drawn, dpi=40)
    assert compare_images(str(LOOKED_AT / f"{name}.png"), str(drawn), TOLERANCE) is None


def test_the_comparison_notices_another_curve(tmp_path: Path) -> None:
    drawn = tmp_path / "other.png"
    other = made.tracking(made.goal(4, 2030), made.goal(4, 2033))
    tt.plots.plot_attainment(other).get_figure(root=True).savefig(drawn, dpi=40)
    assert compare_images(str(LOOKED_AT / "attainment.png"), str(drawn), TOLERANCE)


@pytest.mark.parametrize("name", DRAW)
@pytest.mark.parametrize("inches", [None, (3.0, 5.0), (3.0, 3.0)])
def test_words_do_not_overlap_at_any_width(name: str, inches: tuple[float, float] | None) -> None:
    ax = plt.subplots(figsize=inches, layout="constrained")[1] if inches else None
    axes = DRAW[name](ax)
    assert ax is None or axes is ax
    assert overlaps(axes) == []
    assert "ource" in axes.get_xlabel() or name == "reliability"


@pytest.mark.parametrize("name", DRAW)
def test_without_matplotlib_the_error_says_what_to_install(name, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(tt.errors.MissingExtraError, match=r'pip install "tradetrack\[plot\]"'):
        DRAW[name](None)


def test_the_curve_says_the_deadline_and_not_within() -> None:
    said = " ".join(words(tt.plots.plot_attainment(made.tracking())))
    assert "US$ 4 bn by 2030: 36 %\nnot by 2035: 34 %" in said
    assert "US$ 5 bn\nnot by 2035: 67 %" in said


def test_fifty_goals_are_drawn_and_few_are_named() -> None:
    many = made.tracking(*(made.goal(2.0 + 0.1 * i, 2026 + i % 9) for i in range(50)))
    curves = tt.plots.plot_attainment(many)
    assert len(curves.lines) == 50
    assert "42 more goals" in curves.get_xlabel().replace("\n", " ")
    assert overlaps(curves) == []
    fan = tt.plots.plot_fan(many)
    assert overlaps(fan) == []
    assert len([word for word in words(fan) if word.startswith("US$ ") and " by " in word]) > 5


def test_names_are_shown_as_they_are_written() -> None:
    goal = made.goal(4, 2030, name=NASTY)
    for axes in (
        tt.plots.plot_attainment(made.tracking(goal)),
        tt.plots.plot_fan(made.tracking(goal)),
    ):
        axes.get_figure(root=True).canvas.draw()  # no warning of a missing letter, no formula
        assert "\u25a1\U0001f600 <b>$\\frac{1}{2}$</b>" in " ".join(words(axes))
    axes = tt.plots.plot_news(made.news(reporter=NASTY))
    axes.get_figure(root=True).canvas.draw()
    assert "\u25a1\U0001f600 <b>$" in axes.get_yticklabels()[1].get_text()


def test_the_waterfall_leads_from_before_to_now() -> None:
    axes = tt.plots.plot_news(made.news())
    bars = [(bar.get_x(), bar.get_width()) for bar in axes.patches]
    assert bars == [pytest.approx(b) for b in ((40.0, 5.0), (45.0, -8.0), (37.0, 2.0))]
    assert [bool(bar.get_hatch()) for bar in axes.patches] == [False, True, False]
    assert {"40 %", "+5.0", "-8.0", "+2.0", "39 %"} <= set(words(axes))


def test_small_releases_share_a_bar_and_nothing_is_lost() -> None:
    shares = tuple(0.01 * (i % 7 - 2.6) for i in range(40))
    axes = tt.plots.plot_news(made.news(shares))
    assert sum(bar.get_width() for bar in axes.patches) == pytest.approx(100 * sum(shares))
    assert len(axes.patches) == 15
    assert axes.get_yticklabels()[-2].get_text() == "other releases"


def test_no_news_is_a_picture_too() -> None:
    assert len(tt.plots.plot_news(made.news(())).patches) == 0


def test_a_goal_that_is_not_there_is_an_error() -> None:
    with pytest.raises(tt.InputError, match="no goal 1; choose one of 0 to 0"):
        tt.plots.plot_news(made.news(), goal=1)
    other = {"one": made.tracking(), "two": made.tracking(made.goal(9, 2030))}
    for trackings, goal in (({}, 0), (other, 0), (other, 7), (other, -1)):
        with pytest.raises(tt.InputError, match="track the same goals"):
            tt.plots.plot_scenarios(trackings, goal=goal)


def test_reporters_stand_beside_what_they_printed() -> None:
    axes = tt.plots.plot_figures(made.whose())
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels == ["US$ 5 bn by 2022", "consensus", "AA stat", "BB stat"]
    said = words(axes)
    for word in ("reporters: disputed", "printed: not met (4.92 in 2022)", "no year printed"):
        assert word in said


def test_reliability_counts_and_intervals() -> None:
    axes = tt.plots.plot_reliability(made.table())
    assert [word for word in words(axes) if word.isdigit()] == ["3", "2", "1", "2", "2"]
    (container,) = axes.containers
    low, high = container.lines[2][0].get_segments()[0][:, 1]
    assert (low, high) == pytest.approx(tuple(100 * x for x in made.table().rows[0].interval))


def test_without_a_display_a_picture_is_drawn_all_the_same(tmp_path: Path) -> None:
    """No window system, and nobody chose a backend: as on a server."""
    program = (
        "import tradetrack as tt; from tests.plots import made;"
        "tt.plots.plot_fan(made.tracking()).get_figure(root=True).savefig('fan.png')"
    )
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "MPLBACKEND")
    around = {name: value for name, value in os.environ.items() if name not in hidden}
    around["PYTHONPATH"] = os.pathsep.join([str(LOOKED_AT.parents[2]), *filter(None, sys.path)])
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env=around, check=True)
    assert (tmp_path / "fan.png").read_bytes()[:4] == b"\x89PNG"


@pytest.mark.parametrize("name", DRAW)
def test_a_font_that_is_not_there_is_replaced(name: str) -> None:
    """Words stay apart, in whatever font matplotlib takes; its choice is the user's."""
    with mpl.rc_context({"font.family": ["no such font"]}):
        axes = DRAW[name](None)
        axes.get_figure(root=True).canvas.draw()
        assert not overlaps(axes)
        assert mpl.rcParams["font.family"] == ["no such font"]
