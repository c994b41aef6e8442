"""The wheel holds the library with its data, and works without the source tree."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from tests.contracts.tree import PACKAGE, ROOT

SCRIPT = """
import tradetrack as tt
print(tt.__file__)
goals = tt.datasets.goals("kazakhstan_uzbekistan")
print(tt.track(tt.datasets.kazakhstan_uzbekistan(), goals, n_paths=100))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


def test_holds_every_module_and_data_file(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    modules = {path.relative_to(PACKAGE.parent).as_posix() for path in PACKAGE.rglob("*.py")}
    data = {f"tradetrack/data/{path.name}" for path in (ROOT / "data").glob("*.csv")}
    page = {path.relative_to(PACKAGE.parent).as_posix() for path in PACKAGE.glob("report/page.*")}
    assert modules | data | page | {"tradetrack/py.typed"} <= inside
    assert not [name for name in inside if "/tests/" in name or "__pycache__" in name]


def test_works_from_anywhere_with_the_shipped_data(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    (tmp_path / "elsewhere").mkdir()
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=tmp_path / "elsewhere",
        env=os.environ | {"PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
        check=True,
    )
    where, *sentences = run.stdout.splitlines()
    assert Path(where).is_relative_to(tmp_path / "site")
    assert sentences[1].startswith("KZ-UZ turnover, US$ 10 bn by 2030: ")
