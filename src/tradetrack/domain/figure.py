r"""Figures: what was printed, read as a measurement.

With ``v`` the printed number, ``u`` the unit of its last printed digit, ``U`` that of its last
digit that is not zero ("500" → 100), and ``s = EXCESS * sqrt(U v)``:

==========  ==============  ==============================  ======================================
qualifier   printed         interval                        law
==========  ==============  ==============================  ======================================
exact       a table's cell  [v, v]                          v
rounded     "3.5"           [v - u/2, v + u/2]              equally likely everywhere in it
truncated   "3.4" for 3.48  [v, v + u] (away from zero)     equally likely everywhere in it
range       "50-55"         [first, second]                 equally likely everywhere in it
over        "exceeded 1.2"  [v, v + 3 s]                    v plus a half-normal excess of scale s
nearly      "nearly 4"      [v - 3 s, v]                    v less a half-normal excess of scale s
about       "about 2"       [v - 2 r, v + 2 r]              normal about v, r = SPREAD * sqrt(U v)
at_least    "at least 3"    [v, infinity)                   a bound
at_most     "up to 3"       (-infinity, v]                  a bound
==========  ==============  ==============================  ======================================

A whole multiple below five ("2 times", "tripled") is rounded to the nearest half, u = 1/2: whoever
finds 1.6 writes 1.6, or "over one and a half".

A hedge is a measurement: nobody writes "over 3" for 4. Where its two constants come from, and what
they lean on, is in ``docs/hedges.md``. Numbers that may be negative (growth, increments, balances)
are hedged by algebra: a fall by "over 2" is -2 with "nearly".
"""

import math
import re
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from numbers import Integral, Real
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, field_validator, model_validator

from tradetrack._checks import check_kind, shown
from tradetrack._format import amount_text, three_digits, with_unit
from tradetrack.domain.spelling import usual_unit
from tradetrack.domain.value import Positive, Value
from tradetrack.errors import InputError

Qualifier = Literal[
    "exact", "rounded", "truncated", "range", "over", "nearly", "about", "at_least", "at_most"
]
EXCESS = 0.08
"""Scale of what "over" and "nearly" leave open, in units of the root of U v."""
SPREAD = 0.2
"""Standard deviation of "about", in the same units."""
HALF_NORMAL_MEAN, HALF_NORMAL_SD = math.sqrt(2.0 / math.pi), math.sqrt(1.0 - 2.0 / math.pi)
"""Of a half-normal law of scale 1."""

SCALES = {"": 1.0, "_th": 1e3, "_mn": 1e6, "_bn": 1e9, "_tn": 1e12}
GROWTH_UNITS = ("percent", "times")
_HALF, _FIRST_WHOLE = 0.5, 5
"""What a whole multiple is rounded to, below which one."""
_GROWTH_WORDS = {"percent": "%", "times": "times"}
_SCALE_WORDS = {"thousand", "tsd", "million", "mil", "mln", "mio", "billion", "milliard", "bln"} | {
    "mrd",
    "mlrd",
    "trillion",
    "tln",
    "trn",
}
_LEVEL_UNIT = re.compile(r"([a-z]{3,12}?)(_th|_mn|_bn|_tn)?")
_CONSTANT = re.compile(r"[a-z]+(_[a-z]+)*_((19|20)\d\d|constant|real)(_[a-z]+)*")
_GROUPS = re.compile(r"[1-9]\d{0,2}([ ,])\d{3}(?:\1\d{3})*(?:\.\d+)?", re.ASCII)
_NUMBER = re.compile(r"\d+(?:\.\d*)?|\.\d+", re.ASCII)
_RANGE = re.compile(r"([-+]?[\d., ]*\d)\s*(?:-|\.\.|to)\s*([-+]?[\d., ]*\d)", re.ASCII)
_WITH_WORDS = re.compile(r"\d.*[^\W\d_]|[^\W\d_].*\d|[%$€£~≈<>≤≥]")
_EXPONENT = re.compile(r"[\d.]+[eE][+-]?\d+", re.ASCII)
_NOT_FINITE = re.compile(r"s?nan|inf|infinity", re.IGNORECASE)
_LARGE = 1e4
"""From here on an amount is written in a larger scale of its unit."""
_SHORT = 4
"""Digits of a printed amount that a sentence repeats; it rounds what has more."""
_LONGEST = 400
"""Digits of a number; the largest float has 309 before its point."""
_SPACES = str.maketrans(
    {"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2212": "-", "\u2013": "-", "\u2014": "-"}
)


@lru_cache(maxsize=4096)
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
    usual = usual_unit(unit) if isinstance(unit, str) else ""
    if usual and usual != unit:
        raise InputError(f"unknown unit {unit!r}; write {usual}", topic="unit")
    match = _LEVEL_UNIT.fullmatch(unit) if isinstance(unit, str) else None
    if match is None and isinstance(unit, str) and _CONSTANT.fullmatch(unit):
        raise InputError(
            f"the unit {shown(unit)} is of constant prices, which no goal and no other figure"
            " is in; write the figure at current prices, or leave it out",
            topic="unit",
        )
    if match is None or unit in GROWTH_UNITS or match[1].removesuffix("s") in _SCALE_WORDS:
        raise InputError(
            f"unknown unit {shown(unit)}; write a currency and a scale such as usd, usd_th, usd_mn,"
            " usd_bn or eur_mn, or percent or times for growth",
            topic="unit",
        )
    return match[1], SCALES[match[2] or ""]


def measured(value: float, unit: str) -> str:
    """Write growth or an amount with three digits; a long number in a larger scale of its unit.

    Examples
    --------
    >>> measured(587793107.0, "usd"), measured(4.2, "usd_bn"), measured(12.04, "percent")
    ('US$ 588 mn', 'US$ 4.20 bn', '12 %')
    """
    if unit in GROWTH_UNITS:
        return f"{amount_text(value, 3)} {_GROWTH_WORDS[unit]}"
    counted, factor = split_unit(unit)
    larger = [(scale, value * factor / size) for scale, size in SCALES.items() if size >= factor]
    scale, number = next((one for one in larger if abs(one[1]) < _LARGE), larger[-1])
    return with_unit(three_digits(number), f"{counted}{scale}")


@lru_cache(maxsize=4096)
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
            f"{shown(text)} has an exponent, which hides what was printed; write the digits as"
            " printed",
            topic="value",
        )
    if _NOT_FINITE.fullmatch(digits) or len(digits) > _LONGEST:
        raise _not_finite(text)
    if not _NUMBER.fullmatch(digits):
        apart = ", and its unit and its wording beside it" if _WITH_WORDS.search(digits) else ""
        raise InputError(
            f"{shown(text)} is not a number; write digits with a decimal point,"
            f" for example 3.5 or 2,920{apart}",
            topic="value",
        )
    number = Decimal(f"-{digits}" if plain.startswith("-") else digits)
    if not math.isfinite(float(number)):
        raise _not_finite(text)
    return number


def _not_finite(text: str) -> InputError:
    return InputError(
        f"{shown(text)} is not finite; leave the row out if no number was printed", topic="value"
    )


def is_range(text: str) -> bool:
    """Whether a text prints two ends, as in ``50-55``.

    Examples
    --------
    >>> is_range("50\u201355"), is_range("-5")
    (True, False)
    """
    return _RANGE.fullmatch(text.translate(_SPACES).strip()) is not None


def parse_range(text: str) -> tuple[Decimal, Decimal]:
    """Read both ends of a printed range: ``50-55``, ``3.2 to 3.4``.

    Raises
    ------
    InputError
        If the text is not two numbers, or the first is the larger one.
    """
    match = _RANGE.fullmatch(text.translate(_SPACES).strip())
    if match is None:
        raise InputError(
            f"{shown(text)} is not a range; write both ends, for example 50-55, or another"
            " qualifier",
            topic="value",
        )
    first, second = parse_number(match[1]), parse_number(match[2])
    if first > second:
        raise InputError(
            f"the range {shown(text)} ends below its start; write the lower end first",
            topic="value",
        )
    return first, second


class Figure(Value):
    """A printed figure.

    Attributes
    ----------
    text
        The number, or the two ends of a range, as printed.
    unit
        ``usd_bn``, ``usd_mn``, ``eur_th``, … for levels; ``percent`` (change) or ``times``
        (ratio) for growth.
    qualifier
        How the number was hedged; see the table at the top of this module.
    digit
        Unit of the last digit that was printed (``u`` and ``U`` of that table), where the text
        does not show it: of a figure that was converted from another currency.

    Examples
    --------
    >>> Figure.of("3.5", "usd_bn").interval
    (3.45, 3.55)
    >>> Figure.of("2,920", "usd_mn").interval
    (2919.5, 2920.5)
    >>> Figure.of("50-55", "usd_mn").interval
    (50.0, 55.0)
    >>> Figure.of("1.2", "usd_bn", "at_least").interval
    (1.2, inf)
    """

    text: Annotated[str, AfterValidator(str.strip)]
    unit: str
    qualifier: Qualifier = "rounded"
    digit: Positive | None = Field(default=None, exclude_if=lambda digit: digit is None)

    @field_validator("unit")
    @classmethod
    def _known(cls, unit: str) -> str:
        if unit not in GROWTH_UNITS:
            split_unit(unit)
        return unit

    @model_validator(mode="after")
    def _readable(self) -> "Figure":
        if self.qualifier == "range":
            parse_range(self.text)
        elif is_range(self.text):
            raise InputError(
                f"{self.text!r} is a range; write the qualifier range, or one number",
                "qualifier",
                topic="qualifier",
            )
        else:
            parse_number(self.text)
        if self.digit is not None and self.qualifier not in ("rounded", "over", "nearly", "about"):
            raise InputError(
                f"a figure that is {self.qualifier} has no digit; leave it out",
                "digit",
                topic="qualifier",
            )
        return self

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
            Text is rounded to its last printed digit, or a range if it has two ends; a number is
            exact, unless the qualifier says otherwise.
        unit
            Unit of the value.
        qualifier
            How it was said.
        precision
            For a number: the unit of the last digit that is known: ``1``, ``0.1``, ``0.01``, …
        """
        if isinstance(value, str):
            return cls(text=value, unit=unit, qualifier=qualifier or usual_qualifier(value))
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
        """The printed number in its own unit; the middle of a range."""
        return _value(self.text, self.qualifier)

    @property
    def ratio(self) -> float:
        """The printed growth as the ratio of the two levels; a level as it is."""
        return self._ratio(self.value)

    @property
    def interval(self) -> tuple[float, float]:
        """Lowest and highest value that the wording leaves open, in its own unit."""
        return _interval(self.text, self.qualifier, self._rounded_to)

    @property
    def one_sided(self) -> bool:
        """Whether only a bound was printed."""
        return self.qualifier in ("at_least", "at_most")

    @property
    def claim(self) -> bool:
        """Whether the wording names a side on which the number is: over, nearly and the bounds."""
        return self.one_sided or self.qualifier in ("over", "nearly")

    def log_interval(self, unit: str | None = None) -> tuple[float, float]:
        """Return the interval in natural logs.

        Parameters
        ----------
        unit
            For a level: the unit whose log is taken. For growth, leave it out: the log of the
            ratio of the two levels is returned.
        """
        low, high = map(self._ratio, self.interval)
        if not self.one_sided:  # a fall by about 99 % leaves something
            low = max(low, high / 16.0)
        factor = self._factor(unit)
        return _log(low * factor), _log(high * factor)

    def log_law(self, unit: str | None = None) -> tuple[float, float]:
        r"""Mean and standard deviation of the log of the true number, given the wording.

        A uniform law of width ``w`` (in logs) has standard deviation :math:`w/\sqrt{12}`; a
        half-normal excess of scale ``s`` has mean :math:`s\sqrt{2/\pi}` and standard deviation
        :math:`s\sqrt{1 - 2/\pi}`.

        Parameters
        ----------
        unit
            As for `log_interval`.

        Raises
        ------
        InputError
            If only a bound was printed: it has no such law.

        Examples
        --------
        >>> centre, spread = Figure.of("3", "usd_bn", "over").log_law()
        >>> round(math.exp(centre), 2), round(spread, 3)
        (3.11, 0.028)
        """
        self._refuse_bound()
        ratio = self.ratio
        centre, scale = _log(ratio * self._factor(unit)), self._root / _per_ratio(self.unit) / ratio
        match self.qualifier:
            case "over" | "nearly":
                excess = EXCESS * scale
                sign = 1.0 if self.qualifier == "over" else -1.0
                return centre + sign * HALF_NORMAL_MEAN * excess, HALF_NORMAL_SD * excess
            case "about":
                return centre, SPREAD * scale
            case _:
                low, high = self.log_interval(unit)
                return (low + high) / 2, (high - low) / math.sqrt(12.0)

    def amount_interval(self, unit: str) -> tuple[float, float]:
        """Return the interval in another unit of money; unlike a log, of any sign.

        Examples
        --------
        >>> Figure.of("-250", "usd_mn", "exact").amount_interval("usd_bn")
        (-0.25, -0.25)
        """
        low, high = self.interval
        factor = self._factor(unit)
        return low * factor, high * factor

    def amount_law(self, unit: str) -> tuple[float, float]:
        """Mean and standard deviation of the true amount in another unit; `log_law` without logs.

        Raises
        ------
        InputError
            If only a bound was printed.

        Examples
        --------
        >>> mean, spread = Figure.of("-0.4", "usd_bn").amount_law("usd_mn")
        >>> round(mean, 6), round(spread, 2)
        (-400.0, 28.87)
        """
        self._refuse_bound()
        factor = self._factor(unit)
        match self.qualifier:
            case "over" | "nearly":
                excess = EXCESS * self._root
                sign = 1.0 if self.qualifier == "over" else -1.0
                mean, spread = (
                    self.value + sign * HALF_NORMAL_MEAN * excess,
                    HALF_NORMAL_SD * excess,
                )
            case "about":
                mean, spread = self.value, SPREAD * self._root
            case _:
                low, high = self.interval
                mean, spread = (low + high) / 2, (high - low) / math.sqrt(12.0)
        return mean * factor, spread * factor

    def _refuse_bound(self) -> None:
        if self.one_sided:
            raise InputError(f"{self} is a bound; it has an interval only")

    @property
    def _rounded_to(self) -> float | None:
        """Unit of the last printed digit, where it is not that of the text."""
        if self.digit is not None or (self.unit, self.qualifier) != ("times", "rounded"):
            return self.digit
        whole = "." not in self.text
        return _HALF if whole and parse_number(self.text) < _FIRST_WHOLE else None

    @property
    def _root(self) -> float:
        return _root(self.text, self.qualifier, self.digit)

    def _ratio(self, value: float) -> float:
        """A level as it is; growth as the ratio of the two levels."""
        return 1.0 + value / 100.0 if self.unit == "percent" else value

    def _factor(self, unit: str | None) -> float:
        """How many of another unit make one of a level's."""
        if self.unit in GROWTH_UNITS:
            return 1.0
        if unit is None:
            return 1.0
        check_kind("unit", unit, str, "write one such as 'usd_bn'")
        return split_unit(self.unit)[1] / split_unit(unit)[1]

    def words(self, unit: str = "") -> str:
        """Write it for a reader; ``str`` writes it as it was printed.

        Parameters
        ----------
        unit
            Unit in which an amount of more than four digits is written, with three of them; with
            every digit if it is left out.

        Examples
        --------
        >>> Figure.of("3", "usd_bn", "over").words("usd_bn")
        'over US$ 3 bn'
        >>> long = Figure.of("587793107", "usd")
        >>> long.words(), long.words("usd_bn")
        ('US$ 587,793,107', 'US$ 0.588 bn')
        """
        if self.unit in GROWTH_UNITS:
            return str(self)
        text, written = f"{self.text}{self._spread}", self.unit
        if self.qualifier != "range":
            number = parse_number(self.text)
            text = f"{number:,f}{self._spread}"
            if unit and len(number.as_tuple().digits) > _SHORT:
                text, written = three_digits(self.value * self._factor(unit)), unit
        return f"{self._hedge}{with_unit(text, written)}"

    @property
    def _hedge(self) -> str:
        word = self.qualifier.replace("_", " ")
        return f"{word} " if self.claim or self.qualifier == "about" else ""

    @property
    def _spread(self) -> str:
        if self.digit is None or self.qualifier != "rounded":
            return ""
        return f" ± {plain_text(float(f'{self.digit / 2:.2g}'))}"

    def __str__(self) -> str:
        name = _GROWTH_WORDS.get(self.unit, self.unit.replace("_", " "))
        return f"{self._hedge}{self.text}{self._spread} {name}"


# A ledger asks for the numbers of a figure again and again, and fractions are slow.


@lru_cache(maxsize=4096)
def _value(text: str, qualifier: Qualifier) -> float:
    low, high = _ends(text, qualifier)
    return float((low + high) / 2)


@lru_cache(maxsize=4096)
def _interval(text: str, qualifier: Qualifier, digit: float | None) -> tuple[float, float]:
    low, high = _ends(text, qualifier)
    unit, number = _digit(text, qualifier, digit), float(low)
    match qualifier:
        case "rounded":
            low, high = low - unit / 2, high + unit / 2
        case "truncated":
            low, high = (low, high + unit) if low >= 0 else (low - unit, high)
        case "over":
            return number, number + 3.0 * EXCESS * _root(text, qualifier, digit)
        case "nearly":
            return number - 3.0 * EXCESS * _root(text, qualifier, digit), number
        case "about":
            spread = 2.0 * SPREAD * _root(text, qualifier, digit)
            return number - spread, number + spread
        case "at_least":
            return number, math.inf
        case "at_most":
            return -math.inf, number
        case "exact" | "range":
            pass
    return float(low), float(high)


@lru_cache(maxsize=4096)
def _root(text: str, qualifier: Qualifier, digit: float | None) -> float:
    """Root of ``U v``; of a zero, its digit stands for both."""
    if qualifier == "range":
        return 0.0
    size, unit = abs(_ends(text, qualifier)[0]), _digit(text, qualifier, digit)
    while digit is None and size and size % (10 * unit) == 0:
        unit *= 10
    return math.sqrt(float(unit) * float(max(size, unit)))


def _ends(text: str, qualifier: Qualifier) -> tuple[Fraction, Fraction]:
    """The printed number, twice; or the ends of a range. Fractions know no decimal context."""
    if qualifier == "range":
        first, second = parse_range(text)
        return Fraction(first), Fraction(second)
    number = Fraction(parse_number(text))
    return number, number


def _digit(text: str, qualifier: Qualifier, digit: float | None) -> Fraction:
    """``u``, exactly; of a whole number, 1."""
    if digit is not None:
        return Fraction(digit)
    places = 0 if qualifier == "range" else parse_number(text).as_tuple().exponent
    assert isinstance(places, int), "finite by validation"
    return Fraction(10) ** min(places, 0)


def usual_qualifier(text: str) -> Qualifier:
    """Return how a printed text is read if nothing is said: rounded, or a range.

    Examples
    --------
    >>> usual_qualifier("3.5"), usual_qualifier("50-55")
    ('rounded', 'range')
    """
    return "range" if is_range(text) else "rounded"


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


def _per_ratio(unit: str) -> float:
    return 100.0 if unit == "percent" else 1.0


def _log(value: float) -> float:
    return -math.inf if value <= 0.0 else math.log(value)
