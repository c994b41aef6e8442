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
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tradetrack.ledger.rejection import RejectedRow


class TradetrackError(Exception):
    """Base of every error that the library raises on purpose."""


class InputError(TradetrackError, ValueError):
    """An argument, figure, window or goal that cannot be right.

    Attributes
    ----------
    field
        The part that is wrong, named as a ledger's columns are; empty if no one part is.
    """

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class LedgerError(InputError):
    """Rows of a ledger that cannot be read.

    Attributes
    ----------
    rejected
        Every bad row with its number, column, value and remedy.
    """

    def __init__(self, message: str, rejected: "tuple[RejectedRow, ...]" = ()) -> None:
        super().__init__(message)
        self.rejected = rejected


class GoalError(InputError):
    """A goal that the ledger cannot answer: unknown series or reporter, or a closed horizon."""


class ImpossibleFigureError(TradetrackError):
    """A printed figure that no path of the model honours; names the observation."""


class FitError(TradetrackError, RuntimeError):
    """A model that could not be fitted to a series; names the model, and says what to do."""


class MissingExtraError(TradetrackError, ImportError):
    """An optional package is not installed; names the extra that brings it."""


class SinkError(TradetrackError, OSError):
    """A file of results that could not be written; nothing of it is left."""
