"""The files: how long a function may be, and what must not stand in them."""

import re
from pathlib import Path

import pytest
from tests.contracts.tree import ROOT, functions, parsed, sources

LONGEST_BODY = 60
FOLDERS = ("src", "tests", "tools", "examples", "benchmarks", "docs", "data")
TEXT = {".py", ".md", ".csv", ".json", ".toml", ".cff", ".txt", ""}
PLACE = re.compile(r"(?<![\w./:-])/(?:work|home|root|Users|mnt|tmp)/\w|[A-Z]:\\\\?Users")
MADE = {"__pycache__", "_build", "gallery", "generated"}  # by Python and by `make docs`


def texts() -> list[Path]:
    inside = (path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*")))
    every = [*inside, *(path for path in sorted(ROOT.glob("*")) if path.name != ".git")]
    return [
        path
        for path in every
        if path.is_file() and path.suffix in TEXT and not MADE & set(path.parts)
    ]


@pytest.mark.parametrize("module", sources())
def test_functions_fit_a_screen(module: str) -> None:
    path = sources()[module]
    assert parsed(path).body, f"{module} is empty; say in a docstring what it is for"
    for node in functions(path):
        body = node.body[1:] if len(node.body) > 1 else node.body
        length = (body[-1].end_lineno or 0) - body[0].lineno + 1
        assert length <= LONGEST_BODY, f"{module}.{node.name} has {length} lines"


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    for path in texts():
        found = PLACE.search(path.read_text(encoding="utf-8"))
        assert found is None, f"{path.relative_to(ROOT)}: {found and found[0]}"


def test_no_file_is_large() -> None:
    for folder in (*FOLDERS, "."):
        for path in (ROOT / folder).glob("*" if folder == "." else "**/*"):
            if path.is_file() and not MADE & set(path.parts):
                assert path.stat().st_size < 1_000_000, path.relative_to(ROOT)
