"""Values: what everything that is typed in, stored or returned has in common."""

from collections.abc import Callable
from typing import ParamSpec

from pydantic import BaseModel, ConfigDict

P = ParamSpec("P")


class Value(BaseModel):
    """A value that never changes, and refuses a field that it does not know.

    Examples
    --------
    >>> class Point(Value):
    ...     year: int
    >>> Point(year=2030) == Point(year=2030)
    True
    """

    model_config = ConfigDict(frozen=True, extra="forbid")


class Report(Value):
    """A value that says what was found: a prompt shows its sentences, not its thousand numbers.

    Examples
    --------
    >>> class Found(Report):
    ...     year: int
    ...     def __str__(self) -> str:
    ...         return f"met in {self.year}"
    >>> Found(year=2030)
    met in 2030
    """

    def __repr__(self) -> str:
        return str(self)


def by_position(init: Callable[P, None]) -> Callable[P, None]:
    """Mark a constructor that only names what is given by position, as in ``Goal(10, 2030)``.

    pydantic would otherwise call it with the fields of a document too, and a field that does not
    belong there would be a `TypeError` in place of a `ValidationError` that names it.
    """
    init.__pydantic_base_init__ = True  # type: ignore[attr-defined]
    return init
