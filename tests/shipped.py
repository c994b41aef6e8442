"""The shipped ledger tracked once, with few paths, for every test that only reads the result."""

from functools import cache

import tradetrack as tt


@cache
def ledger() -> tt.Ledger:
    return tt.datasets.kazakhstan_uzbekistan()


@cache
def tracking() -> tt.Tracking:
    return tt.track(ledger(), tt.datasets.goals("kazakhstan_uzbekistan"), n_paths=500)
