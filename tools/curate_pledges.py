"""Write the archive of announced goals, and the histories of its pairs, from the gathered files.

    python tools/curate_pledges.py GATHERED [FOLDER]

GATHERED holds ``pledges.csv`` and ``pledge_histories.csv`` as they were gathered. Every row is put
through the checks below. What a check finds must be answered by a line of
``pledges_decisions.csv`` beside this file (id, finding, what is changed, and why), or nothing is
written; so must every gathered note, which is rewritten there as a short fact. A decision on
something that no check finds is an error too. Nothing is dropped: a goal that is not used is
set aside with its reason.
"""

import argparse
import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

Row = dict[str, str]
History = dict[int, float]  # year: exports and imports, US$ bn

DECISIONS = Path(__file__).with_name("pledges_decisions.csv")
COLUMNS = [
    *("id", "pair", "amount_usd_bn", "announced", "deadline", "reporter", "turnover_usd_bn"),
    *("outcome", "first_met", "basis", "observed_until", "outcome_other", "scope", "said_as"),
    *("confidence", "sources", "note", "repaired", "set_aside"),
]
OUTCOMES = {"yes": "met", "no": "not met", "open": "open"}
LAST_FULL_YEAR = 2024  # facts are gathered up to 14 November 2025
LATER = ("qazinform.com/news/uzbekistan-reports-sharp-rise-in-trade-with-china-53b9d6",)
ROUNDING = 0.0006  # the gathered totals have three decimals of US$ bn
LONGEST, FARTHEST = 15, 2.0  # years to a deadline; stated turnover over the history's
DATE = re.compile(r"(\d{4})(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, columns: list[str], rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n", extrasaction="raise")
        writer.writeheader()
        writer.writerows(rows)


def turnovers(rows: list[Row]) -> dict[tuple[str, str], History]:
    """Return the turnover of each reporter and partner, in the years that have both flows."""
    found: dict[tuple[str, str], History] = defaultdict(dict)
    for row in rows:
        years = found[row["reporter"], row["partner"]]
        if int(row["year"]) in years:
            raise SystemExit(f"two totals of one year: {row}")
        flows = [row["exports_usd_mn"], row["imports_usd_mn"]]
        if any(flow and float(flow) <= 0 for flow in flows) or not any(flows):
            raise SystemExit(f"a flow is not a positive number: {row}")
        if all(flows):
            years[int(row["year"])] = sum(map(float, flows)) / 1000
    return found


def pledge(row: Row, history: History) -> Row:
    """Turn a gathered row into one of the archive, before any decision on it."""
    pair = "-".join(sorted((row["pair_a"], row["pair_b"])))
    amount = f"{float(row['amount_usd_bn']):g}"
    name = f"{pair}-{row['announced'][:4]}-{amount}-{row['deadline_year']}"
    outcome = OUTCOMES[row["met_by_deadline"]]
    basis = {"evidence": "report", "panel": "statistics"}[row["outcome_basis"]]
    if basis == "statistics" and int(row["deadline_year"]) in history:
        basis = "history"
    return {
        "id": name,
        "pair": pair,
        "amount_usd_bn": amount,
        "announced": row["announced"],
        "deadline": row["deadline_year"],
        "reporter": row["reporter_used"],
        "turnover_usd_bn": f"{float(row['turnover_at_announcement_usd_bn']):g}",
        "outcome": outcome,
        "first_met": row["first_year_met"].removesuffix(".0"),
        "basis": "" if outcome == "open" else basis,
        "observed_until": ""
        if outcome == "open"
        else str(min(int(row["deadline_year"]), LAST_FULL_YEAR)),
        "outcome_other": OUTCOMES.get(row["other_reporter_met_by_deadline"], ""),
        "scope": row["scope"],
        "said_as": "goal",
        "confidence": row["confidence"],
        "sources": row["source_urls"],
        "note": "",
        "repaired": "",
        "set_aside": "",
    }


def findings(row: Row, gathered: Row, history: History) -> Iterator[tuple[str, str]]:
    """Yield what is odd about one row: the name of the check and what it found."""
    announced, deadline = row["announced"], int(row["deadline"])
    amount, first = float(row["amount_usd_bn"]), row["first_met"]
    if DATE.fullmatch(announced) is None or int(announced[:4]) > LAST_FULL_YEAR + 1:
        yield "date", f"announced {announced}"
    if not int(announced[:4]) <= deadline <= int(announced[:4]) + LONGEST:
        yield "deadline", f"{announced} for {deadline}"
    if row["reporter"] not in row["pair"].split("-"):
        yield "reporter", f"{row['reporter']} is not in {row['pair']}"
    if row["outcome"] == "not met" and deadline > LAST_FULL_YEAR:
        yield "deadline", f"said to be missed although {deadline} was not over"
    if amount >= 1 and amount % 0.5:
        yield "currency", f"{amount} is no round number of dollars"
    if amount <= float(row["turnover_usd_bn"]):
        yield "amount", "not above the turnover of the time"
    if (row["outcome"] == "met") != bool(first and int(first) <= deadline):
        yield "outcome", f"{row['outcome']}, first met {first or 'never'}"
    yield from about_sources(row, gathered)
    yield from against_history(row, gathered, history)


def about_sources(row: Row, gathered: Row) -> Iterator[tuple[str, str]]:
    """Yield what is odd about the sources, and what was noted on the row."""
    if any(source in row["sources"] for source in LATER):
        yield "source", "later than 14 November 2025"
    if "without address" in row["sources"]:
        yield "address", "a source without an address"
    if gathered["notes"] or row["scope"] != "goods":
        yield "note", gathered["notes"]


def against_history(row: Row, gathered: Row, history: History) -> Iterator[tuple[str, str]]:
    """Yield where the row is at odds with the totals of its pair."""
    announced, deadline = int(row["announced"][:4]), int(row["deadline"])
    amount, stated = float(row["amount_usd_bn"]), float(row["turnover_usd_bn"])
    known = {"prev_year": announced - 1, "announce_year": announced, "deadline_year": deadline}
    for name, year in known.items():
        given = gathered[f"panel_{name}_usd_bn"]
        if given and year in history and abs(float(given) - history[year]) > ROUNDING:
            yield "totals", f"{name}: {given} beside {history[year]:.3f}"
    before = history.get(announced - 1)
    if before and not 1 / FARTHEST < stated / before < FARTHEST:
        yield "turnover", f"stated {stated}, {before:.2f} in the history"
    reached = [year for year in sorted(history) if year >= announced and history[year] >= amount]
    if reached and row["first_met"] != str(reached[0]):
        yield "totals", f"first reached in {reached[0]}, not {row['first_met']}"
    if row["first_met"] and int(row["first_met"]) in history and not reached:
        yield "totals", f"never at {amount} in the history"
    if row["basis"] == "history":
        met = any(year <= deadline for year in reached)
        if met != (row["outcome"] == "met"):
            yield "outcome", f"{row['outcome']}, the history says otherwise"
        if (gathered["met_in_deadline_year"] == "yes") != (history[deadline] >= amount):
            yield "totals", "the deadline's year itself is told otherwise"


def across(rows: list[Row]) -> Iterator[tuple[str, str, str]]:
    """Yield what rows of one pair and amount say of each other: id, check, finding."""
    same: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        same[row["pair"], row["amount_usd_bn"]].append(row)
    for group in same.values():
        for row in group[: len(group) * (len(group) > 1)]:
            yield row["id"], "repeat", f"{len(group)} goals of {row['amount_usd_bn']}"
        firsts = {row["first_met"] for row in group if row["first_met"]}
        years = {int(row["announced"][:4]) for row in group if row["first_met"]}
        if len(firsts) > 1 and int(min(firsts)) >= max(years):
            for row in group:
                yield row["id"], "first_met", f"first met in {' or '.join(sorted(firsts))}"


def decide(row: Row, decision: Row) -> None:
    """Apply one decision: its changes, and its text as a note or as the reason of a repair."""
    for change in filter(None, re.split(r";(?=\w+=)", decision["change"])):
        column, _, value = change.partition("=")
        row[column] = value
    column = "note" if decision["finding"] in ("note", "repeat", "turnover") else "repaired"
    row[column] = ". ".join(filter(None, (row[column], decision["text"])))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("gathered", type=Path)
    parser.add_argument("folder", type=Path, nargs="?", default=Path("data"))
    arguments = parser.parse_args()
    gathered = read(arguments.gathered / "pledges.csv")
    flows = read(arguments.gathered / "pledge_histories.csv")
    histories = turnovers(flows)
    rows: list[Row] = []
    found: dict[tuple[str, str], str] = {}
    for raw in gathered:
        partner = raw["pair_b" if raw["reporter_used"] == raw["pair_a"] else "pair_a"]
        history = histories.get((raw["reporter_used"], partner), {})
        row = pledge(raw, history)
        for check, said in findings(row, raw, history):
            earlier = found.get((row["id"], check))
            found[row["id"], check] = f"{earlier}; {said}" if earlier else said
        rows.append(row)
    found |= {(name, check): said for name, check, said in across(rows)}
    if len({row["id"] for row in rows}) < len(rows):
        raise SystemExit("the same goal stands twice")
    decisions = read(DECISIONS)
    answered = {(decision["id"], decision["finding"]) for decision in decisions}
    volunteered = {key for key in answered - found.keys() if key[1] == "note"}  # facts may be added
    unanswered = [
        f"  {name}, {check}: {found[name, check]}" for name, check in found.keys() - answered
    ]
    idle = [f"  {name}, {check}" for name, check in answered - found.keys() - volunteered]
    if unanswered or idle:
        raise SystemExit(
            "\n".join(["not decided:", *sorted(unanswered), "not found:", *sorted(idle)])
        )
    by_id = {row["id"]: row for row in rows}
    for decision in decisions:
        decide(by_id[decision["id"]], decision)
    rows.sort(key=lambda row: (row["announced"][:4], row["announced"], row["id"]))
    write(arguments.folder / "pledges.csv", COLUMNS, rows)
    write(arguments.folder / "pledge_histories.csv", list(flows[0]), flows)
    repaired, aside = (sum(bool(row[name]) for row in rows) for name in ("repaired", "set_aside"))
    print(f"{len(rows)} goals, {repaired} repaired, {aside} set aside; {len(flows)} annual rows")


if __name__ == "__main__":
    main()
