"""How reporters differ: the spread of their figures, and the noise of a release."""

import math
from dataclasses import dataclass

from tradetrack.errors import InputError


@dataclass(frozen=True, slots=True)
class Reporting:
    """How reporters differ; all are standard deviations in logs.

    Attributes
    ----------
    reporter_spread
        ``beta``: the lasting difference between reporters, a flow.
    reporter_year_spread
        ``epsilon``: what changes from year to year.
    noise
        What remains of each printed figure beside its rounding (preliminary releases, revisions).
        An exact figure has none.

    Raises
    ------
    InputError
        If one of them is negative, or no number.

    Examples
    --------
    >>> import tradetrack as tt
    >>> agree = tt.GrowthMixture(reporting=Reporting(reporter_spread=0.0))
    """

    reporter_spread: float = 0.08
    reporter_year_spread: float = 0.09
    noise: float = 0.0075

    def __post_init__(self) -> None:
        for name in ("reporter_spread", "reporter_year_spread", "noise"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value >= 0):
                raise InputError(f"Reporting.{name} is {value}; write a number of at least 0")
