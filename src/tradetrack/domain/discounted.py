"""Discounted rows: figures that count for less than printed, because they do not fit the others."""

from typing import Literal

from tradetrack._format import percent, three_digits
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
    >>> row = DiscountedRow(row="a", figure="2021 41.3 usd bn", kind="misprint", probability=0.98,
    ...                     expected=4.2, unit="usd_bn", cause="perhaps ten times too large")
    >>> print(row)
    a: 2021 41.3 usd bn, where the others predict 4.20 (98 %; perhaps ten times too large)
    """

    row: str
    figure: str
    kind: Literal["revision", "misprint"]
    probability: float
    expected: float | None
    unit: str
    cause: str
    rival: str = ""

    def __str__(self) -> str:
        named = self.figure.startswith(f"{self.row}: ") or self.figure == self.row
        rival = f"; it may as well be {self.rival}" if self.rival else ""
        expected = ""
        if self.expected is not None:
            number = three_digits(self.expected) if self.expected else "0"
            expected = f", where the others predict {number}"
        return (
            f"{'' if named else f'{self.row}: '}{self.figure}{expected}"
            f" ({percent(self.probability)}; {self.cause}{rival})"
        )
