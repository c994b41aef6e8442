"""simulate(): the paths of a question, for whoever wants more than `track` sums up."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tradetrack.domain.goal import CONSENSUS, WINDOWS, Goal, GoalWindow
from tradetrack.domain.observation import last_day
from tradetrack.errors import InputError
from tradetrack.ledger.ledger import Ledger
from tradetrack.models.mixture import GrowthMixture
from tradetrack.models.protocol import LogPaths, Model
from tradetrack.projection import Projection, Totals
from tradetrack.question import check_numbers, horizon, known_and_wanted, series_of


@dataclass(frozen=True, slots=True, eq=False)
class Simulation:
    """Equally likely paths over history and horizon, and what they were drawn for.

    Attributes
    ----------
    ledger
        What was known, of the goals' pair.
    goals
        The goals, each with its series filled in.
    as_of
        The day of which it was known.
    seed
        Seed of the draws.
    paths
        Monthly log paths of each flow.

    Examples
    --------
    >>> import tradetrack as tt
    >>> drawn = tt.simulate(tt.datasets.kazakhstan_uzbekistan(), tt.Goal(10), n_paths=100)
    >>> drawn.years[-1], drawn.totals()[-1].shape
    (2045, (100,))
    """

    ledger: Ledger
    goals: tuple[Goal, ...]
    as_of: dt.date
    seed: int
    paths: LogPaths

    @property
    def years(self) -> range:
        """Years of the totals."""
        return self.paths.years

    def totals(self, goal: int = 0, window: GoalWindow | None = None) -> Totals:
        """Total of each year on each path, ``[year, path]``, in the unit of a goal's series.

        Parameters
        ----------
        goal
            Position of the goal whose series, figures and window count.
        window
            Another window than the goal's.

        Raises
        ------
        InputError
            If there is no such goal or window.

        Notes
        -----
        `track` takes a total for as much as the goal from 0.005 % below it on
        (`tradetrack.attainment.passage.TOLERANCE`): a printed total is not known more exactly.
        """
        if not 0 <= goal < len(self.goals):
            last = len(self.goals) - 1
            raise InputError(f"there is no goal {goal}; choose one of 0 to {last}", topic="result")
        if window is not None and window not in WINDOWS:
            raise InputError(
                f"the window is {window!r}; write {' or '.join(WINDOWS)}", topic="result"
            )
        asked = self.goals[goal]
        flow = series_of(asked).flow
        return Projection(self.paths).totals(flow, window or asked.window, asked.figures)


def simulate(
    ledger: Ledger,
    goals: Goal | Sequence[Goal],
    *,
    as_of: str | dt.date | None = None,
    until: int | None = None,
    model: Model | None = None,
    n_paths: int = 10_000,
    seed: int = 0,
) -> Simulation:
    """Draw the paths from which `track` answers.

    Parameters
    ----------
    ledger, goals, as_of, until, model, n_paths, seed
        As for `track`: with the same ones, these are the paths behind its answer.

    Raises
    ------
    GoalError, ImpossibleFigureError
        As `track` does.

    Examples
    --------
    The chance that trade is above US$ 5 bn in each of 2026, 2027 and 2028:

    >>> import tradetrack as tt
    >>> ledger, goal = tt.datasets.kazakhstan_uzbekistan(), tt.Goal(5)
    >>> drawn = tt.simulate(ledger, goal, n_paths=1000)
    >>> three = drawn.totals()[drawn.years.index(2026) : drawn.years.index(2029)]
    >>> bool(0.1 < (three > 5).all(axis=0).mean() < (three > 5).any(axis=0).mean())
    True
    """
    check_numbers(until, n_paths, seed)
    if model is not None and (isinstance(model, type) or not hasattr(model, "fit")):
        raise InputError(f"the model is {model!r}; pass one such as GrowthMixture() or EtsModel()")
    known, wanted = known_and_wanted(ledger, goals, as_of)
    last_year = horizon(known.current, wanted, until)
    reporters = tuple(dict.fromkeys(g.figures for g in wanted if g.figures != CONSENSUS))
    fitted = (model or GrowthMixture()).fit(known)
    return Simulation(
        ledger=known,
        goals=wanted,
        as_of=known.last_published if as_of is None else last_day(as_of),
        seed=seed,
        paths=fitted.draw(last_year, n_paths, np.random.default_rng(seed), reporters),
    )
