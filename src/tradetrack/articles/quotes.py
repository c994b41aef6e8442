"""What a reader proposes: quotes of a text, never numbers of its own.

A reader is any callable that takes an `Assignment` and returns quotes. The library treats every
reader alike, the rules' own one included: see `tradetrack.articles.checking`.
"""

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Literal

from tradetrack.articles.lexicon import Reason
from tradetrack.articles.sentences import Sentence, sentences
from tradetrack.domain.value import Value

Kind = Literal["level", "growth", "increment", "goal"]
Modality = Literal["observed", "estimated", "expected", "potential", "set"]
Direction = Literal["up", "down"]


class Quote(Value):
    """One figure that a reader points at.

    Attributes
    ----------
    number
        The number with its unit, as the text prints it: ``"$3.5 billion"``, ``"12.4%"``.
    start
        Where it stands in the text. Without it the number must stand in ``sentence``, or else
        once in the text.
    sentence
        A passage of the text that holds the number; needed only without ``start``.
    kind
        ``level``, ``growth``, ``increment`` or ``goal``.
    flow
        ``turnover``, or one direction, ``kaz_to_uzb``; None if the text does not say.
    window, relative_to
        The phrase that says which months, and one that it counts from ("a year earlier" than
        "the first half of 2022"); None if no months are said.
    years_before
        The months lie so many years before those of the phrase: "up from 2 billion" with no year.
    base
        The phrase that says what a growth is compared with; None for the same months a year before.
    deadline
        The phrase that says until when, of a goal; ``relative_to`` may hold the goal before.
    direction
        ``up`` or ``down``, of growth.
    modality
        What the reader takes it for; a forecast in the text overrules "observed".
    unit_from
        The text that prints the unit, where it is not beside the number: ``"million USD"``.
    alone
        Whether no base is known either: growth over several years or "a year".
    assumed
        What was not printed and the reader took for granted.
    reason
        Why it is not to be a draft; None if it is.
    """

    number: str
    start: int | None = None
    sentence: str = ""
    kind: Kind = "level"
    flow: str | None = None
    window: str | None = None
    relative_to: str | None = None
    years_before: int = 0
    base: str | None = None
    deadline: str | None = None
    direction: Direction | None = None
    modality: Modality = "observed"
    unit_from: str = ""
    alone: bool = False
    assumed: tuple[str, ...] = ()
    reason: Reason | None = None


class Assignment(Value):
    """What a reader is given.

    Attributes
    ----------
    text
        The article's text; offsets count its characters.
    published
        Day or month of publication, ``2025-11-14`` or ``2025-11``.
    pair
        The two countries by their ISO 3166 codes of three letters.
    reporter
        The country whose exports are meant where none is named; empty if not known.
    """

    text: str
    published: str
    pair: tuple[str, ...] = ()
    reporter: str = ""

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """The text's sentences, each with its place."""
        return tuple(sentences(self.text))


Reader = Callable[[Assignment], Iterable[Quote]]
