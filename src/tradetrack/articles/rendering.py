"""Articles as people read them: each sentence with what was read from it, and why the rest was left."""

import html
from typing import TYPE_CHECKING

from tradetrack.articles.drafts import Draft, describe
from tradetrack.articles.sentences import Sentence, sentences

if TYPE_CHECKING:
    from tradetrack.articles.article import Article

_COLOURS = {"level": "#cfe8ff", "growth": "#d9f2d0", "increment": "#eee0ff", "goal": "#ffe3b3"}
_ASIDE = "#e6e6e6"


def as_text(article: "Article") -> str:
    """Write an article's sentences that hold numbers, each with its drafts."""
    drafts, aside = len(article.drafts), len(article.set_aside)
    head = f"Article published {article.published}" + (
        f" on {article.pair_name}" if article.pair_name else ""
    )
    lines = [f"{head}: {drafts} draft{'s' * (drafts != 1)}, {aside} set aside"]
    if article.empty_because:
        lines.append(f"Nothing was read: {article.empty_because}.")
    for sentence in _told(article):
        lines.append(" ".join(sentence.text.split()))
        lines += [line for _, line in sorted(_lines(article, sentence))]
    return "\n".join(lines)


def _told(article: "Article") -> list[Sentence]:
    places = sorted(item.start for item in (*article.drafts, *article.set_aside))
    found, at = [], 0
    if not places:
        return []
    for sentence in sentences(article.text):
        while at < len(places) and places[at] < sentence.start:
            at += 1
        if at < len(places) and places[at] < sentence.end:
            found.append(sentence)
    return found


def _lines(article: "Article", sentence: Sentence) -> list[tuple[int, str]]:
    inside = range(sentence.start, sentence.end)
    lines = []
    for index, draft in enumerate(article.drafts):
        if draft.start in inside:
            notes = [*(f"assumed {text}" for text in draft.assumed), *([draft.doubt] * bool(draft.doubt))]
            lines.append((draft.start, f"{index:3}  {draft}" + "".join(f"; {n}" for n in notes)))
    for item in article.set_aside:
        if item.start in inside:
            lines.append((item.start, f"  -  {item}"))
    return lines


def as_html(article: "Article") -> str:
    """Mark the spans of an article in its text; everything printed is escaped."""
    items: list[tuple[int, int, str, str]] = []
    for index, draft in enumerate(article.drafts):
        items.append((draft.start, draft.end, _COLOURS[draft.kind], _title(index, draft)))
    for item in article.set_aside:
        items.append((item.start, item.end, _ASIDE, f"set aside: {item.reason}"))
    parts, at = [], 0
    for start, end, colour, title in sorted(items):
        if start < at:
            continue
        parts.append(html.escape(article.text[at:start]))
        parts.append(
            f'<mark style="background:{colour}" title="{html.escape(title)}">'
            f"{html.escape(article.text[start:end])}</mark>"
        )
        at = end
    parts.append(html.escape(article.text[at:]))
    head = html.escape(as_text(article).splitlines()[0])
    return (
        f'<div><p><b>{head}</b></p><div style="white-space:pre-wrap">' + "".join(parts) + "</div></div>"
    )


def _title(index: int, draft: Draft) -> str:
    return f"{index}: {describe(draft)}"


