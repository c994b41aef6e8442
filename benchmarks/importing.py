"""What importing the library takes beyond starting Python: from a wheel, its bytecode, and a zip.

python benchmarks/importing.py
"""

import compileall
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RUNS = 15
MOST = 0.1


def seconds(place: Path | None) -> float:
    """Least time that Python takes to start, and to import the library if it has a place."""
    script = "" if place is None else f"import sys; sys.path[0] = {str(place)!r}; import tradetrack"
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", script], check=True)
        times.append(time.perf_counter() - start)
    return min(times)


def places(folder: Path) -> dict[str, Path]:
    """Build the wheel and lay it out in three ways."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    [wheel] = folder.glob("*.whl")
    found = {"wheel": folder / "installed", "bytecode": folder / "bytecode"}
    for place in found.values():
        zipfile.ZipFile(wheel).extractall(place)
        compileall.compile_dir(place, quiet=1, legacy=place.name == "bytecode")
    for source in found["bytecode"].rglob("*.py"):
        source.unlink()
    return found | {"zip": wheel}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        bare = seconds(None)
        print(f"import tradetrack, seconds beyond bare Python (at most {MOST})")
        for name, place in places(Path(folder)).items():
            print(f"{name:10}{seconds(place) - bare:.3f}")


if __name__ == "__main__":
    main()
