"""How numbers, amounts, tables and texts from outside are written, in every medium."""

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal
from html import escape

_CURRENCIES = {"usd": "US$"}
_SCALES = {"th": "thousand", "mn": "mn", "bn": "bn", "tn": "tn"}
_LEAST = 0.005  # only between it and 1 - _LEAST is a probability neither 0 % nor 100 % when rounded
_ROUNDS_TO_ZERO = 0.0005  # a change of probability that is 0.0 points
_STEPS = (1.0, 2.0, 5.0)
_MOST_TICKS, _FEW_TICKS = 10, 5
# Controls (but tab and line feed), what is invisible or turns the direction of text, separators of
# lines, lone surrogates and what is no character. Joiners stay where emoji and scripts need them.
_UNSAFE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    r"\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
    r"|(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])"
)

_UNBROKEN = re.compile(
    r"(?:US\$ )?\S+(?: (?:%|th|mn|bn|tn)(?![\w]))*\S*"
)  # no number without its unit
_RUNS = re.compile(
    r"'*[=+\-@\t\r]"
)  # what a spreadsheet takes for a formula, or the like in quotes
_PLAIN_NUMBER = re.compile(r"[-+]?\d[\d., ]*(?:[eE][-+]?\d+)?", re.ASCII)


def percent(probability: float) -> str:
    """Write a probability, never as a certainty that it is not.

    Examples
    --------
    >>> percent(0.123), percent(0.9999), percent(0.0)
    ('12 %', 'over 99 %', 'under 1 %')

    All of some thousand paths are no certainty either.

    >>> percent(1.0)
    'over 99 %'
    """
    if _LEAST < probability < 1.0 - _LEAST:
        return f"{100 * probability:.0f} %"
    return "under 1 %" if probability < 0.5 else "over 99 %"


def points(change: float) -> str:
    """Write a change of probability in points; one that rounds to nothing has no sign.

    Examples
    --------
    >>> points(0.0312), points(-0.0001)
    ('+3.1', '0.0')
    """
    return "0.0" if abs(change) < _ROUNDS_TO_ZERO else f"{100.0 * change:+.1f}"


def error_points(error: float) -> str:
    """Write the standard error of a probability.

    Examples
    --------
    >>> error_points(0.0042)
    '0.4 points'
    """
    return f"{100 * error:.1f} points"


def growth_rate(growth: float) -> str:
    """Write a yearly growth rate.

    Examples
    --------
    >>> growth_rate(0.1408)
    '14.1 %'
    """
    return f"{100 * growth:.1f} %"


def three_digits(value: float) -> str:
    """Write a number with at least three significant digits, its thousands apart.

    Examples
    --------
    >>> three_digits(4.1264), three_digits(0.04126), three_digits(12345.6), three_digits(0.0)
    ('4.13', '0.0413', '12,346', '0')
    """
    if value == 0.0:
        return "0"
    return f"{value:,.{max(0, 2 - math.floor(math.log10(abs(value))))}f}"


def amount_text(value: float, digits: int = 12) -> str:
    """Write a number without an exponent, its thousands apart.

    Examples
    --------
    >>> amount_text(10.0), amount_text(3000), amount_text(3e-5)
    ('10', '3,000', '0.00003')
    """
    return f"{Decimal(f'{value:.{digits}g}'):,f}"


def decimals(value: float | None, places: int = 3) -> str:
    """Write a score for a table; a dash where there is none.

    Examples
    --------
    >>> decimals(0.15849), decimals(None)
    ('0.158', '-')
    """
    return "-" if value is None else f"{value:.{places}f}"


def counted(number: int, thing: str) -> str:
    """Write how many of a thing there are.

    Examples
    --------
    >>> counted(1, "figure"), counted(1200, "figure")
    ('1 figure', '1,200 figures')
    """
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def capital(text: str) -> str:
    """Begin a sentence.

    Examples
    --------
    >>> capital("for 2024 KZ stat")
    'For 2024 KZ stat'
    """
    return f"{text[:1].upper()}{text[1:]}"


def unit_text(unit: str) -> str:
    """Write a unit.

    Examples
    --------
    >>> unit_text("usd_bn"), unit_text("eur")
    ('US$ bn', 'EUR')
    """
    counted_in, scale = _unit_parts(unit)
    return f"{counted_in} {scale}".rstrip()


def with_unit(number: str, unit: str) -> str:
    """Write an amount with its unit.

    Examples
    --------
    >>> with_unit("4.13", "usd_bn")
    'US$ 4.13 bn'
    """
    counted_in, scale = _unit_parts(unit)
    return f"{counted_in} {number} {scale}".rstrip()


def _unit_parts(unit: str) -> tuple[str, str]:
    counted_in, _, scale = unit.partition("_")
    return _CURRENCIES.get(counted_in, counted_in.upper()), _SCALES.get(scale, scale)


def table(
    rows: Sequence[Sequence[str]],
    heads: Sequence[str],
    left: Sequence[int] = (0,),
    width: int | None = None,
) -> str:
    """Lay out text in columns.

    Parameters
    ----------
    rows, heads
        Cells, as many in each row as there are heads.
    left
        Columns that are aligned to the left; the others are aligned to the right.
    width
        Where the columns are more than this wide in all, those that do not fit follow below, beside
        the first one again.

    Examples
    --------
    >>> print(table([("a", "1"), ("bcd", "10")], ("name", "count")))
    name  count
    a         1
    bcd      10
    """
    every = [heads, *rows]
    laid = [_column([row[at] for row in every], at in left) for at in range(len(heads))]
    first, *others = laid
    panels = [[first]]
    for column in others:
        taken = sum(columns(one[0]) + 2 for one in panels[-1])
        if width is not None and len(panels[-1]) > 1 and taken + columns(column[0]) > width:
            panels.append([first])
        panels[-1].append(column)
    return "\n\n".join(
        "\n".join("  ".join(row).rstrip() for row in zip(*panel, strict=True)) for panel in panels
    )


def _column(cells: Sequence[str], to_the_left: bool) -> list[str]:
    width = max(map(columns, cells))
    fills = [" " * (width - columns(cell)) for cell in cells]
    return [
        cell + fill if to_the_left else fill + cell for cell, fill in zip(cells, fills, strict=True)
    ]


def columns(text: str) -> int:
    """Count the columns of a terminal that a text takes, at most.

    Examples
    --------
    >>> columns("abc"), columns("🚆"), columns("e\u0301"), columns("مرحبا")
    (3, 2, 1, 5)
    """
    return len(text) if text.isascii() else sum(map(_columns_of, text))


def _columns_of(sign: str) -> int:
    if sign == "\ufe0f":  # it makes a sign an emoji, which is wider
        return 1
    if unicodedata.category(sign) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in ("W", "F") else 1


def wrapped(text: str, width: int, indent: str = "  ") -> list[str]:
    """Break a line into lines of at most so many columns; those after the first are indented.

    Examples
    --------
    >>> wrapped("one two three", 8)
    ['one two', '  three']
    >>> wrapped("up by 12 %, to US$ 5 bn", 12)
    ['up by 12 %,', '  to', '  US$ 5 bn']
    >>> wrapped("unbreakable", 6)
    ['unbrea', '  kabl', '  e']
    """
    if columns(text) <= width:
        return [text]
    lead = text[: len(text) - len(text.lstrip(" "))]
    lines, line = [], lead
    for word in _UNBROKEN.findall(text):
        room = width - columns(line)
        if line.strip() and columns(word) + 1 <= room:
            line += f" {word}"
            continue
        if line.strip():
            lines.append(line)
            line = lead + indent
        while columns(line) + columns(word) > width:
            head = _fitting(word, width - columns(line))
            lines.append(line + head)
            line, word = lead + indent, word[len(head) :]
        line += word
    return [*lines, line] if line.strip() else lines


def _fitting(word: str, width: int) -> str:
    """Return as much of a word as fits, with the marks that belong to its last letter."""
    taken = 0
    for at, sign in enumerate(word):
        taken += _columns_of(sign)
        if taken > width and at:
            return word[:at]
    return word


def html_table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write rows of text as an HTML table; everything in it is escaped.

    Examples
    --------
    >>> html_table("as of <today>", ["goal"], []).startswith("<table><caption>as of &lt;today&gt;")
    True
    """
    top = "".join(f'<th scope="col">{escape(scrub(head))}</th>' for head in heads)
    body = "".join(
        f"<tr>{''.join(f'<td><bdi>{escape(scrub(cell))}</bdi></td>' for cell in row)}</tr>"
        for row in rows
    )
    return (
        f"<table><caption>{escape(scrub(caption))}</caption><thead><tr>{top}</tr></thead>"
        f"<tbody>{body}</tbody></table>"
    )


def scrub(text: str) -> str:
    r"""Replace characters that steer a terminal, turn a text's direction or are invisible.

    They become U+FFFD: controls but tab and line feed, marks of direction, embeddings, overrides
    and isolates, zero-width characters and lone surrogates. What is left can be written to a
    terminal, to UTF-8 and, escaped, to HTML and SVG.

    Examples
    --------
    >>> scrub("a\x1b[31m\u202eb\ud800") == "a\ufffd[31m\ufffdb\ufffd"
    True
    """
    return text if text.isascii() and text.isprintable() else _UNSAFE.sub("\ufffd", text)


def escaped(document: str) -> str:
    r"""Write what `scrub` replaces as escapes of JSON: the document says the same.

    Examples
    --------
    >>> print(escaped('{"name": "a\u202eb\x9b"}'))
    {"name": "a\u202eb\u009b"}
    """
    return _UNSAFE.sub(
        lambda found: "".join(
            f"\\u{unit:04x}"
            for unit in memoryview(found[0].encode("utf-16-le", "surrogatepass")).cast("H")
        ),
        document,
    )


def inert(text: str) -> str:
    r"""Write a cell of CSV so that a spreadsheet shows it and does not run it.

    What a spreadsheet would take for a formula gets an apostrophe before it, its sign for text;
    `typed` takes it away. Numbers stay as they are.

    Examples
    --------
    >>> inert("=HYPERLINK(0)"), inert("-16.5"), inert("plain")
    ("'=HYPERLINK(0)", '-16.5', 'plain')
    """
    return f"'{text}" if _RUNS.match(text) and not _PLAIN_NUMBER.fullmatch(text) else text


def typed(cell: str) -> str:
    r"""Read a cell of CSV that `inert` wrote.

    Examples
    --------
    >>> typed("'=HYPERLINK(0)"), typed("'tis")
    ('=HYPERLINK(0)', "'tis")
    """
    return cell[1:] if cell.startswith("'") and _RUNS.match(cell) else cell


def shorten(text: str, longest: int) -> str:
    """Write a text in one line of at most so many characters, scrubbed.

    Examples
    --------
    >>> shorten("a long   name", 8)
    'a long …'
    """
    line = scrub(" ".join(text.split()))
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def log_ticks(low: float, high: float) -> list[tuple[float, str]]:
    """Return the labelled values of a logarithmic axis: 1, 2 and 5 times powers of ten.

    Parameters
    ----------
    low, high
        Ends of the axis, above 0.

    Returns
    -------
    list of (float, str)
        At most ten values between the ends: powers of ten only where there would be more, even
        steps where there would be fewer than two.

    Examples
    --------
    >>> [label for _, label in log_ticks(0.3, 12.0)]
    ['0.5', '1', '2', '5', '10']
    >>> [label for _, label in log_ticks(4.0, 4.3)]
    ['4', '4.1', '4.2', '4.3']
    """
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    shown = [
        at for power in powers for digit in _STEPS if low <= (at := digit * 10.0**power) <= high
    ]
    if len(shown) > _MOST_TICKS:
        tens = [10.0**power for power in powers if low <= 10.0**power <= high]
        shown = tens[:: 1 + (len(tens) - 1) // _MOST_TICKS]
    elif len(shown) < 2:
        shown = even_ticks(low, high, _FEW_TICKS)
    return [(at, amount_text(at)) for at in shown]


def even_ticks(low: float, high: float, most: int) -> list[float]:
    """Return at most so many values of an axis in even steps of 1, 2 or 5 times a power of ten.

    Examples
    --------
    >>> even_ticks(1995, 2045, 6)
    [2000.0, 2010.0, 2020.0, 2030.0, 2040.0]
    """
    if low == high:
        return [float(low)]
    power = math.floor(math.log10((high - low) / most))
    for digit in (*_STEPS, 10.0 * _STEPS[0], 10.0 * _STEPS[1]):
        step = digit * 10.0**power
        first, last = math.ceil(round(low / step, 9)), math.floor(round(high / step, 9))
        if last - first < most:
            break
    return [float(round(n * step, max(0, -power))) for n in range(first, last + 1)]
