"""Values: what everything that is typed in, stored or returned has in common."""

import inspect
import json
from collections.abc import Iterator, Mapping, Sequence
from operator import le
from typing import TYPE_CHECKING, Annotated, Any, Self, dataclass_transform

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    PrivateAttr,
    ValidationError,
    model_validator,
)

from tradetrack._format import scrub, shorten
from tradetrack.errors import InputError

if TYPE_CHECKING:
    from pydantic._internal._model_construction import ModelMetaclass
else:
    ModelMetaclass = type(BaseModel)

_LONGEST = 200  # characters of a repr
_OF_USE = {
    "model_copy",
    "model_dump",
    "model_dump_json",
    "model_json_schema",
    "model_validate",
    "model_validate_json",
}
_HIDDEN = {name for name in dir(BaseModel) if not name.startswith("_")} - _OF_USE
_ALIKE = 1e-9  # relative; powers may differ in the last digit from one machine to another
_PROBLEMS = {
    "missing": "it is missing; give it",
    "extra_forbidden": "there is no such field; leave it out",
    "finite_number": "it is not a finite number; write one",
    "too_short": "it is empty; fill it in",
    "string_type": "it is not text; write it as text",
}


def _places(kind: type[BaseModel]) -> list[str]:
    """Fields that may be given by position, in order."""
    return [name for name, field in kind.model_fields.items() if field.kw_only is False]


def _named(
    kind: type[BaseModel], places: Sequence[str], values: Sequence[Any], fields: dict[str, Any]
) -> dict[str, Any]:
    if len(values) > len(places):
        taken = ", ".join(places) or "no field"
        raise InputError(f"{kind.__name__} takes {taken} by position; name what you give it")
    given = dict(zip(places, values, strict=False))
    twice = sorted(given.keys() & fields.keys())
    if twice:
        raise InputError(f"{kind.__name__}: {twice[0]} is given twice; give it once", twice[0])
    return given | fields


@dataclass_transform(kw_only_default=True, field_specifiers=(Field, PrivateAttr))
class _Kind(ModelMetaclass):
    """What calling a class of values does: fields by position, and errors of our own.

    Only such a call comes here. What pydantic builds while it reads a document does not, so an
    error in a part of a value keeps its place.
    """

    if not TYPE_CHECKING:  # type checkers read the constructor off the fields

        def __call__(cls, *values, **fields):  # noqa: N805
            places = _places(cls)
            try:
                if len(values) == 1 and not places and not fields:  # a text that the class reads
                    return cls.model_validate(values[0])
                given = _named(cls, places, values, fields)
                value = super().__call__(**given)
            except ValidationError as error:
                raise refusal(cls.__name__, error, "argument") from error
            for name, one in given.items():
                if type(one).__name__ == "bool" and not isinstance(getattr(value, name), bool):
                    raise InputError(f"{cls.__name__}.{name}: {one} is no number", name)
            return value


class Value(BaseModel, metaclass=_Kind):
    """A value that never changes, refuses a field that it does not know, and holds finite numbers.

    Fields declared with ``Field(kw_only=False)`` may be given by position.

    Examples
    --------
    >>> from pydantic import Field
    >>> class Point(Value):
    ...     year: int = Field(kw_only=False)
    >>> Point(2030)
    Point(year=2030)
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @classmethod
    def __pydantic_init_subclass__(cls) -> None:  # type: ignore[override]  # no keywords to take
        """Show in the signature which fields may be given by position."""
        given, places = inspect.signature(cls), _places(cls)
        shown = [
            one.replace(kind=one.POSITIONAL_OR_KEYWORD) if name in places else one
            for name, one in given.parameters.items()
        ]
        shown.sort(key=lambda one: one.kind)
        cls.__signature__ = given.replace(parameters=shown)

    @classmethod
    def model_validate_json(
        cls,
        json_data: str | bytes | bytearray,
        *,
        strict: bool | None = None,
        extra: Any = None,
        context: Any = None,
        by_alias: bool | None = None,
        by_name: bool | None = None,
    ) -> Self:
        """Read a value from its JSON, as pydantic does, and refuse an object with a key twice.

        Raises
        ------
        InputError
            If the text is no JSON, or says anything else than such a value.
        """
        try:
            json.loads(json_data, object_pairs_hook=single_keys)
            return super().model_validate_json(
                json_data,
                strict=strict,
                extra=extra,
                context=context,
                by_alias=by_alias,
                by_name=by_name,
            )
        except ValidationError as error:
            raise refusal(cls.__name__, error, "document") from error
        except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
            raise InputError(
                f"{cls.__name__}: the text is not JSON ({error}); read the file whole, as written",
                topic="document",
            ) from error

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy with some fields changed, checked as if it had been typed in.

        Raises
        ------
        InputError
            If there is no such field, or a value cannot be right.
        """
        if not update:
            return super().model_copy(deep=deep)
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        try:
            return type(self).model_validate(fields | dict(update))
        except ValidationError as error:
            raise refusal(type(self).__name__, error, "argument") from error

    def __dir__(self) -> list[str]:
        return sorted(set(super().__dir__()) - _HIDDEN)

    def __repr__(self) -> str:
        given = ", ".join(
            f"{name}={getattr(self, name)!r}"
            for name, field in type(self).model_fields.items()
            if getattr(self, name) != field.default
        )
        call = f"{type(self).__name__}({given})"
        return call if len(call) <= _LONGEST and "<" not in call else brief(self)


class Report(Value):
    """A value that says what was found: a prompt shows its first sentence.

    Examples
    --------
    >>> class Found(Report):
    ...     year: int
    ...     def __str__(self) -> str:
    ...         return f"Met in {self.year}."
    >>> Found(year=2030)
    <Found: Met in 2030.>
    """

    def __repr__(self) -> str:
        return brief(self)


class Derived(Value):
    """A value whose JSON also holds what it derives from its fields, for other programs.

    What a class marks with ``computed_field`` is written, and when it is read it is derived anew:
    a document that says something else is refused.

    Examples
    --------
    >>> from pydantic import computed_field
    >>> class Share(Derived):
    ...     part: float
    ...     @computed_field
    ...     @property
    ...     def percent(self) -> float:
    ...         return 100.0 * self.part
    >>> Share.model_validate_json('{"part": 0.25, "percent": 25.0}').percent
    25.0
    >>> try:
    ...     Share.model_validate_json('{"part": 0.25, "percent": 52.0}')
    ... except InputError as error:
    ...     print(error)
    Share: percent is 52.0, but by the rest it is 25.0; read the document as it was written
    """

    def _check(self) -> None:
        """Refuse fields that contradict each other, before anything is derived from them."""

    @model_validator(mode="wrap")
    @classmethod
    def _as_derived(cls, given: Any, read: ModelWrapValidatorHandler[Self]) -> Self:
        told = {}
        if isinstance(given, dict):
            told = {name: given[name] for name in cls.model_computed_fields if name in given}
            given = {name: value for name, value in given.items() if name not in told}
        value = read(given)
        value._check()
        found = value.model_dump(mode="json", include=set(told)) if told else {}
        for place, one, other in _differences(told, found, ""):
            raise InputError(
                f"{place} is {_short(one)}, but by the rest it is {_short(other)}; read the"
                " document as it was written",
                place,
                topic="document",
            )
        return value


def _ordered(ends: tuple[float, float]) -> tuple[float, float]:
    if ends[0] > ends[1]:
        raise InputError(
            f"the range {ends[0]:g} to {ends[1]:g} is upside down; the lower end first"
        )
    return ends


Probability = Annotated[float, Field(ge=0.0, le=1.0)]
Positive = Annotated[float, Field(gt=0.0)]
NonNegative = Annotated[float, Field(ge=0.0)]
Count = Annotated[int, Field(ge=0)]
AtLeastOne = Annotated[int, Field(ge=1)]
Range = Annotated[tuple[float, float], AfterValidator(_ordered)]


def require(*, true: bool, otherwise: str) -> None:
    """Refuse a result whose parts contradict each other.

    Raises
    ------
    InputError
        If it is not true; ``otherwise`` says what is wrong.
    """
    if not true:
        raise InputError(f"{otherwise}; read the document as it was written", topic="document")


def consecutive(years: Sequence[int]) -> bool:
    """Whether there is a year, and each follows the one before.

    Examples
    --------
    >>> consecutive([2024, 2025]), consecutive([2024, 2026]), consecutive([])
    (True, False, False)
    """
    return bool(years) and list(years) == list(range(years[0], years[-1] + 1))


def sums_to_one(weights: Sequence[float]) -> bool:
    """Whether weights sum to 1, but for rounding.

    Examples
    --------
    >>> sums_to_one([0.1] * 10), sums_to_one([0.5])
    (True, False)
    """
    return abs(sum(weights) - 1.0) < 1e-6


def rising(numbers: Sequence[float]) -> bool:
    """Whether no number is below the one before.

    Examples
    --------
    >>> rising([1.0, 1.0, 2.0]), rising([1.0, 0.5])
    (True, False)
    """
    return all(map(le, numbers[:-1], numbers[1:]))


def brief(value: object) -> str:
    """Show a value at a prompt by its first line.

    Examples
    --------
    >>> brief(3.5)
    '<float: 3.5>'
    """
    name = type(value).__name__
    first = scrub(str(value)).partition("\n")[0]
    return f"<{name}: {shorten(first, _LONGEST - len(name) - 4)}>"


def refusal(what: str, error: ValidationError, topic: str) -> InputError:
    """Return the error that says the first of pydantic's complaints in our own words."""
    first = error.errors(include_url=False)[0]
    cause = first.get("ctx", {}).get("error")
    place = ".".join(map(str, first["loc"]))
    where = f"{what}.{place}" if place else what
    if not isinstance(cause, InputError):
        said = f"{first['msg'][:1].lower()}{first['msg'][1:]}, and this is {_short(first['input'])}"
        return InputError(f"{where}: {_PROBLEMS.get(first['type'], said)}", place, topic=topic)
    if topic == "document" or len(first["loc"]) > 1:
        return InputError(f"{where}: {cause}", cause.field, topic=cause.topic)
    return cause


def _short(value: object) -> str:
    return shorten(repr(value), _LONGEST // 4)


def single_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of JSON, for ``object_pairs_hook``; a key may not be there twice.

    Raises
    ------
    InputError
        Naming the key.
    """
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise InputError(
            f"the key {twice!r} is there twice in one object; keep the one that holds",
            topic="document",
        )
    return found


def _differences(told: Any, derived: Any, place: str) -> Iterator[tuple[str, Any, Any]]:
    """Yield where two documents differ, but for the last digits of a number."""
    if isinstance(told, dict) and isinstance(derived, dict) and told.keys() == derived.keys():
        for key in derived:
            yield from _differences(told[key], derived[key], f"{place}.{key}".lstrip("."))
    elif isinstance(told, list) and isinstance(derived, list) and len(told) == len(derived):
        for position, (one, other) in enumerate(zip(told, derived, strict=True)):
            yield from _differences(one, other, f"{place}.{position}")
    elif isinstance(told, float) and isinstance(derived, float):
        if abs(told - derived) > _ALIKE * max(1.0, abs(derived)):
            yield place, told, derived
    elif type(told) is not type(derived) or told != derived:
        yield place, told, derived
