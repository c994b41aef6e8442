"""The fan chart: what is on it, that no words overlap, and that matplotlib stays optional."""

import itertools
import sys

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
from matplotlib.axes import Axes
from matplotlib.text import Text
from tests.shipped import ledger, tracking

import tradetrack as tt

mpl.use("Agg")


@pytest.fixture(autouse=True)
def _close() -> None:
    plt.close("all")


@pytest.fixture(scope="module")
def several() -> tt.Tracking:
    near = [tt.Goal(10, 2030), tt.Goal(10, 2027), tt.Goal(10.5, 2035), tt.Goal(5)]
    flow = tt.Goal(2, 2030, series=tt.Series(pair="KZ-UZ", flow="uz_to_kz"), reporter="UZ stat")
    rolling = tt.Goal(10, 2030, "rolling_year")
    return tt.track(ledger(), [*near, flow, rolling], as_of="2024-07", n_paths=200)


def words(ax: Axes) -> list[str]:
    return [text.get_text().strip() for text in ax.findobj(Text) if text.get_text().strip()]


def overlaps(ax: Axes) -> list[tuple[str, str]]:
    ax.get_figure(root=True).canvas.draw()
    boxes = [
        (text.get_text(), text.get_window_extent())
        for text in ax.findobj(Text)
        if text.get_visible() and text.get_text().strip()
    ]
    return [
        (one, other)
        for (one, box), (other, second) in itertools.combinations(boxes, 2)
        if one != other and box.overlaps(second)
    ]


def test_shows_goals_deadlines_reporters_unit_and_source() -> None:
    ax = tt.plots.plot_fan(tracking(), ledger())
    said = " ".join(words(ax))
    for attainment in tracking().attainments:
        assert str(attainment.goal) + ":" in said
    for word in ("median", "50 % range", "80 % range", "95 % range", "deadline", "KZ stat"):
        assert word in said
    assert "as of 2025-11-14" in said
    assert tracking().ledger_digest[:8] in said
    assert ax.get_ylabel() == "US$ bn a year (log scale)"


def test_words_do_not_overlap(several: tt.Tracking) -> None:
    assert overlaps(tt.plots.plot_fan(tracking(), ledger())) == []
    assert overlaps(tt.plots.plot_fan(several, ledger())) == []


def test_everything_is_inside_the_axis(several: tt.Tracking) -> None:
    ax = tt.plots.plot_fan(several, ledger())
    low, high = ax.get_ylim()
    assert ax.get_yscale() == "log"
    rows = several.totals().years
    assert low < min(row.quantiles[2] for row in rows)
    assert high > max(row.quantiles[6] for row in rows)
    assert low < 5 < 10.5 < high


def test_one_label_for_the_deadlines_of_an_amount(several: tt.Tracking) -> None:
    labels = [word for word in words(tt.plots.plot_fan(several)) if word.startswith("US$ ")]
    assert [label.split(":")[0] for label in labels if "by" in label] == [
        "US$ 10 bn by 2027",
        "US$ 10.5 bn by 2035",
    ]


def test_another_series_figures_and_window(several: tt.Tracking) -> None:
    flow = tt.Series(pair="KZ-UZ", flow="uz_to_kz")
    ax = tt.plots.plot_fan(several, ledger(), series=flow, reporter="UZ stat")
    assert ax.get_title(loc="left") == "UZ to KZ, yearly totals (figures of UZ stat)"
    rolling = tt.plots.plot_fan(several, ledger(), window="rolling_year")
    assert "highest twelve months" in rolling.get_title(loc="left")
    assert "KZ stat" not in words(rolling)


def test_marks_are_what_was_printed_by_the_as_of_date(several: tt.Tracking) -> None:
    ax = tt.plots.plot_fan(several, ledger())
    marks = {scatter.get_label(): scatter.get_offsets().tolist() for scatter in ax.collections}
    uz = dict(marks["UZ stat"])
    assert uz[2018] == pytest.approx(2.92)
    assert max(uz) <= 2023


def test_draws_on_given_axes() -> None:
    _, ax = plt.subplots()
    assert tt.plots.plot_fan(tracking(), ax=ax) is ax


def test_unknown_series_is_an_error() -> None:
    with pytest.raises(tt.InputError, match="no totals of AA-BB turnover"):
        tt.plots.plot_fan(tracking(), series=tt.Series(pair="AA-BB"))


def test_another_ledger_is_an_error() -> None:
    one_more = ledger().observations[-1].model_copy(update={"id": "new"})
    with pytest.raises(tt.InputError, match="not the ledger that was tracked as of 2025-11-14"):
        tt.plots.plot_fan(tracking(), ledger().add([one_more]))


def test_without_matplotlib_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(tt.errors.MissingExtraError, match=r'pip install "tradetrack\[plot\]"'):
        tt.plots.plot_fan(tracking())


def test_what_stands_beside_the_axes_is_left_alone() -> None:
    figure, (own, other) = plt.subplots(1, 2)
    title = other.set_title("$\\sigma^2$ 貿易")
    heading = figure.suptitle("$R^2$")
    tt.plots.plot_fan(tracking(), ax=own)
    assert title.get_text() == "$\\sigma^2$ 貿易"
    assert title.get_parse_math() == heading.get_parse_math() == plt.rcParams["text.parse_math"]


def test_the_legend_names_everyone_or_is_left_out() -> None:
    rows = [
        tt.Level(
            series=tt.Series(pair="AA-BB"),
            window=tt.Window.calendar_year(year),
            figure=tt.Figure.of(f"1.{year - 2018}{index}", "usd_bn"),
            reporter=reporter,
            published=f"{year + 1}-02",
        )
        for index, reporter in enumerate(["AA stat", "_BB"])
        for year in range(2018, 2025)
    ]
    figures = tt.Ledger(rows)
    answer = tt.track(figures, tt.Goal(2, by=2030), n_paths=50)
    legend = tt.plots.plot_fan(answer, figures).get_legend()
    assert legend is not None
    assert {"AA stat", "_BB"} <= {text.get_text().strip() for text in legend.get_texts()}
    assert tt.plots.plot_fan(answer, figures, legend=False).get_legend() is None
    assert tt.plots.plot_attainment(answer, legend=False).get_legend() is None
