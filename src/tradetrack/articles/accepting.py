"""From accepted drafts to observations and goals: what the ledger can say, and what not yet."""

from decimal import Decimal
from typing import Any

from tradetrack.articles.amounts import SCALES
from tradetrack.articles.countries import country_in, title_of
from tradetrack.articles.drafts import Draft
from tradetrack.articles.sentences import sentences
from tradetrack.domain.amount import Multiple
from tradetrack.domain.figure import Figure, Qualifier, parse_number, split_unit
from tradetrack.domain.goal import Goal
from tradetrack.domain.observation import Growth, Increment, Level, Observation, Series
from tradetrack.domain.window import Window
from tradetrack.errors import InputError

# What the ledger's figures can say of a draft's qualifier; "exact" in print is rounded there.
QUALIFIERS: dict[str, Qualifier] = {
    "exact": "rounded",
    "rounded": "rounded",
    "over": "over",
    "nearly": "nearly",
    "about": "about",
    "at_least": "at_least",
    "at_most": "at_most",
    "range": "range",
}
_FALLING: dict[Qualifier, Qualifier] = {  # a fall by over 3 % is a growth below -3 %
    "over": "nearly",
    "nearly": "over",
    "at_least": "at_most",
    "at_most": "at_least",
}
_SETTLED = ("observed", "estimated")
_DECIMAL_SHIFT = {"crore": (-2, "bn"), "lakh": (-1, "mn")}  # 100 crore are a billion
_COVERAGES = {"non_oil": "non-oil", "goods_and_services": "goods and services"}

_COMPARED = ("growth", "increment")

Chosen = list[tuple[int, Draft, bool]]


def figure_of(draft: Draft) -> Figure:
    """Return a draft's number as the ledger writes it: the one place that maps qualifiers.

    Raises
    ------
    InputError
        If it is a fall by a ratio.
    """
    qualifier, unit = QUALIFIERS[draft.qualifier], draft.unit
    ends = [draft.digits] if draft.high is None else [draft.digits, draft.high]
    money, _, scale = unit.partition("_")
    if scale in _DECIMAL_SHIFT:
        places, scale = _DECIMAL_SHIFT[scale]
        ends = [format(Decimal(digits).scaleb(places), "f") for digits in ends]
        unit = f"{money}_{scale}"
    if draft.direction == "down":
        if unit == "times":
            raise InputError(
                f"{draft.quote!r} is a fall by a ratio, which a ledger's figure cannot say; correct"
                ' it to a percentage: article.corrected(index, value="50", unit="percent")',
                topic="value",
            )
        ends = [f"-{digits}" for digits in reversed(ends)]
        qualifier = _FALLING.get(qualifier, qualifier)
    return Figure.of(" to ".join(ends), unit, qualifier)


def default_series(pair_name: str, drafts: tuple[Draft, ...]) -> Series:
    """The pair as the article spells it, in the unit of its first level."""
    if not pair_name:
        raise InputError(
            "the article names no pair; read it again with pair=, or give series=", topic="pair"
        )
    units = [d.unit for d in drafts if d.kind in ("level", "goal") and "_" in d.unit]
    money = units[0].partition("_")[0] if units else "usd"
    scale = units[0].partition("_")[2] if units else "bn"
    unit = f"{money}_{scale if scale not in _DECIMAL_SHIFT else _DECIMAL_SHIFT[scale][1]}"
    return Series(pair=pair_name, unit=unit)


def observations(
    chosen: Chosen,
    *,
    series: Series,
    pair: tuple[str, ...],
    reporter: str,
    published: str,
    document: str,
) -> tuple[Observation, ...]:
    """Make rows of accepted levels, growth rates and increments; see `Article.observations`."""
    rows: list[Observation] = []
    home = country_in(reporter) or _only_source(chosen)
    for index, draft, named in chosen:
        missing = _missing(draft, series) or _of_another(draft, home)
        if missing and not named and not draft.suggested_unit:
            continue
        if missing:
            raise InputError(f"draft {index} ({draft.quote!r}): {missing}", topic="article")
        if not reporter:
            raise InputError(
                "whose figures are these? Give reporter=, here or to read_article",
                "reporter",
                topic="reporter",
            )
        rows.append(_row(draft, _series_of(draft, series, pair), reporter, published, document))
    return tuple(rows)


def _missing(draft: Draft, series: Series) -> str:
    """What stands against a draft as a row of a ledger; empty if nothing does."""
    if draft.kind == "goal":
        return "a goal is no observation; take it from goals()"
    if draft.modality not in _SETTLED:
        return f"it is {draft.modality}: a forecast never becomes an observation"
    if draft.doubt:
        return _ask(draft)
    return _unknown(draft) or _unfit(draft, series)


def _only_source(chosen: Chosen) -> str:
    """The country whose statistics are accepted, where the reporter's name does not say."""
    named = list(dict.fromkeys(draft.source for _, draft, _ in chosen if draft.source))
    if len(named) > 1:
        raise InputError(
            f"the figures are of {' and of '.join(map(title_of, named))}; accept each country's by"
            " their indices, with their own reporter=",
            "reporter",
            topic="reporter",
        )
    return named[0] if named else ""


def _of_another(draft: Draft, home: str) -> str:
    """Whether the text says that a figure is another country's statistics."""
    if not draft.source or draft.source == home:
        return ""
    return (
        f"the text says that it is {title_of(draft.source)}'s figure; accept it by its index with"
        " its own reporter="
    )


def _unknown(draft: Draft) -> str:
    """What the text does not say of a draft."""
    if draft.flow is None:
        return "its flow is not known; correct it with article.corrected(index, flow=...)"
    if draft.window is None:
        said = "the end of its months" if draft.open_from is not None else "its months"
        return f"the text does not say {said}; give them: article.corrected(index, window=...)"
    if draft.kind in _COMPARED and draft.base is None:
        return "the text does not say what it is compared with: article.corrected(index, base=...)"
    if draft.kind == "increment" and draft.direction is None:
        return "the text does not say whether it is more or less"
    return ""


def _unfit(draft: Draft, series: Series) -> str:
    """What the ledger cannot say of a draft."""
    if draft.window and draft.base and draft.base.n_months != draft.window.n_months:
        return f"its base {draft.base} is not as long as its window {draft.window}"
    if draft.kind != "growth" and draft.unit.partition("_")[0] != split_unit(series.unit)[0]:
        return f"it is in {draft.unit}, the series in {series.unit}; give series= in its currency"
    try:
        figure_of(draft)
    except InputError as error:
        return str(error)
    return ""


def _ask(draft: Draft) -> str:
    remedy = f"unit={draft.suggested_unit!r}" if draft.suggested_unit else "window=..."
    return f"it is {draft.doubt}; say what is right: article.corrected(index, {remedy})"


def _series_of(draft: Draft, series: Series, pair: tuple[str, ...]) -> Series:
    """The series of a draft's flow and coverage, by the ledger's spelling of the pair."""
    coverage = _COVERAGES[draft.scope] if draft.scope else series.coverage
    if draft.flow in (None, "turnover"):
        return series.model_copy(update={"flow": "turnover", "coverage": coverage})
    sides = dict(zip((code.lower() for code in pair), series.pair.lower().split("-"), strict=False))
    exporter, _, importer = (draft.flow or "").partition("_to_")
    return Series(
        pair=series.pair,
        flow=f"{sides[exporter]}_to_{sides[importer]}",
        unit=series.unit,
        coverage=coverage,
    )


def _row(draft: Draft, series: Series, reporter: str, published: str, document: str) -> Observation:
    assert draft.window is not None, "checked before"
    given: dict[str, Any] = {
        "series": series,
        "window": draft.window,
        "figure": figure_of(draft),
        "reporter": reporter,
        "published": published,
        "document": document,
        "note": "; ".join(draft.assumed),
    }
    if draft.kind == "level":
        return Level(**given)
    assert draft.base is not None, "checked before"
    return (Growth if draft.kind == "growth" else Increment)(**given, base=draft.base)


def goals(
    chosen: Chosen,
    *,
    series: Series,
    pair: tuple[str, ...],
    published: str,
    document: str,
    text: str,
) -> tuple[Goal, ...]:
    """Make goals of accepted drafts; see `Article.goals`."""
    out: list[Goal] = []
    for index, draft, named in chosen:
        missing = _missing_goal(draft, series)
        if missing and (named or (draft.suggested_unit and draft.kind == "goal")):
            raise InputError(f"draft {index} ({draft.quote!r}): {missing}", topic="article")
        if missing:
            continue
        over = draft.deadline is not None and draft.deadline < int(published[:4])
        out.append(
            Goal(
                amount=_amount_of(draft, series),
                by=draft.deadline,
                series=_series_of(draft, series, pair),
                announced="" if over else published,  # an old goal that is only recalled
                document=document,
                wording=_sentence_around(draft.start, text),
            )
        )
    return tuple(out)


def _sentence_around(place: int, text: str) -> str:
    """The sentence that a draft stands in: the words in which a goal was announced."""
    return next((" ".join(s.text.split()) for s in sentences(text) if place < s.end), "")


def _amount_of(draft: Draft, series: Series) -> float | Multiple:
    """What a goal asks for: an amount in the series' unit, or so many times a base."""
    if draft.unit == "times":
        assert draft.base is not None, "checked before"
        return Multiple(factor=float(draft.digits), base=draft.base)
    scale = Decimal(repr(split_unit(series.unit)[1]))
    return float(Decimal(draft.digits) * SCALES[draft.unit.partition("_")[2]] / scale)


def _missing_goal(draft: Draft, series: Series) -> str:
    if draft.kind != "goal":
        return f"a {draft.kind} is no goal; take it from observations()"
    if draft.doubt:
        return _ask(draft)
    if draft.unit == "times" and draft.base is None:
        return "a multiple of what is not said; give its year: article.corrected(index, base=...)"
    if draft.high:
        return "the goal is a range; enter the amount that counts"
    if draft.flow is None:
        return "its flow is not known; correct it with article.corrected(index, flow=...)"
    if draft.unit != "times" and draft.unit.partition("_")[0] != split_unit(series.unit)[0]:
        return f"it is in {draft.unit}, the series in {series.unit}; give series= in its currency"
    return ""


def corrected(
    draft: Draft,
    *,
    value: str | None,
    unit: str | None,
    window: str | None,
    base: str | None,
    flow: str | None,
    note: str,
) -> Draft:
    """Return a draft with what the print should have said; see `Article.corrected`."""
    changes: dict[str, object] = {"doubt": "", "suggested_unit": None}
    said = []
    if value is not None:
        changes["digits"] = format(parse_number(value), "f")
        said.append(f"value {value}")
    if unit is not None:
        if unit not in ("percent", "times"):
            split_unit(unit)
        changes["unit"] = unit
        said.append(f"unit {unit}")
    if window is not None:
        changes |= {"window": Window.parse(window), "open_from": None}
        if draft.kind in _COMPARED and not draft.base_stated:
            changes["base"] = Window.parse(window).shift(-1)
        said.append(f"window {window}")
    if base is not None:
        changes |= {"base": Window.parse(base), "base_from": None, "base_stated": True}
        said.append(f"base {base}")
    if flow is not None:
        changes["flow"] = flow
        said.append(f"flow {flow}")
    if not said:
        raise InputError(
            "say what is corrected: value=, unit=, window=, base= or flow=", topic="article"
        )
    text = f"corrected: {', '.join(said)}" + (f" ({note})" if note else "")
    return draft.model_copy(update={**changes, "assumed": (*draft.assumed, text)})
