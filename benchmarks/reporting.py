"""How far apart are reporters? Log evidence of the shipped ledger, all years, by `Reporting`.

python benchmarks/reporting.py
"""

import itertools

import numpy as np
from scipy.special import logsumexp

import tradetrack as tt
from tradetrack.models.mixture import GrowthMixture
from tradetrack.models.regimes import Reporting

LASTING = (0.03, 0.05, 0.08, 0.12)
YEARLY = (0.03, 0.06, 0.09, 0.12)
NOISE = (0.0025, 0.005, 0.0075, 0.01, 0.015, 0.02)


def evidence(ledger: tt.Ledger, reporting: Reporting) -> float:
    fitted = GrowthMixture(reporting=reporting, memory=100).fit(ledger)
    prior = np.log(fitted.prior.regimes.weights)
    return float(logsumexp(prior + np.array(fitted.log_likelihoods)))


def main() -> None:
    ledger = tt.datasets.kazakhstan_uzbekistan()
    shipped = Reporting()
    best = evidence(ledger, shipped)
    print(f"shipped: {shipped}; log evidence of the others less its own:")
    for lasting, yearly in itertools.product(LASTING, YEARLY):
        gain = evidence(ledger, Reporting(lasting, yearly, shipped.noise)) - best
        print(f"lasting {lasting:.2f}, by year {yearly:.2f}: {gain:+7.1f}")
    for noise in NOISE:
        other = Reporting(shipped.reporter_spread, shipped.reporter_year_spread, noise)
        print(f"noise {noise:.4f}: {evidence(ledger, other) - best:+7.1f}")


if __name__ == "__main__":
    main()
