r"""What a spreadsheet shows of a number: the digits that its cell's number format prints.

A cell holds 3.48 and shows "3.5" under the format ``0.0``: the figure that its author published is
3.5. ``General`` shows up to 15 digits, all that a spreadsheet keeps. A format that scales, or puts
words beside the number, says something else than the number itself, and is refused.
"""

import re
from decimal import ROUND_HALF_UP, Context, Decimal

from tradetrack.errors import InputError

_KEPT = 15  # significant digits that a spreadsheet keeps of a number
_WIDE = Context(prec=400, rounding=ROUND_HALF_UP)
_GENERAL = ("general", "@", "")
# What changes no digit: colours, currencies, padding, escaped signs, quoted signs.
_ASIDE = re.compile(
    r"\[(?:black|blue|cyan|green|magenta|red|white|yellow|color ?\d+)\]|\[\$([^\]-]*)(?:-[^\]]*)?\]"
    r"|_.|\*.|\\(.)|\"([^\"]*)\"",
    re.IGNORECASE,
)
_DIGITS = re.compile(
    r"(?P<whole>[#0?](?:[#0?, ]*[#0?])?)?(?:\.(?P<places>[#0?]*))?(?P<percent> ?%)?"
)
_SCALE = re.compile(r"th|mn|ml|mi|bn|bl|bi|mrd|\bm\b|\bk\b|тыс|млн|млрд|трлн|%", re.IGNORECASE)
_QUIET = re.compile(r"[\s()+\-\u2212$\u20ac\u00a3\u00a5\u20b8\u20bd\u20b9.]*")  # beside a number


def shown(value: float, number_format: str) -> tuple[str, bool]:
    """Return the number that a cell shows, as text, and whether it is shown as a percentage.

    Parameters
    ----------
    value
        What the cell holds.
    number_format
        How it is shown, in the language of spreadsheets.

    Raises
    ------
    InputError
        If the format scales the number, writes words beside it, or shows it otherwise than with
        digits and a decimal point.

    Examples
    --------
    >>> shown(3.48, "0.0"), shown(3.48, "General"), shown(1234.5, "#,##0"), shown(0.155, "0.0%")
    (('3.5', False), ('3.48', False), ('1,235', False), ('15.5', True))
    """
    if number_format.casefold() in _GENERAL:
        return _plain(_kept(value)), False
    section = _section(value, number_format)
    bare = _ASIDE.sub(lambda found: _beside(found, number_format), section).strip(" ()+-$")
    found = _DIGITS.fullmatch(bare)
    if found is None or not (found["whole"] or found["places"]):
        raise _unreadable(number_format, "does not show plain digits")
    return _digits(_kept(value), found)


def _kept(value: float) -> Decimal:
    """Return the digits that a spreadsheet keeps: 0.1 + 0.2 is 0.3 there."""
    return Decimal(f"{value:.{_KEPT}g}")


def _plain(number: Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _digits(number: Decimal, found: "re.Match[str]") -> tuple[str, bool]:
    pattern = found["places"] or ""
    if found["percent"]:
        number = number.scaleb(2, _WIDE)
    text = format(number.quantize(Decimal(1).scaleb(-len(pattern)), context=_WIDE), "f")
    whole, _, places = text.partition(".")
    least = len(pattern.rstrip("#?"))  # of the others, zeros at the end are not shown
    places = places[:least] + places[least:].rstrip("0")
    if "," in (found["whole"] or ""):
        whole = f"{Decimal(whole):,f}" if whole.strip("-0") else whole
    return f"{whole}.{places}" if places else whole, bool(found["percent"])


def _section(value: float, number_format: str) -> str:
    """Return the part of a format that holds for a number of this sign."""
    sections = re.split(r";(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", number_format)
    if any(re.search(r"\[[<>=]", section) for section in sections):
        raise _unreadable(number_format, "depends on the size of the number")
    if value < 0 and len(sections) > 1:
        if "-" not in sections[1] and "(" not in sections[1]:
            raise _unreadable(number_format, "hides the sign of the number")
        return sections[1]
    return sections[2] if value == 0 and len(sections) > 2 else sections[0]


def _beside(found: "re.Match[str]", number_format: str) -> str:
    """Leave out what stands beside the digits, if it says nothing about them."""
    said = found[1] or found[2] or found[3] or ""
    scaled = _SCALE.search(said) if found[1] is not None else not _QUIET.fullmatch(said)
    if scaled:
        raise _unreadable(number_format, f"writes {said.strip()!r} beside the number")
    return " " if said == " " and found[2] else ""


def _unreadable(number_format: str, why: str) -> InputError:
    return InputError(
        f"the number format {number_format!r} {why}; give the cell a format such as 0.0 or"
        " #,##0.00, and write the unit in its own column",
        topic="workbook",
    )
