"""Learn the prior of seasonalities; writes ``data/seasonalities.csv``.

    python tools/learn_seasonalities.py us_monthly.csv.gz russia_monthly.csv.gz OUTPUT

Seasonalities of a grid are weighed, under the growth regimes that ship, by the log density of the
year's total given its first months: on ledgers as the press makes them, and on ledgers with every
month of the last year and this one. The one that is missed least is dropped, the others are weighed
again, and so on while that costs little. Partners that ``monthly_panels.held_out`` names take no
part. ``docs/decisions/0020-in-year.md`` says why. About three minutes.
"""

import argparse
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
from monthly_panels import SERIES, YEARS, Case, cases_of, held_out, read_flows

from tradetrack._files import write_numbers
from tradetrack._parallel import one_blas_thread
from tradetrack._typing import MONTHS, Array
from tradetrack.domain.figure import Figure
from tradetrack.domain.observation import Level
from tradetrack.domain.window import Window
from tradetrack.models.gaussian import DiffuseGaussian
from tradetrack.models.learning import Evidence, maximise
from tradetrack.models.measurement import Compiler
from tradetrack.models.mixture import GrowthMixture, first_month_of
from tradetrack.models.posterior import Newton
from tradetrack.models.prior import LatentPrior
from tradetrack.models.regimes import MonthPattern, Seasonality

IN_MONTHS = (3, 6, 9, 11)
NOISE, SCALE = (0.03, 0.06, 0.12, 0.25, 0.8), (0.3, 1.0, 2.5)
SHARE = (0.0, 0.5, 1.0)
PRESS, MONTHLY = (1000, 600), (200, 100)  # cases of the United States and of Russia
MOST_LOST = 0.0045  # of the mean log density, for fewer seasonalities
LEAST = 0.005  # weight in the whole grid of those that are considered
SEED = 20201231


def sample(paths: tuple[Path, Path], counts: tuple[int, int]) -> tuple[list[Case], Array]:
    """Draw cases of partners that are learned from; the two panels weigh the same."""
    cases, weights = [], []
    for path, reporter, count in zip(paths, ("USA", "RUS"), counts, strict=True):
        flows = [flow for flow in read_flows(path, reporter) if not held_out(flow.partner)]
        own = [case for flow in flows for case in cases_of(flow, IN_MONTHS)]
        order = np.random.default_rng(SEED).permutation(len(own))[:count]
        cases += [own[i] for i in order]
        weights.append(np.full(len(order), 0.5 / len(order)))
        print(f"{reporter}: {len(own)} cases, {len(order)} drawn")
    return cases, np.concatenate(weights)


def densities(
    model: GrowthMixture, usual: MonthPattern, case: Case, monthly: bool
) -> tuple[Array, Array]:
    """Log likelihood of the ledger, and log density of the year's total, ``[regime]``."""
    seen = tuple((case.monthly_ledger() if monthly else case.ledger()).current)
    first = (case.year - YEARS) * MONTHS
    observed, n_months = YEARS * MONTHS + case.month, (YEARS + 1) * MONTHS
    around = LatentPrior(model.regimes, usual, n_months, 1, observed)
    compiler = Compiler(first, n_months, ("turnover",))
    rows = compiler.compile(seen)
    none = np.zeros((len(compiler.effects),) * 2)  # one reporter is the consensus
    noise = rows.noise(model.reporting.noise, np.ones(len(seen)))
    newton = Newton(around, rows, noise, none)
    mode = newton.mode(around.weights, newton.start())
    total = Level(
        series=SERIES,
        window=Window.calendar_year(case.year),
        figure=Figure.of(case.totals[-1] / 1e9, "usd_bn"),
        reporter=case.flow.reporter,
        published=f"{case.year + 1}-02",
    )
    every = compiler.compile([*seen, total])
    linear = every.linearise(mode.path, mode.effect)
    values = every.centre() + linear.offset(mode.path, mode.effect)
    prior = LatentPrior(model.regimes, model.pattern, n_months, 1, observed)
    regimes, n = np.arange(len(prior.weights)), len(seen)
    law = DiffuseGaussian.prior(
        prior.row_means(linear.by_path, regimes),
        linear.flat,
        prior.row_covariances(prior.row_components(linear.by_path), regimes),
    )
    last = first + observed - 1 - model.memory * MONTHS
    recent = np.array(
        [i for i, row in enumerate(every.observations[:n]) if first_month_of(row) > last]
    )
    weighed = law.condition(recent, values[recent], noise[recent], recent[:0])
    given = law.condition(np.arange(n), values[:n], noise, np.array([n])).marginalise()
    mean, variance = given[0][:, 0], given[1][:, 0, 0]
    density = -0.5 * (np.log(2 * np.pi * variance) + (values[n] - mean) ** 2 / variance)
    return weighed.log_evidence, density


@one_blas_thread
def evidence(
    model: GrowthMixture, cases: list[Case], importance: Array, monthly: bool
) -> tuple[Array, Array, Array]:
    """Density of each ledger, and of it with the year's total, by seasonality."""
    growth, usual = np.array(model.regimes.weights), MonthPattern.shipped()
    past, joint = [], []
    for case in cases:
        ledger, ahead = densities(model, usual, case, monthly)
        likelihood = np.exp(ledger - ledger.max()).reshape(len(growth), -1)
        past.append(growth @ likelihood)
        joint.append(growth @ (likelihood * np.exp(ahead.reshape(likelihood.shape))))
    return np.array(past), np.array(joint), 0.5 * importance


def weigh(past: Array, joint: Array, importance: Array) -> tuple[Array, float]:
    """Weights of the seasonalities given, and the mean log density that they reach."""
    single = (each.astype(np.float32) for each in (past, joint, importance))
    likelihood, both, counts = single
    weights = maximise(Evidence(likelihood, (both,), (1.0,), counts))
    return weights, float(importance @ (np.log(joint @ weights) - np.log(past @ weights)))


def drop(past: Array, joint: Array, importance: Array) -> tuple[list[int], Array]:
    """Drop seasonalities while that costs little; the positions and weights of those kept."""
    weights, best = weigh(past, joint, importance)
    kept = [int(i) for i in np.flatnonzero(weights > LEAST)]
    weights, score = weigh(past[:, kept], joint[:, kept], importance)
    print(f"{len(kept)} seasonalities: mean log density {score:.4f}; the whole grid {best:.4f}")
    while len(kept) > 1:
        fewer = [[j for j in kept if j != i] for i in kept]
        tried = [weigh(past[:, some], joint[:, some], importance) for some in fewer]
        i = int(np.argmax([reached for _, reached in tried]))
        print(f"{len(fewer[i])} seasonalities: mean log density {tried[i][1]:.4f}")
        if best - tried[i][1] > MOST_LOST:
            break
        kept, weights = fewer[i], tried[i][0]
    return kept, weights


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("us", type=Path)
    parser.add_argument("russia", type=Path)
    parser.add_argument("output", type=Path)
    arguments = parser.parse_args()
    grid = tuple(Seasonality(*each) for each in product(NOISE, SCALE, SHARE))
    equal = tuple(np.full(len(grid), 1.0 / len(grid)).tolist())
    pattern = replace(MonthPattern.shipped(), seasonalities=grid, seasonality_weights=equal)
    model = GrowthMixture(pattern=pattern)
    paths = arguments.us, arguments.russia
    parts = [
        evidence(model, *sample(paths, counts), monthly)
        for counts, monthly in ((PRESS, False), (MONTHLY, True))
    ]
    past, joint, importance = (np.concatenate(part) for part in zip(*parts, strict=True))
    kept, weights = drop(past, joint, importance)
    rows = [
        (round(float(weight), 3), kind.noise, kind.effect_scale, kind.pattern_share)
        for weight, kind in zip(weights, (grid[i] for i in kept), strict=True)
    ]
    write_numbers(arguments.output, ("weight", "noise", "effect_scale", "pattern_share"), rows)
    for row in rows:
        print(*row)


if __name__ == "__main__":
    main()
