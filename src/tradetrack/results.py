"""The typed result of tracking a ledger."""

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING, Literal

from tradetrack.attainment.attainment import Attainment
from tradetrack.attainment.notebook import goals_table
from tradetrack.attainment.sentences import sentence
from tradetrack.domain.goal import GoalWindow
from tradetrack.domain.observation import Series
from tradetrack.domain.value import Report, Value
from tradetrack.domain.window import Month
from tradetrack.errors import InputError
from tradetrack.ledger.finding import Finding

if TYPE_CHECKING:
    import pandas as pd


class YearQuantiles(Value):
    """Quantiles of a year's total, at the levels of the `SeriesTotals` it belongs to."""

    year: int
    quantiles: tuple[float, ...]


class SeriesTotals(Value):
    """Yearly totals of one series by one count of figures.

    Attributes
    ----------
    series, figures, window
        What is totalled, by whose figures, over which kind of window.
    levels
        Probability levels of the quantiles.
    years
        The quantiles by year, in the series' unit.
    """

    series: Series
    figures: str
    window: GoalWindow
    levels: tuple[float, ...]
    years: tuple[YearQuantiles, ...]


class Tracking(Report):
    """What `track` found.

    Attributes
    ----------
    schema_version, version
        Of this result's layout and of the library.
    as_of
        Day whose knowledge the result has.
    last_observed
        Last month that a figure covers.
    seed, n_paths
        What the draws were made with.
    ledger_digest
        Digest of the ledger as of that day.
    attainments
        One result a goal, in the order of the goals.
    series_totals
        Quantiles of yearly totals; read them with `totals`.
    findings
        What the audit of the ledger says.
    assumptions
        What a scenario supposed beyond the figures, in words; empty without one.

    Examples
    --------
    >>> import tradetrack as tt
    >>> tracking = tt.track(tt.datasets.kazakhstan_uzbekistan(), tt.Goal(10, by=2030), n_paths=200)
    >>> tracking == Tracking.model_validate_json(tracking.model_dump_json())
    True
    """

    schema_version: Literal["1"] = "1"
    version: str
    as_of: dt.date
    last_observed: Month
    seed: int
    n_paths: int
    ledger_digest: str
    attainments: tuple[Attainment, ...]
    series_totals: tuple[SeriesTotals, ...]
    findings: tuple[Finding, ...]
    assumptions: tuple[str, ...] = ()

    def totals(
        self,
        window: GoalWindow = "calendar_year",
        *,
        series: Series | None = None,
        figures: str | None = None,
    ) -> SeriesTotals:
        """Quantiles of yearly totals.

        Parameters
        ----------
        window
            ``"calendar_year"``, or ``"rolling_year"`` for the highest twelve months that end in a
            year.
        series, figures
            Those of the first goal unless said otherwise.

        Raises
        ------
        InputError
            If no goal asked for the series and figures.
        """
        goal = self.attainments[0].goal
        wanted = (series or goal.series, figures or goal.figures, window)
        for totals in self.series_totals:
            if (totals.series, totals.figures, totals.window) == wanted:
                return totals
        known = sorted({f"{t.series} by {t.figures} ({t.window})" for t in self.series_totals})
        raise InputError(
            f"no totals of {wanted[0]} by {wanted[1]} ({window}); there are those of"
            f" {', '.join(known)}."
            " Add a goal for the series to track",
            topic="result",
        )

    def to_frame(self) -> "pd.DataFrame":
        """One row a goal and year: ``goal, series, amount, by, figures, year, probability``."""
        import pandas as pd

        rows = [
            {
                "goal": str(a.goal),
                "series": str(a.goal.series),
                "amount": a.goal.amount,
                "by": a.goal.by,
                "figures": a.goal.figures,
                "year": point.year,
                "probability": point.probability,
            }
            for a in self.attainments
            for point in a.curve
        ]
        return pd.DataFrame(rows).astype({"by": "Int64"})

    def _repr_html_(self) -> str:
        caption = f"As of {self.as_of}; {self.n_paths:,} paths, ledger {self.ledger_digest[:8]}"
        return goals_table(self.attainments, caption)

    def __str__(self) -> str:
        sentences = [sentence(a, self.as_of.isoformat()) for a in self.attainments]
        if self.assumptions:
            sentences.append(f"This supposes: {'; '.join(self.assumptions)}.")
        if self.findings:
            n = len(self.findings)
            kinds = Counter(found.kind for found in self.findings)
            named = ", ".join(f"{kind} {times}" if n > 1 else kind for kind, times in kinds.items())
            sentences.append(f"The audit has {n} finding{'s' * (n > 1)} ({named}); see .findings.")
        return "\n".join(sentences)
