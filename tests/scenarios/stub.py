"""Paths made by hand, and a model that draws them."""

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st
from tests.tracking_strategies import FIRST, PAIR, SECOND, level

from tradetrack.domain.observation import TURNOVER
from tradetrack.ledger.ledger import Ledger
from tradetrack.models.paths import LogPaths

YEAR = 2020  # the first one
LEDGER = Ledger(
    [level("2020", "3.0"), level("2020", "1.2", series=FIRST), level("2020", "1.8", series=SECOND)]
)


def made(log_totals: np.ndarray, n_observed: int = 24) -> LogPaths:
    """Paths whose years have these totals, ``[flow, year, path]``, spread evenly over months."""
    flows = (TURNOVER,) if len(log_totals) == 1 else PAIR.flows
    paths = (log_totals - np.log(12)).repeat(12, axis=1).astype(np.float32)
    return LogPaths(YEAR * 12, YEAR * 12 + n_observed - 1, flows, paths)


def steady(*totals: float, n_observed: int = 24, n_paths: int = 1) -> LogPaths:
    """Certain paths of one flow."""
    return made(np.log(totals)[None, :, None].repeat(n_paths, axis=2), n_observed)


def walks(
    n_paths: int, n_years: int, spread: float, seed: int = 0, n_flows: int = 1, n_observed: int = 24
) -> LogPaths:
    """Random walks from year to year, from 1 in the last year wholly observed."""
    steps = spread * np.random.default_rng(seed).standard_normal((n_flows, n_years, n_paths))
    steps[:, : n_observed // 12] = 0.0
    return made(steps.cumsum(axis=1), n_observed)


def totals(paths: LogPaths, flow: str = TURNOVER) -> np.ndarray:
    return paths.totals(flow).astype(float)


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@dataclass(frozen=True)
class Drawn:
    """A model whose paths are given."""

    paths: LogPaths

    def fit(self, ledger: Ledger) -> "Drawn":
        return self

    def draw(
        self,
        last_year: int,
        n_paths: int,
        rng: np.random.Generator,
        reporters: tuple[str, ...] = (),
    ) -> LogPaths:
        return self.paths


@st.composite
def any_paths(draw: st.DrawFn, n_flows: int | None = None) -> LogPaths:
    """Walks of one flow or two; a year may be in progress."""
    return walks(
        n_paths=draw(st.sampled_from((31, 40, 201))),
        n_years=draw(st.integers(5, 9)),
        spread=draw(st.floats(0.02, 0.5)),
        seed=draw(st.integers(0, 1000)),
        n_flows=n_flows or draw(st.integers(1, 2)),
        n_observed=draw(st.integers(24, 40)),
    )
