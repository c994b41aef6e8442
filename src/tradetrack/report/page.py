"""The report page: one self-contained HTML file about a tracking, for people and programs."""

import base64
import hashlib
import os
import re
from importlib.resources import files
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tradetrack._files import write_whole
from tradetrack._format import scrub
from tradetrack._news.results import News
from tradetrack.errors import InputError, MissingExtraError
from tradetrack.ledger.ledger import Ledger
from tradetrack.plots.content import tracked
from tradetrack.report import page_content as content
from tradetrack.report.svg import SHAPES
from tradetrack.reporters.compare import ByReporter
from tradetrack.tracking import Tracking

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

_LONGEST = 400  # characters of a ledger's text that the page shows
_MOST_JSON = 700_000  # characters; above it the amounts reached are left out
_IN_SCRIPT = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028"}


def report_html(
    tracking: Tracking,
    ledger: Ledger,
    *,
    whose: ByReporter | None = None,
    news: News | None = None,
    title: str = "",
) -> str:
    """Write a tracking as one HTML page that needs nothing else to be read.

    The page has the sentences, the fan, a curve and the official statuses for each goal, the goals
    by whose figures, what changed lately, the audit's findings and the printed figures; it works
    without a network and without scripts, in light and dark, on phones and desktops. Nothing is
    computed anew: a part that is not given is left out.

    Parameters
    ----------
    tracking, ledger
        What to report, and the ledger that was tracked.
    whose, news
        What `tradetrack.by_reporter` and `tradetrack.news` said of the same ledger.
    title
        Heading; the series by default.

    Returns
    -------
    str
        The page, below 1.5 MB for fifty goals and five reporters. The script elements
        ``tracking``, ``by-whose-figures`` and ``news`` hold JSON that their classes read back. The
        amounts reached (``Attainment.reach``) are left out of the second, and of the first where it
        would be longer than 700,000 characters; the second is left out if longer than half of that.

    Raises
    ------
    MissingExtraError
        If jinja2 is not installed.
    InputError
        If another ledger was tracked, or ``whose`` or ``news`` are of another day or ledger.

    Examples
    --------
    >>> import tradetrack as tt
    >>> ledger = tt.datasets.kazakhstan_uzbekistan()
    >>> tracking = tt.track(ledger, tt.Goal(10, by=2030), n_paths=200)
    >>> page = tt.report_html(tracking, ledger)
    >>> "US$ 10 bn by 2030" in page, len(page) < 1_500_000
    (True, True)
    """
    environment = _environment()
    known = _checked(tracking, ledger, whose, news)
    style, script = (_asset(name) for name in ("page.css", "page.js"))
    series = tracking.attainments[0].goal.series
    subject = f"{series.pair} {series.flow.replace('_', ' ')}" if series else "Goals"
    return environment.get_template("page.html").render(
        title=title or f"{subject}: will its goals be met?",
        tracking=tracking,
        fans=content.fan_parts(tracking, known),
        goals=content.goal_parts(tracking),
        whose=content.whose_rows(whose),
        news=content.news_part(news),
        figures=content.figure_rows(known),
        n_figures=len(known.current),
        shapes=SHAPES,
        style=style,
        script=script,
        style_digest=_digest(style),
        script_digest=_digest(script),
        data=_data(tracking, whose, news),
    )


def write_report(
    tracking: Tracking,
    ledger: Ledger,
    path: str | os.PathLike[str],
    *,
    whose: ByReporter | None = None,
    news: News | None = None,
    title: str = "",
) -> None:
    """Write the page of `report_html` to a file, which appears whole or not at all.

    Parameters
    ----------
    tracking, ledger, whose, news, title
        As in `report_html`.
    path
        Where; its folder must exist. A file that is there is replaced.

    Raises
    ------
    SinkError
        If the file cannot be written; nothing of it is left.
    MissingExtraError, InputError
        As in `report_html`.

    Examples
    --------
    >>> import tempfile
    >>> import tradetrack as tt
    >>> ledger = tt.datasets.kazakhstan_uzbekistan()
    >>> tracking = tt.track(ledger, tt.Goal(10, by=2030), n_paths=200)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     tt.write_report(tracking, ledger, f"{folder}/report.html")
    """
    page = report_html(tracking, ledger, whose=whose, news=news, title=title)
    write_whole(path, page)


def _checked(
    tracking: Tracking, ledger: Ledger, whose: ByReporter | None, news: News | None
) -> Ledger:
    """Return what the tracking knew, and check that everything is about it."""
    series = tracking.attainments[0].goal.series
    known = tracked(ledger, tracking, series.pair if series else "")
    if whose is not None and whose.as_of != tracking.as_of:
        raise InputError(
            f"the goals were judged by whose figures as of {whose.as_of}, but tracked as of"
            f" {tracking.as_of}; call both with the same as_of",
            topic="result",
        )
    if news is not None and news.ledger_digest != tracking.ledger_digest:
        raise InputError(
            f"the news is of another ledger or day ({news.as_of}) than the tracking"
            f" ({tracking.as_of}); call both with the same ledger and as_of",
            topic="result",
        )
    return known


def _environment() -> "Environment":
    """Return jinja2 with the page's template and its filters; everything is escaped by default."""
    try:
        from jinja2 import DictLoader, Environment, StrictUndefined
    except ImportError:
        raise MissingExtraError(
            'a report page needs jinja2; install it with pip install "tradetrack[report]"'
        ) from None
    environment = Environment(
        loader=DictLoader({"page.html": _asset("page.html")}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["plain"] = scrub
    environment.filters["said"] = said
    environment.filters["link"] = link
    return environment


def said(text: str) -> "Markup":
    """Escape a text from outside: plain, cut if long, and set apart from what is around it."""
    from markupsafe import Markup

    cut = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text):,} characters)"
    return Markup("<bdi>{}</bdi>").format(scrub(cut))


def link(address: str, text: str = "") -> "Markup":
    """Link to an address if it is one of the web, and else show it as text."""
    from markupsafe import Markup

    if not _is_web(address):
        return said(text or address)
    shown = said(text or urlsplit(address).hostname or address)
    return Markup('<a href="{}" rel="noopener noreferrer">{}</a>').format(address, shown)


def _is_web(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    odd = re.search(r"[\s\x00-\x1f\x7f-\x9f\\]", address) or scrub(address) != address
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not odd


def _asset(name: str) -> str:
    return files("tradetrack.report").joinpath(name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    """Return the hash by which the page's policy lets this text, and no other, style or run."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _data(tracking: Tracking, whose: ByReporter | None, news: News | None) -> "dict[str, Markup]":
    """Return the results as JSON that cannot end the element it stands in."""
    from markupsafe import Markup

    whole = tracking.model_dump_json()
    if len(whole) > _MOST_JSON:
        bare = tuple(a.model_copy(update={"reach": ()}) for a in tracking.attainments)
        whole = tracking.model_copy(update={"attainments": bare}).model_dump_json()
    texts = {"tracking": whole}
    if whose is not None:
        judged = tuple(
            row.model_copy(update={"attainment": row.attainment.model_copy(update={"reach": ()})})
            for row in whose.judgements
        )
        text = whose.model_copy(update={"judgements": judged}).model_dump_json()
        if len(text) <= _MOST_JSON // 2:
            texts["by-whose-figures"] = text
    if news is not None:
        texts["news"] = news.model_dump_json()
    for letter, code in _IN_SCRIPT.items():
        texts = {name: text.replace(letter, code) for name, text in texts.items()}
    return {name: Markup(text) for name, text in texts.items()}
