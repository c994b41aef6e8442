"""What the Vega pictures share: marks, titles, and texts that cannot be taken for anything else."""

import hashlib
import json
import re
import textwrap
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from tradetrack.errors import MissingExtraError
from tradetrack.plots.style import GOAL, MARKS, MEDIAN, shorten

if TYPE_CHECKING:
    import altair as alt

LONGEST: Final = 60  # letters of a name
WIDTH, HEIGHT = 560, 360
DIM: Final = 0.12  # opacity of what is not highlighted
SMALL: Final = 10  # pixels of the source and of the legends
TICK: Final = "M0,0V-2.2"  # an upward tick that stands on its point
TITLE_SIZE: Final = 14
_TAG: Final = re.compile("<(?=[/!])")
_LINES: Final = ["median", "goal"]
_WIDE = 96  # letters of the source in a line
_BROAD = 64  # of the title
# The marks of `style` as Vega names them; an X has no name.
_SHAPES: Final = {
    "o": "circle",
    "s": "square",
    "^": "triangle-up",
    "D": "diamond",
    "v": "triangle-down",
    "P": "cross",
    "X": "M-.9,-.6L-.6,-.9L0,-.3L.6,-.9L.9,-.6L.3,0L.9,.6L.6,.9L0,.3L-.6,.9L-.9,.6L-.3,0Z",
}

Row = dict[str, Any]


def require_altair() -> None:
    """Check that altair is there.

    Raises
    ------
    MissingExtraError
        If it is not installed.
    """
    try:
        import altair  # noqa: F401
    except ImportError:
        raise MissingExtraError(
            'a Vega picture needs altair; install it with pip install "tradetrack[plot]"'
        ) from None


def shapes_and_colours(number: int) -> tuple[list[str], list[str]]:
    """Return marks that all differ, up to 49: first in both shape and colour, then in the pair.

    Examples
    --------
    >>> shapes_and_colours(2)
    (['circle', 'square'], ['#000000', '#d55e00'])
    """
    n = len(MARKS)
    shapes = [_SHAPES[MARKS[i % n][0]] for i in range(number)]
    return shapes, [MARKS[(i + i // n) % n][1] for i in range(number)]


def shown(text: str, longest: int = LONGEST) -> str:
    r"""Write a text so that it shows as itself, and leaves what stands around it as it is.

    Control letters, and those that no picture can hold, become U+FFFD. What is written from right
    to left is isolated, as the Unicode bidirectional algorithm has it. An unseen word joiner keeps
    ``</script>`` from ending the script that a page holds a chart in: altair writes it unescaped.

    Examples
    --------
    >>> shown("a\x00 \ud800") == "a\ufffd \ufffd"
    True
    >>> shown("\u05d0 b") == "\u2068\u05d0 b\u2069"
    True
    >>> "</b>" in shown("<b>a</b>")
    False
    """
    clear = _TAG.sub("<\u2060", shorten(text, longest))
    turns = any(unicodedata.bidirectional(c) in ("R", "AL") for c in clear)
    return f"\u2068{clear}\u2069" if turns else clear


def distinct(names: Sequence[str]) -> list[str]:
    """Number the names that are there already, so that a legend keeps them apart.

    Examples
    --------
    >>> distinct(["a", "b", "a"])
    ['a', 'b', 'a (2)']
    """
    found: list[str] = []
    for name in names:
        other, n = name, 1
        while other in found:
            n += 1
            other = f"{name} ({n})"
        found.append(other)
    return found


def data(rows: list[Row]) -> "alt.InlineData":
    """Return rows as the data of a layer; not a number would not be JSON."""
    import altair as alt

    json.dumps(rows, allow_nan=False)
    return alt.InlineData(values=rows)


def key_of(rows: list[Row]) -> str:
    """Return a name made of what is drawn: a picture keeps its names, and two have different ones.

    Altair would count instead, and say other names each time.
    """
    return hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()[:8]


def picture(
    layers: list["alt.Chart"], title: str, source: str, description: str
) -> "alt.LayerChart":
    """Lay layers over each other, at a fixed size, under the title and the source."""
    import altair as alt

    return alt.LayerChart(
        layer=layers,
        title=_heading(title, source),
        description=description,
        width=WIDTH,
        height=HEIGHT,
        view=alt.ViewBackground(stroke=None),
    )


def year_axis(field: str, years: tuple[int, int]) -> "alt.X":
    """Return a place across, among years that are whole numbers."""
    import altair as alt

    return alt.X(
        f"{field}:Q",
        scale=alt.Scale(domain=[years[0] - 0.5, years[1] + 0.5], nice=False, zero=False),
        axis=alt.Axis(title=None, format="d", grid=False, tickMinStep=1, labelFlush=False),
    )


def legend(title: str | None, *, columns: int = 1) -> "alt.Legend":
    """Return a legend that names everything, beside the picture."""
    import altair as alt

    return alt.Legend(
        title=title,
        titleFontSize=SMALL,
        titleFontWeight="normal",
        titleLimit=260,
        labelFontSize=11,
        labelLimit=260,
        symbolLimit=0,
        columns=columns,
        offset=12,
    )


def _heading(title: str, source: str) -> "alt.TitleParams":
    """Return the title, and the source below it, in lines that fit the default width."""
    import altair as alt

    return alt.TitleParams(
        text=textwrap.wrap(title, _BROAD),
        subtitle=textwrap.wrap(source, _WIDE),
        anchor="start",
        frame="group",
        fontSize=TITLE_SIZE,
        fontWeight="normal",
        subtitleFontSize=SMALL,
        subtitleColor="#333333",
        subtitlePadding=4,
        offset=10,
    )


def line_colour() -> "alt.Stroke":
    """Return the colour of a layer's lines by their column ``line``: the median or a goal."""
    import altair as alt

    scale = alt.Scale(domain=_LINES, range=[MEDIAN, GOAL])
    return alt.Stroke("line:N", scale=scale, legend=_line_legend())


def line_dash() -> "alt.StrokeDash":
    """Return the dashes of a layer's lines by their column ``line``."""
    import altair as alt

    scale = alt.Scale(domain=_LINES, range=[[1, 0], [6, 3]])
    return alt.StrokeDash("line:N", scale=scale, legend=_line_legend())


def _line_legend() -> "alt.Legend":
    named = legend(None)
    named.symbolType = "stroke"
    return named
