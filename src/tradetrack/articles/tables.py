"""Tables inside a text: months in the heading, flows down the side, the unit in the caption.

A table is two or more lines in a row with tabs or bars between their cells, as HTML tables leave
behind when they are reduced to text.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from tradetrack.articles.amounts import NUMBER, Amount, currency_words, scale_word
from tradetrack.articles.periods import find_periods
from tradetrack.articles.quotes import Quote
from tradetrack.articles.scan import scan
from tradetrack.articles.sentences import lowered
from tradetrack.articles.subjects import Context, subjects

_CELL = re.compile(r"[^\t|]+")
_RULE = re.compile(r"[\s|:+=-]*")
_NUMBER_CELL = re.compile(rf"\s*({NUMBER})\s*")
_TOTAL = re.compile(r"\s*(?:total|turnover|trade turnover|всего|итого|товарооборот|оборот)\b", re.I)
_UNIT = re.compile(
    rf"(?<![a-zа-я])(?:(?:{scale_word})s?(?: of)? (?:{currency_words})"
    rf"|(?:{currency_words})[ ,]+(?:in )?(?:{scale_word})s?)"
    r"(?![a-zа-я])"
)


_COUNTED = re.compile(r"\d ?$")


class Cell(NamedTuple):
    """A cell of a row: where its text starts, and its text."""

    start: int
    text: str


def find_unit(text: str) -> tuple[int, int] | None:
    """Where a caption prints a scale and a currency: "million USD", "млн долларов".

    Examples
    --------
    >>> caption = "Trade, million USD"
    >>> start, end = find_unit(caption)
    >>> caption[start:end]
    'million USD'
    """
    matches = [m for m in _UNIT.finditer(lowered(text)) if not _COUNTED.search(text, 0, m.start())]
    return matches[-1].span() if matches else None


def table_quotes(text: str, pair: tuple[str, ...]) -> Iterator[Quote]:
    """Quotes of the number cells of every table in a text whose heading names months."""
    if text.count("\t") < 2 and text.count("|") < 2:
        return
    for before, rows in _tables(text):
        yield from _read(text, before, rows, pair)


def _tables(text: str) -> Iterator[tuple[str, list[list[Cell]]]]:
    """Runs of lines with cells, each with the lines of text above it."""
    rows: list[list[Cell]] = []
    above: list[str] = []
    place = 0
    for line in [*text.splitlines(keepends=True), "\n"]:
        if line.count("\t") >= 2 or line.count("|") >= 2:
            if not _RULE.fullmatch(line):
                rows.append(
                    [Cell(place + m.start(), m[0]) for m in _CELL.finditer(line.rstrip("\n"))]
                )
        else:
            if len(rows) > 1:
                yield "\n".join(above[-3:]), rows
            if line.strip():
                above = [*above[-2:], line]
            rows = []
        place += len(line)


def _read(text: str, above: str, rows: list[list[Cell]], pair: tuple[str, ...]) -> Iterator[Quote]:
    heading = rows[0]
    caption = above + "\n" + heading[0].text
    unit = find_unit(caption)
    columns = {i: cell.text.strip() for i, cell in enumerate(heading) if _names_months(cell.text)}
    if unit is None or not columns:
        return
    unit_text = caption[unit[0] : unit[1]]
    for row in rows[1:]:
        flow = _flow_of(row[0].text, caption, pair)
        for index, cell in enumerate(row):
            match = _NUMBER_CELL.fullmatch(cell.text)
            if index not in columns or match is None:
                continue
            start = cell.start + match.start(1)
            if flow is None:
                yield Quote(number=match[1], start=start, reason="no subject")
            else:
                yield Quote(
                    number=match[1],
                    start=start,
                    flow=flow,
                    window=columns[index],
                    unit_from=unit_text,
                    assumed=(f"the unit of the table: {unit_text}",),
                )


def _names_months(cell: str) -> bool:
    return any(p.sort not in ("vague", "date", "shift") for p in find_periods(lowered(cell)))


def _flow_of(label: str, caption: str, pair: tuple[str, ...]) -> str | None:
    """The flow that a row's label names, by the sides in the label or the caption."""
    found = scan(label.strip())
    if _TOTAL.match(label):
        return "turnover"
    probe = found._replace(amounts=(Amount(len(found.low), len(found.low), "money", "1"),))
    first = [m.code for m in scan(caption.strip()[:400]).countries if m.code in pair]
    subject = subjects(probe, Context(pair, first[0] if first else ""))[0]
    if subject is None or subject.reason is not None:
        return None
    if subject.flow == "turnover":
        return "turnover"
    if not (subject.exporter and subject.importer):
        return None
    return f"{subject.exporter.lower()}_to_{subject.importer.lower()}"
