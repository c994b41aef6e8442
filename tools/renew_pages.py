"""Renew what the documents' examples print, where it is no longer what the code prints.

    python tools/renew_pages.py [PAGE ...]

Every ``python`` block of a page runs in order in an empty folder, as the tests run it. An expected
output that no longer matches is replaced; one that matches, with its ellipses, stays as it is.
Read the difference before committing it: a number that moved is an answer that changed.
"""

import contextlib
import doctest
import io
import os
import re
import sys
import tempfile
import traceback
from pathlib import Path

import matplotlib as mpl
from sybil.evaluators.doctest import NUMBER, OutputChecker

ROOT = Path(__file__).parents[1]
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE | NUMBER
NAMED = re.compile(r"<!-- file: (\S+) -->\n+```(?:csv|text)\n(.*?)```", re.DOTALL)
BLOCK = re.compile(r"^```(python|sh)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def main() -> None:
    mpl.use("Agg")
    pages = [Path(name).resolve() for name in sys.argv[1:]]
    for page in pages or sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]):
        text = page.read_text(encoding="utf-8")
        renewed = renew(text)
        if renewed != text:
            page.write_text(renewed, encoding="utf-8")
            print(f"renewed {page.relative_to(ROOT)}")


def renew(text: str) -> str:
    """Run the blocks of a page and return it with their outputs."""
    scope: dict[str, object] = {"__name__": "__main__"}
    here = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            for name, content in NAMED.findall(text):
                Path(name).write_text(content, encoding="utf-8")
            return BLOCK.sub(lambda block: _run(block, scope), text)
        finally:
            os.chdir(here)


def _run(block: re.Match[str], scope: dict[str, object]) -> str:
    language, code = block.groups()
    if language == "sh":
        for line in code.splitlines():
            if line.startswith("tradetrack "):
                os.system(f"{sys.executable} -m {line} > {os.devnull} 2>&1")
        return block[0]
    if ">>>" not in code:
        exec(code, scope)
        return block[0]
    parts = doctest.DocTestParser().parse(code)
    out = [part if isinstance(part, str) else _example(part, scope) for part in parts]
    return f"```python\n{''.join(out)}```"


def _example(example: doctest.Example, scope: dict[str, object]) -> str:
    """Run one prompt; return its source and what it prints."""
    lines = example.source.splitlines()
    source = "".join(
        f"{'...' if i else '>>>'} {line}".rstrip() + "\n" for i, line in enumerate(lines)
    )
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        try:
            exec(compile(example.source, "<page>", "single"), scope)
        except Exception:
            if example.exc_msg is None:
                raise
            printed.write("".join(traceback.format_exception_only(*sys.exc_info()[:2])))
            return source + example.want
    got = re.sub(r"^$(?=\n)", "<BLANKLINE>", printed.getvalue(), flags=re.MULTILINE)
    matches = OutputChecker().check_output(example.want, got, FLAGS)
    return source + (example.want if matches else got)


if __name__ == "__main__":
    main()
