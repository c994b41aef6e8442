"""Dialects of CSV: what separates cells, decimals and thousands, and in which encoding."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass

from tradetrack._checks import shown
from tradetrack.errors import InputError

_WORDS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_POINTS = frozenset(",.'\u2019")  # what separates decimals or thousands somewhere
_DECIMAL_COMMA = re.compile(r"[-+]?\d{1,3}(?P<groups>\.\d{3})*,(?!\d{3}$)\d+|[-+]?\d{4,},\d+")
_TABLE_ENCODINGS = ("cp1251", "cp1252")  # Cyrillic and Western spreadsheets
_SHOWN = 60  # characters of a line that an error shows


@dataclass(frozen=True)
class Dialect:
    """How a table is written.

    Attributes
    ----------
    sep
        What separates cells.
    decimal
        What separates the decimals of a value: a point or a comma.
    thousands
        What groups its thousands. None reads spaces, and commas where the decimal sign is a point.
    encoding
        Encoding of a file.

    Examples
    --------
    >>> Dialect(sep=";", decimal=",", thousands=".").number("1.234,50")
    '1,234.50'
    """

    sep: str = ","
    decimal: str = "."
    thousands: str | None = None
    encoding: str = "utf-8"

    def __post_init__(self) -> None:
        """Refuse signs that cannot be told apart, and unknown encodings."""
        if not isinstance(self.sep, str) or len(self.sep) != 1 or self.sep in '\r\n" ':
            raise _wrong("sep", self.sep, "one sign, such as ',', ';' or a tab")
        if self.decimal not in (".", ","):
            raise _wrong("decimal", self.decimal, "'.' or ','")
        if self.thousands not in (None, ",", ".", " ", "'", "\u2019"):
            raise _wrong("thousands", self.thousands, "',', '.', ' ' or an apostrophe, or None")
        if self.decimal == self.thousands:
            raise _wrong("thousands", self.thousands, "another sign than decimal")
        try:
            "".encode(self.encoding)
        except (LookupError, TypeError, UnicodeError):
            raise _wrong(
                "encoding", self.encoding, "one that Python knows, such as cp1251"
            ) from None

    def number(self, text: str) -> str:
        """Rewrite a value with a decimal point, its thousands grouped by commas or spaces.

        Raises
        ------
        InputError
            If it is not of this dialect; says which one it would be.
        """
        if self.decimal == "." and self.thousands is None:
            found = _DECIMAL_COMMA.fullmatch(text)
            if found:
                groups = ", thousands='.'" if found["groups"] else ""
                raise InputError(
                    f"{text!r} has a decimal comma; read the table with decimal=','{groups}",
                    topic="value",
                )
            return text
        ends = text.split("..")  # of a range
        for sign in sorted(_POINTS - {self.decimal, self.thousands}):
            if any(sign in end for end in ends):
                raise InputError(
                    f"{text!r} has {sign!r} in it, which is neither decimal={self.decimal!r} nor"
                    f" thousands={self.thousands!r}; read the table with what it uses, or correct"
                    " the cell",
                    topic="value",
                )
        signs = str.maketrans(
            self.decimal + (self.thousands or ""), ".," if self.thousands else "."
        )
        return "..".join(end.translate(signs) for end in ends)


def _wrong(name: str, value: object, wanted: str) -> InputError:
    return InputError(f"{name}={shown(value)} cannot be; write {wanted}", topic="table")


def separated_by(header: Sequence[str], sep: str) -> str:
    """Return the sign that separates a header that was read as one cell, or nothing.

    Examples
    --------
    >>> separated_by(["pair;window;value"], ",")
    ';'
    """
    if len(header) != 1:
        return ""
    return next((sign for sign in ("\t", ";", ",", "|") if sign != sep and sign in header[0]), "")


def fitting(sign: str, header: str, lines: Sequence[str]) -> str:
    """Say in which dialect lines are written, as arguments; the sign separates their cells.

    Examples
    --------
    >>> fitting(";", "pair;window;value", ["KZ-UZ;2024;4,2"])
    "sep=';', decimal=','"
    """
    try:
        rows = list(csv.reader([header, *lines], delimiter=sign))
    except csv.Error:
        rows = []
    heads = [cell.strip() for cell in rows[0]] if rows else []
    at = heads.index("value") if "value" in heads else len(heads)
    values = [row[at].strip() for row in rows[1:] if at < len(row)]
    commas = [found for value in values if (found := _DECIMAL_COMMA.fullmatch(value))]
    decimal = ", decimal=','" if commas else ""
    groups = ", thousands='.'" if any(found["groups"] for found in commas) else ""
    return f"sep={sign!r}{decimal}{groups}"


def named(sign: str) -> str:
    """Name a separator.

    Examples
    --------
    >>> named(";")
    'semicolons'
    """
    return _WORDS.get(sign, repr(sign))


def encodings(data: bytes) -> str:
    """Say in which encodings a file might be, and what a line of it would say in each.

    Examples
    --------
    >>> encodings("Госкомстат".encode("cp1251"))
    "encoding='cp1251' (it says 'Госкомстат') or encoding='cp1252' (it says 'Ãîñêîìñòàò')"
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "encoding='utf-16'"
    strange = next((line for line in data.splitlines() if not line.isascii()), b"")
    said = []
    for name in _TABLE_ENCODINGS:
        try:
            said.append(f"encoding={name!r} (it says {strange.decode(name).strip()[:_SHOWN]!r})")
        except UnicodeDecodeError:
            continue
    return " or ".join(said)
