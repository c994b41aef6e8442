"""Assumptions about the months ahead as they are typed, and the growth that goals require."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import tradetrack as tt
from tradetrack.cli.outputs import pointer, rows_frame, tell
from tradetrack.domain.figure import parse_number
from tradetrack.domain.observation import BALANCE, TURNOVER
from tradetrack.scenarios.scenario import AnyAssumption

if TYPE_CHECKING:
    import pandas as pd

_NUMBER = r"([+\-\u2212]?[\d.,]*\d)"
_RATE = re.compile(rf"{_NUMBER}\s*%(?:\s+(\d{{4}})(?:\s*\.\.\s*(\d{{4}}))?)?")
_CHANGE = re.compile(rf"{_NUMBER}\s*%\s+(\d{{4}})")
_TOTAL = re.compile(rf"{_NUMBER}\s+(\d{{4}})")
_SHARE = re.compile(rf"{_NUMBER}\s*%")


def assumptions(
    growths: Sequence[str], shocks: Sequence[str], recovers: str, totals: Sequence[str], flow: str
) -> list[AnyAssumption]:
    """Read assumptions as they are typed: growth first, then shocks, then totals.

    Parameters
    ----------
    growths
        ``"15%"``, ``"15% 2027"``, ``"15% 2026..2030"``.
    shocks, recovers
        ``"-20% 2027"``, and the share of each that comes back within a year, ``"50%"``.
    totals
        ``"6.5 2027"``, in the ledger's unit.
    flow
        What they are about; the turnover if it is empty, or the balance.

    Raises
    ------
    InputError
        If one is written in another way.

    Examples
    --------
    >>> for one in assumptions(["15% 2026..2030"], ["-20% 2027"], "0%", [], ""):
    ...     print(one)
    turnover grows 15 % a year from 2026 to 2030
    turnover shifts by -20 % in 2027
    """
    about = TURNOVER if flow in ("", BALANCE) else flow
    every: list[AnyAssumption] = []
    for text in growths:
        rate, start, end = _parts(_RATE, text, "--growth", "'15%', '15% 2027' or '15% 2026..2030'")
        first, last = (int(year) if year else None for year in (start, end or start))
        every.append(tt.scenarios.GrowthPath(_share(rate), first, last, flow=about))
    back = _share(_parts(_SHARE, recovers, "--recovers", "'50%'")[0])
    for text in shocks:
        change, year = _parts(_CHANGE, text, "--shock", "'-20% 2027'")
        every.append(tt.scenarios.Shock(int(year or 0), _share(change), recovers=back, flow=about))
    for text in totals:
        total, year = _parts(_TOTAL, text, "--total", "'6.5 2027'")
        value = float(parse_number(total or ""))
        every.append(tt.scenarios.GivenTotal(int(year or 0), value, flow=about))
    return every


def _parts(
    pattern: re.Pattern[str], text: str, option: str, example: str
) -> tuple[str | None, ...]:
    found = pattern.fullmatch(text.strip())
    if not found:
        raise tt.InputError(
            f"{option} {text!r} cannot be read; write {example}", topic="assumption"
        )
    return found.groups()


def _share(percent: str | None) -> float:
    return float(parse_number(percent or "") / 100)


class WhatIf(NamedTuple):
    """An answer as it is, and beside it the answer under assumptions, as a result."""

    as_projected: tt.Tracking
    supposed: tt.Tracking

    def model_dump_json(self) -> str:
        """Return a JSON object with both."""
        return json.dumps(
            {name: json.loads(one.model_dump_json()) for name, one in self._asdict().items()}
        )

    def to_frame(self) -> "pd.DataFrame":
        """One row per goal and answer, with the columns of `track` after ``if``."""
        import pandas as pd

        frames = {
            "as projected": self.as_projected.to_frame(),
            "; ".join(self.supposed.assumptions): self.supposed.to_frame(),
        }
        return pd.concat(frames, names=["if"]).reset_index(level=0).reset_index(drop=True)

    def __str__(self) -> str:
        return "\n".join([*self.as_projected.sentences(), *self.supposed.sentences()])


@dataclass(frozen=True)
class Requirements:
    """The growth that each of several goals requires, as a result.

    Examples
    --------
    >>> Requirements(()).model_dump_json()
    '[]'
    """

    found: "tuple[tt.results.RequiredGrowth, ...]"

    def model_dump_json(self) -> str:
        """Return a JSON array, one object per goal."""
        return json.dumps([json.loads(one.model_dump_json()) for one in self.found])

    def to_frame(self) -> "pd.DataFrame":
        """One row per goal: ``goal, probability, growth, error, own_growth, own_probability``."""
        kind = tt.results.RequiredGrowth
        frame = rows_frame(self.found, kind)
        frame["goal"] = [str(one.goal) for one in self.found]
        columns = ["goal", "probability", "growth", "error", "own_growth", "own_probability"]
        return frame[columns]

    def __str__(self) -> str:
        return "\n".join(map(str, self.found))


def required_of_each(
    ledger: tt.Ledger,
    goals: Sequence[tt.Goal],
    probability: float,
    *,
    as_of: str,
    n_paths: int,
    seed: int,
) -> "tuple[tt.results.RequiredGrowth, ...]":
    """Find the growth that each goal requires; a goal of several that has none is told of.

    Raises
    ------
    GoalError
        If no goal has one.
    """
    found, refused = [], []
    for goal in goals:
        try:
            found.append(
                tt.required_growth(
                    ledger, goal, probability, as_of=as_of or None, n_paths=n_paths, seed=seed
                )
            )
        except tt.errors.GoalError as error:
            refused.append(error)
    if not found:
        raise refused[0]
    for one in refused:
        tell(f"{one} {pointer(one.topic)}")
    return tuple(found)
