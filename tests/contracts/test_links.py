"""The checker of links: what leads nowhere is told."""

from pathlib import Path

import pytest
from tools.check_links import broken


def site(folder: Path, link: str) -> Path:
    (folder / "site").mkdir()
    (folder / "outside.html").write_text("", encoding="utf-8")
    there = '<meta name="viewport"><h1 id="here">There</h1><a name="old"></a>'
    (folder / "site" / "there.html").write_text(there, encoding="utf-8")
    page = f'<p id="top"><a href="{link}">link</a></p>'
    (folder / "site" / "page.html").write_text(page, encoding="utf-8")
    return folder / "site"


@pytest.mark.parametrize(
    "link",
    ["there.html", "there.html#here", "there.html#old", "#top", "https://www.imf.org/x", "data:,x"],
)
def test_what_leads_somewhere_is_silent(tmp_path: Path, link: str) -> None:
    assert broken(site(tmp_path, link)) == []


@pytest.mark.parametrize(
    ("link", "why"),
    [
        ("nowhere.html", "no such file"),
        ("there.html#nowhere", "no such anchor"),
        ("there.html#viewport", "no such anchor"),
        ("#nowhere", "no such anchor"),
        ("../outside.html", "out of the site"),
        ("/etc/passwd", "out of the site"),
        ("http://www.imf.org", "not https"),
        ("https://./x", "not https"),
    ],
)
def test_what_leads_nowhere_is_told(tmp_path: Path, link: str, why: str) -> None:
    (line,) = broken(site(tmp_path, link))
    assert line.startswith(f"page.html:1: {link}: ")
    assert why in line


def test_a_folder_without_pages_is_no_site(tmp_path: Path) -> None:
    assert broken(tmp_path) == [f"{tmp_path}: there are no pages"]
