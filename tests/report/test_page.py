"""The report page: what it says, that a ledger's text stays text, and files whole or not at all."""

import base64
import gzip
import io
import json
import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pandas as pd
import pytest
from tests.report.pages import (
    ADDRESSES,
    HOSTILE,
    LONG,
    SCRIPT,
    hostile_page,
    kinds_page,
    shipped_page,
)
from tests.shipped import ledger, tracking

import tradetrack as tt
from tradetrack._format import growth_rate, percent
from tradetrack.attainment.sentences import pace_words, sentence
from tradetrack.report.page import link, shown

VOID = {"meta", "link", "br", "img", "input"}
LARGEST = 500_000
SECTIONS = (
    "The answers",
    "Where it may go",
    "How it has changed",
    "By whose figures",
    "What it would take",
    "The sources",
)


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
def kinds() -> Reader:
    return Reader(kinds_page())


@pytest.fixture(scope="module")
def hostile() -> Reader:
    return Reader(hostile_page())


def test_the_page_is_in_the_order_of_use_and_the_open_goal_comes_first(shipped: Reader) -> None:
    places = [shipped.text.index(f"{words}\n") for words in SECTIONS]
    assert places == sorted(places)
    over, still_open = tracking().attainments
    chance = f"{percent(still_open.probability)} likely to be met by 2030"
    assert shipped.text.index("US$ 10 bn by 2030", places[0]) < shipped.text.index(chance)
    assert shipped.text.index(chance) < shipped.text.index("US$ 5 bn by 2022: disputed")
    assert shipped.text.index("US$ 5 bn by 2022: disputed") < places[1]
    said = f"Of 100 futures that fit the printed figures, {100 * still_open.probability:.0f} meet"
    assert said in shipped.text
    for one in (over, still_open):
        assert sentence(one, "2025-11-14") in shipped.text


def test_a_goal_that_is_over_is_a_line_with_the_deciding_documents(shipped: Reader) -> None:
    line = shipped.text[shipped.text.index("US$ 5 bn by 2022: disputed") :].partition(".\n")[0]
    assert "met by KZ government (US$ 5.00 bn in 2022, en.inform.kz)" in line
    assert "not met by KZ stat (US$ 4.92 bn in 2022, Bureau of National Statistics" in line
    document = (
        "https://en.inform.kz/news/kazakhstan-uzbekistan-to-raise-mutual-trade-to-10bln-074444/"
    )
    assert document in [e.get("href") for _, e in shipped.elements]


def test_a_goal_met_long_ago_names_the_document_that_decided() -> None:
    found = tt.track(ledger(), [tt.Goal(1), tt.Goal(8)], n_paths=100)
    text = Reader(tt.report_html(found, ledger())).text
    assert "US$ 1 bn: met by KZ government (US$ 1.40 bn in 2007, www.kt.kz)." in text
    assert "likely to be met by 2045" in text
    assert "for it has no deadline" in text


def test_it_says_what_was_discounted_and_that_a_fit_did_not_come_to_rest() -> None:
    calm = tracking()
    page = tt.report_html(calm, ledger())
    assert "3 figures that do not fit the others and count for less than printed" in page
    text = Reader(page).text
    for row in calm.discounted:
        assert str(row) in text
    assert "KZ government, 2021: US$ 4.30 bn; discounted, as it does not fit the others" in text
    assert "come to rest" not in page
    page = tt.report_html(calm.model_copy(update={"converged": False}), ledger())
    assert "The fit did not come to rest, so the answer is approximate." in page


def test_everything_is_on_it(shipped: Reader) -> None:
    over, still_open = tracking().attainments
    for status in still_open.statuses:
        assert status.status in shipped.text
    assert f"Not met by {still_open.last_year}: " in shipped.text
    for finding in tracking().findings:
        assert finding.message[:100] in shipped.text
    assert over.statuses[0].reason not in shipped.text
    for words in (
        "US$ 10 bn by 2030 by whose figures",
        "reporters: disputed",
        "line by line since 2025-10-31",
        "said on 2025-10-31",
        f"Growth of {growth_rate(still_open.required_growth)} a year from US$ ",
        f"{pace_words(still_open)[3:]}.",
        "is reached with even odds",
        "met with probability 75 % if",
        "as projected",
        "15 % a year",
    ):
        assert words in shipped.text, words
    assert "error 0.0" not in shipped.text
    assert "not applicable" not in shipped.text
    assert len(shipped_page().encode()) < LARGEST


def test_the_fan_starts_some_fifteen_years_back(shipped: Reader) -> None:
    years = re.search(r"80 % from\s*to\s*(\d{4})", shipped.text)
    assert years is not None
    assert years[1] == "2010"


def test_who_promised_what_when_and_where_is_said_with_a_link(kinds: Reader) -> None:
    said = "Announced on 2024-08-08 by A. Speaker: “to twenty billion” (www.example.org)."
    assert said in " ".join(kinds.text.split())
    assert "https://www.example.org/speech" in [e.get("href") for _, e in kinds.elements]


def test_goals_of_every_kind_are_on_one_page(kinds: Reader) -> None:
    for words in (
        "\u0645\u0636\u0627\u0639\u0641\u0629 \U0001f686 (US$ ",
        "+15% over the year before by 2027",
        "US$ 0.6 bn in a month by 2026-09",
        "likely to be met in Jan–Jun 2026",
        "at most US$ 4 bn by 2030",
        "US$ 6 bn in each of 3 years in a row by 2035",
        "KZ–UZ balance, US$ 3 bn by 2030",
        "US$ -1 bn by 2030: met by",
        "US$ bn a year (linear scale)",
    ):
        assert words in kinds.text, words
    options = [e["value"] for tag, e in kinds.elements if tag == "option"]
    assert len(options) == len(set(options)) == 20


def test_goals_of_one_amount_have_names_of_their_own(kinds: Reader) -> None:
    names = re.findall(r"When KZ–UZ turnover: (US\$ 10 bn.*?) is met", kinds.text)
    assert len(names) == len(set(names))
    assert {"US$ 10 bn in twelve months by 2030", "US$ 10 bn by 2030"} <= set(names)


def test_a_goal_of_one_reporter_is_not_repeated_for_all(kinds: Reader) -> None:
    table = kinds.text.partition("US$ 10 bn by 2030 (UZ stat) by whose figures")[2]
    head = table.partition("by whose figures")[0]
    assert "UZ stat" in head
    assert "consensus" not in head
    assert "KZ stat" not in head


def test_official_methods_that_do_not_apply_take_one_line() -> None:
    found = tt.track(ledger(), tt.Goal(8), n_paths=100)
    text = Reader(tt.report_html(found, ledger())).text
    silent = [status for status in found[0].statuses if not status.applicable]
    assert silent
    assert sum(text.count(status.reason) for status in silent[:1]) == 1


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
    past = tt.results.History.model_validate_json(shipped.scripts["history"])
    assert [said.as_of.isoformat() for said in past.dates] == [
        "2024-06-30",
        "2024-12-31",
        "2025-10-31",
    ]


def test_the_csv_is_the_table_of_the_answers(shipped: Reader) -> None:
    [address] = [e["href"] for _, e in shipped.elements if e.get("download") == "answers.csv"]
    kind, _, written = str(address).partition(",")
    assert kind == "data:text/csv;charset=utf-8"
    frame = pd.read_csv(io.StringIO(unquote(written)))
    expected = pd.read_csv(io.StringIO(tracking().to_frame().to_csv(index=False)))
    pd.testing.assert_frame_equal(frame, expected)


def test_nothing_in_the_csv_can_run(hostile: Reader) -> None:
    goal = tracking().attainments[0].goal.model_copy(update={"name": "=HYPERLINK(0)"})
    named = tracking().attainments[0].model_copy(update={"goal": goal})
    page = tt.report_html(tracking().model_copy(update={"attainments": (named,)}), ledger())
    [address] = [e["href"] for _, e in Reader(page).elements if e.get("download") == "answers.csv"]
    assert "\n'=HYPERLINK" in unquote(str(address))


def test_texts_of_a_ledger_stay_text(hostile: Reader) -> None:
    for name in HOSTILE[:3]:
        assert name in hostile.text
    assert "{{ 7 * 7 }} {% raw %} ${7*7}" in hostile.text
    tags = {tag for tag, _ in hostile.elements}
    assert not tags & {"b", "img"}
    assert not any(name.startswith("on") for _, each in hostile.elements for name in each)
    names = [e.get("id") for tag, e in hostile.elements if tag == "script"]
    assert names == ["tracking", "news", "by-whose-figures", None]
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
    addresses = {str(e["href"]) for tag, e in hostile.elements if tag == "a" and "href" in e}
    odd = {one for one in addresses if not re.match("https?://|#|data:text/csv;", one)}
    assert odd == set()
    assert ADDRESSES[1] in addresses
    for address in (*ADDRESSES[:1], *ADDRESSES[3:], "https://a b", "https:///x", "https://a\\b"):
        assert "<a" not in link(address)
    assert link("https://a.org/<x>").startswith('<a href="https://a.org/&lt;x&gt;"')


@pytest.mark.parametrize(
    ("document", "leads_to"),
    [
        ("www.kt.kz/eng/a_1.html", "https://www.kt.kz/eng/a_1.html"),
        ("kknews.uz/kk/?p=225150", "https://kknews.uz/kk/?p=225150"),
        ("example.org/\u04e9zbekstan-\u2013-q", "https://example.org/\u04e9zbekstan-\u2013-q"),
        ("report.pdf", None),
        ("a table, page 3/4", None),
        ("Statistics Agency, annual trade by partner", None),
        ("..example.org/a", None),
    ],
)
def test_documents_are_links_with_their_scheme_or_without(document, leads_to) -> None:
    found = re.search('href="([^"]*)"', link(document))
    assert (found[1] if found else None) == leads_to


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
    assert len(page.encode()) < LARGEST
    reader = Reader(page)
    options = [e["value"] for tag, e in reader.elements if tag == "option"]
    assert options == ["", *map(str, range(1, 51))]
    about = " ".join(e.get("data-goals") or "" for _, e in reader.elements)
    assert set(about.split()) == set(options[1:])
    assert "By whose figures" not in reader.text
    assert "How it has changed" not in reader.text
    open_ = [str(i + 1) for i, each in enumerate(found) if not each.over]
    for number in open_[:8]:
        goal = found[int(number) - 1].goal
        if goal.due_year is not None:
            assert re.search(f'<g data-goals="{number}">.*?<title>{re.escape(str(goal))}: ', page)
    # The first ones whole, the others in a table.
    whole = [e["data-goals"] for tag, e in reader.elements if e.get("class") == "answer"]
    lines = [e["data-goals"] for tag, e in reader.elements if tag == "tr" and "data-goals" in e]
    assert (len(whole), whole + lines) == (8, open_)
    row = reader.text.partition("The other open goals")[2]
    last = found[int(open_[-1]) - 1]
    assert f"{last.goal}{percent(last.probability)}{last.median}" in row
    assert packed(reader, "tracking.json.gz", tt.Tracking)[3].curve == found[3].curve


def packed(reader: Reader, name: str, kind):  # type: ignore[no-untyped-def]
    """Read a result back from the compressed file of a page."""
    [address] = [e["href"] for _, e in reader.elements if e.get("download") == name]
    start, _, data = str(address).partition(",")
    assert start == "data:application/gzip;base64"
    return kind.model_validate_json(gzip.decompress(base64.b64decode(data)))


def test_results_that_are_too_long_for_a_page_are_packed_or_left_out() -> None:
    goals = [tt.Goal(5 + i / 4, by=2030) for i in range(12)]
    found, judged = (ask(ledger(), goals, n_paths=100) for ask in (tt.track, tt.by_reporter))
    reader = Reader(tt.report_html(found, ledger(), whose=judged))
    back = tt.Tracking.model_validate_json(reader.scripts["tracking"])
    assert [one.curve for one in back] == [one.curve for one in found]
    again = packed(reader, "by-whose-figures.json.gz", tt.results.ByReporter)
    assert [row.probability for row in again.judgements] == [
        row.probability for row in judged.judgements
    ]
    repeated = judged.model_copy(update={"judgements": judged.judgements * 4})
    page = tt.report_html(found, ledger(), whose=repeated)
    assert "Too long for a page: by whose figures;" in page
    assert len(page.encode()) < LARGEST


def test_a_thousand_goals_have_a_page_that_says_what_it_left_out() -> None:
    goals = [tt.Goal(4 + i / 100, by=2026 + i % 10) for i in range(900)]
    goals += [tt.Goal(1 + i / 1000, by=2020) for i in range(100)]
    found = tt.track(ledger(), goals, n_paths=20)
    page = tt.report_html(found, ledger())
    assert len(page.encode()) < LARGEST
    over = sum(one.over for one in found)
    assert f"<p>{over - 50 + (1000 - over) - 8 - 200} more goals are in the table to <a" in page
    reader = Reader(page)
    [address] = [e["href"] for _, e in reader.elements if e.get("download") == "answers.csv.gz"]
    written = gzip.decompress(base64.b64decode(str(address).partition(",")[2]))
    assert len(pd.read_csv(io.BytesIO(written))) == 1000


def test_results_of_another_day_or_ledger_are_refused() -> None:
    goal = tt.Goal(10, by=2030)
    earlier = tt.by_reporter(ledger(), goal, as_of="2024-06", n_paths=50)
    with pytest.raises(tt.InputError, match="whose is of another ledger or day"):
        tt.report_html(tracking(), ledger(), whose=earlier)
    old = tt.news(ledger(), goal, since="2024-05-31", as_of="2024-06")
    with pytest.raises(tt.InputError, match="same ledger and as_of"):
        tt.report_html(tracking(), ledger(), news=old)
    past = tt.history(ledger(), goal, ["2024-06"], n_paths=50)
    assert tt.report_html(tracking(), ledger(), history=past)
    changed = past.model_copy(update={"ledger_digest": "0" * 64})
    with pytest.raises(tt.InputError, match="history is of another ledger or day"):
        tt.report_html(tracking(), ledger(), history=changed)
    then = tt.track(ledger(), goal, as_of="2024-06", n_paths=50)
    with pytest.raises(tt.InputError, match="scenario 'then' is of another ledger or day"):
        tt.report_html(tracking(), ledger(), scenarios={"then": then})
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


def test_figures_months_and_flows_are_in_words(shipped: Reader) -> None:
    said = shipped.text.partition("The answers")[2].partition("Download:")[0]
    said = re.sub(r"A-(?:KAZ|UZB)-\S+", "", said)  # names of rows
    assert re.findall(r"\d\.\.\d|\d (?:usd|eur)\b|[a-z]{2}_to_[a-z]{2}|[a-z]{2} to kz", said) == []
    assert "US$ 0.588 bn for UZ to KZ in 2016" in said
