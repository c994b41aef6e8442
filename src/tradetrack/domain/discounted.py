"""Discounted rows: figures that count for less than printed, because they do not fit the others."""

from typing import Literal

from tradetrack._format import percent
from tradetrack.domain.figure import measured
from tradetrack.domain.value import Value


class DiscountedRow(Value):
    """A figure that does not fit the others, and counts for little or nothing.

    That is no proof that it is wrong, and nothing is edited: it may be the others. Set a figure
    aside, with a reason, to settle it; ``GrowthMixture(misprints=None)`` takes all as printed.

    Attributes
    ----------
    row
        The figure's ``id`` (or its text, if it has no id).
    figure
        The figure in words.
    kind
        ``"revision"``: it counts with a standard deviation of 15 %. ``"misprint"``: it does not
        count.
    probability
        That it is one or the other, given the figures that count.
    expected, unit
        What the other figures predict, in the unit that was printed; None where they say nothing of
        its months or its flow.
    cause
        The likely cause, in words.
    rival
        Another figure that may as well be the odd one, by ``id`` or text; empty if none is.

    Examples
    --------
    >>> row = DiscountedRow(row="a", figure="2021: US$ 41.3 bn", kind="misprint", probability=0.98,
    ...                     expected=4.2, unit="usd_bn", cause="perhaps ten times too large")
    >>> print(row)
    a: 2021: US$ 41.3 bn, where the others predict US$ 4.20 bn (98 %; perhaps ten times too large)
    """

    row: str
    figure: str
    kind: Literal["revision", "misprint"]
    probability: float
    expected: float | None
    unit: str
    cause: str
    rival: str = ""

    @property
    def predicted(self) -> str:
        """What the other figures predict, in words; empty where they say nothing of it."""
        if self.expected is None:
            return ""
        return measured(self.expected, self.unit)

    def __str__(self) -> str:
        _, _, whose = self.figure.rpartition(" (")  # a row without an id is named by its text
        named = self.figure == self.row or (whose and self.row.endswith(f" ({whose}"))
        rival = f"; it may as well be {self.rival}" if self.rival else ""
        expected = f", where the others predict {self.predicted}" if self.predicted else ""
        return (
            f"{'' if named else f'{self.row}: '}{self.figure}{expected}"
            f" ({percent(self.probability)}; {self.cause}{rival})"
        )
