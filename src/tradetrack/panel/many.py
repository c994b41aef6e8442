"""track_many(): many ledgers of printed figures at once."""

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from tradetrack._checks import check_whole
from tradetrack._format import counted
from tradetrack._parallel import progress_bar, run
from tradetrack.domain.goal import Goal
from tradetrack.errors import InputError, TradetrackError
from tradetrack.ledger.ledger import Ledger
from tradetrack.models.paths import Model
from tradetrack.panel.reading import Failure, shown, unfit
from tradetrack.tracking import Tracking, track

if TYPE_CHECKING:
    import pandas as pd

Goals = Goal | Sequence[Goal]


@dataclass(frozen=True, slots=True)
class ManyTrackings:
    """The answers of `track_many`.

    Attributes
    ----------
    answered
        Name and answer of each ledger that could be tracked.
    failures
        The others, each with its reason.

    Examples
    --------
    >>> found = ManyTrackings((), (Failure(series="x", reason="it is no ledger but NoneType"),))
    >>> found
    <ManyTrackings: 0 ledgers tracked, 1 failure>
    >>> print(found)
    x: it is no ledger but NoneType
    """

    answered: tuple[tuple[str, Tracking], ...]
    failures: tuple[Failure, ...]

    @property
    def trackings(self) -> Mapping[str, Tracking]:
        """The answers by the ledger's name."""
        return MappingProxyType(dict(self.answered))

    def __len__(self) -> int:
        """Return the number of ledgers tracked."""
        return len(self.answered)

    def __repr__(self) -> str:
        ledgers, failures = counted(len(self), "ledger"), counted(len(self.failures), "failure")
        return f"<ManyTrackings: {ledgers} tracked, {failures}>"

    def __str__(self) -> str:
        """Return the sentences of each ledger, and the failures."""
        lines = [f"{name}\n{tracking}" for name, tracking in self.trackings.items()]
        lines += [f"{failure.series}: {failure.reason}" for failure in self.failures]
        return "\n".join(lines)

    def to_frame(self) -> "pd.DataFrame":
        """One row per ledger and goal: the ledger's name, and `Tracking.to_frame`."""
        return _below({name: tracking.to_frame() for name, tracking in self.trackings.items()})

    def curves(self) -> "pd.DataFrame":
        """One row per ledger, goal and year: the ledger's name, and `Tracking.curves`."""
        return _below({name: tracking.curves() for name, tracking in self.trackings.items()})


def _below(frames: "dict[str, pd.DataFrame]") -> "pd.DataFrame":
    """Put frames below one another, with the ledger's name in front."""
    import pandas as pd

    if not frames:
        raise InputError("no ledger could be tracked; see .failures", topic="panel-failures")
    return pd.concat(frames, names=["ledger"]).reset_index(level="ledger")


@dataclass(frozen=True, slots=True)
class _Question:
    """The question that every ledger is put."""

    as_of: str | dt.date | None
    horizon: int | None
    model: Model | None
    n_paths: int
    seed: int


def track_many(  # noqa: PLR0913  those of `track`, and what to run on
    ledgers: Mapping[str, Ledger],
    goals: Goals | Mapping[str, Goals],
    *,
    as_of: str | dt.date | None = None,
    horizon: int | None = None,
    model: Model | None = None,
    n_paths: int = 2_000,
    seed: int = 0,
    executor: Executor | None = None,
    progress: bool = False,
) -> ManyTrackings:
    """Call `tradetrack.track` on each of many ledgers.

    Parameters
    ----------
    ledgers
        Ledgers by name; each is seeded by its name, so its answer does not depend on the others.
    goals
        Goals for all, or by the name of the ledger.
    as_of, horizon, model, n_paths, seed
        As in `tradetrack.track`.
    executor, progress
        As in `tradetrack.track_panel`.

    Returns
    -------
    ManyTrackings
        With a reason for each ledger that could not be tracked.

    Raises
    ------
    InputError
        If goals name a ledger that is not there, or the executor takes no work.

    Examples
    --------
    >>> import tradetrack as tt
    >>> ledger = tt.datasets.kazakhstan_uzbekistan()
    >>> found = tt.track_many({"now": ledger, "none": tt.Ledger()}, tt.Goal(10), n_paths=100)
    >>> list(found.trackings), found.failures[0].series
    (['now'], 'none')
    """
    if not isinstance(ledgers, Mapping):
        raise InputError(f"ledgers is a {type(ledgers).__name__}; pass a dict of ledgers by name")
    check_whole("seed", seed, 0)
    by_name = goals if isinstance(goals, Mapping) else dict.fromkeys(ledgers, goals)
    unknown = [name for name in by_name if name not in ledgers]
    if unknown:
        raise InputError(f"goals name ledgers that are not there: {', '.join(map(str, unknown))}")
    question = _Question(as_of, horizon, model, n_paths, seed)
    jobs = [(name, ledger, by_name.get(name, ())) for name, ledger in ledgers.items()]
    answered: list[tuple[str, Tracking]] = []
    failures = []
    answers = run(partial(_answer, question), jobs, executor)
    with (
        closing(answers),
        progress_bar("tracking the ledgers", len(jobs), shown=progress) as advance,
    ):
        for name, answer in zip(ledgers, answers, strict=True):
            if isinstance(answer, Failure):
                failures.append(answer)
            else:
                answered.append((name, answer))
            advance(1)
    return ManyTrackings(tuple(answered), tuple(failures))


def _answer(question: _Question, job: tuple[str, Ledger, Goals]) -> Tracking | Failure:
    name, ledger, goals = job
    reason = unfit(name) or _unanswerable(ledger, goals)
    if reason is not None:
        return Failure(series=shown(name), reason=reason)
    try:
        return track(
            ledger,
            goals,
            as_of=question.as_of,
            horizon=question.horizon,
            model=question.model,
            n_paths=question.n_paths,
            seed=seed_of(name, question.seed),
        )
    except TradetrackError as error:
        return Failure(series=name, reason=str(error))


def _unanswerable(ledger: object, goals: object) -> str | None:
    """Why a ledger or its goals cannot be tracked; None if they can."""
    if not isinstance(ledger, Ledger):
        return f"it is no ledger but {type(ledger).__name__}; build a Ledger of its figures"
    listed = goals if isinstance(goals, Sequence) else [goals]
    if not all(isinstance(goal, Goal) for goal in listed):
        return f"its goals are {goals!r}; pass a Goal or a list of them"
    return None


def seed_of(name: str, seed: int) -> int:
    """Seed of one series of many: a hash of its name and the seed of all.

    Examples
    --------
    >>> seed_of("KZ-UZ", 0) != seed_of("KZ-UZ", 1)
    True
    """
    digest = hashlib.blake2b(f"{seed}:{name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) >> 11  # 53 bits, which any reader of JSON holds exactly
