"""The growth mixture: printed figures in, a posterior over growth regimes and monthly paths out.

No optimiser runs: hyperparameters are summed over (regimes), paths are conditioned on exactly
(:mod:`~tradetrack.models.posterior`) and drawn (:mod:`~tradetrack.models.sampling`).
"""

import math
from dataclasses import dataclass, field, fields, replace

import numpy as np

from tradetrack._checks import MOST_PATHS, as_list, check_kind, check_whole, shown
from tradetrack._parallel import one_blas_thread
from tradetrack._typing import MONTHS, Index
from tradetrack.domain.discounted import DiscountedRow
from tradetrack.domain.observation import BALANCE, Growth, Observation, incredible
from tradetrack.domain.window import LAST_YEAR, format_month
from tradetrack.errors import InputError
from tradetrack.ledger.ledger import Ledger, check_ledger
from tradetrack.models.measurement import Compiler, Rows, is_total
from tradetrack.models.misprints import MisprintPrior, discounted_rows, left_out
from tradetrack.models.paths import Fitted, LogPaths
from tradetrack.models.posterior import Posterior, condition
from tradetrack.models.prior import LatentPrior
from tradetrack.models.regimes import MEMORY, MonthPattern, Regimes, Reporting
from tradetrack.models.sampling import PathSampler

_MOST_YEARS = 150  # from the first figure to the last: the time taken grows with the cube
_LARGEST = 46.0  # log of 1e20: paths are in single precision, which ends at 1e38


@dataclass(frozen=True, slots=True, repr=False)
class GrowthMixture:
    """The main model.

    Attributes
    ----------
    regimes
        Prior over growth processes; the shipped table unless you learned your own.
    pattern
        Prior of month effects and of the coupling of two flows.
    reporting
        How reporters differ.
    memory
        Years of figures, back from the last observed month, that weigh the regimes.
    misprints
        How often figures are not what they seem; None takes all as printed.

    Examples
    --------
    >>> len(GrowthMixture().regimes) > 1
    True
    """

    regimes: Regimes = field(default_factory=Regimes.shipped)
    pattern: MonthPattern = field(default_factory=MonthPattern.shipped)
    reporting: Reporting = field(default_factory=Reporting)
    memory: int = MEMORY
    misprints: MisprintPrior | None = field(default_factory=MisprintPrior)

    def __post_init__(self) -> None:
        """Refuse priors of another kind."""
        kinds = {"regimes": Regimes, "pattern": MonthPattern, "reporting": Reporting}
        if self.misprints is not None:
            kinds["misprints"] = MisprintPrior
        for name, kind in kinds.items():
            check_kind(name, getattr(self, name), kind, f"pass {kind.__name__}(...)")
        check_whole("memory", self.memory, 0)

    def __repr__(self) -> str:
        usual = GrowthMixture()
        changed = [
            f"{part.name}={getattr(self, part.name)!r}"
            for part in fields(self)
            if getattr(self, part.name) != getattr(usual, part.name)
        ]
        call = self.regimes == usual.regimes and self.pattern == usual.pattern
        shown = ", ".join(changed)
        return f"GrowthMixture({shown})" if call else f"<GrowthMixture: {shown}>"

    @one_blas_thread
    def fit(self, ledger: Ledger) -> "FittedMixture":
        """Condition on the figures that count in a ledger of one pair.

        Raises
        ------
        InputError
            If no two-sided level is there to set the scale, the ledger has several pairs or
            coverages, or its figures are more than 150 years apart.
        """
        check_ledger(ledger)
        used, odd = _usable(ledger)
        first = min(first_month_of(seen) for seen in used) // MONTHS * MONTHS
        last = max(last_month_of(seen) for seen in used)
        _refuse_too_long(used, first, last)
        flows, n_months = _latent_flows(used), last - first + 1
        prior = LatentPrior(self.regimes, self.pattern, n_months, len(flows), n_months)
        compiler = Compiler(first, prior.n_months, flows)
        rows = compiler.compile(used)
        weighing = _recent(rows, last - self.memory * MONTHS)
        posterior = condition(
            prior, rows, compiler.effects, self.reporting, self.misprints, weighing
        )
        return FittedMixture(self, prior, rows, compiler, posterior, odd)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FittedMixture:
    """The growth mixture after it has seen a ledger; see `GrowthMixture.fit`.

    Attributes
    ----------
    model
        What was fitted.
    prior
        The prior on the ledger's grid of months.
    rows
        The figures, compiled.
    compiler
        The grid and the reporter effects.
    posterior
        What the figures say: weights of the regimes, and the rows linearised about the mean.
    left_out
        Growth of a thousandfold and more, which is not used.
    """

    model: GrowthMixture
    prior: LatentPrior
    rows: Rows
    compiler: Compiler
    posterior: Posterior
    left_out: tuple[Growth, ...] = ()

    def __repr__(self) -> str:
        figures, last = len(self.rows.observations), self.compiler.first_month + self.prior.n_months
        return f"<FittedMixture: {figures} figures to {format_month(last - 1)}>"

    @property
    def regime_weights(self) -> tuple[float, ...]:
        """Posterior probability of each growth regime."""
        return tuple(map(float, self.prior.by_growth_regime(self.posterior.weights)))

    @property
    def log_likelihoods(self) -> tuple[float, ...]:
        """Log likelihood of the two-sided figures under each growth regime.

        The level is integrated out, and the seasonalities are summed over.
        """
        joint = self.posterior.log_likelihoods.reshape(len(self.prior.regimes), -1)
        by_kind = joint + np.log(self.prior.pattern.kind_weights)
        return tuple(map(float, np.logaddexp.reduce(by_kind, axis=1)))

    @property
    def discounted(self) -> tuple[DiscountedRow, ...]:
        """Figures that do not fit the others and count for less, the surest first."""
        never_used = tuple(left_out(seen, self._predicted(seen)) for seen in self.left_out)
        posterior = self.posterior
        return never_used + discounted_rows(self.rows, posterior.states, posterior.linear.scale)

    def _predicted(self, seen: Growth) -> float | None:
        """Log of a growth at the mode; None if the model does not know its months or flow."""
        grid = self.compiler
        if not grid.covers(seen):
            return None
        own = Compiler(grid.first_month, grid.n_months, grid.flows)
        linear = own.compile([seen]).linearise(self.posterior.mode.path, np.zeros(len(own.effects)))
        return float(linear.value[0])

    @property
    def converged(self) -> bool:
        """Whether linearisation, states of the figures and weights of the regimes came to rest."""
        return self.posterior.converged

    @one_blas_thread
    def draw(
        self,
        last_year: int,
        n_paths: int,
        rng: np.random.Generator,
        reporters: tuple[str, ...] = (),
    ) -> LogPaths:
        """Draw paths to December of the year ``last_year``; see `paths.Fitted.draw`.

        Raises
        ------
        InputError
            If the horizon ends before the last observed month, or a reporter has no figures.
        ImpossibleFigureError
            If no path honours a one-sided figure.
        """
        check_whole("last_year", last_year)
        check_whole("n_paths", n_paths, 1, MOST_PATHS)
        check_kind("rng", rng, np.random.Generator, "pass numpy.random.default_rng(seed)")
        observed = (self.compiler.first_month + self.prior.n_months - 1) // MONTHS
        if not observed <= last_year <= LAST_YEAR:
            raise InputError(
                f"last_year={shown(last_year)}, but the paths reach {observed} and can go on to"
                f" {LAST_YEAR}; choose one of those years",
                topic="horizon",
            )
        known = sorted({effect.reporter for effect in self.compiler.effects} - {""})
        for reporter in as_list(reporters):
            if reporter not in known:
                raise InputError(
                    f"no figures by {shown(reporter)}; it has those by {', '.join(known)}",
                    topic="not-in-ledger",
                )
        sampler = PathSampler(
            self.prior, self.rows, self.compiler, self.model.reporting, self.posterior
        )
        paths = sampler.draw(last_year, n_paths, rng, reporters)
        return replace(paths, discounted=self.discounted)


def mixture_behind(fitted: Fitted) -> FittedMixture | None:
    """Return the growth mixture that a fitted model is, or that completed the ledger for it."""
    found = fitted if isinstance(fitted, FittedMixture) else getattr(fitted, "mixture", None)
    return found if isinstance(found, FittedMixture) else None


def _usable(ledger: Ledger) -> tuple[tuple[Observation, ...], tuple[Growth, ...]]:
    """Figures that count, and growth that cannot be."""
    used = tuple(seen for seen in ledger.current if not incredible(seen))
    odd = tuple(seen for seen in ledger.current if seen.kind == "growth" and incredible(seen))
    if len({seen.series.pair for seen in used}) > 1:
        raise InputError(
            f"the ledger holds several pairs ({', '.join(ledger.pairs)}); choose one with"
            " ledger.select(pair=...)",
            topic="several-pairs",
        )
    counted = sorted({seen.series.coverage for seen in used})
    if len(counted) > 1:
        raise InputError(
            f"the figures of {used[0].series.pair} count different things"
            f" ({', '.join(map(repr, counted))}); choose one with ledger.select(coverage=...)",
            topic="coverage",
        )
    if not any(is_total(seen) and not seen.figure.one_sided for seen in used):
        raise InputError(
            "no figure sets the level: the model needs at least one level that is not only a bound"
            " (at_least, at_most); add one",
            topic="no-level",
        )
    for seen in used:
        if any(_LARGEST < y < math.inf for y in _logs(seen)):
            raise InputError(
                f"{seen} is beyond 1e20 or 1e-20 {seen.series.unit}; check the unit, or give the"
                " series another one",
                topic="unit",
            )
    return used, odd


def _refuse_too_long(used: tuple[Observation, ...], first: int, last: int) -> None:
    """Refuse a grid of months that would take minutes, mostly for years without a figure."""
    if last - first >= _MOST_YEARS * MONTHS:
        earliest = min(used, key=first_month_of)
        raise InputError(
            f"{earliest} is of {first // MONTHS}, the last figure of {last // MONTHS}: the model"
            f" takes at most {_MOST_YEARS} years; check the year, or set the figure aside with a"
            " reason"
        )


def _logs(seen: Observation) -> tuple[float, ...]:
    """Sizes of the logs that paths must hold because of a figure."""
    if isinstance(seen, Growth):
        return ()
    if is_total(seen):
        low, high = seen.figure.log_interval(seen.series.unit)
        return abs(low), abs(high)
    ends = (abs(end) for end in seen.figure.amount_interval(seen.series.unit))
    return tuple(math.log(end) for end in ends if end > 0.0)


def first_month_of(seen: Observation) -> int:
    """First month that a figure speaks of, its base included."""
    return min(window.start for window in seen.windows)


def last_month_of(seen: Observation) -> int:
    """Last month that a figure speaks of, its base included."""
    return max(window.end for window in seen.windows)


def _recent(rows: Rows, month: int) -> Index:
    """Positions of the two-sided rows that are wholly after a month; all, if no level is."""
    seen = rows.observations[: rows.n_two_sided]
    recent = [i for i, row in enumerate(seen) if first_month_of(row) > month]
    if not any(is_total(seen[i]) for i in recent):
        recent = list(range(len(seen)))
    return np.array(recent, np.intp)


def _latent_flows(used: tuple[Observation, ...]) -> tuple[str, ...]:
    """As many latent flows as the ledger speaks of: a single series, or the two of the pair."""
    spoken = {seen.series.flow for seen in used}
    alone = len(spoken) == 1 and BALANCE not in spoken
    return (spoken.pop(),) if alone else used[0].series.flows
