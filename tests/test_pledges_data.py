"""The archive of announced goals: every row is possible, sourced, and true to its history."""

import csv
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import tradetrack as tt
from tradetrack.domain.amount import Multiple
from tradetrack.domain.goal import Goal
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
    decided = (ROOT / "docs/decisions/0040-archive.md").read_text(encoding="utf-8")
    assert len(ARCHIVE) == len(BY_ID) == 213
    assert len(aside) == 16
    assert all(name in decided for name in aside)
    readme = (ROOT / "data/README.md").read_text(encoding="utf-8")
    assert "| 213 trade goals" in readme
    assert "16 are set aside" in readme


def test_nothing_was_lost_on_the_way() -> None:
    """Every goal with a line by hand ships, or is left out for a reason."""
    left = {row["id"] for row in table("data/pledges_left_out.csv") if row["reason"]}
    renamed = {"DEU-IND-2010-25.7-2012": "DEU-IND-2010-26.5-2012"}
    kinds = {renamed.get(row["id"], row["id"]) for row in table("tools/pledges_kinds.csv")}
    assert kinds == BY_ID.keys() | left
    assert len(left) == 2
    assert not BY_ID.keys() & left


def test_they_are_in_the_order_of_their_announcement() -> None:
    years = [pledge.year for pledge in ARCHIVE]
    assert years == sorted(years)
    assert (years[0], years[-1]) == (2003, 2025)


@pytest.mark.parametrize("pledge", ARCHIVE, ids=lambda pledge: pledge.id)
def test_a_row_is_possible(pledge: Pledge) -> None:
    assert pledge.year <= pledge.by <= pledge.year + 15
    assert pledge.goal.reporter in pledge.pair.split("-")
    assert "-".join(sorted(pledge.pair.split("-"))) == pledge.pair or "WLD" in pledge.pair
    assert pledge.turnover is None or pledge.turnover < pledge.level
    if len(pledge.announced) > 4:
        assert last_day(pledge.announced).isoformat() < "2025-11-14"
    assert any(ADDRESS.fullmatch(source) for source in pledge.sources)
    if pledge.outcome == "not met":
        assert pledge.by <= LAST_FULL_YEAR
        assert pledge.first_met is None or pledge.first_met > pledge.by
    if pledge.outcome == "met" and pledge.first_met is not None:
        assert pledge.year <= pledge.first_met <= pledge.by
    if pledge.outcome == "unknown":
        assert pledge.by <= LAST_FULL_YEAR
    assert pledge.observed_until is None or pledge.observed_until <= min(pledge.by, LAST_FULL_YEAR)


@pytest.mark.parametrize("pledge", ARCHIVE, ids=lambda pledge: pledge.id)
def test_a_history_is_positive_and_agrees_with_the_outcome(pledge: Pledge) -> None:
    history, by = dict(pledge.history), pledge.by
    assert all(total > 0 for total in history.values())
    assert list(history) == sorted(history)
    assert pledge.known == tuple(item for item in pledge.history if item[0] < pledge.year)
    high = [year for year, total in pledge.history if total >= pledge.level]
    assert pledge.reached_before == max((year for year in high if year < pledge.year), default=None)
    reached = [year for year in high if year >= (by if pledge.counts == "in" else pledge.year)]
    if reached:
        assert pledge.first_met == reached[0]
    if pledge.basis == "history":
        assert {*range(pledge.year, by + 1)} <= set(history)
        assert (pledge.outcome == "met") == any(year <= by for year in reached)
    for year in history:  # what is known year by year is what the history says
        known = pledge.met_by(year) if year >= pledge.year else None
        assert known is None or known == any(first <= year for first in reached)


def test_what_settled_the_goals() -> None:
    counts = {basis: [0, 0] for basis in ("history", "statistics", "report", "")}
    for pledge in ARCHIVE:
        counts[pledge.basis][pledge.outcome == "met"] += 1
    assert counts == {"history": [108, 35], "statistics": [11, 8], "report": [5, 7], "": [39, 0]}
    assert {pledge.pair for pledge in ARCHIVE if not pledge.history} == {
        *("ASEAN-IND", "ASEAN-CHN", "ARAB-CHN", "CHN-LAC", "AFR-IND", "AFR-CHN", "MENA-RUS"),
        *("IRQ-SAU", "TUR-WLD", "IND-WLD"),
    }


def test_what_rested_on_memory_is_not_in_it() -> None:
    for decision in table("tools/pledges_decisions.csv"):
        if decision["finding"] == "memory" and "outcome" in decision["text"]:
            assert BY_ID[decision["id"]].outcome in ("open", "unknown"), decision["id"]
    for row in table("data/pledges.csv"):
        assert "general knowledge" not in " ".join(row.values())


def test_goals_of_other_kinds() -> None:
    double = BY_ID["IND-IRN-2018-27.6-2023"]
    assert double.goal.amount == Multiple(2, tt.Window("2017"))
    assert double.level == pytest.approx(2 * dict(double.history)[2017], rel=1e-5)
    assert str(BY_ID["DEU-IND-2010-26.5-2012"].goal) == "EUR 20 bn by 2012"
    assert str(BY_ID["IND-E-2011-500-2013"].goal) == "US$ 500 bn in Apr 2013–Mar 2014"
    exports, imports = (BY_ID[f"CHN-PER-X-{who}-2015"] for who in ("PER-2008-15", "CHN-2008-12"))
    (row,) = (
        row
        for row in table("data/pledge_histories.csv")
        if (row["reporter"], row["partner"], row["year"]) == ("PER", "CHN", "2007")
    )
    assert dict(exports.history)[2007] == pytest.approx(float(row["exports_usd_mn"]) / 1000)
    assert dict(imports.history)[2007] == pytest.approx(float(row["imports_usd_mn"]) / 1000)
    assert BY_ID["IBSA-2007-15-2010"].pair == "IBSA"
    assert dict(BY_ID["IBSA-2007-15-2010"].history)[2006] == pytest.approx(7.012, abs=5e-4)
    assert [BY_ID[name].counts for name in ("IDN-TUR-2010-5-2012", "IDN-TUR-2010-10-2014")] == [
        *("in", "by")
    ]
    assert BY_ID["CHN-THA-2012-100-2015"].by == 2014  # "before 2015"


@pytest.mark.parametrize(
    ("name", "amount"),
    [
        ("IND-IRN-2018-27.6-2023", None),  # twice the total of 2017
        ("IDN-TUR-2010-5-2012", 5.0),  # in a year
        ("CHN-PER-X-PER-2008-15-2015", 15.0),  # one direction
        ("IBSA-2007-15-2010", 15.0),  # no pair
    ],
)
def test_a_goal_of_the_archive_is_a_question_as_it_stands(name: str, amount: float | None) -> None:
    """As of the announcement, said as it was said or as the level it comes to."""
    pledge = BY_ID[name]
    series = pledge.goal.series
    assert series is not None
    rows = [
        tt.Level(
            series=series,
            window=tt.Window(str(year)),
            figure=tt.Figure.of(f"{total:.4f}", "usd_bn", "exact"),
            reporter=pledge.goal.reporter,
            published=f"{year + 1}-01",
        )
        for year, total in pledge.known[-5:]
    ]
    level = pledge.goal.model_copy(update={"amount": pledge.level})
    said, judged = tt.track(tt.Ledger(rows), [pledge.goal, level], n_paths=500).attainments
    assert said.deadline_probability == pytest.approx(judged.deadline_probability, abs=0.02)
    assert amount is None or pledge.level == amount


def test_repairs_that_matter() -> None:
    for name in ("TUR-UZB-2024-5-2025", "THA-VNM-2021-25-2025", "RUS-VNM-2023-10-2025"):
        assert BY_ID[name].outcome == "open"  # 2025 was not over
        assert "not over" in BY_ID[name].repaired
    euros = BY_ID["DEU-IND-2010-26.5-2012"]
    assert euros.level == pytest.approx(20 * 1.3257, abs=0.05)
    assert BY_ID["KHM-THA-2025-15-2027"].turnover is None
    for name in ("CHN-KAZ-2011-40-2015", "CHN-KAZ-2023-40-2030"):
        assert BY_ID[name].first_met == 2023
    for later in ("uzbekistan-reports-sharp-rise", "tass.com/economy/2056485"):
        assert not any(later in source for pledge in ARCHIVE for source in pledge.sources)


def test_the_flows_ship_as_they_were_gathered() -> None:
    rows = table("data/pledge_histories.csv")
    keys = {(row["reporter"], row["partner"], row["year"]) for row in rows}
    assert len(rows) == len(keys) == 3867
    assert {int(row["year"]) for row in rows} == set(range(1960, 2021))
    reporters = {(pledge.goal.reporter, *sorted({*pledge.pair.split("-")})) for pledge in ARCHIVE}
    for row in rows:
        flows = [row["exports_usd_mn"], row["imports_usd_mn"]]
        assert any(flows)
        assert all(float(flow) > 0 for flow in flows if flow)
        assert (row["reporter"], *sorted({row["reporter"], row["partner"]})) in reporters


def test_every_decision_is_on_a_row_and_says_why() -> None:
    known = {row["id"] for row in table("tools/pledges_kinds.csv")}
    for decision in table("tools/pledges_decisions.csv"):
        assert decision["text"]
        assert decision["id"] in known


def test_a_known_outcome_ends_with_what_was_observed() -> None:
    early = BY_ID["IND-RUS-2018-30-2025"]  # reached in 2022; the deadline was not over
    assert [early.met_by(year) for year in (2020, 2022, 2024, 2025)] == [False, True, True, None]
    assert BY_ID["KOR-VNM-2022-150-2030"].met_by(2023) is False
    assert BY_ID["KOR-VNM-2022-150-2030"].met_by(2024) is None
    sometime = BY_ID["CHN-IDN-2021-100-2024"]  # by 2023, or earlier
    assert [sometime.met_by(year) for year in (2023, 2024, 2025)] == [None, True, None]


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"by": 2014}, "a goal of 2015-03 cannot be for 2014"),
        ({"goal": Goal(15, by=2020)}, "a goal of no date cannot be for 2020"),
        ({"basis": ""}, "a settled goal names its basis"),
        ({"outcome": "open"}, "a settled goal names its basis"),
        ({"outcome": "unknown"}, "a settled goal names its basis"),
        ({"sources": ()}, "name the source"),
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
    run = curated(change, tmp_path, "AAA-BBB-2010-{amount}-{deadline}")
    assert run.returncode == 1
    assert finding in run.stderr


def test_the_tool_asks_what_kind_of_goal_it_is(tmp_path: Path) -> None:
    assert "AAA-BBB-2010-3-2012 has no line" in curated({}, tmp_path, "another").stderr


def curated(change: dict[str, str], folder: Path, known: str) -> subprocess.CompletedProcess[str]:
    """Run a copy of the tool on one gathered goal; ``known`` is the id that has a line."""
    row = {
        **{"amount": "3", "deadline": "2012", "met": "no", "before": "1.0"},
        **{"end": "no", "imports": "500"},
    } | change
    tool = shutil.copy(ROOT / "tools/curate_pledges.py", folder)
    (folder / "pledges.csv").write_text(GATHERED.format(**row), encoding="utf-8")
    (folder / "pledge_histories.csv").write_text(FLOWS.format(**row), encoding="utf-8")
    head = (ROOT / "tools/pledges_kinds.csv").read_text(encoding="utf-8").splitlines()[0]
    line = known.format(**row) + "," * head.count(",")
    (folder / "pledges_kinds.csv").write_text(f"{head}\n{line}\n", encoding="utf-8")
    (folder / "pledges_decisions.csv").write_text("id,finding,change,text\n", encoding="utf-8")
    command = [sys.executable, str(tool), str(folder), "--to", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False)
