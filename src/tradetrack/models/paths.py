"""Monthly log paths: what a model draws, and the totals that follow from them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tradetrack._checks import check_kind, check_mapping, check_whole, shown
from tradetrack._typing import MONTHS, Index
from tradetrack.domain.discounted import DiscountedRow
from tradetrack.domain.goal import CONSENSUS, YearWindow
from tradetrack.domain.observation import BALANCE, TURNOVER
from tradetrack.domain.window import format_month, last_complete_year
from tradetrack.errors import InputError
from tradetrack.ledger.ledger import Ledger

Paths = NDArray[np.float32]
Totals = NDArray[np.float32]

_LARGEST = 88.0  # single precision ends at exp(88.7)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LogPaths:
    """Equally likely monthly paths of a pair's flows, over history and horizon.

    Parameters
    ----------
    first_month
        Month number (12 times the year, plus 0 for January) of the first month; always a January.
    last_observed
        Month number of the last month that a figure covers. Horizon 1 is the month after it.
    flows
        Name of each flow. A single flow may be ``"turnover"`` itself.
    log_paths
        Natural log of the monthly value in the series' unit, ``[flow, month, path]``; whole years.
    effects
        For each reporter requested: log of its figures over the flow, ``[flow, year, path]``.
    cluster_starts
        Where the runs of paths that share a history begin: they are not independent of each other.
        None, if each path has a history of its own.
    assumptions
        What the paths suppose beyond the figures, in words.
    converged
        Whether the iterations of the fit came to rest.
    largest_miss
        How far a total, less its drawn error, is from a figure that counts, at most: in standard
        deviations of the figure's own error.
    discounted
        Figures that do not fit the others and count for less than printed.

    Raises
    ------
    InputError
        If the arrays do not fit each other, or a value is not finite or beyond single precision.

    Examples
    --------
    >>> flat = np.zeros((1, 24, 3), np.float32)
    >>> paths = LogPaths(12 * 2024, 12 * 2024 + 11, ("turnover",), flat)
    >>> paths
    <LogPaths: turnover, 2024 to 2025, observed to 2024-12, 3 paths>
    >>> paths.totals("turnover")[:, 0]
    array([12., 12.], dtype=float32)
    """

    first_month: int
    last_observed: int
    flows: tuple[str, ...]
    log_paths: Paths
    effects: Mapping[str, Paths] = field(default_factory=dict)
    cluster_starts: NDArray[np.intp] | None = None
    assumptions: tuple[str, ...] = ()
    converged: bool = True
    largest_miss: float = 0.0
    discounted: tuple[DiscountedRow, ...] = ()

    def __post_init__(self) -> None:
        """Refuse arrays that are no paths."""
        check_kind("flows", self.flows, tuple, "name each flow in a tuple of texts")
        check_mapping("effects", self.effects, "pass arrays by reporter")
        for name in ("first_month", "last_observed"):
            check_whole(name, getattr(self, name))
        shape = np.shape(self.log_paths)
        if len(shape) != 3 or shape[0] != len(self.flows) or 0 in shape or shape[1] % MONTHS:
            raise InputError(
                f"log_paths has the shape {shape}; give [flow, month, path] with"
                f" {len(self.flows)} flows, whole years of months and at least one path",
                topic="paths",
            )
        n_observed = self.last_observed - self.first_month + 1
        if self.first_month % MONTHS or not 0 <= n_observed <= shape[1]:
            raise InputError(
                f"the paths start in month {self.first_month} and are observed to month"
                f" {self.last_observed}; start in a January (12 times the year), and let the last"
                " observed month be one of theirs",
                topic="paths",
            )
        for name, effect in self.effects.items():
            if np.shape(effect) != (shape[0], shape[1] // MONTHS, shape[2]):
                raise InputError(
                    f"the effects of {name!r} have the shape {np.shape(effect)}; give"
                    f" [flow, year, path], here {(shape[0], shape[1] // MONTHS, shape[2])}",
                    topic="paths",
                )
        for name, values in (("log_paths", self.log_paths), *self.effects.items()):
            _refuse_not_finite(name, np.asarray(values))

    def __repr__(self) -> str:
        flows = " and ".join(self.flows)
        return (
            f"<LogPaths: {flows}, {self.years[0]} to {self.years[-1]}, observed to"
            f" {format_month(self.last_observed)}, {self.n_paths:,} paths>"
        )

    @property
    def n_paths(self) -> int:
        """Number of paths."""
        return int(self.log_paths.shape[2])

    @property
    def n_observed(self) -> int:
        """Number of months up to and including the last observed one."""
        return self.last_observed - self.first_month + 1

    @property
    def years(self) -> range:
        """Calendar years covered, all of them whole."""
        first = self.first_month // MONTHS
        return range(first, first + self.log_paths.shape[1] // MONTHS)

    @property
    def last_complete_year(self) -> int:
        """Last calendar year of which every month is observed; the next has months ahead."""
        return last_complete_year(self.last_observed)

    @property
    def clusters(self) -> Index:
        """Number of the cluster of each path, from 0: paths of one share a history."""
        if self.cluster_starts is None:
            return np.arange(self.n_paths)
        return np.searchsorted(self.cluster_starts, np.arange(self.n_paths), side="right") - 1

    def flow_indices(self, flow: str) -> tuple[int, ...]:
        """Positions of the flows that add up to the flow named; none, if it is unknown."""
        if flow in self.flows:
            return (self.flows.index(flow),)
        return tuple(range(len(self.flows))) if flow == TURNOVER else ()

    def difference(self, other: "LogPaths") -> str:
        """Say what keeps two sets of paths from being put together; empty if nothing does."""
        for what, one, two in (
            ("flows", self.flows, other.flows),
            ("years", self.years, other.years),
            ("last observed month", self.last_observed, other.last_observed),
        ):
            if one != two:
                return f"{what} differ: {one} and {two}"
        return ""

    def take(self, chosen: Index) -> "LogPaths":
        """Pick paths by position, some maybe several times.

        Neighbours that are copies, or share a history, are one cluster of the result.

        Examples
        --------
        >>> paths = LogPaths(12 * 2024, 12 * 2024, ("turnover",), np.zeros((1, 12, 3), np.float32))
        >>> paths.take(np.array([0, 0, 2])).cluster_starts
        array([0, 2])
        """
        return replace(
            self,
            log_paths=self.log_paths.take(chosen, axis=2),
            effects={name: effect.take(chosen, axis=2) for name, effect in self.effects.items()},
            cluster_starts=np.flatnonzero(np.diff(self.clusters[chosen], prepend=-1)),
        )

    @staticmethod
    def concat(parts: Sequence["LogPaths"]) -> "LogPaths":
        """Put the paths of several draws of the same flows and months one after the other.

        Raises
        ------
        InputError
            If their flows, years or last observed months differ.

        Examples
        --------
        >>> paths = LogPaths(12 * 2024, 12 * 2024, ("turnover",), np.zeros((1, 12, 3), np.float32))
        >>> LogPaths.concat([paths, paths]).n_paths
        6
        """
        first, before, starts = parts[0], 0, []
        for part in parts:
            if difference := first.difference(part):
                raise InputError(f"cannot put paths together: their {difference}", topic="paths")
            starts.append(np.flatnonzero(np.diff(part.clusters, prepend=-1)) + before)
            before += part.n_paths
        return replace(
            first,
            log_paths=np.concatenate([part.log_paths for part in parts], axis=2),
            effects={
                name: np.concatenate([part.effects[name] for part in parts], axis=2)
                for name in first.effects
            },
            cluster_starts=np.concatenate(starts),
            assumptions=tuple(dict.fromkeys(text for part in parts for text in part.assumptions)),
            converged=all(part.converged for part in parts),
            largest_miss=max(part.largest_miss for part in parts),
            discounted=tuple({row.row: row for part in parts for row in part.discounted}.values()),
        )

    def totals(
        self, flow: str, window: YearWindow = "calendar_year", reporter: str = CONSENSUS
    ) -> Totals:
        """Total of each year on each path, ``[year, path]``, in the series' unit.

        Parameters
        ----------
        flow
            A flow, or ``"turnover"`` for the sum of both.
        window
            ``"calendar_year"``: January to December. ``"rolling_year"``: the highest total of
            twelve months that end in the year (in the first year, only December can end them).
        reporter
            ``"consensus"`` or a reporter whose effects were drawn.

        Raises
        ------
        InputError
            If there is no such flow or reporter.
        """
        return yearly(self.monthly(flow, reporter), window)

    def monthly(self, flow: str, reporter: str = CONSENSUS) -> Totals:
        """Level of each month on each path, ``[year, month, path]``; parameters as of `totals`.

        Of ``"balance"`` the first flow less the second.
        """
        [levels] = self.monthly_by(flow, [reporter])
        return levels

    def monthly_by(self, flow: str, reporters: Sequence[str]) -> Iterator[Totals]:
        """Yield the levels of `monthly` by one reporter after another; powers are taken once."""
        balance = flow == BALANCE and len(self.flows) == 2
        indices = (0, 1) if balance else self.flow_indices(flow)
        if not indices:
            raise InputError(
                f"there is no flow {shown(flow)}; choose one of {', '.join(self.flows)}",
                topic="paths",
            )
        for reporter in reporters:
            if reporter != CONSENSUS and reporter not in self.effects:
                raise InputError(
                    f"the effects of {shown(reporter)} were not drawn; pass it to draw(...,"
                    " reporters=...)",
                    topic="paths",
                )
        shape = len(self.years), MONTHS, self.n_paths
        levels: list[Totals] = [np.exp(self.log_paths[index]).reshape(shape) for index in indices]
        for position, reporter in enumerate(reporters, 1):
            last = position == len(reporters)
            total, *others = own = levels if last else [one.copy() for one in levels]
            if reporter != CONSENSUS:
                for index, one in zip(indices, own, strict=True):
                    one *= np.exp(self.effects[reporter][index])[:, None, :]
            for other in others:
                (np.subtract if balance else np.add)(total, other, out=total)
            yield total


def _refuse_not_finite(name: str, values: NDArray[np.floating]) -> None:
    largest = max(float(values.max()), -float(values.min()))  # NaN, if there is one
    if not largest <= _LARGEST:
        raise InputError(
            f"{name}: a value is {'not a number' if np.isnan(largest) else f'{largest:g} in size'};"
            f" natural logs between -{_LARGEST:g} and {_LARGEST:g} are needed. Check the model"
            " that drew the paths",
            topic="paths",
        )


class Fitted(Protocol):
    """A model after it has seen a ledger.

    Examples
    --------
    >>> import tradetrack as tt
    >>> fitted = tt.GrowthMixture().fit(tt.datasets.kazakhstan_uzbekistan())
    >>> fitted.draw(2030, 100, np.random.default_rng(0)).years[-1]
    2030
    """

    def draw(
        self,
        last_year: int,
        n_paths: int,
        rng: np.random.Generator,
        reporters: tuple[str, ...] = (),
    ) -> LogPaths:
        """Draw paths to December of a year, with the effects of the reporters named."""
        ...


class Model(Protocol):
    """Something that can be fitted to the figures of one pair.

    Examples
    --------
    Write one as `docs/how-to/add-a-model.md` shows; every model that ships is one:

    >>> import tradetrack as tt
    >>> hasattr(tt.models.RandomWalkModel(), "fit")
    True
    """

    def fit(self, ledger: Ledger) -> Fitted:
        """Condition on the figures that count in a ledger of one pair."""
        ...


def check_model(model: object) -> None:
    """Refuse what has no ``fit``, and a class where an object is meant.

    Examples
    --------
    >>> import tradetrack as tt
    >>> check_model(tt.GrowthMixture())
    """
    if isinstance(model, type) or not callable(getattr(model, "fit", None)):
        raise InputError(
            f"the model is {shown(model)}; pass one such as GrowthMixture() or EtsModel()"
        )


def check_models(models: object, name: str = "models") -> None:
    """Refuse what is not models by name.

    Examples
    --------
    >>> import tradetrack as tt
    >>> check_models({"mixture": tt.GrowthMixture()})
    """
    check_mapping(name, models, "pass a dict of models by name")
    for model in models.values():  # type: ignore[attr-defined]  # a mapping
        check_model(model)


def fit_model(model: Model, ledger: Ledger) -> Fitted:
    """Fit a model; refuse an object that breaks the protocol.

    Raises
    ------
    InputError
        If the model has no ``fit``, or what it fits has no ``draw``.
    """
    check_model(model)
    fitted = model.fit(ledger)
    if not callable(getattr(fitted, "draw", None)):
        raise InputError(
            f"{type(model).__name__}.fit returned {type(fitted).__name__}, which has no draw;"
            " return an object with draw(last_year, n_paths, rng, reporters)",
            topic="paths",
        )
    return fitted


def draw_paths(
    model: Model,
    fitted: Fitted,
    last_year: int,
    n_paths: int,
    rng: np.random.Generator,
    reporters: tuple[str, ...] = (),
) -> LogPaths:
    """Draw the paths of a model that was fitted; refuse what breaks the protocol.

    Raises
    ------
    InputError
        If they are no `LogPaths`, or leave a reporter out.
    """
    drawn = fitted.draw(last_year, n_paths, rng, reporters)
    name = type(model).__name__
    if not isinstance(drawn, LogPaths):
        raise InputError(
            f"the draw of {name} returned {type(drawn).__name__}; return a LogPaths",
            topic="paths",
        )
    if missing := [reporter for reporter in reporters if reporter not in drawn.effects]:
        raise InputError(
            f"the draw of {name} left out the effects of {', '.join(missing)}; draw them, or count"
            " the consensus",
            topic="paths",
        )
    return drawn


def window_totals(monthly: Totals, n_months: int, step: int = 1) -> Totals:
    """Add up windows of so many months, each some months after the one before.

    Parameters
    ----------
    monthly
        ``[month, path]``; the first window begins with the first month.
    n_months, step
        Months of a window, and from one to the next: one, or as many.

    Returns
    -------
    Totals
        ``[window, path]``, of all windows that fit.

    Examples
    --------
    >>> months = np.arange(1, 7, dtype=np.float32)[:, None]
    >>> window_totals(months, 3).ravel(), window_totals(months, 3, 3).ravel()
    (array([ 6.,  9., 12., 15.], dtype=float32), array([ 6., 15.], dtype=float32))
    """
    n_windows = (len(monthly) - n_months) // step + 1
    if n_windows < 1:
        return monthly[:0]
    if step == n_months:
        padded = monthly[: (n_windows - 1) * step + n_months]
        if step > n_months:
            return np.stack(
                [padded[k * step : k * step + n_months].sum(0) for k in range(n_windows)]
            )
        apart: Totals = padded.reshape(n_windows, n_months, -1).sum(axis=1)
        return apart
    if n_months == 1:
        return monthly
    # Each run of windows starts from a sum made anew: a sum carried on loses digits.
    totals: Totals = np.empty((n_windows, monthly.shape[1]), monthly.dtype)
    blocks = len(range(0, n_windows, n_months))
    totals[::n_months] = window_totals(monthly[: blocks * n_months], n_months, n_months)
    for first in range(1, min(n_months, n_windows)):
        here = totals[first::n_months]
        before, gone = totals[first - 1 :: n_months], monthly[first - 1 :: n_months]
        come = monthly[first - 1 + n_months :: n_months]
        np.subtract(before[: len(here)], gone[: len(here)], out=here)
        here += come[: len(here)]
    return totals


def yearly(monthly: Totals, window: YearWindow) -> Totals:
    """Add months ``[year, month, path]`` up to the totals of `LogPaths.totals`.

    Examples
    --------
    >>> monthly = np.ones((2, 12, 1), np.float32)
    >>> monthly[0, 6:] = 2.0
    >>> yearly(monthly, "calendar_year").ravel(), yearly(monthly, "rolling_year").ravel()
    (array([18., 12.], dtype=float32), array([18., 18.], dtype=float32))
    """
    best: Totals = monthly.sum(axis=1)
    if window == "calendar_year":
        return best
    twelve = best[:-1].copy()
    for month in range(MONTHS - 1):
        twelve += monthly[1:, month]
        twelve -= monthly[:-1, month]
        np.maximum(best[1:], twelve, out=best[1:])
    return best


def quantiles(totals: Totals, levels: tuple[float, ...]) -> NDArray[np.float64]:
    """Quantiles of yearly totals over paths, ``[year, level]``.

    Examples
    --------
    >>> quantiles(np.array([[3.0, 1.0, 2.0]], np.float32), (0.0, 0.5))
    array([[1., 2.]])
    """
    ordered = np.sort(totals, axis=1)  # in single precision that is fast
    at = np.asarray(levels, float) * (ordered.shape[1] - 1)
    below = np.floor(at).astype(np.intp)
    above = np.minimum(below + 1, ordered.shape[1] - 1)
    low, high, part = ordered[:, below], ordered[:, above], at - below
    step = high - low  # from the nearer end, as numpy does: no quantile leaves its two neighbours
    found: NDArray[np.float64] = np.where(part < 0.5, low + step * part, high - step * (1 - part))
    return found
