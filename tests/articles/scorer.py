"""Scores a reader on labelled passages: what share of figures is found, right, and asked for."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import tradetrack as tt

PASSAGES = sorted(Path(__file__).parent.glob("*.jsonl"))
SCALES = {"th": 1e3, "mn": 1e6, "bn": 1e9, "tn": 1e12, "crore": 1e7, "lakh": 1e5}


class Score(NamedTuple):
    found: float
    right: float
    precision: float


def passages(language: str) -> list[dict[str, Any]]:
    lines = [line for path in PASSAGES for line in path.read_text(encoding="utf-8").splitlines()]
    return [row for row in map(json.loads, lines) if row["lang"] == language]


def read(row: dict[str, Any], *, blind: bool = False) -> tt.Article:
    pair = None if blind else (row["pair"][0], row["pair"][1])
    return tt.read_article(
        row["text"], published=row["published"], reporter=row["reporter"], pair=pair
    )


def amount(value: float, unit: str) -> float:
    return value * SCALES.get(unit.rpartition("_")[2], 1.0)


def answers(item: dict[str, Any], draft: tt.Draft) -> bool:
    kinds = {item["kind"], *item.get("accept_kinds", ())}
    overlap = draft.start < item["end"] and item["start"] < draft.end
    wanted = amount(item["value"], item["unit"])
    return (
        overlap and draft.kind in kinds and abs(amount(draft.value, draft.unit) / wanted - 1) < 1e-9
    )


def faults(item: dict[str, Any], draft: tt.Draft) -> list[str]:
    row = draft.record()
    wrong = []
    flow = item["flow"].lower().replace("->", "_to_")
    if row["flow"] != flow:
        wrong.append("flow")
    if draft.unit != item["unit"]:
        wrong.append("unit")
    accepted = "accept_windows" in item or draft.kind == "goal"
    if not accepted and (row["from"], row["to"]) != (item.get("from"), item.get("to")):
        wrong.append("window")
    if draft.kind == "growth" and row["direction"] != item["direction"]:
        wrong.append("direction")
    if draft.kind == "goal" and item["kind"] == "goal" and row["deadline"] != item["deadline"]:
        wrong.append("deadline")
    settled = {"observed", "estimated"}
    if draft.kind != "goal" and (draft.modality in settled) != (item["modality"] in settled):
        wrong.append("modality")
    hedges = {item["qualifier"], *item.get("accept_qualifiers", ())}
    if plain(draft.qualifier) not in set(map(plain, hedges)):
        wrong.append("qualifier")
    return wrong


def plain(qualifier: str) -> str:
    return "plain" if qualifier in ("exact", "rounded") else qualifier


def score(language: str, *, blind: bool = False) -> Score:
    items = found = right = false = drafts = 0
    for row in passages(language):
        read_drafts = [d for d in read(row, blind=blind).drafts if d.kind != "increment"]
        drafts += len(read_drafts)
        left = list(read_drafts)
        for item in row["items"]:
            lenient = item.get("other_pair") or item.get("scoring") or item.get("alt_of")
            hit = next((d for d in left if answers(item, d)), None)
            if hit is not None:
                left.remove(hit)
            if not lenient:
                items += 1
                found += hit is not None
                right += hit is not None and not faults(item, hit)
        false += len(left)
    return Score(found / items, right / items, 1 - false / drafts)
