"""The archive of announced goals: every row is possible, sourced, and true to its history."""

import csv
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tradetrack.domain.observation import last_day
from tradetrack.errors import InputError
from tradetrack.pledges import Pledge, pledges

ROOT = Path(__file__).resolve().parents[1]
ARCHIVE = pledges()
BY_ID = {pledge.id: pledge for pledge in ARCHIVE}
LAST_FULL_YEAR = 2024
ADDRESS = re.compile(r"[\w.-]+\.\w{2,}/\S+")


def table(path: str) -> list[dict[str, str]]:
    with (ROOT / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_readme_and_the_page_count_the_rows() -> None:
    aside = [pledge.id for pledge in ARCHIVE if pledge.set_aside]
    assert len(ARCHIVE) == len(BY_ID) == 70
    assert aside == ["KAZ-TUR-2011-5-2014", "IND-USA-2025-500-2030"]
    assert "| 70 trade goals" in (ROOT / "data/README.md").read_text(encoding="utf-8")
    assert "holds 70 goals" in (ROOT / "docs/pledges.md").read_text(encoding="utf-8")


def test_they_are_in_the_order_of_their_announcement() -> None:
    years = [pledge.year for pledge in ARCHIVE]
    assert years == sorted(years)
    assert (years[0], years[-1]) == (2004, 2025)


@pytest.mark.parametrize("pledge", ARCHIVE, ids=lambda pledge: pledge.id)
def test_a_row_is_possible(pledge: Pledge) -> None:
    by = pledge.goal.by
    assert by is not None
    assert pledge.year <= by <= pledge.year + 15
    assert pledge.goal.reporter in pledge.pair.split("-")
    assert "-".join(sorted(pledge.pair.split("-"))) == pledge.pair
    assert pledge.id == f"{pledge.pair}-{pledge.year}-{pledge.goal.amount:g}-{by}"
    assert pledge.turnover is None or pledge.turnover < pledge.goal.amount
    if len(pledge.announced) > 4:
        assert last_day(pledge.announced).isoformat() < "2025-11-14"
    assert any(ADDRESS.fullmatch(source) for source in pledge.sources)
    if pledge.outcome == "not met":
        assert by <= LAST_FULL_YEAR
        assert pledge.first_met is None or pledge.first_met > by
    if pledge.outcome == "met" and pledge.first_met is not None:
        assert pledge.year <= pledge.first_met <= by
    assert pledge.observed_until is None or pledge.observed_until <= min(by, LAST_FULL_YEAR)


@pytest.mark.parametrize("pledge", ARCHIVE, ids=lambda pledge: pledge.id)
def test_a_history_is_positive_and_agrees_with_the_outcome(pledge: Pledge) -> None:
    history, by = dict(pledge.history), pledge.goal.by
    assert all(total > 0 for total in history.values())
    assert list(history) == sorted(history)
    assert pledge.known == tuple(item for item in pledge.history if item[0] < pledge.year)
    reached = [
        year
        for year, total in pledge.history
        if year >= pledge.year and total >= pledge.goal.amount
    ]
    if reached:
        assert pledge.first_met == reached[0]
    if pledge.basis == "history":
        assert by in history
        assert {*range(pledge.year - 1, by + 1)} <= set(history)
        assert (pledge.outcome == "met") == any(year <= by for year in reached)
    for year in history:  # what is known year by year is what the history says
        known = pledge.met_by(year) if year >= pledge.year else None
        assert known is None or known == any(first <= year for first in reached)


def test_what_settled_the_goals() -> None:
    counts = {basis: [0, 0] for basis in ("history", "statistics", "report", "")}
    for pledge in ARCHIVE:
        counts[pledge.basis][pledge.outcome == "met"] += 1
    assert counts == {"history": [30, 10], "statistics": [4, 5], "report": [4, 3], "": [14, 0]}
    assert {pledge.pair for pledge in ARCHIVE if not pledge.history} == {
        *("ASEAN-IND", "ASEAN-CHN", "ARAB-CHN", "CHN-LAC")
    }


def test_repairs_that_matter() -> None:
    for name in ("TUR-UZB-2024-5-2025", "THA-VNM-2021-25-2025", "RUS-VNM-2023-10-2025"):
        assert BY_ID[name].outcome == "open"  # 2025 was not over
        assert "not over" in BY_ID[name].repaired
    euros = BY_ID["DEU-IND-2010-26.5-2012"]
    assert euros.goal.amount == pytest.approx(20 * 1.3257, abs=0.05)
    assert BY_ID["KHM-THA-2025-15-2027"].turnover is None
    for name in ("CHN-KAZ-2011-40-2015", "CHN-KAZ-2023-40-2030"):
        assert BY_ID[name].first_met is None
    later = "uzbekistan-reports-sharp-rise"
    assert not any(later in source for pledge in ARCHIVE for source in pledge.sources)


def test_the_flows_ship_as_they_were_gathered() -> None:
    rows = table("data/pledge_histories.csv")
    keys = {(row["reporter"], row["partner"], row["year"]) for row in rows}
    assert len(rows) == len(keys) == 1101
    assert {int(row["year"]) for row in rows} == set(range(1980, 2021))
    reporters = {(pledge.goal.reporter, *sorted(pledge.pair.split("-"))) for pledge in ARCHIVE}
    for row in rows:
        flows = [row["exports_usd_mn"], row["imports_usd_mn"]]
        assert any(flows)
        assert all(float(flow) > 0 for flow in flows if flow)
        assert (row["reporter"], *sorted((row["reporter"], row["partner"]))) in reporters


def test_every_decision_is_on_a_row_and_says_why() -> None:
    for decision in table("tools/pledges_decisions.csv"):
        assert decision["text"]
        name = re.search(r"id=([^;]+)", decision["change"])
        assert decision["id"] in BY_ID or name or decision["id"].startswith("DEU-IND-2010")


def test_a_known_outcome_ends_with_what_was_observed() -> None:
    early = BY_ID["IND-RUS-2018-30-2025"]  # reached in 2022; the deadline was not over
    assert [early.met_by(year) for year in (2020, 2022, 2024, 2025)] == [False, True, True, None]
    assert BY_ID["KOR-VNM-2022-150-2030"].met_by(2023) is False
    assert BY_ID["KOR-VNM-2022-150-2030"].met_by(2024) is None
    between = BY_ID["CHN-KAZ-2023-40-2030"]  # in 2023 or 2024
    assert [between.met_by(year) for year in (2023, 2024, 2025)] == [None, True, None]


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"announced": "2021-03"}, "a goal of 2021-03 cannot be for 2020"),
        ({"basis": ""}, "a settled goal names its basis"),
        ({"outcome": "open"}, "a settled goal names its basis"),
        ({"sources": ()}, "name the source"),
        ({"announced": "2015-13"}, "not a date"),
    ],
)
def test_a_row_that_cannot_be_right(change: dict[str, object], match: str) -> None:
    row = BY_ID["THA-VNM-2015-15-2020"].model_dump()
    with pytest.raises((InputError, ValueError), match=match):
        Pledge.model_validate(row | change)


def test_json_comes_back_the_same() -> None:
    for pledge in ARCHIVE:
        assert Pledge.model_validate_json(pledge.model_dump_json()) == pledge


GATHERED = """\
pair_a,pair_b,amount_usd_bn,announced,deadline_year,turnover_at_announcement_usd_bn,\
first_year_met,met_by_deadline,reporter_used,source_urls,confidence,outcome_basis,\
panel_prev_year_usd_bn,panel_announce_year_usd_bn,panel_deadline_year_usd_bn,\
panel_max_to_deadline_usd_bn,met_in_deadline_year,other_reporter_met_by_deadline,\
other_reporter_deadline_year_usd_bn,scope,notes
AAA,BBB,{amount},2010-05,{deadline},1.0,,{met},AAA,a.org/b,high,panel,{before},,,,{end},,,goods,
"""
FLOWS = """\
reporter,partner,year,exports_usd_mn,imports_usd_mn
AAA,BBB,2009,500,{imports}
AAA,BBB,2010,700,600
AAA,BBB,2011,900,600
AAA,BBB,2012,900,1100
"""


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ({"deadline": "2009"}, "deadline: 2010-05 for 2009"),
        ({"met": "yes"}, "met, first met never"),
        ({"amount": "1.9"}, "first reached in 2012, not"),
        ({"amount": "0.9"}, "amount: not above the turnover of the time"),
        ({"amount": "25.7"}, "currency: 25.7 is no round number"),
        ({"before": "1.3"}, "totals: prev_year: 1.3 beside 1.000"),
        ({"imports": "-500"}, "a flow is not a positive number"),
        ({"end": "yes"}, "totals: the deadline's year itself is told otherwise"),
    ],
)
def test_the_tool_finds_what_is_odd(change: dict[str, str], finding: str, tmp_path: Path) -> None:
    row = {
        **{"amount": "3", "deadline": "2012", "met": "no", "before": "1.0"},
        **{"end": "no", "imports": "500"},
    }
    (tmp_path / "pledges.csv").write_text(GATHERED.format(**row | change), encoding="utf-8")
    (tmp_path / "pledge_histories.csv").write_text(FLOWS.format(**row | change), encoding="utf-8")
    command = [sys.executable, str(ROOT / "tools/curate_pledges.py"), str(tmp_path), str(tmp_path)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert finding in run.stderr
