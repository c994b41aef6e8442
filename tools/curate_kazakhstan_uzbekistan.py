"""Write the Kazakhstan-Uzbekistan ledger and goals from the gathered statements and annual tables.

    python tools/curate_kazakhstan_uzbekistan.py STATEMENTS.csv ANNUAL.csv [FOLDER]

This file holds only the general rules: how a source's words map to a qualifier and a reporter,
when an annual table counts as published, and that Uzbekistan's cells before 2016 are set aside.
What is decided row by row is in ``kazakhstan_uzbekistan_decisions.csv`` beside it, one
line a row: what is changed, why, and why a row is set aside or left out. The reasons
are in ``docs/decisions/0002-reading-the-figures.md``.
"""

import argparse
import csv
import re
from collections.abc import Iterator
from pathlib import Path

Row = dict[str, str]

DECISIONS = Path(__file__).with_name("kazakhstan_uzbekistan_decisions.csv")
NAME = "kazakhstan_uzbekistan"
LEDGER = [
    *("id", "pair", "flow", "kind", "window", "base", "value", "unit", "qualifier", "reporter"),
    *("side", "published", "document", "note", "set_aside", "series_unit"),
]
GOALS = [
    *("id", "date", "speaker", "reporter", "pair", "flow", "amount", "unit", "deadline_text"),
    *("deadline", "document", "note", "set_aside"),
]
LEFT_OUT = ["id", "reason"]

# How it was said. A statement has few digits, and annual tables are revised: none is exact.
QUALIFIERS = {
    "exact": "rounded",
    "rounded": "rounded",
    "approx": "about",
    "at_least": "over",
    "at_most": "nearly",
}
REPORTERS = {"KZ official": "KZ government", "UZ official": "UZ government"}
# A mirror source says whose figures it repeats: the IMF's are of the reporting country's office.
# Two offices of one country are one side, and "unclear" is no reporter.
UNKNOWN = "unclear"
SIDES = {"KZ government": "KZ", "KZ stat": "KZ", "UZ government": "UZ", "UZ stat": "UZ"}
SPEAKERS = {"KZ government": "Kazakh official", "UZ government": "Uzbek official"}

# Documents that have no address, or whose address says less than their title.
_SEENEWS = "SeeNews (Sada Elbalad English), 14 November 2025: Economics of Cooperation"
_TCA = (
    "The Times of Central Asia, July 2024: Kazakhstan and Uzbekistan Set to Expand Economic"
    " Cooperation"
)
_MUSINA = (
    "Musina, Ramazonova and Kuzgumbayeva: Dynamics of Development of Bilateral Relations between"
    " Kazakhstan and Uzbekistan"
)
_EXPERTS = (
    "Copy of an Astana Times story, 29 December 2022: Leading Experts from Kazakhstan, Uzbekistan"
    " Explore President Tokayev's Recent Visit to Tashkent"
)
DOCUMENTS = {
    "000_": _SEENEWS,
    "001_": _TCA,
    "002_": _MUSINA,
    "004_": _EXPERTS,
    "search result without address (Uzbek-language": (
        "Uzbek-language report on the visit of December 2022 (address not kept)"
    ),
    "search result without address (Chinese": (
        "Chinese-language report on the visit of August 2024 (address not kept)"
    ),
    "Trend story": "Trend, September 2024, on January-August 2024 (address not kept)",
    "MIIT press service": (
        "Uzbek ministry of investment, industry and trade, Samarkand forum, 22 October 2024"
        " (address not kept)"
    ),
}
TABLE = f"www.gazeta.uz/ru/2022/01/07/kaz-uzb/, table reprinted in {_MUSINA}"

# Annual tables: name in the id, document, and whose statistics a reporting country's are.
SOURCES = {
    "IMF_DOTS_2022-05": ("IMF", "IMF Direction of Trade Statistics, vintage 2022-05"),
    "KZ_BNS": ("BNS", "Bureau of National Statistics of Kazakhstan, annual trade by partner"),
    "UZ_STAT_2010-2023": ("UZSTAT", "Statistics Agency of Uzbekistan, annual trade by partner"),
    "UZ_STAT_exports_2024-2025": (
        "UZSTAT",
        "Statistics Agency of Uzbekistan, annual exports by partner",
    ),
}
OFFICES = {"KAZ": "KZ stat", "UZB": "UZ stat"}
LATE_VINTAGE = "2025-01"
FIRST_UZBEK_YEAR = 2016
UZBEK_BREAK = (
    "Uzbekistan before 2016: its figures differ from Kazakhstan's by up to 3.7 times, in both"
    " directions, and its own two series of 2010-2015 by up to 9 times"
)


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, columns: list[str], rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n", extrasaction="raise")
        writer.writeheader()
        writer.writerows(rows)


def window(start: str, end: str) -> str:
    """Write a run of months as the library does."""
    if start == end:
        return start
    if start.endswith("-01") and end == f"{start[:4]}-12":
        return start[:4]
    return f"{start}..{end}"


def document(row: Row) -> str:
    if row["document"].startswith("002_") and row["published"] == "2022-01-07":
        return TABLE
    for beginning, name in DOCUMENTS.items():
        if row["document"].startswith(beginning):
            return name
    return row["document"]


def statement(row: Row) -> Row:
    """Turn a gathered statement into a row of the ledger, before any decision on it."""
    base = row["compared_period"]
    return {
        "id": row["id"],
        "pair": "KZ-UZ",
        "flow": row["flow"],
        "kind": "growth" if row["kind"] == "growth" else "level",
        "window": window(row["period_start"], row["period_end"]) if row["period_start"] else "",
        "base": window(*base.split("..")) if ".." in base else "",
        "value": row["value"],
        "unit": row["unit"],
        "qualifier": QUALIFIERS[row["qualifier"]],
        "reporter": REPORTERS.get(row["reporter"], row["reporter"]),
        "published": row["published"],
        "document": document(row),
        "note": "",
        "set_aside": "",
        "series_unit": "usd_bn",
    }


def goal(row: Row) -> Row:
    """Turn a gathered target into a row of the goals, before any decision on it."""
    said = row["deadline"]
    year = re.search(r"20\d\d(?=\)?$)", said)
    reporter = REPORTERS.get(row["reporter"], row["reporter"])
    return {
        "id": row["id"],
        "date": row["published"],
        "speaker": SPEAKERS.get(reporter, "not named"),
        "reporter": reporter,
        "pair": "KZ-UZ",
        "flow": row["flow"],
        "amount": row["value"],
        "unit": row["unit"],
        "deadline_text": f"by {said}" if said.isdigit() else re.sub(r" \(\d+\)$", "", said),
        "deadline": year[0] if year else "",
        "document": document(row),
        "note": "",
        "set_aside": "",
    }


def publication(source: str, year: int) -> str:
    """Month in which an annual figure counts as known; see the decision on vintages."""
    return f"{year + 1}-10" if source.startswith("IMF") else LATE_VINTAGE


def annual_cells(row: Row) -> Iterator[Row]:
    """Turn a row of the annual tables into levels: each reported, not estimated, cell is one."""
    office, year = OFFICES[row["reporter_iso3"]], int(row["year"])
    short, name = SOURCES[row["source"]]
    exports, imports = ("kz_to_uz", "uz_to_kz")[:: 1 if office == "KZ stat" else -1]
    for column, flow in (("exports", exports), ("imports", imports)):
        if not row[f"{column}_usd"] or row[f"flag_{column}"]:
            continue
        before_break = office == "UZ stat" and year < FIRST_UZBEK_YEAR
        yield {
            "id": f"A-{row['reporter_iso3']}-{year}-{flow}-{short}",
            "pair": "KZ-UZ",
            "flow": flow,
            "kind": "level",
            "window": str(year),
            "base": "",
            "value": row[f"{column}_usd"].removesuffix(".0"),
            "unit": "usd",
            "qualifier": "rounded",
            "reporter": office,
            "published": publication(row["source"], year),
            "document": name,
            "note": "date of publication assumed" if short == "IMF" else "late vintage",
            "set_aside": UZBEK_BREAK if before_break else "",
            "series_unit": "usd_bn",
        }


def decide(row: Row, decision: Row) -> Row:
    """Apply one line of the decisions; a change that changes nothing is an error."""
    changed = dict(row)
    for change in filter(None, decision["change"].split(";")):
        column, _, value = change.partition("=")
        if changed[column] == value:
            raise SystemExit(f"{row['id']}: {column} is {value} already; remove the change")
        changed[column] = value
    changed["note"] = "; ".join(filter(None, (row["note"], decision["note"])))
    changed["set_aside"] = decision["set_aside"] or row["set_aside"]
    return changed


def sided(row: Row) -> Row:
    """Give a row of the ledger the side of its reporter; an unknown source has neither."""
    if row["reporter"] == UNKNOWN:
        return row | {"reporter": "", "side": ""}
    return row | {"side": SIDES[row["reporter"]]}


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the Kazakhstan-Uzbekistan data files.")
    parser.add_argument("statements", type=Path)
    parser.add_argument("annual", type=Path)
    parser.add_argument("folder", type=Path, nargs="?", default=Path("data"))
    arguments = parser.parse_args()
    decisions = {row["id"]: row for row in read(DECISIONS)}
    statements = read(arguments.statements)
    targets = {row["id"] for row in statements if row["kind"] == "target"}
    rows = [goal(row) if row["id"] in targets else statement(row) for row in statements]
    rows += [cell for row in read(arguments.annual) for cell in annual_cells(row)]
    unknown = decisions.keys() - {row["id"] for row in rows}
    if unknown:
        raise SystemExit(f"decisions on rows that do not exist: {', '.join(sorted(unknown))}")

    ledger: list[Row] = []
    goals: list[Row] = []
    left_out: list[Row] = []
    for row in rows:
        decision = decisions.get(row["id"])
        if decision and decision["left_out"]:
            left_out.append({"id": row["id"], "reason": decision["left_out"]})
            continue
        (goals if row["id"] in targets else ledger).append(
            decide(row, decision) if decision else row
        )
    write(arguments.folder / f"{NAME}.csv", LEDGER, [sided(row) for row in ledger])
    write(arguments.folder / f"{NAME}_goals.csv", GOALS, goals)
    write(arguments.folder / f"{NAME}_left_out.csv", LEFT_OUT, left_out)
    print(f"{len(ledger)} figures, {len(goals)} goals, {len(left_out)} left out")


if __name__ == "__main__":
    main()
