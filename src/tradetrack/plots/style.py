"""What all pictures share: colours and marks that read in grey, words, and the room for them."""

import textwrap
from typing import TYPE_CHECKING, Final

from tradetrack._checks import check_kind
from tradetrack._format import shorten
from tradetrack.errors import MissingExtraError

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, GRID, GOAL, QUIET = "#333333", "#ebebeb", "#a63603", "#9a9a9a"
# Marks differ by shape, lines by dashes, and both by colours that the colour-blind tell apart.
MARKS: Final = (
    ("o", "#000000"),
    ("s", "#d55e00"),
    ("^", "#00694d"),
    ("D", "#b0528a"),
    ("v", "#7a5c00"),
    ("P", "#0072b2"),
    ("X", "#5f5f5f"),
)
DASHES: Final = ("-", (0, (6, 2)), (0, (2, 1.5)), (0, (6, 2, 1.5, 2)))
# Bands darken inwards, so they read in grey.
BANDS: Final = ((0.25, 0.75, "#7ba6d0"), (0.1, 0.9, "#b5cee6"), (0.025, 0.975, "#e1eaf4"))
MEDIAN: Final = "#0b2e59"
UPWARD_TICK: Final = 2  # as matplotlib numbers its markers
_NARROW = 5.0  # inches; below it the legend goes under the axes, or away if there is no room
_SHORT = 4.0  # inches
_LETTERS_PER_INCH = 13.0
_UNKNOWN_GLYPH = "\u25a1"


def axes_for(ax: "Axes | None", width: float, height: float) -> "Axes":
    """Return the axes given, or new ones of a size in inches.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    """
    try:
        import matplotlib.pyplot as plt
        from matplotlib.axes import Axes
    except ImportError:
        raise MissingExtraError(
            'a picture needs matplotlib; install it with pip install "tradetrack[plot]"'
        ) from None
    if ax is not None:
        check_kind("ax", ax, Axes, "pass the axes of a matplotlib figure")
        return ax
    return plt.subplots(figsize=(width, height), layout="constrained")[1]


def figure_of(axes: "Axes") -> "Figure":
    """Return the figure that axes stand in."""
    figure = axes.get_figure(root=True)
    assert figure is not None, "axes that are drawn on have a figure"
    return figure


def room(axes: "Axes") -> tuple[float, float]:
    """Return width and height, in inches, of the figure's part that the axes have."""
    width, height = figure_of(axes).get_size_inches()
    spec = axes.get_subplotspec()
    if spec is None:
        return float(width), float(height)
    rows, columns = spec.get_gridspec().get_geometry()
    return float(width) / columns, float(height) / rows


def is_narrow(axes: "Axes") -> bool:
    """Whether words have to make do with little room."""
    return room(axes)[0] < _NARROW


def legend_label(name: str, longest: int = 28) -> str:
    """Write a name for a legend; matplotlib would leave out one that begins with "_"."""
    label = shorten(name, longest)
    return f" {label}" if label.startswith("_") else label


def write_words(axes: "Axes", title: str, ylabel: str, source: str, *, part: float = 1.0) -> None:
    """Write title, unit and source, and take the frame away.

    ``part`` is the part of the room that rows' names leave to the axes.
    """
    letters = max(10, int(room(axes)[0] * part * _LETTERS_PER_INCH))
    small = is_narrow(axes)
    title = textwrap.fill(title, letters * 2 // 3)
    axes.set_title(title, loc="left", fontsize=9 if small else 12)
    axes.set_ylabel(ylabel, fontsize=7 if small else 10)
    source = textwrap.fill(source, letters * 6 // 5 if small else letters * 24 // 25)
    axes.set_xlabel(source, loc="left", fontsize=6 if small else 8, color=INK)
    if small:
        axes.tick_params(labelsize=6.5)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def write_legend(axes: "Axes") -> None:
    """Put the legend beside the axes, or under them if they are narrow; never over what is drawn.

    A figure that is both narrow and low has no room for one.
    """
    if not is_narrow(axes):
        axes.legend(
            loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False, fontsize=9, labelspacing=0.7
        )
    elif room(axes)[1] >= _SHORT:
        handles, labels = axes.get_legend_handles_labels()
        below = figure_of(axes).legend(
            handles,
            labels,
            loc="outside lower left",
            frameon=False,
            fontsize=6.5,
            ncols=1 if any("\n" in label for label in labels) else 2,
        )
        _show_as_written(below)


def settle(axes: "Axes") -> "Axes":
    """Have every word of the axes shown as it is written; others of the figure are left alone."""
    _show_as_written(axes)
    return axes


def _show_as_written(part: "Artist") -> None:
    """Read no formulas in texts, and show letters that the font lacks as a box."""
    from matplotlib.text import Text

    for text in part.findobj(Text):
        assert isinstance(text, Text), "what was looked for"
        text.set_parse_math(False)
        if not text.get_text().isascii():
            text.set_text(drawable(text.get_text()))


def drawable(text: str) -> str:
    """Show letters that the font lacks as a box; matplotlib would warn and leave them out."""
    import matplotlib as mpl
    from matplotlib.font_manager import FontProperties, findfont, get_font

    fonts = [get_font(findfont(FontProperties(family=[f]))) for f in mpl.rcParams["font.family"]]
    return "".join(
        letter
        if letter.isspace() or any(font.get_char_index(ord(letter)) for font in fonts)
        else _UNKNOWN_GLYPH
        for letter in text
    )
