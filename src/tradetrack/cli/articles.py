"""What ``tradetrack read`` does with an article: the drafts accepted, the files that they join.

Files are appended whole or not at all, and only when all that was accepted can be a row or a goal.
"""

from pathlib import Path

import tradetrack as tt
from tradetrack._files import write_whole
from tradetrack._format import counted
from tradetrack.articles.article import same_pair
from tradetrack.cli.goals import table_with
from tradetrack.cli.inputs import name, read_ledger, read_text
from tradetrack.cli.options import LedgerOptions


def read(source: str, published: str, reporter: str, pair: str) -> tt.Article:
    """Read an article from a text or HTML file, or ``-`` for standard input."""
    text = read_text() if source == "-" else Path(source)
    return tt.read_article(text, published=published, reporter=reporter or None, pair=pair or None)


def chosen(accept: str) -> str | list[int]:
    """Read what is accepted: ``all``, or numbers such as ``1,3,5``.

    Raises
    ------
    InputError
        If it is neither.

    Examples
    --------
    >>> chosen("1, 3"), chosen("all")
    ([1, 3], 'all')
    """
    if accept.strip() == "all":
        return "all"
    numbers = [part.strip() for part in accept.split(",") if part.strip()]
    if not all(part.isdecimal() for part in numbers):
        raise tt.InputError(
            f"{accept!r} is neither 'all' nor numbers of drafts such as 1,3,5", topic="article"
        )
    return [int(part) for part in numbers]


def append(article: tt.Article, accept: str | list[int], into: str, goals_into: str) -> list[str]:
    """Append accepted drafts to a ledger and to a table of goals; say what was done and changed.

    Parameters
    ----------
    article
        What was read.
    accept
        As `chosen` returns it. Of numbers, goals go to the goals and the others to the ledger.
    into, goals_into
        CSV files, which need not be there yet; empty for none.
    """
    ledger = (
        read_ledger(LedgerOptions(source=into)) if into and Path(into).exists() else tt.Ledger()
    )
    series = same_pair(article, ledger) if len(ledger) else None
    rows = article.observations(_those(article, accept, goals=False), series=series)
    targets = article.goals(_those(article, accept, goals=True), series=series)
    lines = []
    if goals_into and targets:
        lines.append(f"{counted(len(targets), 'goal')} appended to {name(goals_into)}.")
    table = table_with(goals_into, targets) if goals_into and targets else ""
    if into and rows:
        grown = ledger.add(rows)
        lines = [f"{counted(len(rows), 'row')} appended to {name(into)}.", *lines]
        lines += _changes(ledger, grown)
        tt.write_csv(grown, into)
    if table:
        write_whole(goals_into, table)
    return lines or ["Nothing was appended: no draft that was accepted has a file to go into."]


def _those(article: tt.Article, accept: str | list[int], *, goals: bool) -> str | list[int]:
    """Of the drafts accepted those that are goals, or the others; all stays all."""
    if isinstance(accept, str):
        return accept
    kinds = [draft.kind for draft in article.drafts]
    return [i for i in accept if (i < len(kinds) and kinds[i] == "goal") == goals]


def _changes(before: tt.Ledger, after: tt.Ledger) -> list[str]:
    """What the audit finds now and did not find before."""
    known = {str(finding) for finding in tt.audit(before)} if len(before) else set()
    new = [str(finding) for finding in tt.audit(after) if str(finding) not in known]
    return new or [f"The audit finds nothing new in {counted(len(after), 'row')}."]
