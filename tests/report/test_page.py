"""The report page: what it says, that a ledger's text stays text, and files whole or not at all."""

import json
import re
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.report.pages import ADDRESSES, HOSTILE, LONG, SCRIPT, hostile_page, shipped_page
from tests.shipped import ledger, tracking

import tradetrack as tt
from tradetrack.attainment.sentences import sentence
from tradetrack.report.page import link, shown

VOID = {"meta", "link", "br", "img", "input"}
LARGEST = 1_500_000


class Reader(HTMLParser):
    """Elements, whether they nest, and the text of each script and of all the rest."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: dict[str, str] = {}
        self.text = ""
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag, attributes) -> None:
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append((tag, dict(attributes)))

    def handle_startendtag(self, tag, attributes) -> None:
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag) -> None:
        assert self.open.pop()[0] == tag, f"{tag} at {self.getpos()}"

    def handle_data(self, text) -> None:
        if self.open and self.open[-1][0] == "script":
            self.scripts[self.open[-1][1].get("id") or ""] = text
        else:
            self.text += text


@pytest.fixture(scope="module")
def shipped() -> Reader:
    return Reader(shipped_page())


@pytest.fixture(scope="module")
def hostile() -> Reader:
    return Reader(hostile_page())


def test_the_sentences_come_first(shipped: Reader) -> None:
    sentences = [sentence(one, tracking().as_of.isoformat()) for one in tracking()]
    places = [shipped.text.index(said) for said in sentences]
    assert places[1] < shipped.text.index("Where the totals may go")


def test_it_says_what_was_discounted_and_that_a_fit_did_not_come_to_rest() -> None:
    calm = tracking()
    page = tt.report_html(calm, ledger())
    assert f"{len(calm.discounted)} figures do not fit the others and are discounted: S0" in page
    assert "come to rest" not in page
    page = tt.report_html(calm.model_copy(update={"converged": False}), ledger())
    assert "The fit did not come to rest, so the answer is approximate." in page


def test_everything_is_on_it(shipped: Reader) -> None:
    for attainment in tracking().attainments:
        for status in attainment.statuses:
            assert (status.status or status.reason) in shipped.text
        assert f"not met by {attainment.last_year}: " in shipped.text
    for finding in tracking().findings:
        assert finding.message[:100] in shipped.text
    for words in ("By whose figures", "reporters: disputed", "since 2025-10-31", "UZ stat"):
        assert words in shipped.text
    assert shipped.text.count("Caveat: ") >= 3
    assert len(shipped_page().encode()) < LARGEST


def test_it_asks_for_nothing_and_its_policy_allows_nothing(shipped: Reader) -> None:
    [policy] = [e for _, e in shipped.elements if e.get("http-equiv") == "Content-Security-Policy"]
    assert str(policy["content"]).startswith("default-src 'none'; img-src data:;")
    for tag, attributes in shipped.elements:
        assert tag not in ("img", "iframe", "object", "embed", "form", "base")
        assert "src" not in attributes
        assert "style" not in attributes
        assert tag != "link" or attributes == {"rel": "icon", "href": "data:,"}


def test_identifiers_are_unique_and_labels_lead_somewhere(shipped: Reader) -> None:
    names = [attributes["id"] for _, attributes in shipped.elements if "id" in attributes]
    assert len(names) == len(set(names))
    for _, attributes in shipped.elements:
        target = attributes.get("aria-labelledby") or attributes.get("for")
        assert target is None or target in names


def test_programs_read_the_results_back(shipped: Reader) -> None:
    assert tt.Tracking.model_validate_json(shipped.scripts["tracking"]) == tracking()
    goals = tt.datasets.goals("kazakhstan_uzbekistan")
    found = tt.by_reporter(ledger(), goals, n_paths=100)
    back = tt.results.ByReporter.model_validate_json(shipped.scripts["by-whose-figures"])
    assert [str(row) for row in str(back).splitlines()] == str(found).splitlines()
    assert (
        tt.results.News.model_validate_json(shipped.scripts["news"]).since.isoformat()
        == "2025-10-31"
    )


def test_texts_of_a_ledger_stay_text(hostile: Reader) -> None:
    for name in HOSTILE[:3]:
        assert name in hostile.text
    assert "{{ 7 * 7 }} {% raw %} ${7*7}" in hostile.text
    tags = {tag for tag, _ in hostile.elements}
    assert not tags & {"b", "img"}
    assert not any(name.startswith("on") for _, each in hostile.elements for name in each)
    names = [e.get("id") for tag, e in hostile.elements if tag == "script"]
    assert names == ["tracking", "by-whose-figures", "news", None]
    assert json.loads(hostile.scripts["tracking"])["attainments"][0]["goal"]["name"] == HOSTILE[0]


def test_long_notes_are_cut_and_say_how_long_they_are(hostile: Reader) -> None:
    assert f"… ({len(LONG):,} characters)" in hostile.text
    assert LONG[:400] in hostile.text
    assert LONG[:500] not in hostile.text


def test_letters_that_turn_the_text_are_shown(hostile: Reader) -> None:
    assert "\ufffdright to left\ufffd \u05e9\u05dc\u05d5\u05dd" in hostile.text
    assert "\x1b" not in hostile.text
    assert shown("a\x00b\u2066\nc") == "<bdi>a\ufffdb\ufffd\nc</bdi>"


def test_links_go_to_the_web_only(hostile: Reader) -> None:
    addresses = {str(e["href"]) for tag, e in hostile.elements if tag == "a"}
    odd = {address for address in addresses if not re.match("https?://|#", address)}
    assert odd == set()
    assert ADDRESSES[1] in addresses
    for address in (*ADDRESSES[:1], *ADDRESSES[3:], "https://a b", "https:///x", "https://a\\b"):
        assert "<a" not in link(address)
    assert link("https://a.org/<x>").startswith('<a href="https://a.org/&lt;x&gt;"')


def test_fifty_goals_with_one_figure_are_one_readable_page() -> None:
    level = tt.Level(
        series=tt.Series(pair="AA-BB"),
        window=tt.Window.parse("2023"),
        figure=tt.Figure.of("2.0", "usd_bn"),
        reporter="AA stat",
        published="2024-02",
    )
    one = tt.Ledger([level])
    goals = [tt.Goal(1.5 + 0.1 * i, by=None if i % 2 else 2025 + i % 9) for i in range(50)]
    found = tt.track(one, goals, n_paths=100)
    page = tt.report_html(found, one)
    judged = tt.by_reporter(one, goals, n_paths=20)
    repeated = judged.model_copy(update={"judgements": judged.judgements * 3})
    assert len(tt.report_html(found, one, whose=repeated).encode()) < LARGEST
    assert len(page.encode()) < LARGEST
    reader = Reader(page)
    back = tt.Tracking.model_validate_json(reader.scripts["tracking"])
    assert [a.curve for a in back.attainments] == [a.curve for a in found.attainments]
    assert sum(tag == "article" for tag, _ in reader.elements) == 50
    assert "By whose figures" not in reader.text
    assert "What changed lately" not in reader.text


def test_results_of_another_day_or_ledger_are_refused() -> None:
    goal = tt.Goal(10, by=2030)
    earlier = tt.by_reporter(ledger(), goal, as_of="2024-06", n_paths=50)
    with pytest.raises(tt.InputError, match="call both with the same as_of"):
        tt.report_html(tracking(), ledger(), whose=earlier)
    old = tt.news(ledger(), goal, since="2024-05-31", as_of="2024-06")
    with pytest.raises(tt.InputError, match="same ledger and as_of"):
        tt.report_html(tracking(), ledger(), news=old)
    one_more = ledger().observations[-1].model_copy(update={"id": "new"})
    with pytest.raises(tt.InputError, match="not the ledger that was tracked"):
        tt.report_html(tracking(), ledger().add([one_more]))


def test_without_jinja_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(tt.errors.MissingExtraError, match=r'pip install "tradetrack\[report\]"'):
        tt.report_html(tracking(), ledger())


def test_the_file_is_the_page_and_replaces_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text("old")
    tt.write_report(tracking(), ledger(), path, title="A title")
    assert path.read_text("utf-8") == tt.report_html(tracking(), ledger(), title="A title")
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("case", ["no folder", "a folder", "a file for a folder", "a long name"])
def test_what_cannot_be_written_leaves_nothing(case: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("kept")
    (tmp_path / "folder").mkdir()
    path = {
        "no folder": tmp_path / "none" / "report.html",
        "a folder": tmp_path / "folder",
        "a file for a folder": tmp_path / "file" / "report.html",
        "a long name": tmp_path / ("x" * 300),
    }[case]
    with pytest.raises(tt.errors.SinkError, match="could not be written"):
        tt.write_report(tracking(), ledger(), path)
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["file", "folder"]
    assert (tmp_path / "file").read_text() == "kept"


def test_a_failure_half_way_leaves_the_old_file(tmp_path, monkeypatch) -> None:
    path = tmp_path / "report.html"
    path.write_text("old")

    def fail(self: Path, target: Path) -> Path:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(tt.errors.SinkError, match="Permission denied"):
        tt.write_report(tracking(), ledger(), path)
    assert [p.name for p in tmp_path.iterdir()] == ["report.html"]
    assert path.read_text() == "old"


def test_notebooks_show_a_table_with_everything_escaped() -> None:
    table = tracking()._repr_html_()
    assert table.startswith("<table><caption>As of 2025-11-14")
    assert table.count("<tr>") == 3
    goal = tracking().attainments[0].goal.model_copy(update={"name": SCRIPT})
    named = tracking().attainments[0].model_copy(update={"goal": goal})
    shown = tracking().model_copy(update={"attainments": (named,)})._repr_html_()
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown
