"""Progress bars on standard error, by rich, and only if a person watches."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tradetrack._parallel import progress_bar
from tradetrack.ledger.ledger import Ledger
from tradetrack.models.paths import Fitted, Model

Tick = Callable[[], object]


@contextmanager
def progress(title: str, total: int | None = None) -> Iterator[Tick]:
    """Show a bar while something runs; yields what moves it on.

    Parameters
    ----------
    title
        What runs.
    total
        Number of steps; None if it is not known.
    """
    with progress_bar(title, total, shown=sys.stderr.isatty()) as advance:
        yield lambda: advance(1)


@dataclass(frozen=True, slots=True)
class Counted:
    """A model that says when it is fitted.

    Attributes
    ----------
    model
        The model.
    tick
        Called before each fit.
    """

    model: Model
    tick: Tick

    def fit(self, ledger: Ledger) -> Fitted:
        """Fit the model."""
        self.tick()
        return self.model.fit(ledger)
