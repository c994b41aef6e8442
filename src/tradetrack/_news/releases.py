"""Releases, and which figures count when only some of the releases are known."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from tradetrack.domain.observation import Observation, incredible, last_day
from tradetrack.ledger.ledger import Ledger, figure_key, standing

Coalition = int  # bit i is set if release i is known; what was out before always is
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Release:
    """What one reporter printed in one document on one date: its new figures, or its revisions."""

    published: str
    reporter: str
    document: str
    revision: bool
    rows: tuple[Observation, ...]


@dataclass(frozen=True, slots=True)
class _Figure:
    """One figure: its releases that stood before, and those that came since."""

    standing: tuple[int, ...]
    later: tuple[tuple[int, int], ...]  # release, row

    @property
    def rows(self) -> tuple[int, ...]:
        """All of them."""
        return (*self.standing, *(row for _, row in self.later))


@dataclass(frozen=True, slots=True, eq=False)
class Releases:
    """The releases since a day, over what was known before it.

    New figures of a document, and those that had been printed before, are two releases.

    Attributes
    ----------
    rows
        Every figure that counts when some of the releases are known; bounds come last.
    releases
        The releases in the order in which they came out.
    figures
        Which rows are releases of one figure.
    """

    rows: tuple[Observation, ...]
    releases: tuple[Release, ...]
    figures: tuple[_Figure, ...]

    @classmethod
    def of(cls, ledger: Ledger, since: dt.date) -> Self:
        """Sort a ledger's figures into what stood on a day and what was released after it."""
        used = [row for row in ledger if not row.set_aside and not incredible(row)]
        first: dict[tuple[object, ...], dt.date] = {}
        for row in used:
            day = last_day(row.published)
            first[figure_key(row)] = min(day, first.get(figure_key(row), day))
        by_release: dict[tuple[dt.date, str, str, str, bool], list[Observation]] = {}
        for row in used:
            if (day := last_day(row.published)) > since:
                again = first[figure_key(row)] < day and not one_sided(row)
                key = (day, row.published, row.source, row.document, again)
                by_release.setdefault(key, []).append(row)
        releases = tuple(Release(*key[1:], tuple(by_release[key])) for key in sorted(by_release))
        number = {row: i for i, release in enumerate(releases) for row in release.rows}
        before = Ledger.of_checked(row for row in used if row not in number).current
        rows = sorted([*before, *number], key=one_sided)
        return cls(tuple(rows), releases, _figures(rows, number))

    @property
    def everything(self) -> Coalition:
        """The coalition of all releases."""
        return (1 << len(self.releases)) - 1

    @property
    def always(self) -> Mask:
        """Rows that count whatever is known: no release is about the same figure."""
        fixed = [row for figure in self.figures if not figure.later for row in figure.standing]
        return np.isin(np.arange(len(self.rows)), fixed)

    def counting(self, coalitions: Sequence[Coalition]) -> Mask:
        """Which rows count if just these releases are known, ``[coalition, row]``."""
        counts = np.zeros((len(coalitions), len(self.rows)), bool)
        for figure in self.figures:
            known: dict[int, list[int]] = {}
            bits = sum(1 << i for i in {release for release, _ in figure.later})
            for c, coalition in enumerate(coalitions):
                part = coalition & bits
                if part not in known:
                    known[part] = self._latest(figure, part)
                counts[c, known[part]] = True
        return counts

    def counterpart(self, row: int, known: Mask) -> int:
        """Return the row of the same figure that counts, or the row itself if none does."""
        for figure in self.figures:
            if row in figure.rows:
                return next((other for other in figure.rows if known[other]), row)
        return row

    def _latest(self, figure: _Figure, coalition: Coalition) -> list[int]:
        later = [row for release, row in figure.later if coalition >> release & 1]
        rows = [*figure.standing, *later]
        if not later:
            return rows
        stands = standing(self.rows[row] for row in rows)
        return [row for row in rows if self.rows[row] in stands]


def one_sided(seen: Observation) -> bool:
    """Whether a figure is only a bound."""
    return seen.figure.one_sided


def _figures(rows: Sequence[Observation], number: dict[Observation, int]) -> tuple[_Figure, ...]:
    position = {row: i for i, row in enumerate(rows)}
    same: dict[tuple[object, ...], list[Observation]] = {}
    for row in Ledger.of_checked(rows):
        same.setdefault(figure_key(row), []).append(row)
    figures = []
    for group in same.values():
        stood = [position[row] for row in group if row not in number]
        later = tuple((number[row], position[row]) for row in group if row in number)
        figures.append(_Figure(tuple(stood), later))
    return tuple(figures)
