"""Every block of code in a document runs, top to bottom, in an empty folder.

``python`` blocks share one namespace a page; prompts (``>>>``) are checked against what they print.
A ``csv`` block below ``<!-- file: NAME -->`` is written to that file. Of ``sh`` blocks the commands
of tradetrack are run; `make` and `pip` lines are compared with what there is.
"""

import doctest
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
from sybil import Example, Sybil
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser
from tests.contracts.test_docs import PAGES
from tests.contracts.tree import ROOT

FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
LANGUAGES = {"python", "sh", "csv", "json", "text", "math"}  # the last three are not run
FENCE = re.compile(r"^ *```(\S*)", re.MULTILINE)
NAMED = re.compile(r"<!-- file: (\S+) -->\n+```csv\n(.*?)```", re.DOTALL)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def run_shell(example: Example) -> None:
    """Run the commands of tradetrack; of installing, check that the extras exist."""
    for line in str(example.parsed).splitlines():
        words = shlex.split(line, comments=True)
        if words[:1] == ["tradetrack"]:
            command = line.replace("tradetrack", f"{shlex.quote(sys.executable)} -m tradetrack", 1)
            done = subprocess.run(command, shell=True, capture_output=True, text=True)
            assert done.returncode == 0, f"{line}: {done.stderr}"
        elif words[:2] == ["pip", "install"]:
            extras = re.findall(r"\[([\w,]+)\]", line)
            assert {one for each in extras for one in each.split(",")} <= set(
                PROJECT["optional-dependencies"]
            ), line
        else:
            plain = [word for word in words if not word.startswith("OPENBLAS")]
            assert plain[:1] in ([], ["make"], ["cd"], ["git"], ["python"]), f"what is {line!r}?"


def write_named_files(text: str, folder: Path) -> None:
    for name, content in NAMED.findall(text):
        (folder / name).write_text(content, encoding="utf-8")


PARSERS = [
    PythonCodeBlockParser(doctest_optionflags=FLAGS),
    CodeBlockParser(language="sh", evaluator=run_shell),
]


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_every_block_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = page.read_text(encoding="utf-8")
    languages = set(FENCE.findall(text)[::2])
    assert {one for one in languages if not one.startswith("{")} <= LANGUAGES, "name the language"
    mpl.use("Agg")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))
    write_named_files(text, tmp_path)
    for example in Sybil(parsers=PARSERS).parse(page).examples():
        example.evaluate()
    plt.close("all")


def test_no_block_is_hidden_from_the_runner() -> None:
    """An indented block says nothing of its language, so nothing could run it."""
    hidden = [
        f"{page.relative_to(ROOT)}: {line}"
        for page in PAGES
        for line in re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL).split("\n")
        if re.match(r" {4}(?!\s*[-*\d])\S", line) and not page.name.startswith("CHANGELOG")
    ]
    assert hidden == []
