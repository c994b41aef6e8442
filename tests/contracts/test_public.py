"""The public surface: exports, documentation, signatures, examples, and what importing costs."""

import ast
import doctest
import importlib
import inspect
import re
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
from tests.contracts.tree import functions, is_public, parsed, sources

import tradetrack as tt

mpl.use("Agg")
NAMESPACES = ("amounts", "errors", "models", "plots", "results", "scenarios", "scoring", "sources")
PUBLIC = {name: getattr(tt, name) for name in tt.__all__ if not name.startswith("__")} | {
    f"{space}.{name}": getattr(getattr(tt, space), name)
    for space in NAMESPACES
    for name in getattr(getattr(tt, space), "__all__", ())
}
NAMES = [name for name, public in PUBLIC.items() if not inspect.ismodule(public)]
FUNCTIONS = [name for name in NAMES if inspect.isfunction(PUBLIC[name])]
MOST_PARAMETERS = 7  # two more may say what to run on: that is not of the question
TAKE_FIELDS = (  # whatever fields the class called has, or the options of a command
    "tradetrack.domain.value.__call__",
    "tradetrack.cli.options.run",
)


def test_exports_are_sorted_and_exist() -> None:
    # As ruff sorts them: constants, classes, then the rest.
    constants, classes, rest = [], [], []
    for name in tt.__all__:
        kind = classes if name[0].isupper() else rest
        kind.append(name)
    assert list(tt.__all__) == [*sorted(constants), *sorted(classes), *sorted(rest)]
    assert all(hasattr(tt, name) for name in tt.__all__)


@pytest.mark.parametrize("space", ["", *(n for n in NAMESPACES if n != "errors")])
def test_names_for_type_checkers_are_those_that_are_found(space: str) -> None:
    package = importlib.import_module(f"tradetrack.{space}".rstrip("."))
    assert package.__file__ is not None
    [types] = [n for n in parsed(Path(package.__file__)).body if isinstance(n, ast.If)]
    shown = {
        (node.module, alias.name)
        for node in types.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    found = {
        (package.__name__ if inspect.ismodule(value) else value.__module__, name)
        for name in package.__all__
        if name != "__version__"
        for value in [getattr(package, name)]
    }
    assert shown == found
    assert dir(package) == sorted({*package.__all__} - {"__version__"})


@pytest.mark.parametrize("name", NAMES)
def test_public_names_are_documented(name: str) -> None:
    public = PUBLIC[name]
    text = inspect.getdoc(public) or ""
    assert re.match(r"[^\n]+[.:]", text), "the first line is a sentence"
    if "." not in name or name in FUNCTIONS:  # a row of a result is shown where the result is
        assert "Examples\n---" in text, "write an example that runs"
        assert ">>>" in text


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_parameter_is_documented(name: str) -> None:
    parameters = inspect.signature(PUBLIC[name]).parameters
    if len(parameters) > 1:
        text = (inspect.getdoc(PUBLIC[name]) or "").partition("Parameters\n---")[2]
        assert [word for word in parameters if not re.search(rf"\b{word}\b", text)] == []


@pytest.mark.parametrize("module", sources())
def test_signatures_are_plain(module: str) -> None:
    for node in functions(sources()[module]):
        every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        named = [argument for argument in every if argument.arg not in ("self", "cls")]
        where = f"{module}.{node.name}"
        assert node.args.kwarg is None or where in TAKE_FIELDS, f"{where} takes **kwargs"
        most = MOST_PARAMETERS + (2 if "executor" in {argument.arg for argument in named} else 0)
        most += "since" in {argument.arg for argument in named}  # the question of two days
        # An option of a command, a field of a goal and a part of a page is a parameter each.
        options = module in ("tradetrack.cli.app", "tradetrack.report.page")
        options |= where == "tradetrack.domain.goal.__init__"
        assert options or len(named) <= most, f"{where} takes {len(named)} parameters"
        assert all(argument.annotation for argument in named), f"{where} is not annotated"
        assert node.returns is not None or where in TAKE_FIELDS, (
            f"{where} does not say what it returns"
        )
        if is_public(node):
            assert not any(
                isinstance(default, ast.List | ast.Dict) for default in node.args.defaults
            )


@pytest.mark.parametrize("module", sources())
def test_examples_in_docstrings_are_true(module: str) -> None:
    try:
        outcome = doctest.testmod(importlib.import_module(module))
    finally:
        plt.close("all")
    assert outcome.failed == 0
