"""Figures: what was printed, read as an interval.

==========  ==============  ===========================================================
qualifier   printed         read as (``u`` is the unit of the last printed digit)
==========  ==============  ===========================================================
exact       a table's cell  [v, v]
rounded     "3.5"           [v - u/2, v + u/2]
truncated   "3.4" for 3.48  [v, v + u]
about       "about 2"       [max(v - u, v/2), v + u] for levels, [v - u, v + u] for growth
over        "exceeded 1.2"  [v, infinity)
nearly      "nearly 4"      (-infinity, v]
==========  ==============  ===========================================================
"""

import math
import re
from decimal import Decimal
from fractions import Fraction
from numbers import Integral, Real
from typing import Literal

from pydantic import field_validator

from tradetrack.domain.value import Value
from tradetrack.errors import InputError

Qualifier = Literal["exact", "rounded", "truncated", "about", "over", "nearly"]

SCALES = {"": 1.0, "_th": 1e3, "_mn": 1e6, "_bn": 1e9, "_tn": 1e12}
GROWTH_UNITS = ("percent", "times")
_SCALE_WORDS = {"thousand", "tsd", "million", "mil", "mln", "mio", "billion", "milliard", "bln"} | {
    "mrd",
    "mlrd",
    "trillion",
    "tln",
    "trn",
}
_LEVEL_UNIT = re.compile(r"([a-z]{3,12}?)(_th|_mn|_bn|_tn)?")
_GROUPS = re.compile(r"[1-9]\d{0,2}([ ,])\d{3}(?:\1\d{3})*(?:\.\d+)?", re.ASCII)
_NUMBER = re.compile(r"\d+(?:\.\d*)?|\.\d+", re.ASCII)
_EXPONENT = re.compile(r"[\d.]+[eE][+-]?\d+", re.ASCII)
_NOT_FINITE = re.compile(r"s?nan|inf|infinity", re.IGNORECASE)
_LONGEST = 400
"""Digits of a number; the largest float has 309 before its point."""
_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2212": "-", "\u2013": "-"})


def split_unit(unit: str) -> tuple[str, float]:
    """Split a level's unit into what is counted and how many of it make one.

    Raises
    ------
    InputError
        If the unit is unknown.

    Examples
    --------
    >>> split_unit("usd_mn")
    ('usd', 1000000.0)
    """
    match = _LEVEL_UNIT.fullmatch(unit)
    if match is None or unit in GROWTH_UNITS or match[1].removesuffix("s") in _SCALE_WORDS:
        raise InputError(
            f"unknown unit {unit!r}; write a currency and a scale such as usd, usd_th, usd_mn,"
            " usd_bn or eur_mn, or percent or times for growth",
            topic="unit",
        )
    return match[1], SCALES[match[2] or ""]


def parse_number(text: str) -> Decimal:
    """Read a printed number: ``3.5``, ``2,920``, ``3 333 503``, ``-16.5``.

    Raises
    ------
    InputError
        If the text is not one number, its separators could be read in two ways, or it has an
        exponent: ``1.9e9`` does not say which digits were printed.
    """
    plain = text.translate(_SPACES).strip()
    digits = plain[1:].strip() if plain.startswith(("-", "+")) else plain
    if _GROUPS.fullmatch(digits):
        digits = digits.replace(",", "").replace(" ", "")
    if _EXPONENT.fullmatch(digits):
        raise InputError(
            f"{text!r} has an exponent, which hides what was printed; write the digits as printed",
            topic="value",
        )
    if _NOT_FINITE.fullmatch(digits) or len(digits) > _LONGEST:
        raise _not_finite(text)
    if not _NUMBER.fullmatch(digits):
        raise InputError(
            f"{text!r} is not a number; write digits with a decimal point,"
            " for example 3.5 or 2,920",
            topic="value",
        )
    number = Decimal(f"-{digits}" if plain.startswith("-") else digits)
    if not math.isfinite(float(number)):
        raise _not_finite(text)
    return number


def _not_finite(text: str) -> InputError:
    return InputError(
        f"{text!r} is not finite; leave the row out if no number was printed", topic="value"
    )


class Figure(Value):
    """A printed figure.

    Attributes
    ----------
    text
        The number as printed.
    unit
        ``usd_bn``, ``usd_mn``, ``eur_th``, … for levels; ``percent`` (change) or ``times``
        (ratio) for growth.
    qualifier
        How the number was said; see the table at the top of this module.

    Examples
    --------
    >>> Figure.of("3.5", "usd_bn").interval
    (3.45, 3.55)
    >>> Figure.of("2,920", "usd_mn").interval
    (2919.5, 2920.5)
    >>> Figure.of("1.2", "usd_bn", "over").interval
    (1.2, inf)
    """

    text: str
    unit: str
    qualifier: Qualifier = "rounded"

    @field_validator("text")
    @classmethod
    def _readable(cls, text: str) -> str:
        parse_number(text)
        return text.strip()

    @field_validator("unit")
    @classmethod
    def _known(cls, unit: str) -> str:
        if unit not in GROWTH_UNITS:
            split_unit(unit)
        return unit

    @classmethod
    def of(
        cls,
        value: str | float | Decimal,
        unit: str,
        qualifier: Qualifier | None = None,
        *,
        precision: float | None = None,
    ) -> "Figure":
        """Make a figure from text or from a number.

        Parameters
        ----------
        value
            Text is rounded to its last printed digit, a number is exact, unless said otherwise.
        unit
            Unit of the value.
        qualifier
            How it was said.
        precision
            For a number: the unit of the last digit that is known: ``1``, ``0.1``, ``0.01``, …
        """
        if isinstance(value, str):
            return cls(text=value, unit=unit, qualifier=qualifier or "rounded")
        text = plain_text(value)
        if precision is None:
            return cls(text=text, unit=unit, qualifier=qualifier or "exact")
        places = _places(precision)
        # In whole numbers: a Decimal would round as the program's own context says.
        steps = round(Fraction(text) * 10**places)
        text = format(Decimal(f"{steps}e-{places}"), "f")
        return cls(text=text, unit=unit, qualifier=qualifier or "rounded")

    @property
    def value(self) -> float:
        """The printed number, in its own unit."""
        return float(parse_number(self.text))

    @property
    def interval(self) -> tuple[float, float]:
        """Lowest and highest value that the printed text allows, in its own unit."""
        number, unit = Fraction(parse_number(self.text)), self._digit
        low, high = number, number
        match self.qualifier:
            case "over":
                return float(number), math.inf
            case "nearly":
                return -math.inf, float(number)
            case "rounded":
                low, high = number - unit / 2, number + unit / 2
            case "truncated":
                low, high = number, number + unit
            case "about":
                low, high = number - unit, number + unit
                if self.unit not in GROWTH_UNITS:
                    low = max(low, number / 2)
            case "exact":
                pass
        return float(low), float(high)

    @property
    def _digit(self) -> Fraction:
        """Unit of the last printed digit, exactly; fractions know no decimal context."""
        exponent = parse_number(self.text).as_tuple().exponent
        assert isinstance(exponent, int), "finite by validation"
        return Fraction(10) ** min(exponent, 0)

    @property
    def one_sided(self) -> bool:
        """Whether only a bound was printed."""
        return self.qualifier in ("over", "nearly")

    def log_interval(self, unit: str | None = None) -> tuple[float, float]:
        """Return the interval in natural logs.

        Parameters
        ----------
        unit
            For a level: the unit whose log is taken. For growth, leave it out: the log of the
            ratio of the two levels is returned.
        """
        low, high = self.interval
        if self.unit in GROWTH_UNITS:
            if self.unit == "percent":
                low, high = 1.0 + low / 100.0, 1.0 + high / 100.0
            return _log(low), _log(high)
        factor = split_unit(self.unit)[1] / split_unit(unit or self.unit)[1]
        return _log(low * factor), _log(high * factor)

    def __str__(self) -> str:
        said = {"over": "over ", "nearly": "nearly ", "about": "about "}.get(self.qualifier, "")
        name = {"percent": "%", "times": "times"}.get(self.unit, self.unit.replace("_", " "))
        return f"{said}{self.text} {name}"


def plain_text(value: object) -> str:
    """Write a number with the digits that Python shows of it, without an exponent.

    Raises
    ------
    InputError
        If it is no number, is not finite, or is beyond what a float holds.

    Examples
    --------
    >>> plain_text(1.9e18), plain_text(Decimal("4.20"))
    ('1900000000000000000', '4.20')
    """
    if isinstance(value, bool) or not isinstance(value, Real | Decimal):
        raise InputError(
            f"an object of type {type(value).__name__} is not a number; pass text as printed, or a"
            " number",
            topic="value",
        )
    try:
        nearest = float(value)
    except (OverflowError, ValueError):  # a signalling NaN is a ValueError
        nearest = math.inf
    if not math.isfinite(nearest) or (nearest == 0.0 and value != 0):
        raise InputError(
            "the number is nearer to 0 than a float can be; use a smaller unit"
            if nearest == 0.0
            else f"the number {nearest} is not finite; leave the row out if no number was printed",
            topic="value",
        )
    if isinstance(value, Integral):
        return str(int(value))
    return format(value if isinstance(value, Decimal) else Decimal(repr(nearest)), "f")


def _places(precision: object) -> int:
    """Return the decimal places that a precision of 1, 0.1, 0.01 and so on asks for."""
    step = float(precision) if isinstance(precision, Real) else math.nan
    places = -round(math.log10(step)) if 0.0 < step <= 1.0 else -1
    if places < 0 or not math.isclose(step, 10.0**-places, rel_tol=1e-9):
        raise InputError(
            f"precision {str(precision)[:40]} is not the unit of a digit; write 1, 0.1, 0.01, …",
            topic="qualifier",
        )
    return places


def _log(value: float) -> float:
    return -math.inf if value <= 0.0 else math.log(value)
