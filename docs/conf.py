"""How the documentation is built: ``make docs`` writes it to ``docs/_build/html``."""

import html
import os
import re
import textwrap
from pathlib import Path

import matplotlib as mpl
from docutils import nodes
from latex2mathml.converter import convert
from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

from tradetrack._version import __version__

mpl.use("Agg")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

project = "tradetrack"
author = "The tradetrack developers"
copyright = "2026, the tradetrack developers"
version = release = __version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "myst_parser",
    "sphinx_copybutton",
    "sphinx_gallery.gen_gallery",
]
templates_path = ["_templates"]
exclude_patterns = ["_build", "gallery/GALLERY_HEADER.md", "**/*.ipynb", "gallery/*.py.md5"]
default_role = "autolink"  # a name in backticks is a link, if there is such a name

autosummary_generate = True
autosummary_imported_members = False
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autodoc_default_options = {"exclude-members": "model_config, model_post_init"}
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 80
toc_object_entries_show_parents = "hide"
numpydoc_show_class_members = False  # the templates list them

myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 4
myst_dmath_allow_space = False  # two "US$ 5 bn" in one paragraph are not mathematics

copybutton_exclude = ".linenos, .gp, .go"  # neither prompts nor what was printed

sphinx_gallery_conf = {
    "default_thumb_file": str(Path(__file__).with_name("fan.png")),
    "examples_dirs": "../examples",
    "gallery_dirs": "gallery",
    "filename_pattern": r"/\d\d_",
    "within_subsection_order": "FileNameSortKey",
    "abort_on_example_error": True,
    "write_computation_times": False,
    "show_memory": False,
    "download_all_examples": False,
    "remove_config_comments": True,
}

html_math_renderer = "mathml"
html_theme = "pydata_sphinx_theme"
html_title = "tradetrack"
html_static_path = ["_static"]
html_css_files = ["tables.css"]
html_show_sourcelink = False
html_sidebars = {"tutorial": []}
html_theme_options = {
    "navigation_with_keys": False,
    "show_toc_level": 2,
    "header_links_before_dropdown": 6,
    "footer_start": ["copyright"],
    "footer_end": [],
    "secondary_sidebar_items": ["page-toc"],
}
html_context = {"default_mode": "auto"}

_MONTH = re.compile(
    r"(~?typing\.)?Annotated\[int, \S*BeforeValidator.*?WithJsonSchema\(.*?mode=None\)\]"
)
_BLOCK = re.compile(r"^\.\. (?:currentmodule::.*|autosummary::\n(?:   .*\n|\n)+)", re.MULTILINE)
_OPERATOR = re.compile(r"<mo>([A-Za-z]{2,})</mo>")
_BAR = re.compile(r'<mo stretchy="false">(?=&#x0007C;)')
_FUNCTION = re.compile(r'(<mi>(?:log|Var)</mi>)(?!<mo stretchy="false">)')


def setup(app: Sphinx) -> None:
    """Teach Sphinx that tables are plain text, equations MathML, and a month a month."""
    app.add_lexer("csv", TextLexer)
    app.add_html_math_renderer("mathml", (write_inline, None), (write_block, None))
    app.connect("autodoc-process-signature", name_months)
    app.connect("source-read", list_names)
    app.connect("source-read", show_report)


def mathml(text: str, display: str = "inline") -> str:
    """Convert an equation, with spaces round names of functions and none round bars."""
    made = _OPERATOR.sub(r"<mi>\1</mi>", convert(text, display=display))
    made = _BAR.sub('<mo stretchy="false" lspace="0" rspace="0">', made)
    return _FUNCTION.sub(r'\1<mspace width="0.17em"/>', made)


def write_inline(translator: HTML5Translator, node: nodes.math) -> None:
    """Write an equation as MathML, which browsers draw by themselves, without a network."""
    translator.body.append(mathml(node.astext()))
    raise nodes.SkipNode


def write_block(translator: HTML5Translator, node: nodes.math_block) -> None:
    """Write an equation on lines of its own; with ``&`` its lines are aligned there."""
    text = node.astext().replace("{aligned}", "{split}")  # the name that the converter knows
    if "&" in text and "\\begin{" not in text:
        text = rf"\begin{{split}}{text}\end{{split}}"
    translator.body.append(f'<div class="equation">{mathml(text, display="block")}</div>')
    raise nodes.SkipNode


def name_months(*given: object) -> tuple[str, str] | None:
    """Put the name of the type `Month` where its long annotation would stand."""
    signature, returned = given[-2:]
    if not isinstance(signature, str):
        return None
    named = _MONTH.sub("Month", signature)
    return named, returned if isinstance(returned, str) else ""


def list_names(_: Sphinx, page: str, source: list[str]) -> None:
    """Add a line for each name to the index of the reference, from the pages that it lists."""
    if page != "reference/index":
        return
    folder = Path(__file__).with_name("reference")
    for name in re.findall(r"^   ([a-z]+)$", source[0], re.MULTILINE):
        text = (folder / f"{name}.rst").read_text(encoding="utf-8")
        title = text.partition("\n")[0]
        blocks = "\n\n".join(_BLOCK.findall(text)).replace("   :toctree: generated\n", "")
        source[0] += f"\n\n{title}\n{'-' * len(title)}\n\n{blocks}\n"


def show_report(_: Sphinx, page: str, source: list[str]) -> None:
    """Show the page that the example on reports has written, below the example."""
    if page != "gallery/12_report":
        return
    report = Path(__file__).parents[1] / "examples" / "out" / "report.html"
    held = html.escape(report.read_text(encoding="utf-8"))
    frame = f'<iframe class="report" title="The page that was written" srcdoc="{held}"></iframe>'
    source[0] += "\n\n.. raw:: html\n\n" + textwrap.indent(frame, "   ") + "\n"
