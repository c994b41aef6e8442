"""Write what the documents take from the code (``make readme``).

The output and the chart in README.md, the table of files in docs/architecture.md, and the list of
pages in docs/decisions/README.md. Everything else in these files is written by hand.
"""

import ast
import contextlib
import io
import re
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "tradetrack"


def readme_output(text: str) -> str:
    """Run the example of the README and return what it prints, as a block."""
    code = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    assert code is not None, "README.md has an example"
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(code[1], "README.md", "exec"), {})
    return f"```text\n{said.getvalue()}```"


def file_table(_: str) -> str:
    """Return a row for each source file: its name and the first paragraph of its docstring."""
    rows = ["| file | what it is |", "|---|---|"]
    for path in sorted(PACKAGE.rglob("*.py"), key=lambda path: (len(path.parts), path)):
        said = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split("\n\n")
        name = path.relative_to(PACKAGE).as_posix()
        if path.name != "__init__.py":
            rows.append(f"| `{name}` | {' '.join(said[0].split())} |")
    return "\n".join(rows)


def decision_list(_: str) -> str:
    """Return a link to each decision, by its title."""
    rows = []
    for path in sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md")):
        title = path.read_text(encoding="utf-8").splitlines()[0]
        rows.append(f"- [{path.stem[:4]}]({path.name}): {title.lstrip('#0123456789. ')}")
    return "\n".join(rows)


# File, the word in its marker, and what belongs between the marker and the next ``end``.
PARTS: tuple[tuple[str, str, Callable[[str], str]], ...] = (
    ("README.md", "output", readme_output),
    ("docs/architecture.md", "files", file_table),
    ("docs/decisions/README.md", "pages", decision_list),
)


def renewed(text: str, marker: str, write: Callable[[str], str]) -> str:
    """Return the text of a document with its generated part written anew."""
    before, _, rest = text.partition(f"<!-- {marker} -->\n")
    _, end, after = rest.partition("<!-- end -->")
    assert end, f"the document has a part marked {marker}"
    return f"{before}<!-- {marker} -->\n\n{write(text)}\n\n{end}{after}"


def draw_chart() -> None:
    """Draw docs/fan.png."""
    import matplotlib as mpl
    import matplotlib.pyplot as plt

    import tradetrack as tt

    mpl.use("Agg")
    ledger = tt.datasets.kazakhstan_uzbekistan()
    tracking = tt.track(ledger, tt.datasets.goals("kazakhstan_uzbekistan"))
    tt.plots.plot_fan(tracking, ledger)
    plt.savefig(ROOT / "docs" / "fan.png", dpi=90)


if __name__ == "__main__":
    for name, marker, write in PARTS:
        path = ROOT / name
        path.write_text(renewed(path.read_text("utf-8"), marker, write), encoding="utf-8")
        print(f"wrote {name}")
    draw_chart()
    print("wrote docs/fan.png")
