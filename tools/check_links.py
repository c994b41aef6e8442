"""Check every link of the built documentation without a network (``make docs`` runs it).

    python tools/check_links.py docs/_build/html

A link inside the site must lead to a file of the site, and to an anchor in it. Of links that lead
out only the form is checked: they must be https, with a host.
"""

import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

HOST = re.compile(r"[\w-]+(\.[\w-]+)+")


class Page(HTMLParser):
    """The anchors and the links of a page.

    Attributes
    ----------
    anchors
        Values of ``id``, and names of ``a`` elements.
    links
        Values of ``href``, ``src`` and ``data``, with the line they stand in.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[tuple[int, str]] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag offers and where it leads."""
        for name, value in attrs:
            if value and (name == "id" or (tag, name) == ("a", "name")):
                self.anchors.add(value)
            elif value and (name in ("href", "src") or (tag, name) == ("object", "data")):
                self.links.append((self.getpos()[0], value))


def broken(folder: Path) -> list[str]:
    """Return a line for each link that leads nowhere, or one if there is no page at all."""
    site = folder.resolve()
    found = (path for path in sorted(site.rglob("*.html")) if "_static" not in path.parts)
    pages = {path: Page(path) for path in found}
    if not pages:
        return [f"{folder}: there are no pages"]
    wrong = []
    for path, page in pages.items():
        for line, link in page.links:
            why = _why_broken(link, path, pages, site)
            if why:
                wrong.append(f"{path.relative_to(site)}:{line}: {link}: {why}")
    return wrong


def _why_broken(link: str, path: Path, pages: dict[Path, Page], site: Path) -> str:
    parts = urlsplit(link)
    if parts.scheme in ("data", "mailto"):
        return ""
    if parts.scheme or parts.netloc:
        is_web = parts.scheme == "https" and HOST.fullmatch(parts.netloc)
        return "" if is_web else "not https with a host"
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if not target.is_relative_to(site):
        return "leads out of the site"
    if not target.is_file():
        return "there is no such file"
    if target in pages and parts.fragment and unquote(parts.fragment) not in pages[target].anchors:
        return "there is no such anchor"
    return ""


if __name__ == "__main__":
    wrong = broken(Path(sys.argv[1]))
    print(*wrong, f"{len(wrong)} broken links in {sys.argv[1]}", sep="\n")
    sys.exit(bool(wrong))
