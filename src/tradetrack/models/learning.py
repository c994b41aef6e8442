r"""Learn the prior weights of growth regimes from a panel of other series.

Regimes drawn from a broad design are weighted for what they are used for: the year in which a goal
is first reached, given a history. Fitting the histories themselves would not do, because they are
selected for having grown. Over windows ``i`` of history ``y_i``, future ``f_i`` and first passage
``T_ig`` of goals ``g`` the weights maximise

.. math:: \sum_i c_i \Big[\frac1G \sum_g \log p(T_{ig} \mid y_i; w)
                          + \lambda \log p(f_i \mid y_i; w)\Big], \qquad
          p(\cdot \mid y_i; w) = \frac{\sum_\theta w_\theta \, p(y_i \mid \theta) \,
                                       p(\cdot \mid y_i, \theta)}
                                      {\sum_\theta w_\theta \, p(y_i \mid \theta)},

a smooth function of the weights. The importances ``c_i`` are those of
:func:`~tradetrack.models.learning.cut_windows`; each history length counts the same. Both terms
are proper scores; the small second one keeps the whole distribution of the years ahead in view,
not only its upper side. The regimes that keep the most weight survive and are weighted again on
more windows.
"""

import math
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tradetrack._checks import MOST_YEARS, check_number, check_whole
from tradetrack._parallel import one_blas_thread
from tradetrack._typing import Array
from tradetrack.domain.figure import parse_number
from tradetrack.errors import FitError, InputError
from tradetrack.models.annual import AnnualMixture
from tradetrack.models.regimes import Regimes

if TYPE_CHECKING:
    import pandas as pd
    from narwhals.typing import IntoDataFrame

HISTORY_LENGTHS = (5, 6, 8, 12, 20)
"""Lengths of the histories that a prior is learned from, in years."""
GOAL_MULTIPLES = (1.1, 1.25, 1.5, 2.0, 3.0)
"""Goals, as multiples of the last total of the history."""
MONTH_NOISE = 0.15
"""Standard deviation of the noise in the log of one month, where the caller gives none."""
DENSITY_WEIGHT = 0.1
"""Weight ``lambda`` of the log density of the years ahead, where the caller gives none."""

_CANDIDATES = 2000
_SURVIVORS = 40
_SCREENING, _FITTING = (1200, 32), (4000, 256)  # windows of each length, paths per regime
_LEAST_PROBABILITY = 1e-3  # of a step, so that a Monte-Carlo zero is not an impossibility
_BATCH = 250
_SEED = 20201231
# On a grid, so that the components of many regimes are the same ones and are computed once.
_GROWTH_PERSISTENCES = (0.2, 0.4, 0.6, 0.8, 0.95)
_TRANSITORY_PERSISTENCES = (0.0, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95)
_ITERATIONS = 400
_FLAT = 1e-4  # a gradient that single precision cannot distinguish from 0

Single = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """Histories of one length and the years that followed them, in natural logs.

    Attributes
    ----------
    history, future
        Log totals, shapes (windows, n) and (windows, horizon).
    importance
        Weight ``c_i`` of each window, not normalised.
    """

    history: Array
    future: Array
    importance: Array

    def __len__(self) -> int:
        """Count the windows."""
        return len(self.history)

    def thin(self, count: int) -> "Windows":
        """Take ``count`` windows by systematic sampling with the importances; all if no more."""
        if len(self) <= count:
            return self
        edges = np.cumsum(self.importance) / self.importance.sum()
        chosen = np.searchsorted(edges, (np.arange(count) + 0.5) / count)
        return Windows(self.history[chosen], self.future[chosen], np.ones(count))

    def first_steps(self, log_goals: Array) -> NDArray[np.intp]:
        """First year ahead, from 0, that reaches each goal; the horizon when none does.

        ``log_goals`` and the result have the shape (windows, goals).
        """
        reached = self.future[:, None, :] >= log_goals[:, :, None]
        first: NDArray[np.intp] = np.where(
            reached.any(axis=2), reached.argmax(axis=2), self.future.shape[1]
        )
        return first


def cut_windows(
    panel: "IntoDataFrame",
    horizon: int,
    *,
    since: int | None = None,
    last_year: int | None = None,
    min_level: float = 0.0,
) -> tuple[Windows, ...]:
    """Cut every unbroken history, with the years that follow it, out of a panel.

    Parameters are those of :func:`~tradetrack.models.learning.learn_regimes`.

    Returns
    -------
    tuple of Windows
        One for each history length that occurs. The ``n`` windows of a series weigh together as
        much as its years ahead make separate futures, ``(n + horizon - 1) / horizon``: overlapping
        windows repeat each other, and a series that seldom passes the filters is no typical one.
        Then every last year of a history is made to count the same: what the world does after it
        hits all series at once, and panels hold ever more of them.
    """
    check_whole("horizon", horizon, 1, MOST_YEARS)
    if since is not None:
        check_whole("since", since)
    check_number("min_level", min_level, -math.inf)
    levels = wide(panel, last_year)
    first_year, logs = int(levels.columns[0]), np.log(levels.to_numpy(dtype=float))
    floor = np.log(max(min_level, np.finfo(float).tiny))
    found = []
    for length in HISTORY_LENGTHS:
        if logs.shape[1] < length + horizon:
            continue
        views = np.lib.stride_tricks.sliding_window_view(logs, length + horizon, axis=1)
        usable = np.isfinite(views).all(axis=2) & (views[:, :, length - 1] >= floor)
        if since is not None:
            usable[:, : max(since - first_year - length + 1, 0)] = False
        series, origin = np.nonzero(usable)
        if len(series):
            number = np.bincount(series)[series]
            importance = (number + horizon - 1) / (horizon * number)
            importance /= np.bincount(origin, importance)[origin]
            cut = views[usable]
            found.append(Windows(cut[:, :length], cut[:, length:], importance))
    if not found:
        shortest = min(HISTORY_LENGTHS) + horizon
        raise InputError(
            f"no series of the panel has {shortest} years in a row within the filters",
            topic="learning-panel",
        )
    return tuple(found)


def _numbers(panel: "IntoDataFrame") -> "pd.DataFrame":
    """Read a frame of any kind, its numbers as text too, as a pandas one of numbers.

    Raises
    ------
    InputError
        If it is no frame with these columns, or a cell is no number.
    """
    import narwhals as nw
    import pandas as pd

    try:
        data = nw.from_native(panel, eager_only=True)
    except (TypeError, nw.exceptions.NarwhalsError):
        raise InputError(
            f"the panel is a {type(panel).__name__}; pass a pandas, polars or pyarrow frame with"
            " the columns series, year and value",
            topic="learning-panel",
        ) from None
    missing = {"series", "year", "value"} - set(data.columns)
    if missing:
        raise InputError(f"the panel lacks the columns {sorted(missing)}", topic="learning-panel")
    return pd.DataFrame(
        {
            "series": data["series"].to_list(),
            "year": [int(_number("year", cell)) for cell in data["year"].to_list()],
            "value": [_number("value", cell) for cell in data["value"].to_list()],
        }
    )


def _number(column: str, cell: object) -> float:
    """Read a cell that is a number, or the text of one."""
    number = math.nan
    if isinstance(cell, str):
        with suppress(InputError):
            number = float(parse_number(cell))
    elif isinstance(cell, Real):
        number = float(cell)
    if column == "year" and not number.is_integer():
        raise InputError(
            f"{str(cell)[:40]!r} in the column year of the panel is no year; write it as 2024",
            topic="learning-panel",
        )
    return number


def wide(panel: "IntoDataFrame", last_year: int | None) -> "pd.DataFrame":
    """Lay a panel out with a row a series and a column a year; refuse what is no panel."""
    rows = _numbers(panel)
    if last_year is not None:
        check_whole("last_year", last_year)
        rows = rows[rows["year"] <= last_year]
    if rows.empty:
        raise InputError(
            "the panel has no row" + ("" if last_year is None else f" up to {last_year}"),
            topic="learning-panel",
        )
    if not (np.isfinite(rows["value"]).all() and (rows["value"] > 0).all()):
        raise InputError(
            "the values of the panel must be finite and above 0; drop the others",
            topic="learning-panel",
        )
    if rows.duplicated(["series", "year"]).any():
        raise InputError(
            "the panel has two rows for one series and year; make series unique",
            topic="learning-panel",
        )
    table = rows.set_index(["series", "year"])["value"].unstack("year")  # noqa: PD010 - no sums
    years = range(int(rows["year"].min()), int(rows["year"].max()) + 1)
    return table.reindex(columns=years)


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Densities of each window under each regime, and the importance of each window.

    Attributes
    ----------
    past
        Density of the history, (windows, regimes), each row in units of its largest entry.
    joint
        The same for the history with its future, then for it with the passage of each goal.
    shares
        Share of each joint array in the objective.
    importance
        ``c_i``, summing to 1.
    """

    past: Single
    joint: tuple[Single, ...]
    shares: tuple[float, ...]
    importance: Single


@one_blas_thread
def learn_regimes(
    panel: "IntoDataFrame",
    *,
    horizon: int = 6,
    since: int | None = None,
    last_year: int | None = None,
    min_level: float = 0.0,
    month_noise: float = MONTH_NOISE,
    candidates: Regimes | None = None,
) -> Regimes:
    """Learn a prior over growth regimes from the totals of other series.

    It cuts the panel and weighs the candidates; `weigh_regimes` also sets the density's weight.

    Parameters
    ----------
    panel
        Columns ``series``, ``year`` and ``value``: positive annual totals, one row a series and
        year.
    horizon
        Years ahead that the prior is learned to forecast.
    since
        First year that may end a history.
    last_year
        Last year used at all: the prior is then what could be known when that year had passed.
    min_level
        Least total of the last year of a history, in the panel's unit.
    month_noise
        Standard deviation of the independent noise in the log of one month.
    candidates
        Regimes to weigh; by default 2,000 drawn from a broad design.

    Returns
    -------
    Regimes
        At most forty regimes, heaviest first.

    Examples
    --------
    >>> import pandas as pd
    >>> years = np.arange(1990, 2021)
    >>> walks = np.exp(np.random.default_rng(1).normal(0.04, 0.2, (30, 31)).cumsum(axis=1))
    >>> panel = pd.concat(
    ...     pd.DataFrame({"series": i, "year": years, "value": w}) for i, w in enumerate(walks)
    ... )
    >>> few = candidate_regimes(20, np.random.default_rng(1))
    >>> len(learn_regimes(panel, candidates=few)) <= 20
    True
    """
    windows = cut_windows(panel, horizon, since=since, last_year=last_year, min_level=min_level)
    if candidates is None:
        candidates = candidate_regimes(_CANDIDATES, np.random.default_rng(_SEED))
    return weigh_regimes(candidates, windows, month_noise=month_noise)


def weigh_regimes(
    candidates: Regimes,
    windows: tuple[Windows, ...],
    *,
    month_noise: float = MONTH_NOISE,
    density_weight: float = DENSITY_WEIGHT,
) -> Regimes:
    """Weigh regimes by what they forecast in windows already cut; the second half of learning.

    Parameters
    ----------
    candidates
        Regimes to weigh; their own weights do not matter.
    windows
        Windows of each length, as `cut_windows` gives them.
    month_noise
        Standard deviation of the independent noise in the log of one month.
    density_weight
        ``lambda`` of the objective: the weight of the log density of the years ahead, against 1 of
        the log score of first passage.

    Returns
    -------
    Regimes
        At most forty regimes, heaviest first.

    Raises
    ------
    InputError
        If ``density_weight`` is negative or not finite.

    Examples
    --------
    >>> logs = np.random.default_rng(1).normal(0.04, 0.2, (30, 14)).cumsum(axis=1)
    >>> windows = Windows(logs[:, :8], logs[:, 8:], np.ones(30))
    >>> few = candidate_regimes(20, np.random.default_rng(1))
    >>> len(weigh_regimes(few, (windows,), density_weight=0.5)) <= 20
    True
    """
    if not 0.0 <= density_weight < np.inf:
        raise InputError(f"density_weight must be 0 or more, not {density_weight}")
    table = candidates.table()
    first = maximise(_evidence(candidates, windows, month_noise, density_weight, _SCREENING))
    best = np.argsort(-first, kind="stable")[:_SURVIVORS]
    survivors = Regimes.from_table(table[best], first[best])
    weights = maximise(_evidence(survivors, windows, month_noise, density_weight, _FITTING))
    order = np.argsort(-weights, kind="stable")
    return Regimes.from_table(table[best][order], weights[order]).prune(1e-4)


def predictive_log_score(
    regimes: Regimes,
    panel: "IntoDataFrame",
    *,
    horizon: int = 6,
    since: int | None = None,
    min_level: float = 0.0,
    month_noise: float = MONTH_NOISE,
) -> float:
    """Mean log density of the years ahead given the history, per window; higher is better.

    Parameters are those of `learn_regimes`. Give it series that the regimes were not learned from.
    """
    total = weight = 0.0
    for part in cut_windows(panel, horizon, since=since, min_level=min_level):
        mixture = AnnualMixture.over(regimes, range(part.history.shape[1]), horizon, month_noise)
        past = mixture.log_likelihood(part.history) + mixture.log_prior
        joint = past + mixture.log_predictive(part.history, part.future)
        score = np.logaddexp.reduce(joint, axis=1) - np.logaddexp.reduce(past, axis=1)
        total += float(part.importance @ score)
        weight += float(part.importance.sum())
    return total / weight


def candidate_regimes(count: int, rng: np.random.Generator) -> Regimes:
    """Draw regimes from a broad design, equally weighted.

    Examples
    --------
    >>> len(candidate_regimes(10, np.random.default_rng(1)))
    10
    """
    if count < 1:
        raise InputError(f"at least one candidate is needed, not {count}")
    sigma = np.exp(rng.uniform(np.log(0.02), np.log(2.0), count))
    shares = rng.dirichlet((0.4, 0.4, 0.4), count)
    growth_persistence = rng.choice(_GROWTH_PERSISTENCES, count)
    transitory_persistence = rng.choice(_TRANSITORY_PERSISTENCES, count)
    drift = rng.uniform(-0.2, 0.2, count)
    spread = np.exp(rng.uniform(np.log(0.002), np.log(0.3), count))
    columns = (sigma, *shares.T, growth_persistence, transitory_persistence, drift, spread)
    return Regimes.from_table(np.column_stack(columns), np.ones(count))


def _evidence(
    regimes: Regimes,
    windows: tuple[Windows, ...],
    month_noise: float,
    density_weight: float,
    effort: tuple[int, int],
) -> Evidence:
    """Evaluate every regime on thinned windows, in batches of regimes."""
    count, draws = effort
    thinned = [part.thin(count) for part in windows]
    table = regimes.table()
    blocks = [
        np.concatenate([_block(batch, part, month_noise, draws) for part in thinned], axis=1)
        for batch in _batches(table)
    ]
    past, ahead, *steps = np.concatenate(blocks, axis=2)
    likelihood = _relative(past)
    joint = (_relative(past + ahead), *(likelihood * step for step in steps))
    shares = (density_weight, *([1.0 / len(steps)] * len(steps)))
    importance = np.concatenate([part.importance / part.importance.sum() for part in thinned])
    equal_lengths = (importance / len(thinned)).astype(np.float32)
    return Evidence(likelihood, joint, shares, equal_lengths)


def _batches(table: Array) -> Iterator[Regimes]:
    for start in range(0, len(table), _BATCH):
        part = table[start : start + _BATCH]
        yield Regimes.from_table(part, np.ones(len(part)))


def _block(regimes: Regimes, windows: Windows, month_noise: float, draws: int) -> Single:
    """Log densities of past and future, and probabilities of the steps seen: (2 + G, i, r)."""
    length, horizon = windows.history.shape[1], windows.future.shape[1]
    mixture = AnnualMixture.over(regimes, range(length), horizon, month_noise)
    goals = windows.history[:, -1, None] + np.log(GOAL_MULTIPLES)
    block = np.empty((2 + goals.shape[1], len(goals), len(regimes)), dtype=np.float32)
    block[0] = mixture.log_likelihood(windows.history)
    block[1] = mixture.log_predictive(windows.history, windows.future)
    first = windows.first_steps(goals)[:, :, None]
    rng = np.random.default_rng(_SEED)
    by_regime = mixture.attainment_by_regime(windows.history, goals, rng, draws)
    for regime, reached in enumerate(by_regime):
        bounded = np.pad(
            reached, ((0, 0), (0, 0), (1, 1)), constant_values=((0, 0), (0, 0), (0, 1))
        )
        seen = np.take_along_axis(np.diff(bounded, axis=2), first, axis=2)[:, :, 0]
        block[2:, :, regime] = np.maximum(seen, _LEAST_PROBABILITY).T
    return block


def _relative(log_density: Single) -> Single:
    scaled: Single = np.exp(log_density - log_density.max(axis=1, keepdims=True))
    return scaled


def maximise(evidence: Evidence) -> Array:
    """Weights that maximise the objective, by L-BFGS over logits with the exact gradient.

    Raises
    ------
    FitError
        If the optimiser stopped where the objective still rises.
    """
    regimes, importance = evidence.past.shape[1], evidence.importance
    least = np.float32(1e-30)

    def loss(logits: Array) -> tuple[float, Array]:
        weights = np.exp(logits - np.logaddexp.reduce(logits))
        single = weights.astype(np.float32)
        base = evidence.past @ single + least
        value, slope = 0.0, np.zeros(regimes)
        for joint, share in zip(evidence.joint, evidence.shares, strict=True):
            top = joint @ single + least
            value += share * float(importance @ (np.log(top) - np.log(base)))
            slope += share * (joint.T @ (importance / top) - evidence.past.T @ (importance / base))
        return -value, -weights * (slope - weights @ slope)

    from scipy.optimize import minimize  # loads slower than the library

    found = minimize(
        loss,
        np.zeros(regimes),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": _ITERATIONS, "maxcor": 20, "gtol": 1e-7, "ftol": 1e-10},
    )
    steepest = float(np.abs(found.jac).max())
    # In single precision a search may end at the optimum without its own criterion being met.
    if not found.success and steepest > _FLAT:
        raise FitError(
            f"the weights of the regimes found no maximum in {found.nit} iterations (largest"
            f" gradient {steepest:.2g}): {found.message}. Give more series or fewer candidates"
        )
    weights: Array = np.exp(found.x - np.logaddexp.reduce(found.x))
    return weights
