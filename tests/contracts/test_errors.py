"""The catalogue of errors: every topic has an entry, every entry a use, every example its topic."""

import ast
import copy
import io
import json
import multiprocessing
import pickle
import re
import traceback
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.contracts.test_pages import examples
from tests.contracts.tree import ROOT, parsed, sources
from tests.ledger.rows import GOOD

import tradetrack as tt
from tradetrack import errors
from tradetrack._audit.finding import FINDING_KINDS
from tradetrack.cli.catalogue import entries
from tradetrack.errors import CATALOGUE, TradetrackError
from tradetrack.ledger.parse import COLUMNS, MONTH_COLUMNS, from_json, from_rows
from tradetrack.ledger.rejected import TOPICS, RejectedRow, rejected

CLASSES = {
    name: kind
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, TradetrackError)
}
PAGE = (ROOT / CATALOGUE).read_text(encoding="utf-8")
ENTRIES = entries()
KINDS = [kind.replace("_", "-") for kind in FINDING_KINDS]
WITH_AN_EXCEPT = [topic for topic, text in ENTRIES.items() if "... except" in text]
WITH_A_FILE = [topic for topic, text in ENTRIES.items() if f"<!-- file: {topic}.csv -->" in text]
GROWTH = {"value": "5", "unit": "percent"}


def calls() -> Iterator[tuple[str, str, ast.Call]]:
    """Yield where an error or a rejected row is made, as what, and how."""
    for module, path in sources().items():
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Call):
                name = ast.unparse(node.func).removeprefix("tt.")
                if name in CLASSES or name == "rejected":
                    yield f"{module}:{node.lineno}", name, node


def topics_of(name: str, call: ast.Call) -> set[str]:
    """Topics that are written at a place, or else that of the class; a cause may hand on more."""
    default = CLASSES[name].topic if name in CLASSES else "cell"
    given = [keyword.value for keyword in call.keywords if keyword.arg == "topic"]
    parts = [node for value in given for node in ast.walk(value)]
    texts = [node.value for node in parts if isinstance(node, ast.Constant)]
    return {text or default for text in texts if isinstance(text, str)} if given else {default}


def test_every_topic_has_an_entry_and_every_entry_a_use() -> None:
    used = {*TOPICS.values(), *KINDS}
    for where, name, call in calls():
        topics = topics_of(name, call)
        assert topics <= set(ENTRIES), f"{where} has a topic that {CATALOGUE} lacks: {topics}"
        used |= topics
    assert set(ENTRIES) - used == set(), "no error, column or finding leads to these entries"


def test_a_topic_is_written_only_where_it_is_not_that_of_the_class() -> None:
    for where, name, call in calls():
        for keyword in call.keywords:
            if keyword.arg == "topic" and isinstance(keyword.value, ast.Constant):
                default = CLASSES[name].topic if name in CLASSES else ""
                assert keyword.value.value != default, f"{where}: leave the topic out"


def test_every_class_has_an_entry_of_its_own_or_a_base_s() -> None:
    assert issubclass(errors.InputError, TradetrackError)
    for kind in CLASSES.values():
        assert kind.topic in ENTRIES
        assert kind("it is wrong").link == f"{CATALOGUE}#{kind.topic}"


def test_every_column_has_an_entry() -> None:
    assert set(TOPICS) <= {*COLUMNS, *MONTH_COLUMNS}
    for column in (*COLUMNS, *MONTH_COLUMNS, "anything"):
        assert rejected(2, column, "x", "it is wrong", "write it anew").topic in ENTRIES


@pytest.mark.parametrize("topic", ENTRIES)
def test_an_entry_says_what_why_and_what_to_do(topic: str) -> None:
    heading, first, why, *_ = ENTRIES[topic].split("\n\n")
    assert heading == f"### {topic}"
    assert re.fullmatch("[a-z]+(-[a-z]+)*", topic), "the anchor is the heading itself"
    assert re.fullmatch(r"[A-Z][^\n]*\.", first), "one line that is its title in the list"
    assert re.match('[A-Z"]', why)
    _, example, remedy = ENTRIES[topic].partition("```python\n>>> ")
    assert example
    assert re.search("\n```\n\n[A-Z]", remedy), "say what to do below the example"


def test_the_headings_of_the_page_are_all_different() -> None:
    headings = re.findall(r"^#+ (.+)$", PAGE, re.MULTILINE)
    anchors = [heading.casefold().replace(" ", "-") for heading in headings]
    assert len(anchors) == len(set(anchors))


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Run the page, and note the topics of the errors that the examples of each entry raise."""
    found: dict[str, set[str]] = defaultdict(set)
    started: list[str] = []
    first = TradetrackError.__init__

    def noted(self: TradetrackError, message: str, *, topic: str = "") -> None:
        first(self, message, topic=topic)
        started.append(self.topic)

    headings = [line.removeprefix("### ") for line in PAGE.splitlines()]
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("catalogue")
        patch.chdir(folder)
        patch.setattr(TradetrackError, "__init__", noted)
        for example in examples(ROOT / CATALOGUE, folder):
            started.clear()
            try:
                example.evaluate()
            except AssertionError as failure:  # one test says so, and the others go on
                found["failures"].add(str(failure))
            above = reversed(headings[: example.line])
            found[next((line for line in above if line in ENTRIES), "")] |= set(started)
        for topic in set(WITH_A_FILE) - set(WITH_AN_EXCEPT):
            reading = tt.parse_csv(f"{topic}.csv")
            found[topic] |= {row.topic for row in reading.rejected}
            found[topic] |= {finding.topic for finding in tt.audit(reading.ledger)}
    return found


@pytest.mark.parametrize("topic", WITH_AN_EXCEPT)
def test_the_example_of_an_entry_is_of_that_entry(topic: str, seen: dict[str, set[str]]) -> None:
    assert topic in seen[topic]


@pytest.mark.parametrize("topic", [name for name in WITH_A_FILE if name not in WITH_AN_EXCEPT])
def test_the_table_of_an_entry_is_of_that_entry(topic: str, seen: dict[str, set[str]]) -> None:
    assert topic in seen[topic]
    besides = {"does-not-fit"}  # what a rule finds, the prediction by the others may find too
    besides |= {"two-currencies"} if topic == "series-unit" else set()  # one is why of the other
    assert seen[topic] <= {topic, *besides}


def test_every_block_of_the_page_runs(seen: dict[str, set[str]]) -> None:
    assert seen["failures"] == set()


def test_every_entry_shows_its_error() -> None:
    of_a_goal = {topic for topic, text in ENTRIES.items() if "\ngoal_unit (" in text}
    assert set(ENTRIES) == {*WITH_AN_EXCEPT, *WITH_A_FILE, *of_a_goal}


def same(one: TradetrackError, other: TradetrackError) -> bool:
    said = [(type(e), str(e), e.args, e.topic, e.link, vars(e)) for e in (one, other)]
    return said[0] == said[1]


texts = st.text(max_size=20)
rows = st.builds(rejected, st.integers(), texts, texts, texts, texts, topic=texts)
made = st.one_of(
    st.builds(
        lambda kind, message, topic: kind(message, topic=topic),
        st.sampled_from(list(CLASSES.values())),
        texts,
        texts,
    ),
    st.builds(errors.InputError, texts, texts, topic=texts),
    st.builds(errors.LedgerError, texts, st.lists(rows, max_size=2).map(tuple), topic=texts),
)


@given(made, st.integers(0, pickle.HIGHEST_PROTOCOL), texts)
def test_copies_are_the_same_whatever_is_noted(
    error: TradetrackError, protocol: int, more: str
) -> None:
    pointer = f"More: {error.link}; or run: tradetrack explain {error.topic}"
    assert error.__notes__ == [pointer]
    assert error.args == (str(error),)
    error.add_note(more)
    for _ in range(2):
        assert same(pickle.loads(pickle.dumps(error, protocol)), error)
        assert same(copy.copy(error), error)
        assert same(copy.deepcopy(error), error)
        error = copy.copy(error)
    assert error.__notes__ == [pointer, more]


@given(rows)
def test_a_rejected_row_comes_back_from_json_and_from_a_pickle(row: RejectedRow) -> None:
    back = RejectedRow.model_validate_json(row.model_dump_json())
    assert (back == row, hash(back)) == (True, hash(row))
    assert back.link == row.link
    assert pickle.loads(pickle.dumps(row)) == row
    changed = row.model_copy(update={"remedy": f"{row.remedy}!"})
    assert changed != row
    assert row != str(row)


def test_a_traceback_ends_with_the_pointer_and_the_message_stays_one_line() -> None:
    ledger = tt.datasets.kazakhstan_uzbekistan()
    with pytest.raises(tt.errors.GoalError) as caught:
        tt.track(ledger, tt.Goal(10), horizon=-1)
    *_, said, note = traceback.format_exception(caught.value)
    assert said == f"tradetrack.errors.GoalError: {caught.value}\n"
    assert note == "More: docs/errors.md#horizon; or run: tradetrack explain horizon\n"
    assert "\n" not in str(caught.value)


def test_an_error_crosses_processes() -> None:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        error = pool.submit(tt.Ledger.from_json, "[]").exception()
    assert isinstance(error, tt.errors.LedgerError)
    assert (error.topic, error.field, error.rejected) == ("json", "", ())
    assert error.__notes__ == ["More: docs/errors.md#json; or run: tradetrack explain json"]


CAUSES = {
    "pair": [{"pair": "", "value": "4.2"}, {"flow": "exports"}],
    "window": [
        {"window": "2024-9"},
        {"window": "2024-13"},
        {"window": "1024"},
        {"window": "2024-03..2024-01"},
        {"window": "", "start": "2024-01"},
        {"start": "2024-01"},
        GROWTH | {"base": "last year"},
    ],
    "base": [
        GROWTH,
        GROWTH | {"base": "2024"},
        GROWTH | {"base": "2023-01"},
        GROWTH | {"base_start": "2023-01"},
        {"base": "2023"},
    ],
    "value": [
        {"value": "4.2 bn"},
        {"value": "inf"},
        {"value": "-1"},
        {"value": ""},
        GROWTH | {"base": "2023", "value": "-100"},
    ],
    "qualifier": [{"qualifier": "more than"}],
    "unit": [
        {"unit": "US$"},
        {"unit": "usd_mn", "series_unit": "eur_mn"},
        {"unit": "percent", "kind": "level"},
        {"unit": "usd_bn", "kind": "growth", "base": "2023"},
        {"series_unit": "US$"},
    ],
    "date": [{"published": "soon"}, {"published": "2020-01"}, {"published": ""}],
    "cell": [{"kind": "forecast"}, {"set_aside": "yes"}],
}


@pytest.mark.parametrize(
    ("topic", "change"),
    [(topic, change) for topic, changes in CAUSES.items() for change in changes],
)
def test_a_bad_row_keeps_the_topic_of_its_cause(topic: str, change: dict[str, str]) -> None:
    row = {column: cell for column, cell in {**GOOD, **change}.items() if cell}
    [bad] = from_rows([(2, row)])
    assert isinstance(bad, RejectedRow)
    assert (bad.topic, bad.link) == (topic, f"{CATALOGUE}#{topic}")


def test_a_bad_item_of_json_has_a_topic_too() -> None:
    ledger = tt.datasets.kazakhstan_uzbekistan()
    [item, *_] = json.loads(ledger.to_json())["observations"]

    def topic(**change: object) -> str:
        document = {"schema_version": 1, "observations": [{**item, **change}]}
        [bad] = from_json(json.dumps(document), "it")
        assert isinstance(bad, RejectedRow)
        return bad.topic

    assert topic(window={"start": "2024-9", "end": "2024-12"}) == "window"
    assert topic(figure={**item["figure"], "text": "many"}) == "value"
    assert topic(published=2024) == "date"
    assert topic(note=["a"]) == "cell"
    assert topic(colour="red") == "cell"


cells = st.sampled_from(
    ["", "2024", "2024-09", "2024-01..2024-09", "x", "4.2", "-1", "usd_bn", "percent", "growth"]
)


@given(st.lists(st.dictionaries(st.sampled_from((*COLUMNS, *MONTH_COLUMNS)), cells), max_size=4))
def test_whatever_is_wrong_with_rows_leads_to_an_entry(given: list[dict[str, str]]) -> None:
    filled = [{column: cell for column, cell in {**GOOD, **row}.items() if cell} for row in given]
    for outcome in from_rows(enumerate(filled)):
        assert not isinstance(outcome, RejectedRow) or outcome.topic in ENTRIES


def test_a_refused_table_has_the_topic_that_its_rows_share() -> None:
    head = ",".join(GOOD)
    one, other = {**GOOD, "value": "x"}, {**GOOD, "published": "soon"}

    def topic(*rows: dict[str, str]) -> str:
        table = "\n".join([head, *(",".join(row.values()) for row in rows)])
        with pytest.raises(tt.errors.LedgerError) as caught:
            tt.read_csv(io.StringIO(table))
        return caught.value.topic

    assert topic(one) == topic(one, {**one, "window": "2023"}) == "value"
    assert topic(one, other) == "ledger"
