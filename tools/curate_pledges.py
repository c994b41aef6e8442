"""Write the archive of announced goals, and the histories of its pairs, from the gathered files.

    python tools/curate_pledges.py GATHERED [GATHERED ...] [--to FOLDER]

GATHERED is a folder of goals (``pledges.csv`` or ``goals.csv``) and annual flows
(``pledge_histories.csv`` or ``histories.csv``) as they were gathered. Every goal has a line in
``pledges_kinds.csv`` beside this file, written by hand: what kind of goal it is. Every row is then
put through the checks below. What a check finds must be answered by a line of
``pledges_decisions.csv`` (id, finding, what is changed, and why), or nothing is written; so must
every gathered note, which is rewritten there as a short fact. A decision on something that no check
finds is an error too. Nothing is dropped: a goal that is not used is set aside with its reason, and
one that cannot ship (the same goal twice, or told after the last day of the facts) stands with its
reason in ``pledges_left_out.csv``.
"""

import argparse
import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

Row = dict[str, str]
Flows = dict[int, tuple[float | None, float | None]]  # year: exports and imports, US$ bn
History = dict[int, float]  # year: the total that counts, US$ bn

HERE = Path(__file__).parent
DECISIONS, KINDS = HERE / "pledges_decisions.csv", HERE / "pledges_kinds.csv"
COLUMNS = [
    *("id", "pair", "flow", "coverage", "amount", "unit", "window", "level_usd_bn"),
    *("announced", "dated", "deadline", "deadline_text", "speaker", "said_as", "reporter"),
    *("turnover_usd_bn", "outcome", "first_met", "basis", "observed_until", "outcome_other"),
    *("reached_before", "confidence", "round", "sources", "note", "repaired", "set_aside"),
]
FLOWS = ["reporter", "partner", "year", "exports_usd_mn", "imports_usd_mn"]
LEFT_OUT = ["id", "reason"]
OUTCOMES = {"yes": "met", "no": "not met", "open": "open", "unknown": "unknown"}
BASES = {"evidence": "report", "panel": "statistics", "general knowledge": "", "": ""}
LAST_FULL_YEAR = 2024  # facts are gathered up to 14 November 2025
LATER = (
    "qazinform.com/news/uzbekistan-reports-sharp-rise-in-trade-with-china-53b9d6",
    "tass.com/economy/2056485",
    "menafn.com/1110348182",
)
ROUNDING = 0.0006  # the gathered totals have three decimals of US$ bn
LONGEST, FARTHEST = 15, 2.0  # years to a deadline; stated turnover over the history's
NEARLY_OVER = 10  # month of the deadline's year from which on a goal tells a result
DATE = re.compile(r"(\d{4})(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
FACTOR = re.compile(r"(\d+)x (\d{4})")  # "2x 2017": a multiple of a calendar year's total
FACTS = ("note", "repeat", "turnover")  # findings whose answer is a note, whatever it changes
NAMED = re.compile(r"\d{4}(-\d{2}\.\.\d{4}-\d{2})?")  # a window of its own: *in* it, not by it


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_either(folder: Path, *names: str) -> list[Row]:
    """Read the first of these files that the folder has."""
    return read(next(folder / name for name in names if (folder / name).exists()))


def write(path: Path, columns: list[str], rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n", extrasaction="raise")
        writer.writeheader()
        writer.writerows(rows)


def merge(tables: list[list[Row]]) -> dict[tuple[str, str], dict[int, Row]]:
    """Merge annual flows by reporter, partner and year; two tables must agree where both speak."""
    found: dict[tuple[str, str], dict[int, Row]] = defaultdict(dict)
    for table in tables:
        seen = set()
        for row in table:
            kept = {column: row[column] for column in FLOWS}
            flows = [kept["exports_usd_mn"], kept["imports_usd_mn"]]
            if any(flow and float(flow) <= 0 for flow in flows) or not any(flows):
                raise SystemExit(f"a flow is not a positive number: {row}")
            years, year = found[row["reporter"], row["partner"]], int(row["year"])
            if (key := (row["reporter"], row["partner"], year)) in seen or (
                year in years and years[year] != kept
            ):
                raise SystemExit(f"two totals of one year: {row}")
            seen.add(key)
            years[year] = kept
    return found


def counted(row: Row) -> list[str]:
    """Return the columns of the reporter's annual flows whose sum counts for a goal.

    The trade among the members of a group is the sum of their exports to each other.
    """
    if "-" not in row["pair"]:
        return ["exports_usd_mn"]
    if row["flow"] == "turnover":
        return ["exports_usd_mn", "imports_usd_mn"]
    own = row["flow"].startswith(f"{row['reporter'].lower()}_")
    return ["exports_usd_mn" if own else "imports_usd_mn"]


def totals(years: dict[int, Row], row: Row) -> History:
    """Return the total that counts for a goal, US$ bn, in the years in which it is known."""
    columns = counted(row)
    return {
        year: sum(float(cells[column]) for column in columns) / 1000
        for year, cells in sorted(years.items())
        if all(cells[column] for column in columns)
    }


def partner(row: Row) -> str:
    """Return the other side of the reporter's table, which for a group's own trade is itself."""
    others = set(row["pair"].split("-")) - {row["reporter"]}
    return others.pop() if others else row["reporter"]


def pledge(raw: Row, kind: Row, gathered: int) -> Row:
    """Turn a gathered row into one of the archive, before its history or any decision on it."""
    outcome, basis = OUTCOMES[raw["met_by_deadline"]], BASES[raw["outcome_basis"]]
    if outcome in ("met", "not met") and not basis:
        outcome = "unknown"
    if outcome == "open" or (outcome == "unknown" and int(raw["deadline_year"]) > LAST_FULL_YEAR):
        outcome, basis = "open", ""
    settled = outcome in ("met", "not met")
    level = f"{float(raw['amount_usd_bn']):g}"
    return {
        "id": name(raw),
        "pair": kind["pair"] or "-".join(sorted((raw["pair_a"], raw["pair_b"]))),
        "flow": kind["flow"] or "turnover",
        "coverage": kind["coverage"] or "goods",
        "amount": kind["amount"] or level,
        "unit": kind["unit"] or "usd_bn",
        "window": kind["window"] or "calendar_year",
        "level_usd_bn": level,
        "announced": raw["announced"],
        "dated": kind["dated"] or "stated",
        "deadline": raw["deadline_year"],
        "deadline_text": kind["deadline_text"],
        "speaker": raw.get("speaker", ""),
        "said_as": kind["said_as"] or raw.get("said_as", "") or "goal",
        "reporter": raw["reporter_used"],
        "turnover_usd_bn": f"{float(raw['turnover_at_announcement_usd_bn'] or 'nan'):g}".replace(
            "nan", ""
        ),
        "outcome": outcome,
        "first_met": raw["first_year_met"].removesuffix(".0") if settled else "",
        "basis": basis if settled else "",
        "observed_until": str(min(int(raw["deadline_year"]), LAST_FULL_YEAR)) if settled else "",
        "outcome_other": OUTCOMES.get(raw["other_reporter_met_by_deadline"], ""),
        "reached_before": "",
        "confidence": raw["confidence"],
        "round": str(gathered),
        "sources": re.sub(r"https?://(www\.)?", "", raw["source_urls"]).replace("./", "/"),
        "note": "",
        "repaired": "",
        "set_aside": "",
    }


def name(raw: Row) -> str:
    """Return the id of a gathered row: its own, or one made of pair, year, amount and deadline."""
    pair = "-".join(sorted((raw["pair_a"], raw["pair_b"])))
    amount = f"{float(raw['amount_usd_bn']):g}"
    made = f"{pair}-{raw['announced'][:4]}-{amount}-{raw['deadline_year']}"
    return raw.get("id") or made


def by_history(row: Row, history: History) -> None:
    """Fill in what the totals say: the level of a multiple, what was known, what settled it."""
    announced, deadline = int(row["announced"][:4]), int(row["deadline"])
    if (said := FACTOR.fullmatch(row["amount"])) and int(said[2]) in history:
        row["level_usd_bn"] = f"{int(said[1]) * history[int(said[2])]:.6g}"
    level = float(row["level_usd_bn"])
    before = [year for year in history if year < announced and history[year] >= level]
    row["reached_before"] = str(max(before, default=""))
    if row["basis"] == "statistics" and history.keys() >= {*range(announced, deadline + 1)}:
        row["basis"] = "history"
    seen = [year for year in range(announced, deadline + 1) if year in history]
    unbroken = seen == [*range(announced, announced + len(seen))]
    if row["basis"] == "" and seen and unbroken and all(history[year] < level for year in seen):
        row["observed_until"] = str(seen[-1])


def findings(row: Row, raw: Row, history: History) -> Iterator[tuple[str, str]]:
    """Yield what is odd about one row: the name of the check and what it found."""
    announced, deadline = row["announced"], int(row["deadline"])
    level, first = float(row["level_usd_bn"]), row["first_met"]
    if DATE.fullmatch(announced) is None or int(announced[:4]) > LAST_FULL_YEAR + 1:
        yield "date", f"announced {announced}"
    if not int(announced[:4]) <= deadline <= int(announced[:4]) + LONGEST:
        yield "deadline", f"{announced} for {deadline}"
    if row["reporter"] not in row["pair"].split("-"):
        yield "reporter", f"{row['reporter']} is not in {row['pair']}"
    if row["outcome"] == "not met" and deadline > LAST_FULL_YEAR:
        yield "deadline", f"said to be missed although {deadline} was not over"
    if level >= 1 and level % 0.5:
        yield "currency", f"{level} is no round number of dollars"
    if level <= float(row["turnover_usd_bn"] or 0):
        yield "amount", "not above the turnover of the time"
    if (row["outcome"] == "met") != bool(first and int(first) <= deadline):
        yield "outcome", f"{row['outcome']}, first met {first or 'never'}"
    yield from about_words(row)
    yield from about_sources(row, raw)
    yield from against_history(row, raw, history)


def about_words(row: Row) -> Iterator[tuple[str, str]]:
    """Yield what is odd about what was announced, by whom and when."""
    announced, deadline = row["announced"], row["deadline"]
    if announced[:4] == deadline and int(announced[5:7] or 1) >= NEARLY_OVER:
        yield "nearly over", f"announced {announced} for {deadline}"
    if row["coverage"] != "goods":
        yield "coverage", f"{row['coverage']}; the totals are of goods"
    if row["said_as"] == "business":
        yield "speaker", f"{row['speaker']}: no government"
    if row["dated"] == "guessed":
        yield "dated", f"{announced} is a guess"


def about_sources(row: Row, raw: Row) -> Iterator[tuple[str, str]]:
    """Yield what is odd about the sources, and what was noted on the row."""
    if any(source in row["sources"] for source in LATER):
        yield "source", "later than 14 November 2025"
    if "without address" in row["sources"]:
        yield "address", "a source without an address"
    if "general knowledge" in raw["notes"] + raw["outcome_basis"]:
        yield "memory", "rests on general knowledge, at least in part"
    if raw["notes"] or raw["scope"] != "goods":
        yield "note", raw["notes"]


def against_history(row: Row, raw: Row, history: History) -> Iterator[tuple[str, str]]:
    """Yield where the row is at odds with the totals of its pair."""
    announced, deadline = int(row["announced"][:4]), int(row["deadline"])
    level, stated = float(row["level_usd_bn"]), float(row["turnover_usd_bn"] or "nan")
    known = {"prev_year": announced - 1, "announce_year": announced, "deadline_year": deadline}
    for column, year in known.items():
        given = raw[f"panel_{column}_usd_bn"]
        if given and year in history and abs(float(given) - history[year]) > ROUNDING:
            yield "totals", f"{column}: {given} beside {history[year]:.3f}"
    before = history.get(announced - 1)
    if before and not (1 / FARTHEST < stated / before < FARTHEST or stated != stated):
        yield "turnover", f"stated {stated}, {before:.2f} in the history"
    if before and before >= level:
        yield "level", f"{before:.2f} in the year before, {level:g} to reach"
    first = deadline if NAMED.fullmatch(row["window"]) else announced
    reached = [year for year in history if year >= first and history[year] >= level]
    if reached and row["first_met"] != str(reached[0]):
        yield "totals", f"first reached in {reached[0]}, not {row['first_met']}"
    if row["first_met"] and int(row["first_met"]) in history and not reached:
        yield "totals", f"never at {level} in the history"
    if row["basis"] == "history":
        met = any(year <= deadline for year in reached)
        if met != (row["outcome"] == "met"):
            yield "outcome", f"{row['outcome']}, the history says otherwise"
        if (raw["met_in_deadline_year"] == "yes") != (history[deadline] >= level):
            yield "totals", "the deadline's year itself is told otherwise"


def across(rows: list[Row]) -> Iterator[tuple[str, str, str]]:
    """Yield what rows of one series and level say of each other: id, check, finding."""
    same: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in rows:
        same[row["pair"], row["flow"], row["level_usd_bn"]].append(row)
    for group in same.values():
        for row in group[: len(group) * (len(group) > 1)]:
            yield row["id"], "repeat", f"{len(group)} goals of {row['level_usd_bn']}"
        firsts = {row["first_met"] for row in group if row["first_met"]}
        years = {int(row["announced"][:4]) for row in group if row["first_met"]}
        if len(firsts) > 1 and int(min(firsts)) >= max(years):
            for row in group:
                yield row["id"], "first_met", f"first met in {' or '.join(sorted(firsts))}"


def decide(row: Row, decision: Row) -> None:
    """Apply one decision: its changes, and its text as a note or as the reason of a repair."""
    repaired = decision["change"] and not decision["change"].startswith(("set_aside", "left_out"))
    for change in filter(None, re.split(r";(?=\w+=)", decision["change"])):
        column, _, value = change.partition("=")
        row[column] = value
    column = "repaired" if repaired and decision["finding"] not in FACTS else "note"
    row[column] = ". ".join(filter(None, (row[column], decision["text"])))


def check_answers(found: dict[tuple[str, str], str], decisions: list[Row]) -> None:
    """Exit with what is not decided, and with decisions on what no check finds."""
    answered = {(decision["id"], decision["finding"]) for decision in decisions}
    volunteered = {key for key in answered - found.keys() if key[1] == "note"}  # facts may be added
    unanswered = [f"  {key[0]}, {key[1]}: {found[key]}" for key in found.keys() - answered]
    idle = [f"  {goal}, {check}" for goal, check in answered - found.keys() - volunteered]
    if unanswered or idle:
        raise SystemExit(
            "\n".join(["not decided:", *sorted(unanswered), "not found:", *sorted(idle)])
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("gathered", type=Path, nargs="+")
    parser.add_argument("--to", type=Path, default=Path("data"))
    arguments = parser.parse_args()
    flows = merge(
        [read_either(each, "pledge_histories.csv", "histories.csv") for each in arguments.gathered]
    )
    kinds = {kind["id"]: kind for kind in read(KINDS)}
    rows: list[Row] = []
    found: dict[tuple[str, str], str] = {}
    for raw, gathered in (
        (raw, number)
        for number, each in enumerate(arguments.gathered, 1)
        for raw in read_either(each, "pledges.csv", "goals.csv")
    ):
        if name(raw) not in kinds:
            raise SystemExit(
                f"{name(raw)} has no line in {KINDS.name}: say what kind of goal it is"
            )
        row = pledge(raw, kinds[name(raw)], gathered)
        history = totals(flows.get((row["reporter"], partner(row)), {}), row)
        by_history(row, history)
        for check, said in findings(row, raw, history):
            earlier = found.get((row["id"], check))
            found[row["id"], check] = f"{earlier}; {said}" if earlier else said
        rows.append(row)
    found |= {(goal, check): said for goal, check, said in across(rows)}
    if len({row["id"] for row in rows}) < len(rows):
        raise SystemExit("the same goal stands twice")
    decisions = read(DECISIONS)
    check_answers(found, decisions)
    by_id = {row["id"]: row for row in rows}
    for decision in decisions:
        decide(by_id[decision["id"]], decision)
    write_archive(rows, flows, arguments.to)


def write_archive(rows: list[Row], flows: dict[tuple[str, str], dict[int, Row]], to: Path) -> None:
    """Write the goals that ship, those that do not, and the flows of the reporters that count."""
    left = [{"id": row["id"], "reason": row["left_out"]} for row in rows if "left_out" in row]
    rows = [row for row in rows if "left_out" not in row]
    rows.sort(key=lambda row: (row["announced"][:4], row["announced"], row["id"]))
    used = {(row["reporter"], partner(row)) for row in rows}
    kept = [cells for key in sorted(used & flows.keys()) for _, cells in sorted(flows[key].items())]
    write(to / "pledges.csv", COLUMNS, rows)
    write(to / "pledges_left_out.csv", LEFT_OUT, left)
    write(to / "pledge_histories.csv", FLOWS, kept)
    repaired, aside = (
        sum(bool(row[column]) for row in rows) for column in ("repaired", "set_aside")
    )
    print(
        f"{len(rows)} goals, {repaired} repaired, {aside} set aside; {len(left)} left out;"
        f" {len(kept)} annual rows"
    )


if __name__ == "__main__":
    main()
