"""The wheel holds the library with its data, and works without the source tree."""

import compileall
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from tests.contracts.tree import PACKAGE, ROOT

from tradetrack.cli.catalogue import explanation

SCRIPT = """
import sys
import tradetrack as tt
print(tt.__file__)
ledger = tt.datasets.kazakhstan_uzbekistan()
tracking = tt.track(ledger, tt.datasets.goals("kazakhstan_uzbekistan"), n_paths=100)
print(tracking)
print(len(tt.report_html(tracking, ledger)) > 10_000)
from tradetrack.cli import main
main(["explain", "horizon"])
"""
LIGHT = """
import sys
before = {name.split(".")[0] for name in sys.modules}
import tradetrack
assert dir(tradetrack)
print(*sorted({name.split(".")[0] for name in sys.modules} - before - set(sys.stdlib_module_names)))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module", params=["unpacked", "bytecode", "zip"])
def place(request: pytest.FixtureRequest, wheel: Path) -> Path:
    """Where to import the wheel from: its files, their bytecode alone, or the wheel itself."""
    if request.param == "zip":
        return wheel
    site = wheel.parent / request.param
    zipfile.ZipFile(wheel).extractall(site)
    if request.param == "bytecode":
        assert compileall.compile_dir(site, quiet=1, legacy=True)
        for source in site.rglob("*.py"):
            source.unlink()
    return site


def metadata(address: str) -> tuple[str, dict[str, str]]:
    """Readme and links of the metadata that are built for an address."""
    command = [sys.executable, "-m", "hatchling", "metadata"]
    env = os.environ | {"TRADETRACK_ADDRESS": address}
    done = subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True, text=True)
    found = json.loads(done.stdout)
    return found["readme"]["text"], found.get("urls", {})


def run(script: str, place: Path, folder: Path) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(place)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_holds_every_module_and_data_file_once(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    modules = {path.relative_to(PACKAGE.parent).as_posix() for path in PACKAGE.rglob("*.py")}
    data = {f"tradetrack/data/{path.name}" for path in (ROOT / "data").glob("*.csv")}
    page = {path.relative_to(PACKAGE.parent).as_posix() for path in PACKAGE.glob("report/page.*")}
    assert modules | data | page | {"tradetrack/py.typed"} <= set(names)
    assert not [name for name in names if "/tests/" in name or "__pycache__" in name]
    tables = [Path(name).name for name in names if name.endswith((".csv", "errors.md"))]
    assert len(tables) == len(set(tables))


def test_works_from_anywhere_with_the_shipped_data(place: Path, tmp_path: Path) -> None:
    where, *said = run(SCRIPT, place, tmp_path)
    assert Path(where).is_relative_to(place)
    assert said[0].startswith("KZ–UZ turnover · to ")
    assert said[3].startswith("US$ 10 bn  2030  ")
    assert "True" in said
    assert explanation("horizon").splitlines() == said[said.index("### horizon") :]


def test_importing_loads_no_package(place: Path, tmp_path: Path) -> None:
    assert run(LIGHT, place, tmp_path) == ["tradetrack"]


def test_links_of_the_readme_work_on_a_package_index() -> None:
    readme, urls = metadata("https://example.org/o/tradetrack/")
    targets = re.findall(r"\]\(([^)]*)\)", readme)
    assert len(targets) > 15
    for target in [*targets, *urls.values()]:
        where, _, path = target.partition("https://example.org/o/tradetrack")
        assert where == ""
        assert (ROOT / re.sub(r"^/(blob|raw)/main/", "", path)).exists() or path == "/issues"


def test_without_an_address_the_readme_has_no_links() -> None:
    readme, urls = metadata("")
    assert urls == {}
    assert "](" not in readme
    assert "<!--" not in readme
    assert "[" not in re.sub(r"```.*?```|`[^`]*`", "", readme, flags=re.DOTALL)
