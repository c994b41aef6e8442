"""The documents: what they take from the code is current, and what they point at exists."""

import re
from importlib import import_module
from inspect import ismodule
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel
from tests.contracts.tree import ROOT
from tools.write_readme import PARTS, renewed

import tradetrack as tt

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)")
PATH = re.compile(r"(?<![\w/.-])(?:src|tests|tools|benchmarks|examples|data)/[\w./-]*\w")
COMMAND = re.compile(r"(?:`|^)make ([a-z]+)", re.MULTILINE)
NUMBER = re.compile(r"\d+(?:\.\d+)?")


def differences(old: str, new: str) -> list[str]:
    """Lines that say something else, or a number off by more than one in its last digit.

    The draws are the same everywhere; the last digit may round otherwise on another processor.
    """
    pairs = list(zip(old.splitlines(), new.splitlines(), strict=False))
    wrong = [new_line for old_line, new_line in pairs if not _same(old_line, new_line)]
    return wrong + ["another number of lines"] * (old.count("\n") != new.count("\n"))


def _same(old: str, new: str) -> bool:
    def close(one: str, other: str) -> bool:
        digits = len(one.partition(".")[2])
        return abs(float(one) - float(other)) * 10**digits < 1.001

    numbers = zip(NUMBER.findall(old), NUMBER.findall(new), strict=False)
    return NUMBER.sub("0", old) == NUMBER.sub("0", new) and all(close(*pair) for pair in numbers)


@pytest.mark.parametrize(("name", "marker", "write"), PARTS, ids=[part[0] for part in PARTS])
def test_generated_parts_are_current(name, marker, write) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert differences(text, renewed(text, marker, write)) == [], "run `make readme`"


def test_a_stale_number_is_noticed() -> None:
    assert differences("22 % by 2030, 4.13 bn", "21 % by 2030, 4.12 bn") == []
    assert differences("22 % by 2030", "17 % by 2030")
    assert differences("22 % by 2030", "22 % before 2030")
    assert differences("one\n", "one\ntwo\n")


def test_the_chart_is_there_and_small() -> None:
    assert (ROOT / "docs" / "fan.png").stat().st_size <= 100_000


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_links_and_commands_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in LINK.findall(text):
        made = target.startswith("gallery/")  # by `make docs`, which checks every link of the site
        assert made or (page.parent / target).exists(), f"{page.name} links to {target}"
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(COMMAND.findall(text)) <= targets


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_files_that_are_named_exist(page: Path) -> None:
    named = set(PATH.findall(page.read_text(encoding="utf-8")))
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


def test_the_readme_fits_a_screen_and_shows_four_statements() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 60
    code = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    assert code is not None
    assert len([line for line in code[1].splitlines() if line]) == 4
    assert {"make run", "make test"} <= set(re.findall(r"make \w+", text))


def test_every_decision_is_in_the_index() -> None:
    folder = ROOT / "docs" / "decisions"
    linked = set(LINK.findall((folder / "README.md").read_text(encoding="utf-8")))
    assert linked == {path.name for path in folder.glob("*.md")} - {"README.md"}


def test_the_version_is_the_same_everywhere() -> None:
    version = tt.__version__
    assert f"version: {version}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert version in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def parts_of(public: object) -> set[type[BaseModel]]:
    """The models that stand in the fields of a model, theirs too."""
    found: set[type[BaseModel]] = set()
    waiting = [public]
    while waiting:
        kind = waiting.pop()
        if isinstance(kind, type) and issubclass(kind, BaseModel) and kind not in found:
            found.add(kind)
            waiting += [field.annotation for field in kind.model_fields.values()]
        else:
            waiting += get_args(kind)
    return found - {public}


def test_every_public_name_stands_in_the_reference_once() -> None:
    listed = []
    for page in sorted((ROOT / "docs" / "reference").glob("*.rst")):
        module = ""
        for line in page.read_text("utf-8").splitlines():
            module = line.removeprefix(".. currentmodule:: ") if "currentmodule" in line else module
            if re.fullmatch(r"   [A-Za-z_]+", line) and module:
                listed.append(getattr(import_module(module), line.strip()))
    spaces = [tt, *(public for name in tt.__all__ if ismodule(public := getattr(tt, name)))]
    public = {
        name: getattr(space, name) for space in spaces for name in getattr(space, "__all__", ())
    }
    for name, value in public.items():
        if name != "__version__" and not ismodule(value):
            assert sum(value is each for each in listed) == 1, f"{name} stands once in a page"
    parts = {part for value in public.values() for part in parts_of(value)}
    assert [part.__name__ for part in parts if part not in listed] == []
