"""Amounts: how much a goal asks for, absolutely or by what something else comes to.

One grammar serves Python, the command line and tables of goals:

=======================  ===========================================  =================
written                  asks for                                     class
=======================  ===========================================  =================
``10``                   10 of the series' unit                       a plain number
``500 usd_mn``           that much, whatever the series' unit         `Absolute`
``2x 2023``              twice the total of 2023                      `Multiple`
``+50% 2024``            half as much again as in 2024                `Multiple`
``+4 2024``              4 more than in 2024, in the series' unit     `Increase`
``+15%``                 15 % more than in the same months before     `YearGrowth`
``15% a year from 2024`` what this growth makes of the total of 2024   `AverageGrowth`
=======================  ===========================================  =================
"""

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, field_validator

from tradetrack._checks import check_kind, is_number, shown
from tradetrack._format import amount_text
from tradetrack.domain.figure import parse_number, split_unit
from tradetrack.domain.spelling import scale_of, usual_unit
from tradetrack.domain.value import Value
from tradetrack.domain.window import Window
from tradetrack.errors import InputError

_NUMBER = r"(?P<number>[+\-\u2212]?(?:\d{1,3}(?:[ \u00a0]\d{3})+(?!\d)(?:\.\d+)?|[\d.,\u00a0]*\d))"
_BASE = r"(?P<base>\S.*)"
_OF = r"(?:(?:as much as in|as in|the total of|from|on|since|over|than|of|in|vs|to|against)\s+)?"
_LETTER = r"(?:[^\W\d]|[$€£₸₽₹₺₴₼₾])"
_UNIT = rf"(?P<unit>{_LETTER}[^\d]*?)"
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
_YEARLY = r"(?:a year|per year|per annum|p\.a\.|annually|yearly|/ ?year)"
_TIMES = {"twice": "2x", "double": "2x", "triple": "3x", "half": "0.5x"}
_LEAST_RATE = -1.0


def _digits(value: float, sign: str = "") -> str:
    """Write a number without an exponent, which the grammar does not have."""
    return f"{Decimal(f'{value:.12g}'):{sign}f}"


class Absolute(Value):
    """A level with a unit of its own.

    Attributes
    ----------
    value
        The level; negative only of a balance.
    unit
        As of a series, ``"usd_mn"``.

    Examples
    --------
    >>> print(Absolute(500, "usd_mn"))
    500 usd_mn
    """

    kind: Literal["absolute"] = "absolute"
    value: float = Field(kw_only=False)
    unit: str = Field(kw_only=False)

    _pattern: ClassVar = re.compile(rf"(?P<sign>{_LETTER}{{0,3}})\s*{_NUMBER}\s*{_UNIT}?")

    @field_validator("unit")
    @classmethod
    def _known(cls, unit: str) -> str:
        split_unit(unit)
        return unit

    def __str__(self) -> str:
        return f"{_digits(self.value)} {self.unit}"


class Multiple(Value):
    """So many times the total of a base window, on each path.

    Attributes
    ----------
    factor
        2 for twice as much, 1.5 for half as much again; below 1 asks for less than the base.
    base
        The window whose total is multiplied.

    Examples
    --------
    >>> print(Multiple(2, "2023"))
    2x 2023
    """

    kind: Literal["multiple"] = "multiple"
    factor: Annotated[float, Field(gt=0.0)] = Field(kw_only=False)
    base: Window = Field(kw_only=False)

    if TYPE_CHECKING:  # a window may be text

        def __init__(self, factor: float, base: Window | str) -> None: ...

    _pattern: ClassVar = re.compile(rf"{_NUMBER}\s*(?:x|×|times|-?fold)\s+{_OF}{_BASE}")

    def __str__(self) -> str:
        return f"{_digits(self.factor)}x {self.base}"


class Increase(Value):
    """So much more than in a base window, on each path.

    Attributes
    ----------
    value
        How much more; negative for less.
    base
        The window compared with.
    unit
        Of the value; empty for the unit of the goal's series.

    Examples
    --------
    >>> print(Increase(4, "2024"))
    +4 2024
    """

    kind: Literal["increase"] = "increase"
    value: float = Field(kw_only=False)
    base: Window = Field(kw_only=False)
    unit: str = ""

    if TYPE_CHECKING:  # a window may be text

        def __init__(self, value: float, base: Window | str, *, unit: str = "") -> None: ...

    _pattern: ClassVar = re.compile(
        rf"(?=[+\-\u2212]){_NUMBER}(?:\s*{_UNIT})?\s+{_OF}(?P<base>(?:\S*\d|{_MONTH}).*)"
    )

    @field_validator("unit")
    @classmethod
    def _known(cls, unit: str) -> str:
        if unit:
            split_unit(unit)
        return unit

    def __str__(self) -> str:
        unit = f"{self.unit} " if self.unit else ""
        return f"{_digits(self.value, '+')} {unit}{self.base}"


class YearGrowth(Value):
    """Growth of a window over the same months of the year before, on each path.

    Attributes
    ----------
    rate
        A fraction: 0.15 is 15 %.

    Examples
    --------
    >>> print(YearGrowth(0.15))
    +15%
    """

    kind: Literal["year_growth"] = "year_growth"
    rate: Annotated[float, Field(gt=_LEAST_RATE)] = Field(kw_only=False)

    _pattern: ClassVar = re.compile(rf"{_NUMBER}\s*%(?: (?:yoy|y/y|year on year))?")

    def __str__(self) -> str:
        return f"{_digits(100.0 * self.rate, '+')}%"


class AverageGrowth(Value):
    r"""What so much growth a year from a base window leads to by the deadline, on each path.

    .. math:: \text{base} \, (1 + \text{rate})^{\text{months from base to deadline} / 12}

    An earlier window that comes to as much meets the goal, as it does any level.

    Attributes
    ----------
    rate
        A fraction a year: 0.15 is 15 %.
    base
        The window from whose end on it counts.

    Examples
    --------
    >>> print(AverageGrowth(0.15, "2024"))
    15% a year from 2024
    """

    kind: Literal["average_growth"] = "average_growth"
    rate: Annotated[float, Field(gt=_LEAST_RATE)] = Field(kw_only=False)
    base: Window = Field(kw_only=False)

    if TYPE_CHECKING:  # a window may be text

        def __init__(self, rate: float, base: Window | str) -> None: ...

    _pattern: ClassVar = re.compile(rf"{_NUMBER}\s*%\s*{_YEARLY}\s+{_OF}{_BASE}")

    def __str__(self) -> str:
        return f"{_digits(100.0 * self.rate)}% a year from {self.base}"


Relative = Multiple | Increase | YearGrowth | AverageGrowth
Typed = Absolute | Relative
_MORE = re.compile(rf"(?=[+\-\u2212]){_NUMBER}\s*%\s+{_OF}{_BASE}")
_SHARE = re.compile(rf"{_NUMBER}\s*%\s+of\s+{_BASE}")
_LEVEL = re.compile(_NUMBER)
_COMPARED = re.compile(
    r"(?P<amount>[^+\-\u2212].*?) (?P<side>more|higher|above|less|lower|below)(?: than)? (?:in )?"
    r"(?P<base>.+)"
)
_WITHOUT_BASE = re.compile(
    rf"{_NUMBER}\s*(?:(?:x|×|times|-?fold)|%\s*{_YEARLY})|double|triple|twice"
)


def read_amount(text: str) -> float | Typed:
    """Read an amount as people type it; the table above has the grammar.

    Raises
    ------
    InputError
        If it is none of these.

    Examples
    --------
    >>> read_amount("10"), read_amount("+50% 2024")
    (10.0, Multiple(factor=1.5, base=Window('2024')))
    >>> print(read_amount("US$ 5 billion"), read_amount("twice Q1 2023"), sep=", ")
    5 usd_bn, 2x 2023-01..2023-03
    """
    check_kind("amount", text, str, "write a text such as '2x 2023'")
    plain = _plainly(text)
    if _LEVEL.fullmatch(plain):
        return float(parse_number(plain))
    if found := AverageGrowth._pattern.fullmatch(plain):
        return AverageGrowth(_share(found["number"]), found["base"])
    if found := YearGrowth._pattern.fullmatch(plain):
        return YearGrowth(_share(found["number"]))
    if found := _SHARE.fullmatch(plain):
        return Multiple(_share(found["number"]), found["base"])
    if found := _MORE.fullmatch(plain):
        return Multiple(float(1 + parse_number(found["number"]) / 100), found["base"])
    if found := Multiple._pattern.fullmatch(plain):
        return Multiple(float(parse_number(found["number"])), found["base"])
    if found := Increase._pattern.fullmatch(plain):
        unit = _unit(found["unit"] or "", found["number"])
        return Increase(float(parse_number(found["number"])), found["base"], unit=unit)
    if (found := Absolute._pattern.fullmatch(plain)) and not _WITHOUT_BASE.fullmatch(plain):
        unit = _unit(f"{found['unit'] or ''} {found['sign']}", found["number"])
        if unit:
            return Absolute(float(parse_number(found["number"])), unit)
    raise InputError(f"{shown(text)} is not the amount of a goal; {_remedy(plain)}", topic="goal")


def _plainly(text: str) -> str:
    """Write an amount's words in one way: signs for "more" and "less", factors for "twice"."""
    plain = re.sub(r"\s*per ?cent\b", "%", " ".join(text.casefold().split()))
    first, _, rest = plain.partition(" ")
    plain = f"{_TIMES.get(first, first)} {rest}".strip() if rest else plain
    if found := _COMPARED.fullmatch(plain):
        sign = "+" if found["side"] in ("more", "higher", "above") else "-"
        plain = f"{sign}{found['amount']} {found['base']}"
    if plain[:1] in "+-\u2212" and (money := re.fullmatch(r"(\D)(\D+?)(\d.*)", plain)):
        amount, _, rest = money[3].partition(" ")  # "+$4 bn 2024" is "+4 $ bn 2024"
        plain = f"{money[1]}{amount} {money[2].strip()} {rest}".strip()
    return plain


def _unit(text: str, number: str) -> str:
    """Return a unit as this library writes it; empty if it is none, as it is if it may be one."""
    plain = text.strip()
    if scale := scale_of(plain):
        raise InputError(
            f"{plain!r} names no currency; write it too, as in '{number} usd{scale}'", topic="goal"
        )
    return usual_unit(plain) or ("" if " " in plain else plain)


def _remedy(plain: str) -> str:
    """Say what to write instead, as near to what was written as can be."""
    if _WITHOUT_BASE.fullmatch(plain):
        share = "%" in plain
        return f"say {'from' if share else 'of'} when, as in '{plain} {'from ' * share}2024'"
    if " by " in plain:
        return "write the deadline apart from it: Goal(10, by=2030), or --goal 10 --by 2030"
    return (
        "write 10, '500 usd_mn', '2x 2023', '+50% 2024', '+4 2024', '+15%' (over the year before)"
        " or '15% a year from 2024'"
    )


def _share(text: str) -> float:
    return float(parse_number(text) / 100)


def _as_amount(given: Any) -> Any:
    if isinstance(given, str):
        return read_amount(given)
    if isinstance(given, Value | dict):
        return given
    if not is_number(given):  # a truth value is none
        raise InputError(
            f"the goal's amount {shown(given)} is not a positive number; write the level to"
            " reach, in"
            " the series' unit, or a text such as '2x 2023'",
            topic="goal",
        )
    return float(given)


Amount = Annotated[
    float | Annotated[Typed, Field(discriminator="kind")], BeforeValidator(_as_amount)
]


def base_of(amount: float | Typed) -> Window | None:
    """Window that an amount is relative to, if it is to one.

    Examples
    --------
    >>> base_of(Multiple(2, "2023")), base_of(10.0)
    (Window('2023'), None)
    """
    return None if isinstance(amount, float | Absolute | YearGrowth) else amount.base


def short(amount: float | Typed) -> str:
    """Write an amount in the grammar that reads it, a plain number with few digits.

    Examples
    --------
    >>> short(10.0), short(Multiple(2, "2023"))
    ('10', '2x 2023')
    """
    return amount_text(amount) if isinstance(amount, float) else str(amount)
