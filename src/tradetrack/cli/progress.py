"""Progress bars on standard error, by rich, and only if a person watches."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tradetrack.ledger.ledger import Ledger
from tradetrack.models.paths import Fitted, Model

Tick = Callable[[], None]


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
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=total)
        yield lambda: bar.advance(task)


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
