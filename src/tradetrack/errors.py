"""The exception tree: every error says what is wrong, where, and what to do.

::

    TradetrackError
    ├── InputError (ValueError)       an argument, figure, window or goal that cannot be right
    │   ├── LedgerError               rows of a ledger that cannot be read; carries ``rejected``
    │   └── GoalError                 a goal that the ledger cannot answer
    ├── ImpossibleFigureError         a printed figure that nothing in the model can honour
    ├── FitError (RuntimeError)       a model that could not be fitted to a series
    ├── MissingExtraError (ImportError)   an optional package is not installed
    └── SinkError (OSError)           a file of results that could not be written

The message says it in a line. On each ``topic`` the catalogue ``docs/errors.md`` has an entry: a
note (PEP 678) in the traceback points at it, and ``tradetrack explain`` prints it.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tradetrack.ledger.rejection import RejectedRow

CATALOGUE = "docs/errors.md"


def link_to(topic: str) -> str:
    """Say where the catalogue of errors explains a topic.

    Examples
    --------
    >>> link_to("horizon")
    'docs/errors.md#horizon'
    """
    return f"{CATALOGUE}#{topic}"


class TradetrackError(Exception):
    """Base of every error that the library raises on purpose.

    Attributes
    ----------
    topic
        Entry of the catalogue of errors that explains it.
    """

    topic: str = "argument"

    def __init__(self, message: str, *, topic: str = "") -> None:
        super().__init__(message)
        if topic:
            self.topic = topic
        self.add_note(f"More: {self.link}; or run: tradetrack explain {self.topic}")

    @property
    def link(self) -> str:
        """Where the catalogue of errors explains it."""
        return link_to(self.topic)


class InputError(TradetrackError, ValueError):
    """An argument, figure, window or goal that cannot be right.

    Attributes
    ----------
    field
        The part that is wrong, named as a ledger's columns are; empty if no one part is.
    """

    def __init__(self, message: str, field: str = "", *, topic: str = "") -> None:
        super().__init__(message, topic=topic)
        self.field = field


class LedgerError(InputError):
    """Rows of a ledger that cannot be read.

    Attributes
    ----------
    rejected
        Every bad row with its number, column, value and remedy.
    """

    topic = "ledger"

    def __init__(
        self, message: str, rejected: "tuple[RejectedRow, ...]" = (), *, topic: str = ""
    ) -> None:
        super().__init__(message, topic=topic)
        self.rejected = rejected


class GoalError(InputError):
    """A goal that the ledger cannot answer: unknown series or reporter, or a closed horizon."""

    topic = "goal"


class ImpossibleFigureError(TradetrackError):
    """A printed figure that no path of the model honours; names the observation."""

    topic = "impossible-figure"


class FitError(TradetrackError, RuntimeError):
    """A model that could not be fitted to a series; names the model, and says what to do."""

    topic = "model"


class MissingExtraError(TradetrackError, ImportError):
    """An optional package is not installed; names the extra that brings it."""

    topic = "missing-extra"


class SinkError(TradetrackError, OSError):
    """A file of results that could not be written; nothing of it is left."""

    topic = "output"
