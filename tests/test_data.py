"""The shipped statements and goals: every row reads, is accounted for, and keeps its sources."""

import csv
import datetime as dt
import math
import re
from pathlib import Path

import pytest
from tools import fit_hedges

import tradetrack as tt
from tradetrack._audit.audit import audit_rows as audit
from tradetrack.domain.goal import Goal
from tradetrack.domain.observation import Growth, Level, Series, last_day
from tradetrack.ledger.io import read_csv

ROOT = Path(__file__).resolve().parents[1]
LAST_DAY = dt.date(2025, 11, 14)
REPORTERS = {"KZ stat", "KZ government", "UZ stat", "UZ government"}
SEED_ROW = re.compile(r"\| (.+) \| (.+) \| (.+) \| \[(.+)[\])] (\w+) \| (S\d{4}) \|")
GOAL_ROW = re.compile(r"\| (.+) \| (.+) \| goal, (\w+), (.+) \| (\d+) (\w+) \| (S\d{4}) \|")


def table(path: str) -> list[dict[str, str]]:
    with (ROOT / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ROWS = table("data/kazakhstan_uzbekistan.csv")
GOALS = table("data/kazakhstan_uzbekistan_goals.csv")
LEFT_OUT = table("data/kazakhstan_uzbekistan_left_out.csv")
DECISIONS = table("tools/kazakhstan_uzbekistan_decisions.csv")
SEEDS = (ROOT / "docs/seeds.md").read_text(encoding="utf-8")


LEDGER = read_csv(ROOT / "data/kazakhstan_uzbekistan.csv")
OBSERVATIONS = {row.id: row for row in LEDGER}


def test_every_statement_is_accounted_for_once() -> None:
    gathered = [f"S{n:04d}" for n in range(1, 306) if not 286 <= n <= 293]
    kept = [row["id"] for row in (*ROWS, *GOALS, *LEFT_OUT) if row["id"].startswith("S")]
    assert sorted(kept) == gathered
    assert len(gathered) == 297


def test_the_readme_counts_the_rows() -> None:
    text = (ROOT / "data/README.md").read_text(encoding="utf-8")
    aside = sum(bool(row["set_aside"]) for row in ROWS)
    assert f"{len(ROWS)} printed figures" in text
    assert f"{aside} of them are set aside" in text
    assert f"{len(GOALS)} announcements" in text
    assert sum(bool(row["set_aside"]) for row in GOALS) == 1


def test_the_audit_finds_only_what_was_kept_knowingly() -> None:
    kept = {"A-UZB-2016-uz_to_kz-UZSTAT", "A-UZB-2017-uz_to_kz-UZSTAT"}
    for finding in audit(LEDGER):
        if finding.kind == "same_day_figures":  # 4.5 and 4.4 by one government in two documents
            assert finding.rows == ("S0220", "S0221"), finding
        elif finding.kind != "repeated_release":
            assert finding.kind == "mirror_gap", finding
            assert kept & set(finding.rows), finding


def test_ids_are_unique() -> None:
    ids = [row["id"] for row in (*ROWS, *GOALS, *LEFT_OUT)]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("row", [*ROWS, *GOALS], ids=lambda row: row["id"])
def test_rows_name_source_reporter_and_a_date_in_time(row: dict[str, str]) -> None:
    unknown = "unclear" if row in GOALS else ""
    assert row["reporter"] in {*REPORTERS, unknown}
    assert row["document"]
    date = row.get("published") or row["date"]
    assert (dt.date.fromisoformat(date) if len(date) == 10 else last_day(date)) <= LAST_DAY


def test_no_release_is_taken_for_exact() -> None:
    for row in ROWS:
        assert row["qualifier"] != "exact", row["id"]


def test_annual_cells_are_used_from_2016_on_for_uzbekistan() -> None:
    for observation in OBSERVATIONS.values():
        if observation.id.startswith("A-"):
            early = observation.reporter == "UZ stat" and observation.window.year < 2016
            late = observation.window.year == 2024
            assert bool(observation.set_aside) == (early or late), observation.id


def test_a_growth_compares_windows_of_as_many_months() -> None:
    for row in OBSERVATIONS.values():
        if isinstance(row, Growth):
            assert row.base.n_months == row.window.n_months, row.id
            assert (row.window.start - row.base.start) % 12 == 0, row.id


def test_a_changed_fact_says_why() -> None:
    for decision in DECISIONS:
        columns = {part.partition("=")[0] for part in decision["change"].split(";")}
        if columns - {"", "value", "speaker"}:
            assert decision["note"] or decision["set_aside"], decision["id"]


def test_corrections_that_matter() -> None:
    assert OBSERVATIONS["S0110"].figure.unit == "usd_th"
    assert OBSERVATIONS["S0110"].figure.text == "3 333 503"
    assert str(OBSERVATIONS["S0141"].window) == "2022-01..2022-10"
    assert OBSERVATIONS["S0143"].series.flow == "kz_to_uz"
    for number in range(230, 239):
        assert OBSERVATIONS[f"S{number:04d}"].window.n_months == 7
    for name in ("S0213", "S0283", "S0176", "S0088"):
        assert OBSERVATIONS[name].figure.qualifier == "truncated"
    for name in ("S0011", "S0024", "S0052", "S0057", "S0069", "S0078", "S0254", "S0257"):
        assert OBSERVATIONS[name].set_aside


def used_levels(reporter: str) -> dict[tuple[str, str], tuple[float, float]]:
    """Latest used interval in US$ bn of each flow and window of a reporter."""
    scale = {"usd": 1e-9, "usd_th": 1e-6, "usd_mn": 1e-3, "usd_bn": 1.0}
    levels = {}
    for row in sorted(OBSERVATIONS.values(), key=lambda row: last_day(row.published)):
        if isinstance(row, Level) and row.reporter == reporter and not row.set_aside:
            low, high = row.figure.interval
            factor = scale[row.figure.unit]
            levels[row.series.flow, str(row.window)] = (low * factor, high * factor)
    return levels


@pytest.mark.parametrize("reporter", sorted(REPORTERS))
def test_parts_add_up_and_years_contain_their_months(reporter: str) -> None:
    levels = used_levels(reporter)
    for (flow, window), (low, high) in levels.items():
        names = [(part, window) for part in ("kz_to_uz", "uz_to_kz")]
        parts = [levels[name] for name in names if name in levels]
        if flow == "turnover" and len(parts) == 2:
            assert sum(part[0] for part in parts) <= high * 1.02, window
            assert sum(part[1] for part in parts) >= low * 0.98, window
        year = levels.get((flow, window[:4]))
        if year and ".." in window:
            assert low <= year[1], (flow, window)


def test_the_two_offices_agree_on_turnover_from_2017() -> None:
    kazakh, uzbek = used_levels("KZ stat"), used_levels("UZ stat")
    flows = ("kz_to_uz", "uz_to_kz")
    for year in range(2017, 2024):
        here, there = (
            sum(levels[flow, str(year)][0] for flow in flows) for levels in (kazakh, uzbek)
        )
        assert 0.85 < here / there < 1.15, year


def latest_dated(amount: str) -> dict[str, str]:
    rows = [row for row in GOALS if row["amount"] == amount and row["deadline"]]
    rows = [row for row in rows if row["unit"] == "usd_bn" and not row["set_aside"]]
    return max(rows, key=lambda row: last_day(row["date"]))


def test_the_latest_dated_goals() -> None:
    assert latest_dated("5")["deadline"] == "2022"
    assert latest_dated("10")["deadline"] == "2030"


def test_goals_in_money_are_goals() -> None:
    for row in GOALS:
        if row["unit"] == "percent":
            assert row["id"] == "S0001"
            continue
        assert row["unit"] == "usd_bn"
        series = Series(pair=row["pair"], flow=row["flow"])
        by = int(row["deadline"]) if row["deadline"] else None
        goal = Goal(amount=float(row["amount"]), by=by, series=series)
        assert goal.by is None or goal.by >= int(row["date"][:4]) or row["id"] == "S0198"


def test_seed_figures_stand_in_the_ledger_as_the_page_says() -> None:
    found = SEED_ROW.findall(SEEDS)
    assert len(found) == 30
    for _, printed, read_as, interval, unit, name in found:
        row = OBSERVATIONS[name]
        assert row.figure.text == printed
        assert row.figure.unit == unit
        bounds = tuple(math.inf if part == "∞" else float(part) for part in interval.split(", "))
        assert row.figure.interval == pytest.approx(bounds)
        kind, flow, window, reporter = read_as.split(", ")
        assert (kind, flow, reporter) == (row.kind, row.series.flow, row.reporter)
        base = f" over {row.base}" if isinstance(row, Growth) else ""
        assert window == f"{row.window}{base}"
        assert not row.set_aside


def test_seed_goals_stand_among_the_goals() -> None:
    goals = {row["id"]: row for row in GOALS}
    found = GOAL_ROW.findall(SEEDS)
    assert len(found) == 7
    for _, printed, flow, deadline, amount, unit, name in found:
        row = goals[name]
        assert (row["amount"], row["unit"], row["flow"]) == (amount, unit, flow)
        assert printed.split()[0] == amount
        assert deadline == (row["deadline_text"] or "no deadline")


def test_the_article_without_figures_says_so() -> None:
    assert "| Astana Times, readers | none | no trade figure | – | – |" in SEEDS


def test_the_page_of_hedges_is_current() -> None:
    assert fit_hedges.PAGE.read_text(encoding="utf-8") == fit_hedges.page(
        fit_hedges.pairs(tt.datasets.kazakhstan_uzbekistan())
    ), "run `python tools/fit_hedges.py`"
