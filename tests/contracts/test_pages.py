"""Every block of code in a document runs, top to bottom, in an empty folder.

``python`` blocks share one namespace a page; prompts (``>>>``) are checked against what they print.
A ``csv`` or ``text`` block below ``<!-- file: NAME -->`` is written to that file. Of ``sh`` blocks
the commands of tradetrack are run; what `make`, `python` and `pip` lines name has to be there.
"""

import doctest
import io
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
from markdown_it import MarkdownIt
from sybil import Example, Sybil
from sybil.evaluators.doctest import NUMBER
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser
from tests.contracts.test_docs import PAGES
from tests.contracts.tree import ROOT

from tradetrack.cli import main
from tradetrack.errors import CATALOGUE

FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE | NUMBER  # the last digit may round
LANGUAGES = {"python", "sh", "csv", "json", "text"}  # the last two are not run
DIRECTIVES = {
    "{toctree}",
    "{include} ../CHANGELOG.md",
    "{include} ../README.md",
    "{include} ../data/README.md",
}
NAMED = re.compile(r"<!-- file: (\S+) -->\n+```(?:csv|text)\n(.*?)```", re.DOTALL)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
RUN_HERE = [page for page in PAGES if page != ROOT / CATALOGUE]  # that one runs in test_errors
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


def run_shell(example: Example) -> None:
    for line in str(example.parsed).splitlines():
        run_line(line)


def run_line(line: str) -> None:
    """Run a command of tradetrack; of the others check that what they name exists."""
    words = [word for word in shlex.split(line, comments=True) if not word.startswith("OPENBLAS")]
    if not words:
        return
    if words[0] == "tradetrack":
        assert not re.search(r";|&&|[|][|]", line), f"one command a line: {line}"
        if not re.search(r"[|<>]", line):  # no shell is needed
            run_here(line, words[1:])
            return
        command = re.sub(r"\btradetrack\b", f"{shlex.quote(sys.executable)} -m tradetrack", line)
        shell = ["bash", "-o", "pipefail", "-c", command]
        done = subprocess.run(shell, capture_output=True, text=True)
        assert done.returncode == 0, f"{line}: {done.stderr}"
    elif words[0] == "make":
        assert set(words[1:]) <= TARGETS, line
    elif words[0] == "python":
        assert (ROOT / words[1]).is_file(), line
    else:
        assert words[:2] == ["pip", "install"], f"what is {line!r}?"
        for wanted in words[2:]:
            project, _, extras = wanted.removesuffix("]").partition("[")
            assert project in (".", "tradetrack"), line
            assert set(filter(None, extras.split(","))) <= set(PROJECT["optional-dependencies"])


def run_here(line: str, argv: list[str]) -> None:
    """Run a command in this process, as a shell would: what was read before is still in memory."""
    err = io.StringIO()
    with redirect_stdout(io.StringIO()), redirect_stderr(err):
        code = main(argv)
    assert code == 0, f"{line}: {err.getvalue()}"


def examples(page: Path, folder: Path) -> Iterator[Example]:
    """Yield the blocks of a page, to be evaluated in a folder that has the page's files."""
    text = page.read_text(encoding="utf-8")
    for name, content in NAMED.findall(text):
        (folder / name).write_text(content, encoding="utf-8")
    yield from Sybil(parsers=PARSERS).parse(page).examples()


def not_run(text: str) -> list[str]:
    """Blocks that the runner would not see, or would not run."""
    wrong = [f"a line of colons: {line}" for line in text.splitlines() if line.startswith(":::")]
    wrong += ["an example is skipped"] * ("+SKIP" in text)
    for token in MarkdownIt().parse(text):
        if token.type == "code_block":  # nothing says what it is
            wrong.append(f"indented: {token.content}")
        if token.type == "fence" and token.info not in LANGUAGES | DIRECTIVES:
            wrong.append(f"language {token.info!r}: {token.content}")
    return wrong


PARSERS = [
    PythonCodeBlockParser(doctest_optionflags=FLAGS),
    CodeBlockParser(language="sh", evaluator=run_shell),
]


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_every_block_can_be_run(page: Path) -> None:
    assert not_run(page.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("page", RUN_HERE, ids=[str(page.relative_to(ROOT)) for page in RUN_HERE])
def test_every_block_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mpl.use("Agg")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))
    for example in examples(page, tmp_path):
        example.evaluate()
    plt.close("all")


@pytest.mark.parametrize(
    "block",
    [
        "text\n\n    assert False\n",
        "text\n\n\tassert False\n",
        "```python title\nassert False\n```\n",
        "```{code-block} python\nassert False\n```\n",
        "```\nassert False\n```\n",
        ":::{code-block} python\nassert False\n:::\n",
        "```python\n>>> assert False  # doctest: +SKIP\n```\n",
    ],
)
def test_no_block_is_hidden_from_the_runner(block: str) -> None:
    assert not_run(block)


@pytest.mark.parametrize(
    "line",
    [
        "tradetrack nonsense",
        "tradetrack nonsense | cat",
        "tradetrack nonsense; true",
        "make nothing",
        "python nothing.py",
        "pip install tradetrak",
        "pip install '.[nothing]'",
        "rm -rf /",
    ],
)
def test_a_command_that_does_not_work_is_noticed(line: str) -> None:
    with pytest.raises(AssertionError):
        run_line(line)
