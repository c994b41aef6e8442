"""Checks of arguments: they are of the right kind and size, or refused before anything runs."""

import math
import numbers
import os
from collections.abc import Iterable, Mapping
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import ArrayLike

from tradetrack._format import shorten
from tradetrack._typing import Array
from tradetrack.errors import InputError

MOST_PATHS = 1_000_000
MOST_YEARS = 100  # ahead
_SHOWN = 60  # characters of a value in a message
_LARGEST = 10**300  # of a whole number: beyond it no float, and soon no text


def shown(value: object) -> str:
    """Write an argument in a message: its repr, in one short line.

    Examples
    --------
    >>> shown("a  b" * 3), shown(None), shown(10**5000)
    ("'a ba ba b'", 'None', 'an int')
    """
    try:
        return shorten(repr(value), _SHOWN)
    except Exception:  # an int of thousands of digits, or a class whose repr is broken
        return _a(value)


def check_kind(name: str, value: object, kind: type, remedy: str) -> None:
    """Refuse an argument that is no instance of a class.

    Examples
    --------
    >>> try:
    ...     check_kind("ledger", [], dict, "pass a dict")
    ... except InputError as error:
    ...     print(error)
    the ledger is a list; pass a dict
    """
    if not isinstance(value, kind):
        what = f"the class {value.__name__}" if isinstance(value, type) else _a(value)
        raise InputError(f"the {name} is {what}; {remedy}")


def _a(value: object) -> str:
    if value is None:
        return "None"
    name = type(value).__name__
    return f"{'an' if name[0].lower() in 'aeio' else 'a'} {name}"


def as_list(value: object, *single: type) -> list[Any]:
    """Return one value or several as a list; a text is one, and so is a value of these classes.

    Examples
    --------
    >>> as_list(2024), as_list("2024"), as_list(range(2)), as_list(range(2), range)
    ([2024], ['2024'], [0, 1], [range(0, 2)])
    """
    if isinstance(value, (str, bytes, *single)) or not isinstance(value, Iterable):
        return [value]
    try:
        items = iter(value)
    except TypeError:  # an array without dimensions passes for iterable
        return [value]
    return list(items)


def check_path(path: str | os.PathLike[str]) -> None:
    """Refuse what is no path of a file.

    Examples
    --------
    >>> try:
    ...     check_path(3)
    ... except InputError as error:
    ...     print(error)
    the path is an int; write the path of the file as text
    """
    if not isinstance(path, str):
        check_kind("path", path, os.PathLike, "write the path of the file as text")
    try:
        whole = b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        whole = False
    if not whole:
        raise InputError(f"no file can be called {shown(path)}; write the path of the file")


def check_mapping(name: str, value: object, remedy: str) -> None:
    """Refuse an argument that has no values by name."""
    check_kind(name, value, Mapping, remedy)


def check_whole(
    name: str, value: object, least: int | None = None, most: int | None = None
) -> None:
    """Refuse what is not a whole number, or not one between two; a truth value is none.

    Examples
    --------
    >>> try:
    ...     check_whole("seed", True, 0)
    ... except InputError as error:
    ...     print(error)
    seed is True; write a whole number of at least 0
    """
    if (
        isinstance(value, int | np.integer)
        and not isinstance(value, bool)
        and (least is None or value >= least)
        and (most is None or value <= most)
        and -_LARGEST < value < _LARGEST
    ):
        return
    size = "" if least is None else f" of at least {least}"
    size = size if most is None else f" between {least} and {most:,}"
    raise InputError(f"{name} is {shown(value)}; write a whole number{size}")


def is_number(value: object) -> TypeGuard[float]:
    """Whether a value is a finite real number; a truth value is none.

    Examples
    --------
    >>> is_number(1), is_number(True), is_number("1"), is_number(math.inf)
    (True, False, False, False)
    """
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number or a fraction that no float holds
        return False


def check_number(name: str, value: object, low: float, high: float = math.inf) -> None:
    """Refuse what is not a number strictly between two; a truth value is none.

    Examples
    --------
    >>> try:
    ...     check_number("probability", "high", 0, 1)
    ... except InputError as error:
    ...     print(error)
    probability is 'high'; write a number between 0 and 1
    """
    if not (is_number(value) and low < value < high):
        size = f"above {low:g}" if math.isinf(high) else f"between {low:g} and {high:g}"
        raise InputError(f"{name} is {shown(value)}; write a number {size}")


def as_numbers(name: str, values: ArrayLike) -> Array:
    """Return values as an array of floating-point numbers.

    Examples
    --------
    >>> as_numbers("curve", [0, 1])
    array([0., 1.])
    >>> try:
    ...     as_numbers("curve", "high")
    ... except InputError as error:
    ...     print(error)
    curve is 'high'; give numbers, or an array of them
    """
    try:
        return np.asarray(values, dtype=float)
    except (TypeError, ValueError, OverflowError):
        raise InputError(f"{name} is {shown(values)}; give numbers, or an array of them") from None
