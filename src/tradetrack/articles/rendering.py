"""Articles as people read them: each sentence with what was read, and why the rest was left."""

import html
from typing import NamedTuple

from tradetrack.articles.drafts import Draft, SetAside, describe
from tradetrack.articles.sentences import Sentence, sentences

_COLOURS = {"level": "#cfe8ff", "growth": "#d9f2d0", "increment": "#eee0ff", "goal": "#ffe3b3"}
_ASIDE = "#e6e6e6"


class Content(NamedTuple):
    """What is shown of an article."""

    title: str
    text: str
    drafts: tuple[Draft, ...]
    set_aside: tuple[SetAside, ...]
    empty_because: str


def as_text(article: Content) -> str:
    """Write an article's sentences that hold numbers, each with its drafts."""
    drafts, aside = len(article.drafts), len(article.set_aside)
    lines = [f"{article.title}: {drafts} draft{'s' * (drafts != 1)}, {aside} set aside"]
    if article.empty_because:
        lines.append(f"Nothing was read: {article.empty_because}.")
    for sentence in _told(article):
        lines.append(" ".join(sentence.text.split()))
        lines += [line for _, line in sorted(_lines(article, sentence))]
    return "\n".join(lines)


def _told(article: Content) -> list[Sentence]:
    places = [draft.start for draft in article.drafts] + [i.start for i in article.set_aside]
    places.sort()
    found, at = [], 0
    for sentence in sentences(article.text) if places else ():
        while at < len(places) and places[at] < sentence.start:
            at += 1
        if at < len(places) and places[at] < sentence.end:
            found.append(sentence)
    return found


def _lines(article: Content, sentence: Sentence) -> list[tuple[int, str]]:
    inside = range(sentence.start, sentence.end)
    lines = []
    for index, draft in enumerate(article.drafts):
        if draft.start in inside:
            notes = [f"assumed {text}" for text in draft.assumed] + [draft.doubt] * bool(
                draft.doubt
            )
            lines.append((draft.start, "; ".join([f"{index:3}  {draft}", *notes])))
    aside = [item for item in article.set_aside if item.start in inside]
    return lines + [(item.start, f"  -  {item}") for item in aside]


def as_html(article: Content) -> str:
    """Mark the spans of an article in its text; everything printed is escaped."""
    items = [
        (draft.start, draft.end, _COLOURS[draft.kind], f"{index}: {describe(draft)}")
        for index, draft in enumerate(article.drafts)
    ]
    items += [(i.start, i.end, _ASIDE, f"set aside: {i.reason}") for i in article.set_aside]
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
        f'<div><p><b>{head}</b></p><div style="white-space:pre-wrap">'
        + "".join(parts)
        + "</div></div>"
    )
