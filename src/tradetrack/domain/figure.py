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
from decimal import Decimal, InvalidOperation
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
_GROUPS = re.compile(r"[1-9]\d{0,2}([ ,])\d{3}(?:\1\d{3})*(?:\.\d+)?")
_EXPONENT = re.compile(r"[\d.]+[eE][+-]?\d+")
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
    sign, digits = ("-", plain[1:].strip()) if plain.startswith("-") else ("", plain.lstrip("+"))
    if _GROUPS.fullmatch(digits):
        digits = digits.replace(",", "").replace(" ", "")
    if _EXPONENT.fullmatch(digits):
        raise InputError(
            f"{text!r} has an exponent, which hides what was printed; write the digits as printed",
            topic="value",
        )
    try:
        number = Decimal(sign + digits)
    except InvalidOperation:
        raise InputError(
            f"{text!r} is not a number; write digits with a decimal point,"
            " for example 3.5 or 2,920",
            topic="value",
        ) from None
    if not (number.is_finite() and math.isfinite(float(number))):
        raise InputError(
            f"{text!r} is not finite; leave the row out if no number was printed", topic="value"
        )
    return number


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
        number = Decimal(repr(float(value))) if not isinstance(value, Decimal) else value
        if precision is not None:
            step = Decimal(repr(float(precision))).normalize()
            if not (step.is_finite() and step <= 1 and step.as_tuple()[:2] == (0, (1,))):
                raise InputError(
                    f"precision {precision} is not the unit of a digit; write 1, 0.1, 0.01, …",
                    topic="qualifier",
                )
            text = f"{number:.{-step.adjusted()}f}"
            return cls(text=text, unit=unit, qualifier=qualifier or "rounded")
        return cls(text=format(number, "f"), unit=unit, qualifier=qualifier or "exact")

    @property
    def value(self) -> float:
        """The printed number, in its own unit."""
        return float(parse_number(self.text))

    @property
    def interval(self) -> tuple[float, float]:
        """Lowest and highest value that the printed text allows, in its own unit."""
        number = parse_number(self.text)
        exponent = number.as_tuple().exponent
        assert isinstance(exponent, int), "finite by validation"
        unit = Decimal(1).scaleb(min(exponent, 0))
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


def _log(value: float) -> float:
    return -math.inf if value <= 0.0 else math.log(value)
