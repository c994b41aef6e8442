"""Rejected rows: where a row is wrong, in what way, and what to do."""

from collections.abc import Mapping, Sequence

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from tradetrack.domain.value import Value
from tradetrack.errors import InputError, LedgerError, link_to

_PLAIN = {
    "missing": ("it is missing", "add it"),
    "extra_forbidden": ("it does not belong here", "leave it out"),
    "too_short": ("it is empty", "fill it in"),
    "string_type": ("it is not text", "write it as text"),
    "string_unicode": ("it is not valid Unicode text", "write it anew"),
    "union_tag_not_found": ("the row says not what kind it is", "write level, growth or increment"),
}
_FIELDS = {
    "series": "flow",
    "series.pair": "pair",
    "series.flow": "flow",
    "series.unit": "series_unit",
    "series.coverage": "coverage",
    "figure": "value",
    "figure.text": "value",
    "figure.unit": "unit",
    "figure.qualifier": "qualifier",
    "figure.digit": "digit",
}
TOPICS = {
    "id": "id",
    "pair": "pair",
    "flow": "pair",
    "window": "window",
    "start": "window",
    "end": "window",
    "base": "base",
    "base_start": "base",
    "base_end": "base",
    "value": "value",
    "unit": "unit",
    "side": "side",
    "qualifier": "qualifier",
    "digit": "qualifier",
    "published": "date",
    "series_unit": "series-unit",
}
"""Entry of the catalogue of errors on each column; "cell" for the others."""


class RejectedRow(Value):
    """A row that is not an observation.

    Attributes
    ----------
    row
        Where it is: the line of a CSV file as a person counts (the header is line 1), or the
        position in a data frame or JSON document, from 0.
    column
        Which cell is wrong.
    value
        What it says.
    problem, remedy
        What is wrong with it, and what to do.
    topic
        Entry of the catalogue of errors that explains it.

    Examples
    --------
    >>> row = RejectedRow(row=7, column="unit", value="usdbn", problem="unknown unit",
    ...                   remedy="write usd_bn", topic="unit")
    >>> print(row)
    row 7, column unit ('usdbn'): unknown unit; write usd_bn
    >>> row.link
    'docs/errors.md#unit'
    """

    row: int
    column: str
    value: str
    problem: str
    remedy: str
    topic: str = "cell"

    @property
    def link(self) -> str:
        """Where the catalogue of errors explains it."""
        return link_to(self.topic)

    def __str__(self) -> str:
        return (
            f"row {self.row}, column {self.column} ({self.value!r}): {self.problem}; {self.remedy}"
        )


def rejected(
    row: int, column: str, value: str, problem: str, remedy: str, *, topic: str = ""
) -> RejectedRow:
    """Return a `RejectedRow`, by position; with no topic, that of the column."""
    return RejectedRow(
        row=row,
        column=column,
        value=value,
        problem=problem,
        remedy=remedy,
        topic=topic or TOPICS.get(column, "cell"),
    )


def refusal(rejected: Sequence[RejectedRow], source: str, counted: str) -> LedgerError:
    """Return the error that lists every rejected row; ``counted`` says how rows are numbered."""
    rows = "1 row" if len(rejected) == 1 else f"{len(rejected)} rows"
    lines = "\n".join(f"  {row}" for row in rejected)
    topics = {row.topic for row in rejected}
    return LedgerError(
        f"{rows} of {source} cannot be read; correct them ({counted}):\n{lines}",
        tuple(rejected),
        topic=topics.pop() if len(topics) == 1 else "",
    )


def explain(number: int, error: ValidationError, row: Mapping[str, str]) -> RejectedRow:
    """Translate the first complaint about a row; a document's item has no cells to show."""
    first = error.errors(include_url=False)[0]
    cause = first.get("ctx", {}).get("error")
    column = _column(first, row)
    if row:
        value = row.get(column, "")
    else:
        value = "" if isinstance(first["input"], dict) else str(first["input"])
    topic = ""
    if isinstance(cause, InputError):
        problem, _, remedy = str(cause).rpartition("; ")
        topic = cause.topic
    elif first["type"] in ("literal_error", "union_tag_invalid"):
        expected = first["ctx"].get("expected") or first["ctx"].get("expected_tags")
        problem, remedy = "it is not a word known here", f"write {expected}"
    else:
        problem, remedy = _PLAIN.get(first["type"], (first["msg"], "correct it"))
    return rejected(number, column, value, problem, remedy, topic=topic)


def _column(complaint: ErrorDetails, row: Mapping[str, str]) -> str:
    cause = complaint.get("ctx", {}).get("error")
    path = ".".join(str(part) for part in complaint["loc"][1:])
    column = getattr(cause, "field", "") or _FIELDS.get(path, path)
    name, _, end = column.partition(".")
    if row and name in ("window", "base") and name not in row:
        return (end or "end") if name == "window" else f"base_{end or 'end'}"
    return name or "kind"
