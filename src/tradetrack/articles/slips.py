"""Unit slips: "$4.4 million" beside "$3.5 billion" of the same flow.

Levels and goals of one flow and one currency lie within a few hundred of each other. One that is
three hundred times smaller or larger than the median of the others is doubted; the scale that
brings it nearest to them is suggested.
"""

import math
from bisect import bisect_left
from collections import defaultdict

from tradetrack.articles.amounts import SCALES
from tradetrack.articles.drafts import Draft

FAR = math.log(300.0)


def doubted(drafts: list[Draft]) -> list[Draft]:
    """Return the drafts, those with a suspected unit slip marked."""
    groups: dict[tuple[str | None, str], list[int]] = defaultdict(list)
    for index, draft in enumerate(drafts):
        if draft.kind in ("level", "goal") and draft.unit not in ("times", "percent"):
            groups[(draft.flow, draft.unit.partition("_")[0])].append(index)
    out = list(drafts)
    for indices in groups.values():
        sizes = {i: math.log(magnitude(drafts[i])) for i in indices}
        ordered = sorted(sizes.values())
        for index in indices if len(indices) > 1 else ():
            middle = _median_without(ordered, sizes[index])
            usual = len(indices) > 2 or sizes[index] < middle
            if usual and abs(sizes[index] - middle) > FAR:  # of two, the smaller is the slip
                out[index] = _marked(drafts[index], sizes[index], middle)
    return out


def _median_without(ordered: list[float], value: float) -> float:
    """Median of a sorted list without one of its values."""
    at, count = bisect_left(ordered, value), len(ordered) - 1
    middle = [count // 2 if count % 2 else count // 2 - 1, count // 2]
    low, high = (ordered[k + (k >= at)] for k in middle)
    return (low + high) / 2


def magnitude(draft: Draft) -> float:
    """A draft's amount in single units of its currency."""
    return draft.value * float(SCALES[draft.unit.partition("_")[2]])


def _marked(draft: Draft, size: float, middle: float) -> Draft:
    money = draft.unit.partition("_")[0]
    here = SCALES[draft.unit.partition("_")[2]]
    units = {
        name: size - math.log(float(here)) + math.log(float(scale))
        for name, scale in SCALES.items()
        if name not in ("lakh", "crore")
    }
    best = min(units, key=lambda name: abs(units[name] - middle))
    unit = f"{money}_{best}" if best else money
    return draft.model_copy(
        update={
            "doubt": f"far from the other figures of this flow, perhaps meant in {unit}",
            "suggested_unit": unit,
        }
    )
