"""Imports point down: the layers of docs/architecture.md, checked on the parsed tree."""

import graphlib

import pytest
from tests.contracts.tree import imports, sources

# From the bottom to the top; a module may import from its own layer and from lower ones.
LAYERS = (
    ("_version", "_typing", "_lazy", "errors", "_format", "_checks", "_files", "_parallel"),
    ("domain",),
    ("articles", "ledger"),
    ("sources",),
    ("_audit", "datasets", "models", "pledges"),
    ("attainment", "_prediction_audit"),
    ("simulation",),
    ("tracking",),
    ("panel", "reporters", "_sensitivity", "testing"),
    ("scenarios",),
    ("scoring", "_news"),
    ("_history",),
    ("plots", "report"),
    ("", "amounts", "results"),
    ("cli", "__main__"),
)
HEIGHT = {name: height for height, layer in enumerate(LAYERS) for name in layer}
# They only say where names are found, and import them when they are used.
FACADES = {"tradetrack", "tradetrack.results"} | {
    f"tradetrack.{room}" for room in ("models", "plots", "scenarios", "scoring", "sources")
}
MODULES = sources()


def layer(module: str) -> str:
    return module.removeprefix("tradetrack").removeprefix(".").split(".")[0]


def test_every_module_has_a_layer() -> None:
    missing = {layer(module) for module in MODULES} - set(HEIGHT)
    assert not missing, f"say in LAYERS of {__name__} where {missing} stand"


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_down(module: str) -> None:
    for imported, _ in imports(MODULES[module]):
        if imported.split(".")[0] == "tradetrack":
            assert HEIGHT[layer(imported)] <= HEIGHT[layer(module)], f"{module} imports {imported}"


def test_no_import_cycles() -> None:
    graph = {
        module: {imported for imported, _ in imports(path) if imported in MODULES}
        for module, path in MODULES.items()
        if module not in FACADES
    }
    graphlib.TopologicalSorter(graph).prepare()  # raises CycleError, which names the cycle


@pytest.mark.parametrize("module", MODULES)
def test_heavy_packages_stay_where_they_belong(module: str) -> None:
    for imported, within in imports(MODULES[module]):
        top = imported.split(".")[0]
        if top == "statsmodels":  # its models in one place; its tests and intervals with the scores
            assert module == "tradetrack.models.classical" or layer(module) == "scoring"
            assert within, f"{module} imports {top} outside a function"
        if top == "matplotlib":
            assert layer(module) == "plots"
            assert within, f"{module} imports {top} outside a function"
        if top in ("openpyxl", "sdmx", "comtradeapicall", "urllib3", "requests", "requests_cache"):
            assert layer(module) in ("sources", "report")
            assert within, f"{module} imports {top} outside a function"
