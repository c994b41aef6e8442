"""The search for misprints against the enumeration of all states, and what it must not do."""

import io
from itertools import combinations, product

import numpy as np
import pytest

import tradetrack as tt
from tradetrack.errors import InputError
from tradetrack.models.misprints import (
    MISPRINT,
    REVISED,
    SLIPPED,
    SLIPS,
    SOUND,
    Evidence,
    LevelShifts,
    MisprintPrior,
    RowStates,
    find_misprints,
    judge_bounds,
)
from tradetrack.models.mixture import FittedMixture

NO_SHIFTS = LevelShifts(np.zeros((8, 0)), np.zeros(0))
PRIOR = MisprintPrior()
MOST_ODD = 3


def evidence(seed: int) -> Evidence:
    """Eight yearly levels of a walk, one of them ten or a thousand times or 30 % too large."""
    rng = np.random.default_rng(seed)
    noise = rng.choice([0.008, 0.02], 8)
    years = np.arange(8.0)
    walk = 0.25**2 * np.minimum(years[:, None], years)
    residual = np.linalg.cholesky(walk + np.diag(noise**2)) @ rng.standard_normal(8)
    residual[rng.integers(8)] += rng.choice([0.0, np.log(10.0), np.log(1000.0), 0.3])
    return Evidence(
        covariance=walk + np.diag(noise**2),
        flat=np.ones(8),
        residual=residual,
        noise=noise,
        doubtful=np.ones(8, bool),
        later=np.zeros(8),
    )


def log_density(covariance: np.ndarray, residual: np.ndarray) -> float:
    """Of all rows, the level integrated out: that of the differences to the first row."""
    to_first = np.hstack([-np.ones((7, 1)), np.eye(7)])
    law = to_first @ covariance @ to_first.T
    seen = to_first @ residual
    return float(-0.5 * (np.linalg.slogdet(2 * np.pi * law)[1] + seen @ np.linalg.solve(law, seen)))


def components() -> list[tuple[int, float, float, float]]:
    """State, log prior, mean and variance of each normal that a row's odd error may come from."""
    revised = (REVISED, np.log(PRIOR.revision), 0.0, PRIOR.revision_spread**2)
    broad = (MISPRINT, np.log(PRIOR.misprint * (1 - SLIPPED)), 0.0, PRIOR.misprint_spread**2)
    slips = [
        (MISPRINT, np.log(PRIOR.misprint * SLIPPED / 4), k, PRIOR.revision_spread**2) for k in SLIPS
    ]
    return [revised, broad, *slips]


def enumerate_states(rows: Evidence) -> tuple[np.ndarray, np.ndarray]:
    """Probability of each state of each row, ``[state, row]``, and the likeliest states of all."""
    sound = np.log(1.0 - PRIOR.revision - PRIOR.misprint)
    logs: dict[tuple[int, ...], float] = {}
    for count in range(MOST_ODD + 1):
        for odd in combinations(range(8), count):
            for errors in product(components(), repeat=count):
                state, covariance, residual = (
                    [SOUND] * 8,
                    rows.covariance.copy(),
                    rows.residual.copy(),
                )
                total = (8 - count) * sound
                for row, (own, log_prior, mean, variance) in zip(odd, errors, strict=True):
                    state[row] = own
                    covariance[row, row] += variance
                    residual[row] -= mean
                    total += log_prior
                total += log_density(covariance, residual)
                logs[tuple(state)] = np.logaddexp(logs.get(tuple(state), -np.inf), total)
    everything = np.logaddexp.reduce(list(logs.values()))
    marginal = np.zeros((3, 8))
    for state, log in logs.items():
        marginal[state, range(8)] += np.exp(log - everything)
    return marginal, np.array(max(logs, key=lambda state: logs[state]))


@pytest.mark.parametrize("seed", range(8))
def test_the_search_finds_what_enumeration_finds(seed: int) -> None:
    """Hard states and leave-one-out odds, against all states of eight rows with up to three odd.

    Of 24 such ledgers the states are the likeliest of all in each. Odds given the others' states
    differ from the marginal by 8 points at most, where two neighbours may each be the odd one.
    """
    rows = evidence(seed)
    marginal, likeliest = enumerate_states(rows)
    found = find_misprints(PRIOR, rows, NO_SHIFTS)
    np.testing.assert_array_equal(found.state, likeliest)
    assert np.abs(found.probability - (1.0 - marginal[SOUND])).max() < 0.1


def test_leave_one_out_is_what_dense_algebra_says() -> None:
    """Of each row, given the other seven and a level under a prior so wide that it is flat."""
    rows = evidence(1)
    calm = Evidence(
        rows.covariance, rows.flat, rows.residual, rows.noise, np.zeros(8, bool), rows.later
    )
    found = find_misprints(PRIOR, calm, NO_SHIFTS)
    whole = rows.covariance + 1e6
    for row in range(8):
        others = np.delete(np.arange(8), row)
        gain = np.linalg.solve(whole[np.ix_(others, others)], whole[others, row])
        assert found.residual[row] == pytest.approx(
            rows.residual[row] - gain @ rows.residual[others], abs=1e-5
        )
        variance = whole[row, row] - gain @ whole[others, row] - rows.noise[row] ** 2
        assert found.spread[row] ** 2 == pytest.approx(variance, rel=1e-3)


def test_a_level_shift_excuses_what_later_rows_confirm() -> None:
    """Five levels, then five a factor of twelve higher: one shift, not five misprints."""
    noise = np.full(10, 0.01)
    years = np.arange(10.0)
    walk = 0.15**2 * np.minimum(years[:, None], years) + np.diag(noise**2)
    jump = np.where(years >= 5, np.log(12.0), 0.0)
    rows = Evidence(walk, np.ones(10), jump, noise, np.ones(10, bool), years / 9)
    shifts = LevelShifts((years[:, None] >= years[1:]).astype(float), np.full(9, np.log(0.02)))
    assert not find_misprints(PRIOR, rows, shifts).state.any()
    none = LevelShifts(np.zeros((10, 0)), np.zeros(0))
    assert find_misprints(PRIOR, rows, none).state.any()


def test_a_bound_is_believed_until_a_misprint_is_a_thousand_times_likelier() -> None:
    mean, variance, noise = np.zeros(4), np.full(4, 0.3**2), np.full(4, 0.01)
    limits = np.array([-1.0, 0.6, 3.0, -np.inf]), np.array([np.inf, np.inf, np.inf, -3.0])
    judged = judge_bounds(PRIOR, mean, variance, noise, limits)
    assert judged.state.tolist() == [SOUND, SOUND, MISPRINT, MISPRINT]
    assert judged.residual.tolist() == [-1.0, 0.6, 3.0, -3.0]


def test_rows_are_told_apart() -> None:
    three, two = RowStates.all_sound(3), RowStates.all_sound(2)
    assert len(three.then(two).state) == len(three.then(two).rival) == 5
    assert three.agrees(RowStates.all_sound(3))


@pytest.mark.parametrize(
    "wrong",
    [{"misprint": -0.1}, {"revision": 1.0}, {"revision": 0.995}, {"misprint_spread": 0.0}],
)
def test_a_prior_that_is_none_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(InputError, match="MisprintPrior"):
        MisprintPrior(**wrong)


HEAD = "id,pair,flow,window,base,value,unit,qualifier,reporter,published\n"


def fit(rows: str, **model: object) -> FittedMixture:
    return tt.GrowthMixture(**model).fit(tt.read_csv(io.StringIO(HEAD + rows)))  # type: ignore[arg-type]


def yearly(*values: str) -> str:
    """Yearly levels of one reporter from 2014 on, ids y2014, …"""
    return "".join(
        f"y{year},A-B,,{year},,{value},usd_bn,,A,{year + 1}-03\n"
        for year, value in enumerate(values, 2014)
    )


CALM_YEARS = ("2.11", "2.24", "2.35", "2.21", "2.48", "2.63", "2.55", "2.81", "2.94", "3.05")


@pytest.mark.parametrize(("factor", "cause"), [("27.1", "ten times"), ("2710", "a thousand times")])
def test_a_slip_among_yearly_figures_is_named_and_moves_little(factor: str, cause: str) -> None:
    wrong = (*CALM_YEARS[:6], factor, *CALM_YEARS[7:])
    clean, slipped = fit(yearly(*CALM_YEARS)), fit(yearly(*wrong))
    [row] = slipped.discounted
    assert (row.row, row.kind, row.cause) == ("y2020", "misprint", f"perhaps {cause} too large")
    assert row.probability > 0.99
    assert row.expected == pytest.approx(2.7, rel=0.1)
    assert slipped.converged
    np.testing.assert_allclose(slipped.regime_weights, clean.regime_weights, atol=0.05)
    believed = fit(yearly(*wrong), misprints=None)
    assert not believed.discounted
    assert np.abs(np.subtract(believed.regime_weights, clean.regime_weights)).max() > 0.2


@pytest.mark.parametrize("newest", ["6.2", "1.5"])
def test_the_newest_figure_keeps_its_say(newest: str) -> None:
    assert not fit(yearly(*CALM_YEARS[:-1], newest)).discounted


def test_a_series_that_really_rose_is_believed() -> None:
    """Fivefold in two years, and it stayed there."""
    assert not fit(
        yearly("2.0", "2.1", "2.0", "2.2", "5.1", "10.4", "10.2", "11.0", "10.7", "11.9")
    ).discounted


def test_exact_figures_are_never_doubted() -> None:
    rows = yearly(*CALM_YEARS[:6], "27.1", *CALM_YEARS[7:]).replace(
        "27.1,usd_bn,,", "27.1,usd_bn,exact,"
    )
    assert "y2020" not in {row.row for row in fit(rows).discounted}


def test_a_growth_of_hundreds_of_times_is_a_misprint() -> None:
    rows = yearly(*CALM_YEARS) + "g,A-B,,2024,2023,900,times,,A,2025-02\n"
    [row] = fit(rows).discounted
    assert (row.row, row.unit, row.cause) == ("g", "times", "perhaps a thousand times too large")
    assert row.expected == pytest.approx(1.0, abs=0.1)


def test_a_bound_that_nothing_supports_is_discounted() -> None:
    rows = yearly(*CALM_YEARS) + "b,A-B,,2019,,40,usd_bn,at_least,C,2020-02\n"
    fitted = fit(rows)
    assert [row.row for row in fitted.discounted] == ["b"]
    paths = fitted.draw(2025, 200, np.random.default_rng(0))
    assert paths.totals("turnover")[5].max() < 4.0


def test_of_two_that_contradict_each_other_the_earlier_is_doubted_and_the_other_named() -> None:
    rows = "a,A-B,,2023,,30,usd_bn,,X,2024-01\nb,A-B,,2023-04..2024-03,,8.7,usd_bn,,Y,2024-06\n"
    [row] = fit(rows).discounted
    assert (row.row, row.rival) == ("a", "b")
    assert "it may as well be b" in str(row)


@pytest.mark.parametrize("values", [("3.6", "4.6"), ("4.6", "3.6")])
def test_of_two_equally_likely_the_larger_is_doubted_in_whatever_order(
    values: tuple[str, ...],
) -> None:
    [row] = fit("".join(f"v{v},A-B,,2024,,{v},usd_bn,,X,2025-02-01\n" for v in values)).discounted
    assert (row.row, row.rival) == ("v4.6", "v3.6")


@pytest.mark.parametrize("nine", ["2.9", "3.6", "3.8", "3.9", "4.1"])
def test_a_year_beside_nine_months_that_leave_no_fourth_quarter(nine: str) -> None:
    """Next year stays within a fifth of the year's 4.0, whatever the nine months say."""
    rows = (
        "x,A-B,,2022,,3.8,usd_bn,,A,2023-02\n"
        f"n,A-B,,2023-01..2023-09,,{nine},usd_bn,,A,2023-11\n"
        "y,A-B,,2023,,4.0,usd_bn,,A,2024-02\n"
    )
    fitted = fit(rows)
    totals = fitted.draw(2024, 2_000, np.random.default_rng(0)).totals("turnover")
    assert np.median(totals[1]) == pytest.approx(4.0, rel=0.01)
    assert np.median(totals[2]) == pytest.approx(4.0, rel=0.2)
    assert bool(fitted.discounted) == (nine != "2.9")


def test_a_growth_that_cannot_be_is_named_and_an_answer_given() -> None:
    """The parts' growth and the total's cannot all be right; one is ten times the plausible one."""
    rows = (
        "t,A-B,,2013-01..2013-06,,2.6,usd_bn,,B,2013-07-15\n"
        "tg,A-B,,2013-01..2013-06,2012-01..2012-06,40.3,percent,,B,2013-07-15\n"
        "x,A-B,b_to_a,2013-01..2013-06,,1.16,usd_bn,,B,2013-07-15\n"
        "xg,A-B,b_to_a,2013-01..2013-06,2012-01..2012-06,53.7,percent,,B,2013-07-15\n"
        "m,A-B,a_to_b,2013-01..2013-06,,1.4,usd_bn,over,B,2013-07-15\n"
        "mg,A-B,a_to_b,2013-01..2013-06,2012-01..2012-06,314.1,percent,,B,2013-07-15\n"
    )
    [row] = fit(rows).discounted
    assert row.row == "mg"
    assert row.cause == "perhaps a decimal point of the growth rate"


def test_a_ledger_that_only_contradicts_itself_gets_an_answer() -> None:
    rng = np.random.default_rng(4)
    values = [f"{value:.3g}" for value in 3.0 * np.exp(rng.normal(0.0, 2.0, 10))]
    fitted = fit(yearly(*values))
    paths = fitted.draw(2030, 200, np.random.default_rng(0))
    assert np.isfinite(paths.log_paths).all()
    assert len(fitted.discounted) < 10


def test_a_misprint_in_the_only_level_cannot_be_known() -> None:
    assert not fit("a,A-B,,2023,,4000,usd_bn,,X,2024-01\n").discounted


def test_the_answer_names_what_was_discounted() -> None:
    wrong = (*CALM_YEARS[:6], "27.1", *CALM_YEARS[7:])
    ledger = tt.read_csv(io.StringIO(HEAD + yearly(*wrong)))
    tracking = tt.track(ledger, tt.Goal(4, by=2030), n_paths=400)
    assert [row.row for row in tracking.discounted] == ["y2020"]
    assert "1 figure does not fit the others and is discounted: y2020" in str(tracking)
    assert tracking.converged
    assert tracking.largest_miss <= 0.011
    assert tracking == tt.Tracking.model_validate_json(tracking.model_dump_json())
    clean = tt.track(
        tt.read_csv(io.StringIO(HEAD + yearly(*CALM_YEARS))), tt.Goal(4, by=2030), n_paths=400
    )
    found, true = tracking.attainments[0].probability, clean.attainments[0].probability
    assert found == pytest.approx(true, abs=0.1)
    printed = tt.GrowthMixture(misprints=None)
    believed = tt.track(ledger, tt.Goal(4, by=2030), model=printed, n_paths=400)
    assert believed.attainments[0].probability > true + 0.2


@pytest.mark.parametrize(
    ("window", "base", "known"), [("2023", "2022", True), ("1990", "1989", False)]
)
def test_a_growth_of_a_thousandfold_is_among_the_discounted(
    window: str, base: str, known: bool
) -> None:
    """It is not used, which the answer says; what the others predict, if they know its months."""
    odd = f"g,A-B,,{window},{base},5000,times,,A,2025-02\n"
    ledger = tt.read_csv(io.StringIO(HEAD + yearly(*CALM_YEARS) + odd))
    tracking = tt.track(ledger, tt.Goal(4, by=2030), n_paths=200)
    [row] = tracking.discounted
    assert (row.row, row.kind, row.probability, row.unit) == ("g", "misprint", 1.0, "times")
    assert (row.expected is not None) == known
    assert ("where the others predict 1.04" in str(row)) == known
    assert row.cause == "growth, or a fall, of a thousandfold and more"
    assert "1 figure does not fit the others and is discounted: g" in str(tracking)
    assert [found.kind for found in tracking.findings] == ["growth_misprint"]
    assert tracking == tt.Tracking.model_validate_json(tracking.model_dump_json())
    believed = tt.track(ledger, tt.Goal(4), model=tt.GrowthMixture(misprints=None), n_paths=200)
    assert [one.row for one in believed.discounted] == ["g"]
