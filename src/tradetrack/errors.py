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

from typing import Protocol

__all__ = [
    "FitError",
    "GoalError",
    "ImpossibleFigureError",
    "InputError",
    "LedgerError",
    "MissingExtraError",
    "Rejected",
    "SinkError",
    "TradetrackError",
]

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

    Examples
    --------
    >>> try:
    ...     raise GoalError("the horizon ends in 2026; choose a later one", topic="horizon")
    ... except TradetrackError as error:
    ...     print(error.link)
    docs/errors.md#horizon
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

    Examples
    --------
    >>> import tradetrack as tt
    >>> try:
    ...     tt.Window.parse("2024-13")
    ... except tt.InputError as error:
    ...     print(error)
    month 13 is not between 1 and 12; write the month as 1 to 12
    """

    def __init__(self, message: str, field: str = "", *, topic: str = "") -> None:
        super().__init__(message, topic=topic)
        self.field = field


class Rejected(Protocol):
    """What an error tells of a bad row: `tradetrack.results.RejectedRow`, which stands above it."""

    @property
    def row(self) -> int:
        """Line of a file, or position in a frame or document."""
        ...

    @property
    def column(self) -> str:
        """Which cell is wrong."""
        ...

    @property
    def value(self) -> str:
        """What the cell says."""
        ...

    @property
    def problem(self) -> str:
        """What is wrong with it."""
        ...

    @property
    def remedy(self) -> str:
        """What to do."""
        ...

    @property
    def link(self) -> str:
        """Where the catalogue of errors explains it."""
        ...


class LedgerError(InputError):
    r"""Rows of a ledger that cannot be read.

    Attributes
    ----------
    rejected
        Every bad row with its number, column, value and remedy.

    Examples
    --------
    >>> import io
    >>> import tradetrack as tt
    >>> rows = "pair,window,value,unit,reporter,published\nAA-BB,2024,much,usd_bn,AA stat,2025-01"
    >>> try:
    ...     tt.read_csv(io.StringIO(rows))
    ... except tt.errors.LedgerError as error:
    ...     print([(row.row, row.column) for row in error.rejected])
    [(2, 'value')]
    """

    topic = "ledger"

    def __init__(
        self, message: str, rejected: tuple[Rejected, ...] = (), *, topic: str = ""
    ) -> None:
        super().__init__(message, topic=topic)
        self.rejected = rejected


class GoalError(InputError):
    """A goal that the ledger cannot answer: unknown series or reporter, or a closed horizon.

    Examples
    --------
    >>> import tradetrack as tt
    >>> try:
    ...     tt.track(tt.datasets.kazakhstan_uzbekistan(), tt.Goal(10, by=2030), horizon=1)
    ... except tt.errors.GoalError as error:
    ...     print(str(error).partition(";")[2])
     choose horizon=5 or more
    """

    topic = "goal"


class ImpossibleFigureError(TradetrackError):
    """A printed figure that no path of the model honours; names the observation.

    Examples
    --------
    >>> print(ImpossibleFigureError("no path of the model honours this figure").topic)
    impossible-figure
    """

    topic = "impossible-figure"


class FitError(TradetrackError, RuntimeError):
    """A model that could not be fitted to a series; names the model, and says what to do.

    Examples
    --------
    >>> import tradetrack as tt
    >>> years = tt.datasets.kazakhstan_uzbekistan().as_of("1999-12")
    >>> try:
    ...     tt.track(years, tt.Goal(1), model=tt.models.EtsModel())
    ... except tt.errors.FitError as error:
    ...     print(str(error).partition(";")[0])
    ETS: needs 8 or more finite log totals, one a year
    """

    topic = "model"


class MissingExtraError(TradetrackError, ImportError):
    """An optional package is not installed; names the extra that brings it.

    Examples
    --------
    >>> isinstance(MissingExtraError('a picture needs matplotlib'), ImportError)
    True
    """

    topic = "missing-extra"


class SinkError(TradetrackError, OSError):
    """A file of results that could not be written; nothing of it is left.

    Examples
    --------
    >>> import tradetrack as tt
    >>> try:
    ...     tt.write_csv(tt.Ledger(), "no such folder/ledger.csv")
    ... except tt.errors.SinkError as error:
    ...     print(str(error).partition(" (")[0])
    no such folder/ledger.csv could not be written
    """

    topic = "output"
