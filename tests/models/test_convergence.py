"""The iterations of the fit: they come to rest, and paths meet what was printed."""

import io

import numpy as np
import pytest

import tradetrack as tt
from tradetrack.ledger.ledger import Ledger
from tradetrack.models.mixture import FittedMixture
from tradetrack.models.posterior import StepLength

HEAD = "pair,flow,window,base,value,unit,qualifier,reporter,published\n"


def read(rows: str) -> Ledger:
    return tt.read_csv(io.StringIO(HEAD + rows))


# Full Gauss-Newton steps fall into a two-cycle here: flows that part before a jump; a part that is
# nearly its whole; equal totals of six and seven months; and the three at once.
FLOW_JUMP = (
    "A-B,,2014,,13,usd_mn,,A,2015-03\n"
    "A-B,,2018,,287,usd_mn,,A,2019-03\n"
    "A-B,a_to_b,2020,,80,usd_mn,,A,2021-02\n"
    "A-B,b_to_a,2020,,220,usd_mn,,A,2021-02\n"
)
TWO_CYCLES = {
    "flows that part": FLOW_JUMP,
    "equal totals": (
        "A-B,,2016,,169,usd_mn,,B,2018-08\n"
        "A-B,,2017,,259,usd_mn,,B,2018-08\n"
        "A-B,,2018-01..2018-06,,215.7,usd_mn,,B,2018-08\n"
        "A-B,,2018-01..2018-07,,215.7,usd_mn,,B,2018-08\n"
        "A-B,,2021,,952,usd_mn,,B,2022-04\n"
        "A-B,a_to_b,2021,,161.5,usd_mn,,B,2022-04\n"
        "A-B,b_to_a,2021,,791.1,usd_mn,,B,2022-04\n"
    ),
    "a part above its whole": (
        "A-B,,2022,,3.8,usd_bn,,A,2023-02\n"
        "A-B,,2023-01..2023-09,,4.1,usd_bn,,A,2023-11\n"
        "A-B,,2023,,4.0,usd_bn,,A,2024-02\n"
    ),
    "an exact part that leaves a trifle": (
        "A-B,,2023,,4,usd_bn,exact,A,2024-01\n"
        "A-B,,2023-01..2023-03,,3.9,usd_bn,exact,A,2024-01\n"
        "A-B,,2024,2023,-9.6,percent,exact,A,2025-01\n"
    ),
}


@pytest.mark.parametrize("rows", TWO_CYCLES.values(), ids=TWO_CYCLES)
@pytest.mark.parametrize("misprints", [tt.models.MisprintPrior(), None], ids=["doubting", "not"])
def test_two_cycles_come_to_rest(rows: str, misprints: tt.models.MisprintPrior | None) -> None:
    assert tt.GrowthMixture(misprints=misprints).fit(read(rows)).converged


def test_the_shipped_ledger_comes_to_rest() -> None:
    assert tt.GrowthMixture().fit(tt.datasets.kazakhstan_uzbekistan()).converged


def random_ledger(rng: np.random.Generator) -> Ledger:
    """A few figures of every kind about two flows; in a third one is ten times too large."""
    n_years = int(rng.integers(2, 10))
    flows = np.exp(np.cumsum(rng.normal(0.05, rng.uniform(0.05, 0.6), (2, n_years)), axis=1))
    turnover, rows = flows.sum(axis=0), []
    for i in range(n_years):
        year, said = 2015 + i, f"{2016 + i}-03"
        wobble = np.exp(rng.normal(0.0, 0.01, 4))
        rows.append(f"A-B,,{year},,{turnover[i] * wobble[0]:.3g},usd_bn,,A,{said}")
        if rng.random() < 0.3:
            rows.append(f"A-B,a_to_b,{year},,{flows[0, i] * wobble[1]:.3g},usd_bn,,A,{said}")
        if rng.random() < 0.3:
            rows.append(f"A-B,,{year},,{turnover[i] * wobble[2] ** 8:.3g},usd_bn,,B,{said}")
        if rng.random() < 0.3:
            part = rng.uniform(0.6, 0.85) * turnover[i]
            rows.append(f"A-B,,{year}-01..{year}-09,,{part:.3g},usd_bn,over,A,{year}-11")
        if i and rng.random() < 0.4:
            growth = 100 * (turnover[i] / turnover[i - 1] * wobble[3] - 1)
            rows.append(f"A-B,,{year},{year - 1},{growth:.1f},percent,,A,{said}")
    if rng.random() < 1 / 3:
        odd = int(rng.integers(len(rows)))
        cells = rows[odd].split(",")
        cells[4] = f"{10 * float(cells[4]):.3f}" if cells[5] != "percent" else cells[4]
        rows[odd] = ",".join(cells)
    return read("\n".join(rows) + "\n")


def test_of_a_hundred_ledgers_all_but_one_come_to_rest() -> None:
    rng = np.random.default_rng(11)
    fits = [tt.GrowthMixture().fit(random_ledger(rng)).converged for _ in range(100)]
    assert sum(fits) >= 99


def test_steps_that_turn_back_are_halved_and_others_grow_again() -> None:
    length, there, back = StepLength(), np.array([1.0, 0.0]), np.array([-0.9, 0.0])
    taken = [length.next(step) for step in (there, back, there, there, there, there, there)]
    assert taken == [1.0, 0.5, 0.25, 0.375, 0.5625, 0.84375, 1.0]


def misses(fitted: FittedMixture, n: int) -> float:
    """Largest distance of a total, less its drawn error, from its print, in its own noise."""
    return fitted.draw(2030, n, np.random.default_rng(0)).largest_miss


@pytest.mark.parametrize("rows", list(TWO_CYCLES.values())[:3], ids=list(TWO_CYCLES)[:3])
def test_totals_are_met_to_a_hundredth_of_their_noise(rows: str) -> None:
    assert misses(tt.GrowthMixture().fit(read(rows)), 2_000) <= 0.0101


def test_a_jump_of_parting_flows_is_honoured_within_its_rounding() -> None:
    """Counted on the paths themselves."""
    fitted = tt.GrowthMixture().fit(read(FLOW_JUMP))
    assert not fitted.discounted
    totals = fitted.draw(2020, 4_000, np.random.default_rng(0)).totals("turnover")
    for year, printed, rounding in ((2014, 13.0, 0.5), (2018, 287.0, 0.5)):
        drawn = 1000.0 * totals[year - 2014]
        spread = np.hypot(printed * 0.0075, rounding / np.sqrt(3))
        assert np.abs(drawn - printed).max() < 5 * spread
        assert np.median(drawn) == pytest.approx(printed, abs=rounding)


@pytest.mark.parametrize(("month", "part"), [(6, "3.9"), (6, "3.99"), (9, "3.99"), (3, "3.9")])
@pytest.mark.parametrize(
    "further",
    [
        "",
        "A-B,,2024,2023,-9.6,percent,exact,A,2025-01\n",
        "A-B,,2022-07..2023-06,,7.9,usd_bn,exact,A,2024-01\n",
    ],
    ids=["alone", "growth", "overlap"],
)
def test_exact_figures_are_met_exactly(month: int, part: str, further: str) -> None:
    rows = (
        "A-B,,2023,,4,usd_bn,exact,A,2024-01\n"
        f"A-B,,2023-01..2023-{month:02d},,{part},usd_bn,exact,A,2024-01\n"
    )
    paths = tt.GrowthMixture().fit(read(rows + further)).draw(2024, 500, np.random.default_rng(0))
    monthly = paths.monthly("turnover")[2023 - paths.years[0]].astype(float)
    np.testing.assert_allclose(monthly.sum(axis=0), 4.0, rtol=5e-5)
    np.testing.assert_allclose(monthly[:month].sum(axis=0), float(part), rtol=5e-5)
    goal = tt.track(read(rows + further), tt.Goal(4, by=2023), n_paths=200)
    assert goal.attainments[0].probability == 1.0
