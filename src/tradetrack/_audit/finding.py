"""Findings: what the audit of a ledger says."""

from typing import Literal, get_args

from pydantic import Field

from tradetrack.domain.value import Value
from tradetrack.errors import link_to

FindingKind = Literal[
    "name_spelling",
    "two_currencies",
    "coverage_mixed",
    "unit_slip",
    "goal_unit",
    "partial_as_year",
    "same_day_figures",
    "growth_misprint",
    "parts_total",
    "ytd_above_year",
    "growth_levels",
    "increment_levels",
    "claim_contradicted",
    "mirror_gap",
    "does_not_fit",
    "repeated_release",
]
FINDING_KINDS: tuple[FindingKind, ...] = get_args(FindingKind)


class Finding(Value):
    """Something odd in a ledger, or in a goal beside it. Nothing is repaired by itself.

    Attributes
    ----------
    kind
        What sort of oddity; the kinds are reported in the order of ``FINDING_KINDS``.
    rows
        The observations that it concerns, by ``id`` (or by their text, if they have no id); the
        one to look at first stands first.
    message
        One sentence: what is wrong, with the figures as printed.
    remedy
        One sentence: the repair that the audit proposes.

    Examples
    --------
    >>> finding = Finding(
    ...     kind="ytd_above_year", rows=("a", "b"),
    ...     message="KZ stat printed US$ 3.9 bn for Jan–Oct 2024 but only 3.8 for 2024",
    ...     remedy="check the windows")
    >>> print(finding)  # doctest: +NORMALIZE_WHITESPACE
    ytd_above_year (a, b): KZ stat printed US$ 3.9 bn for Jan–Oct 2024 but only 3.8 for 2024;
    check the windows
    """

    kind: FindingKind
    rows: tuple[str, ...] = Field(min_length=1)
    message: str = Field(min_length=1)
    remedy: str = Field(min_length=1)

    @property
    def topic(self) -> str:
        """Entry of the catalogue of errors that explains its kind."""
        return self.kind.replace("_", "-")

    @property
    def link(self) -> str:
        """Where the catalogue of errors explains its kind.

        Examples
        --------
        >>> Finding(kind="unit_slip", rows=("a",), message="wrong", remedy="read it as usd_th").link
        'docs/errors.md#unit-slip'
        """
        return link_to(self.topic)

    def __str__(self) -> str:
        return f"{self.kind} ({', '.join(self.rows)}): {self.message}; {self.remedy}"
