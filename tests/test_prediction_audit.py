"""The audit by prediction: inputs from the press, corruptions of plain ledgers, and clean ones."""

import io
import math
from dataclasses import replace

import numpy as np
import pytest

import tradetrack as tt
from tests.tracking_strategies import CALM, level, model
from tradetrack._prediction_audit import Reading, _Others
from tradetrack.models.misprints import MisprintPrior

HEAD = "id,pair,flow,window,base,value,unit,qualifier,reporter,published\n"
YEARS = dict(
    zip(
        range(2012, 2025),
        [1.21, 1.35, 1.42, 1.38, 1.55, 1.83, 2.04, 2.32, 2.18, 2.74, 3.26, 3.41, 3.87],
        strict=True,
    )
)


def read(*rows: str) -> tt.Ledger:
    return tt.read_csv(io.StringIO(HEAD + "".join(f"{row}\n" for row in rows)))


def yearly(growth: bool = False, **odd: str) -> tt.Ledger:
    """Yearly levels, and growth rates if asked for; cells of some rows written anew."""
    values = {f"y{year}": str(value) for year, value in YEARS.items()}
    rows = {name: f"2,{name[1:]},,{value}" for name, value in values.items()}
    if growth:
        for year in list(YEARS)[1:]:
            rate = 100.0 * (YEARS[year] / YEARS[year - 1] - 1.0)
            rows[f"g{year}"] = f"{year},{year - 1},{rate:.1f}"
    table = []
    for name, row in rows.items():
        year, value = int(name[1:]), odd.get(name, row.split(",")[-1])
        base = f"{year - 1}" if name.startswith("g") else ""
        unit = "percent" if base else "usd_bn"
        table.append(f"{name},A-B,,{year},{base},{value},{unit},,A stat,{year + 1}-02")
    return read(*table)


def doubted(ledger: tt.Ledger) -> list[tt.Finding]:
    return [found for found in tt.audit(ledger) if found.kind == "does_not_fit"]


SIX = "a,A-B,,2018-01..2018-06,,215.7,usd_mn,,A stat,2018-08-29"
SEVEN = "b,A-B,,2018-01..2018-07,,215.7,usd_mn,,A stat,2018-08-29"


def test_one_total_for_six_and_for_seven_months_is_a_tied_pair() -> None:
    [found] = tt.audit(read(SIX, SEVEN))
    assert (found.kind, set(found.rows)) == ("ytd_above_year", {"a", "b"})
    assert "one total for both" in found.message
    assert tt.audit(read(SIX, SEVEN.replace("215.7", "252.4"))) == ()


def test_it_is_found_among_years_too() -> None:
    years = [f"y{y},A-B,,{y},,{v},usd_mn,,A stat,2018-08-29" for y, v in ((2016, 169), (2017, 359))]
    [found] = tt.audit(read(SIX, SEVEN, *years))
    assert set(found.rows) == {"a", "b"}


def test_one_total_is_the_cause_where_the_others_say_which_window_is_wrong() -> None:
    [found] = tt.audit(
        read(
            "p,A-B,,2021,,3.9,usd_bn,,A,2022-02",
            "q,A-B,,2022,,4.2,usd_bn,,A,2023-02",
            "a,A-B,,2023-01..2023-03,,1.17,usd_bn,,A,2023-08",
            "b,A-B,,2023-01..2023-06,,1.17,usd_bn,,A,2023-08",
        )
    )
    assert (found.kind, found.rows) == ("does_not_fit", ("b",))
    assert "one total stands for 2023-01..2023-03 and for 2023-01..2023-06" in found.remedy


def test_the_gap_of_mirror_figures_over_windows_that_overlap_is_named() -> None:
    [found] = tt.audit(
        read(
            "a,IR-TR,ir_to_tr,2022,,3.35,usd_bn,,TurkStat,2023-08",
            "b,IR-TR,ir_to_tr,2022-04..2023-03,,7.45,usd_bn,,IRICA,2023-04",
        )
    )
    assert (found.kind, set(found.rows)) == ("mirror_gap", {"a", "b"})
    assert "US$ 3.35 bn by TurkStat for 2022: 2.22 times as much" in found.message


def test_a_growth_whose_base_flows_exceed_their_turnover_is_named() -> None:
    half, before = "2013-01..2013-06", "2012-01..2012-06"
    rows = [
        f"t,IN-VN,,{half},,2.6,usd_bn,,VN,2013-07-15",
        f"tg,IN-VN,,{half},{before},40.3,percent,,VN,2013-07-15",
        f"x,IN-VN,vn_to_in,{half},,1.16,usd_bn,,VN,2013-07-15",
        f"xg,IN-VN,vn_to_in,{half},{before},53.7,percent,,VN,2013-07-15",
        f"m,IN-VN,in_to_vn,{half},,1.4,usd_bn,over,VN,2013-07-15",
        f"mg,IN-VN,in_to_vn,{half},{before},314.1,percent,,VN,2013-07-15",
    ]
    [found] = tt.audit(read(*rows))
    assert (found.kind, found.rows) == ("does_not_fit", ("mg",))
    assert "ten times too large a rate" in found.remedy
    assert tt.audit(read(*rows[:-1], rows[-1].replace("314.1", "31.4"))) == ()


def test_two_currencies_are_a_finding() -> None:
    rows = (
        "a,CA-IN,,2024-04..2025-03,,8.66,usd_bn,,IN commerce,2026-03-02",
        "b,CA-IN,,2024,,30,cad_bn,,CA government,2025-11-23",
    )
    [found] = tt.audit(read(*rows))
    assert found.kind == "two_currencies"
    assert "levels in cad and in usd" in found.message


@pytest.mark.parametrize("part", [2.9, 3.1])
def test_a_year_beside_its_nine_months_is_left_alone(part: float) -> None:
    assert tt.audit(_nine_months(part)) == ()


def test_a_year_equal_to_less_than_its_nine_months_is_found() -> None:
    found = tt.audit(_nine_months(4.1))
    assert {"nine", "year"} & {row for one in found for row in one.rows}


def _nine_months(part: float) -> tt.Ledger:
    return read(
        "last,A-B,,2022,,3.8,usd_bn,,A,2023-02",
        f"nine,A-B,,2023-01..2023-09,,{part},usd_bn,,A,2023-11",
        "year,A-B,,2023,,4.0,usd_bn,,A,2024-02",
    )


@pytest.mark.parametrize("growth", [False, True])
def test_clean_yearly_figures_raise_no_alarm(growth: bool) -> None:
    assert tt.audit(yearly(growth)) == ()


@pytest.mark.parametrize(
    ("odd", "cause"),
    [
        ({"y2018": "20.4"}, "ten times too large"),
        ({"y2019": "0.232"}, "ten times too small"),
        ({"y2022": "2.36"}, "3.26 with two digits swapped"),
        ({"y2020": "1.83"}, "the figure of 2017"),
    ],
)
def test_the_guilty_level_and_the_cause_are_named_among_rates(
    odd: dict[str, str], cause: str
) -> None:
    [found] = tt.audit(yearly(growth=True, **odd))
    assert (found.kind, found.rows) == ("does_not_fit", tuple(odd))
    assert "which does not fit the others" in found.message
    assert "wrong" not in found.message
    assert cause in found.remedy


@pytest.mark.parametrize(("name", "value"), [("g2018", "115"), ("g2019", "49.7")])
def test_a_rate_that_its_levels_deny_is_named_once(name: str, value: str) -> None:
    [found] = tt.audit(yearly(growth=True, **{name: value}))
    assert (found.kind, found.rows[0]) == ("growth_levels", name)


@pytest.mark.parametrize("year", range(2014, 2024))
def test_a_tenfold_level_inside_a_lone_series_is_named(year: int) -> None:
    [found] = doubted(yearly(**{f"y{year}": f"{10 * YEARS[year]:.1f}"}))
    assert found.rows[0] == f"y{year}"
    assert "ten times too large" in found.remedy


def test_a_jump_that_later_years_confirm_is_none() -> None:
    jumped = {f"y{year}": f"{3 * value:.2f}" for year, value in YEARS.items() if year > 2018}
    assert doubted(yearly(**jumped)) == []


def test_what_track_says_is_what_the_audit_says() -> None:
    ledger = yearly(growth=True, y2018="20.4")
    goal = tt.Goal(5, by=2030)
    found = tt.audit(ledger)
    assert tt.track(ledger, goal, n_paths=100).findings == found
    other = tt.track(ledger, goal, n_paths=100, model=tt.models.EtsModel())
    assert other.findings == found


@pytest.mark.parametrize(
    ("asked", "fits"),
    [
        (tt.models.RandomWalkModel(), 1),
        (tt.scenarios.Scenario([], tt.models.RandomWalkModel()), 1),
        (tt.models.Ensemble({"walk": tt.models.RandomWalkModel()}, {"walk": 1}), 1),
        (tt.GrowthMixture(misprints=None), 2),
    ],
    ids=["walk", "scenario", "pool", "as printed"],
)
def test_the_mixture_behind_another_model_is_fitted_once(
    asked: tt.models.Model, fits: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it is the usual one; the findings are the audit's in any case."""
    ledger, count, fit = yearly(growth=True, y2018="20.4"), [], tt.GrowthMixture.fit

    def counted(self: tt.GrowthMixture, ledger: tt.Ledger) -> tt.models.Fitted:
        count.append(self)
        return fit(self, ledger)

    found = tt.audit(ledger)
    monkeypatch.setattr(tt.GrowthMixture, "fit", counted)
    assert tt.track(ledger, tt.Goal(5, by=2030), n_paths=50, model=asked).findings == found
    assert len(count) == fits


def test_a_ledger_that_cannot_be_fitted_is_audited_by_rules() -> None:
    assert tt.audit(read("a,A-B,,2024,2023,5,percent,,A,2025-02")) == ()
    with pytest.raises(tt.InputError, match="the ledger is a list; make one with Ledger"):
        tt.audit([])  # type: ignore[arg-type]


def test_the_prediction_of_a_reading_is_that_of_paths_that_do_not_know_the_row() -> None:
    """Simulated paths of the ledger without the row are the witness."""
    rows = [level(str(year), f"{1.1 ** (year - 2015):.3f}") for year in range(2015, 2021)]
    odd = level("2018", "13.31")
    without = [row for row in rows if row.window.year != 2018]
    doubting = replace(model(CALM, noise=0.01), misprints=MisprintPrior())
    fitted = doubting.fit(tt.Ledger([*without, odd]))
    excess, variance = _Others(fitted)._excess(odd, [Reading(odd, "")])
    blind = model(CALM, noise=0.01).fit(tt.Ledger(without))
    paths = blind.draw(2020, 40_000, np.random.default_rng(0))
    totals = np.log(paths.totals("turnover")[3])
    assert math.log(13.31) - excess[0] == pytest.approx(np.median(totals), abs=0.005)
    own = 0.01**2  # and next to nothing for the digits
    assert math.sqrt(variance[0] - own) == pytest.approx(totals.std(), rel=0.05)


def test_a_bound_that_does_not_fit_is_named() -> None:
    rows = [
        f"y{year},A-B,,{year},,{value},usd_bn,,A,{year + 1}-02" for year, value in YEARS.items()
    ]
    found = tt.audit(read(*rows, "b,A-B,,2020,,4200,usd_bn,at_least,B,2021-03"))
    assert any(one.rows[0] == "b" for one in found)


FLOWS = {
    year: (f"{value:.2f}", f"{0.7 * value:.2f}")
    for year, value in YEARS.items()
    if year >= 2016  # turnover, and the flow from A to B
}


def differences(*rows: str) -> tt.Ledger:
    """Yearly turnovers and one flow of A and B, and differences of them."""
    table = []
    for year, (turnover, flow) in FLOWS.items():
        table.append(f"t{year},A-B,,,{year},,{turnover},usd_bn,,A stat,{year + 1}-02")
        table.append(f"f{year},A-B,a_to_b,,{year},,{flow},usd_bn,,A stat,{year + 1}-02")
    return tt.read_csv(
        io.StringIO(
            HEAD.replace("window", "kind,window") + "".join(f"{row}\n" for row in (*table, *rows))
        )
    )


BALANCE = "x,A-B,balance,,2022,,{},usd_bn,,A stat,2023-02"
CHANGE = "x,A-B,b_to_a,increment,2022,{},{},usd_bn,,A stat,2023-02"  # of levels not printed


@pytest.mark.parametrize("row", [BALANCE.format("1.30"), CHANGE.format(2021, "0.16")])
def test_a_difference_that_fits_is_not_doubted(row: str) -> None:
    assert tt.audit(differences(row)) == ()


@pytest.mark.parametrize(
    ("row", "cause", "expected"),
    [
        (BALANCE.format("-1.30"), "of the other sign", "1.30"),
        (BALANCE.format("13.0"), "ten times too large", "1.30"),
        (BALANCE.format("1300"), "a thousand times too large", "1.30"),
        (BALANCE.format("0.13"), "ten times too small", "1.30"),
        (BALANCE.format("3.26"), "the figure of turnover", "1.30"),
        (CHANGE.format(2021, "1.6"), "ten times too large", "0.1"),
        (CHANGE.format(2021, "-0.16"), "of the other sign", "0.1"),
        (CHANGE.format(2019, "0.16"), "increment over 2021", "0.2"),
    ],
)
def test_a_difference_that_does_not_fit_is_named_with_its_cause(
    row: str, cause: str, expected: str
) -> None:
    [found] = doubted(differences(row))
    assert found.rows[0] == "x"
    assert cause in found.remedy
    assert f"they say about US$ {expected}" in found.message


def test_track_names_the_difference_that_the_audit_names() -> None:
    ledger = differences(BALANCE.format("-1.30"))
    [row] = tt.track(ledger, tt.Goal(5, by=2030), n_paths=200).discounted
    assert (row.row, row.unit) == ("x", "usd_bn")
    assert row.expected == pytest.approx(1.30, abs=0.02)
