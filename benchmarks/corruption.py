"""What one wrong figure does to an answer, how often it is found, and false alarms.

    python benchmarks/corruption.py [--n 500] [--store FOLDER] [--only KIND]

``--n`` corruptions of each kind of ledger. With a folder each one is written there as it is done,
and what is there is not done again: stop it, and start it again, as you like (a new folder after a
change of the library). ``--only`` does one
part: ``levels``, ``rich``, ``shipped`` or ``alarms``.

One figure at a time, of those within the model's memory, is put wrong as figures in the press are:
ten or a thousand times too large, two digits swapped, the window a year early, the other flow's,
growth tenfold. Three kinds of ledger: the shipped one; eight years of one pair with levels, growth
and flows by one reporter and levels by another; and ten yearly levels of one reporter. The last two
are made of histories of ``data/pledge_histories.csv``. Goals are set at the amounts that the clean
ledger meets five years ahead with 10, 30, 50, 70 and 90 %; what moves are those probabilities.

False alarms are counted on all years of those histories, as one ledger a pair; and on the newest
year where turnover really doubled.
"""

import argparse
import csv
import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

import tradetrack as tt
from tradetrack._typing import MONTHS, Array
from tradetrack.domain.figure import Figure
from tradetrack.domain.observation import TURNOVER, Growth, Level, Observation, Series
from tradetrack.domain.window import Window
from tradetrack.errors import TradetrackError
from tradetrack.ledger.ledger import Ledger
from tradetrack.models.mixture import FittedMixture, GrowthMixture

HISTORIES = Path(__file__).parents[1] / "data" / "pledge_histories.csv"
CHANCES = (0.1, 0.3, 0.5, 0.7, 0.9)
AHEAD, MEMORY = 5, 8
N_PATHS = 4_000
LEVELS, RICH = 10, 8  # years
SHIPPED = tt.datasets.kazakhstan_uzbekistan
KINDS = {
    "levels": "ten yearly levels",
    "rich": "levels, growth, two reporters",
    "shipped": "shipped",
}
Row = Observation
History = dict[int, tuple[float, float]]


def histories() -> dict[tuple[str, str], History]:
    """Exports and imports in US$ mn of each pair, where both are above zero."""
    pairs: dict[tuple[str, str], History] = defaultdict(dict)
    with HISTORIES.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            flows = float(row["exports_usd_mn"] or 0), float(row["imports_usd_mn"] or 0)
            if min(flows) > 0:
                pairs[row["reporter"], row["partner"]][int(row["year"])] = flows
    return dict(pairs)


def printed(value: float) -> str:
    """Write a number as the press does, with three digits."""
    digits = 2 - int(np.floor(np.log10(value)))
    return f"{value:.{max(digits, 0)}f}"


def level(series: Series, year: int, value: float, reporter: str) -> Level:
    """A yearly level in US$ mn."""
    return Level(
        series=series,
        window=Window.calendar_year(year),
        figure=Figure.of(printed(value), "usd_mn"),
        reporter=reporter,
        published=f"{year + 1}-03",
    )


def yearly(pair: tuple[str, str], history: History, last: int) -> Ledger:
    """Ten yearly turnovers by one reporter."""
    series = Series(pair="-".join(pair))
    years = [y for y in range(last - LEVELS + 1, last + 1) if y in history]
    return Ledger(level(series, y, sum(history[y]), "A") for y in years)


def rich(pair: tuple[str, str], history: History, last: int, rng: np.random.Generator) -> Ledger:
    """Turnover, its growth and both flows by one reporter, turnover by another."""
    turnover = Series(pair="-".join(pair))
    flows = [turnover.model_copy(update={"flow": flow}) for flow in turnover.flows]
    rows: list[Row] = []
    lasting = 0.08 * rng.standard_normal()
    for year in range(last - RICH + 1, last + 1):
        if year not in history:
            continue
        total = sum(history[year])
        rows += [level(s, year, v, "A") for s, v in zip(flows, history[year], strict=True)]
        rows.append(level(turnover, year, total, "A"))
        other = total * float(np.exp(lasting + 0.06 * rng.standard_normal()))
        rows.append(level(turnover, year, other, "B"))
        if year - 1 in history:
            growth = 100 * (total / sum(history[year - 1]) - 1)
            rows.append(
                Growth(
                    series=turnover,
                    window=Window.calendar_year(year),
                    base=Window.calendar_year(year - 1),
                    figure=Figure.of(f"{growth:.1f}", "percent"),
                    reporter="A",
                    published=f"{year + 1}-03",
                )
            )
    return Ledger(rows)


def with_text(row: Row, text: str) -> Row:
    """The same row with another number."""
    return changed(
        row, figure=Figure(text=text, unit=row.figure.unit, qualifier=row.figure.qualifier)
    )


def changed(row: Row, **update: object) -> Row:
    """The same row with other fields, checked."""
    return type(row).model_validate(dict(row) | update)


def times(factor: int) -> Callable[[Row, np.random.Generator], Row | None]:
    """Return a corruption: a level printed so many times too large."""

    def corrupt(row: Row, rng: np.random.Generator) -> Row | None:
        if row.kind == "growth":
            return None
        value = row.figure.value * factor
        return with_text(row, f"{value:.{max(0, row.figure.text[::-1].find('.'))}f}")

    return corrupt


def tenfold_growth(row: Row, rng: np.random.Generator) -> Row | None:
    """The decimal point of a growth rate is lost."""
    if row.kind != "growth" or row.figure.unit != "percent" or not row.figure.value > -9:
        return None
    return with_text(row, f"{row.figure.value * 10:.1f}")


def swapped_digits(row: Row, rng: np.random.Generator) -> Row | None:
    """Two neighbouring digits change places."""
    text = row.figure.text
    places = [
        i
        for i in range(len(text) - 1)
        if text[i : i + 2].isdigit() and text[i] != text[i + 1] and not (i == 0 and text[1] == "0")
    ]
    if row.kind == "growth" or not places:
        return None
    i = int(rng.choice(places))
    return with_text(row, text[:i] + text[i + 1] + text[i] + text[i + 2 :])


def shifted(row: Row, rng: np.random.Generator) -> Row | None:
    """The window is a year early."""
    if row.kind == "growth":
        return None
    window = Window(start=row.window.start - MONTHS, end=row.window.end - MONTHS)
    return changed(row, window=window)


def other_flow(row: Row, rng: np.random.Generator) -> Row | None:
    """The two flows are mistaken for each other."""
    flows = row.series.flows
    if row.series.flow not in flows:
        return None
    other = flows[1 - flows.index(row.series.flow)]
    return changed(row, series=row.series.model_copy(update={"flow": other}))


CORRUPTIONS: dict[str, Callable[[Row, np.random.Generator], Row | None]] = {
    "tenfold": times(10),
    "thousandfold": times(1000),
    "digits": swapped_digits,
    "shift": shifted,
    "flows": other_flow,
    "growth tenfold": tenfold_growth,
}


@dataclass
class Clean:
    """A clean ledger, its goals and what is said of them."""

    ledger: Ledger
    last_year: int
    amounts: np.ndarray
    chances: np.ndarray


class Outcome(NamedTuple):
    """What one corruption did: how far probabilities moved, and whether the row was doubted.

    Without moves, the corrupted ledger was refused. `overlapped` and `inner` are said of the row:
    other figures speak of its months; it is neither the first nor the last.
    """

    kind: str
    number: int
    moves: tuple[float, ...] = ()
    doubted: bool = False
    overlapped: bool = False
    inner: bool = False


def highest(fitted: FittedMixture, last_year: int) -> Array:
    """Highest yearly turnover after the last complete year, of each path."""
    paths = fitted.draw(last_year, N_PATHS, np.random.default_rng(0))
    totals = paths.totals(TURNOVER)
    ahead: Array = totals[paths.last_complete_year + 1 - paths.years.start :].max(axis=0)
    return ahead


def clean(ledger: Ledger) -> Clean:
    """Answer the clean ledger."""
    last_year = ledger.current.last_month // MONTHS + AHEAD
    best = highest(GrowthMixture().fit(ledger), last_year)
    amounts = np.quantile(best, 1 - np.array(CHANCES))
    return Clean(ledger, last_year, amounts, (best[:, None] >= amounts).mean(axis=0))


def corruptions(case: Clean, rng: np.random.Generator) -> Iterator[tuple[str, Row, Ledger, Row]]:
    """Corrupt one row after another, in every way that it allows and that then counts."""
    current = case.ledger.current
    first = current.last_month - MEMORY * MONTHS
    for row in current:
        if row.window.start <= first or row.figure.one_sided or row.figure.qualifier == "exact":
            continue
        for kind, corrupt in CORRUPTIONS.items():
            try:
                wrong = corrupt(row, rng)
            except TradetrackError:
                continue
            if wrong is not None and wrong != row:
                ledger = Ledger([*(other for other in case.ledger if other != row), wrong])
                if wrong in ledger.current.observations:
                    yield kind, row, ledger, wrong


def overlaps(row: Row, current: Ledger) -> bool:
    """Whether other figures speak of the same months; of growth, of the base's months too."""
    windows = [row.window] if row.kind == "level" else [row.window, row.base]
    return all(
        any(
            other != row and other.window.start <= own.end and own.start <= other.window.end
            for other in current
        )
        for own in windows
    )


def study(cases: list[Clean], n: int, store: Path | None = None, seed: int = 0) -> list[Outcome]:
    """Corrupt ledgers of one kind ``n`` times in all, as often in each way."""
    rng = np.random.default_rng(seed)
    pool: dict[str, list[tuple[Clean, Row, Ledger, Row]]] = defaultdict(list)
    for case in cases:
        for kind, row, ledger, wrong in corruptions(case, rng):
            pool[kind].append((case, row, ledger, wrong))
    done = {(one.kind, one.number): one for one in stored(store)}
    for kind, entries in pool.items():
        for k in rng.permutation(len(entries))[: -(-n // len(pool))].tolist():
            if (kind, k) not in done:
                done[kind, k] = corrupted(kind, k, *entries[k])
                write(store, done[kind, k])
    return list(done.values())


def stored(store: Path | None) -> list[Outcome]:
    """Read what was done before."""
    if store is None or not store.exists():
        return []
    lines = map(json.loads, store.read_text(encoding="utf-8").splitlines())
    return [Outcome(**{**line, "moves": tuple(line["moves"])}) for line in lines]


def write(store: Path | None, outcome: Outcome) -> None:
    """Add an outcome to those that are done."""
    if store is not None:
        with store.open("a", encoding="utf-8") as file:
            file.write(json.dumps(outcome._asdict()) + "\n")


def corrupted(kind: str, number: int, case: Clean, row: Row, ledger: Ledger, wrong: Row) -> Outcome:
    """Answer a corrupted ledger, and see how far the answer moved."""
    try:
        fitted = GrowthMixture().fit(ledger)
        best = highest(fitted, case.last_year)
    except TradetrackError:
        return Outcome(kind, number)
    first, last = ledger.current.first_month, ledger.current.last_month
    moves = np.abs((best[:, None] >= case.amounts).mean(axis=0) - case.chances)
    return Outcome(
        kind=kind,
        number=number,
        moves=tuple(moves.tolist()),
        doubted=any(each.row == name(wrong) for each in fitted.discounted),
        overlapped=overlaps(row, case.ledger.current),
        inner=first < wrong.window.start and wrong.window.end < last,
    )


def name(row: Row) -> str:
    """As `DiscountedRow.row` names it."""
    return row.id or str(row)


def share(outcomes: list[Outcome]) -> str:
    """Write how many were doubted."""
    found = sum(one.doubted for one in outcomes)
    return f"{100 * found / len(outcomes):.0f} % of {len(outcomes)}" if outcomes else "-"


def report(kind_of_ledger: str, outcomes: list[Outcome]) -> None:
    """Print a row for all corruptions and one for each kind."""
    for kind in ("all", *dict.fromkeys(one.kind for one in outcomes)):
        some = [one for one in outcomes if kind in ("all", one.kind)]
        answered = [one for one in some if one.moves]
        moves = [move for one in answered for move in one.moves]
        doubted = (
            share(answered),
            share([one for one in answered if one.overlapped]),
            share([one for one in answered if one.inner]),
        )
        print(
            f"| {kind_of_ledger} | {kind} | {np.median(moves):.3f} |"
            f" {np.quantile(moves, 0.95):.3f} | {len(some) - len(answered)} |"
            f" {' | '.join(doubted)} |",
            flush=True,
        )


def cases_of(kind: str, n: int = 40, seed: int = 1) -> list[Clean]:
    """Clean ledgers of a kind; those that are made are of histories drawn at random."""
    if kind == "shipped":
        return [clean(SHIPPED())]
    rng = np.random.default_rng(seed)
    pairs = histories()
    names = sorted(pairs)
    cases = []
    for _ in range(n):
        pair = names[rng.integers(len(names))]
        last = int(rng.integers(min(pairs[pair]) + LEVELS - 1, max(pairs[pair]) + 1))
        made = yearly(pair, pairs[pair], last), rich(pair, pairs[pair], last, rng)
        cases.append(clean(made[kind == "rich"]))
    return cases


def false_alarms() -> None:
    """Print how many sound figures are doubted."""
    count = 0
    found: list[tt.results.DiscountedRow] = []
    for pair, history in histories().items():
        series = Series(pair="-".join(pair))
        ledger = Ledger(level(series, year, sum(v), "A") for year, v in history.items())
        count += len(ledger)
        found += GrowthMixture().fit(ledger).discounted
    rate = 100 * len(found) / count
    print(f"\nFalse alarms: {len(found)} of {count} yearly turnovers ({rate:.2f} %)")
    for row in found:
        print(f"  {row}")
    doubled, wrong = 0, 0
    for pair, history in histories().items():
        for year in history:
            before = [sum(history.get(year - k, (0.0, 0.0))) for k in range(LEVELS)]
            if min(before) > 0 and 1.9 < before[0] / before[1] < 2.6:
                newest = level(Series(pair="-".join(pair)), year, before[0], "A")
                fitted = GrowthMixture().fit(yearly(pair, history, year))
                doubled += 1
                wrong += any(row.row == name(newest) for row in fitted.discounted)
    print(f"Newest year after a true doubling: {wrong} of {doubled} doubted")
    shipped = GrowthMixture().fit(SHIPPED())
    print(f"Shipped ledger: {len(shipped.discounted)} of {len(shipped.rows.observations)} doubted")
    for row in shipped.discounted:
        print(f"  {row}")


def main() -> None:
    """Print the table and the false alarms."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--n", type=int, default=500)
    parser.add_argument("--store", type=Path)
    parser.add_argument("--only", choices=(*KINDS, "alarms"))
    arguments = parser.parse_args()
    parts = [kind for kind in KINDS if arguments.only in (None, kind)]
    if parts:
        print(
            "| ledger | corruption | median move | 95 % | errors | doubted | overlapped | inner |"
        )
        print("|---|---|---|---|---|---|---|---|")
    for kind in parts:
        store = arguments.store and arguments.store / f"{kind}.jsonl"
        report(KINDS[kind], study(cases_of(kind), arguments.n, store))
    if arguments.only in (None, "alarms"):
        false_alarms()


if __name__ == "__main__":
    main()
