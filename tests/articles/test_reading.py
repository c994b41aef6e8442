"""Reading press text: the labelled passages, the laws, and what no reader may do."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.articles.scorer import passages, read, score

import tradetrack as tt
from tradetrack.articles.quotes import Assignment, Quote
from tradetrack.articles.rules import by_rules

TEXT = (
    "From January to September 2025, trade turnover between Kenya and Uganda reached $1.9 billion,"
    " up 12.4% compared to the same period of 2024. Exports amounted to $1.27 billion. The"
    " ministers welcomed contracts of $310 million and want to bring trade to $5 billion by 2030."
)
EVERY = [*passages("en"), *passages("ru")]


def article(text: str = TEXT, **named: str) -> tt.Article:
    return tt.read_article(text, **{"published": "2025-11-14", **named})  # type: ignore[arg-type]


# The passages were labelled before the rules saw them; figures are invented.


@pytest.mark.parametrize(("language", "found", "right"), [("en", 0.99, 0.98), ("ru", 0.99, 0.98)])
def test_labelled_passages_are_read(language: str, found: float, right: float) -> None:
    result = score(language)
    assert result.found >= found
    assert result.right >= right
    assert result.precision >= 0.985


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_pair_is_found_where_it_is_not_given(language: str) -> None:
    assert score(language, blind=True).right >= score(language).right - 0.05


@pytest.mark.parametrize("row", EVERY, ids=[row["id"] for row in EVERY])
def test_reading_twice_gives_the_same_and_every_number_stands_in_its_quote(row) -> None:
    first = read(row)
    assert first == read(row)
    for draft in first.drafts:
        assert first.text[draft.start : draft.end] == draft.quote
        digits = draft.digits.replace(".", "").strip("0")
        printed = "".join(c for c in draft.quote if c.isdigit())
        assert not printed or digits in printed or printed.strip("0") in digits or draft.high
    spans = [(item.start, item.end) for item in (*first.drafts, *first.set_aside)]
    assert len(set(spans)) == len(spans)


@given(years=st.integers(min_value=-40, max_value=60))
@settings(max_examples=20)
def test_shifting_all_dates_by_whole_years_shifts_the_months(years: int) -> None:
    def moved(text: str) -> str:
        return re.sub(r"20\d\d", lambda found: str(int(found[0]) + years), text)

    here, there = article(), article(moved(TEXT), published=moved("2025-11-14"))
    for one, other in zip(here.drafts, there.drafts, strict=True):
        assert one.window is None or one.window.shift(years) == other.window
        assert one.base is None or one.base.shift(years) == other.base
        assert one.deadline is None or one.deadline + years == other.deadline


@given(exponent=st.integers(min_value=0, max_value=5))
def test_other_digits_are_other_values_and_nothing_else(exponent: int) -> None:
    printed = f"{1.9 * 10**exponent:.1f}"
    other = article(TEXT.replace("1.9 billion", f"{printed} billion")).drafts
    assert float(other[0].digits) == float(printed)
    assert [d.kind for d in other] == [d.kind for d in article().drafts]


# Every reader is held to the text.


def quoting(*quotes: Quote) -> tt.Article:
    return tt.read_article(TEXT, published="2025-11-14", pair="KE-UG", reader=lambda _: quotes)


GOOD = Quote(
    number="$1.9 billion",
    sentence=TEXT.partition(". Exports")[0],
    flow="turnover",
    window="January to September 2025",
)


def test_a_recorded_reader_is_believed_where_the_text_bears_it_out() -> None:
    read_by = quoting(GOOD)
    [draft] = read_by.drafts
    assert (str(draft.window), draft.value, draft.unit) == ("2025-01..2025-09", 1.9, "usd_bn")
    assert draft == article(pair="KE-UG").drafts[0]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"number": "$2.9 billion"}, "not in the text"),
        ({"number": "9 billion"}, "number differs"),
        ({"number": "$1.9 billion", "start": 3}, "not in the text"),
        ({"sentence": "Trade reached $1.9 billion."}, "not in the text"),
        ({"number": "billion", "sentence": ""}, "not in the text"),
        ({"number": "January", "sentence": ""}, "number differs"),
        ({"window": "January to October 2025"}, "window differs"),
        ({"window": "trade turnover"}, "window differs"),
        ({"window": "the same period of 2024", "relative_to": "2019"}, "window differs"),
        ({"flow": "ken_to_tza"}, "flow differs"),
        ({"flow": "whatever"}, "flow differs"),
        ({"kind": "growth", "direction": "up"}, "kind differs"),
        ({"number": "$310 million"}, "not in the text"),
        ({"number": "$310 million", "sentence": ""}, "contradicted"),
        ({"number": "12.4%"}, "kind differs"),
    ],
)
def test_an_adversarial_reader_is_set_aside_with_the_reason(change, reason: str) -> None:
    read_by = quoting(GOOD.model_copy(update=change))
    assert read_by.drafts == ()
    assert [item.reason for item in read_by.set_aside] == [reason]


def test_one_number_is_read_once() -> None:
    read_by = quoting(GOOD, GOOD)
    assert len(read_by.drafts) == 1
    assert [item.reason for item in read_by.set_aside] == ["repeated"]


def test_a_forecast_in_the_text_overrules_a_reader_that_says_observed() -> None:
    text = "Trade between Kenya and Uganda is expected to reach $3 billion in 2025."
    quote = Quote(number="$3 billion", flow="turnover", window="2025", modality="observed")
    read_by = tt.read_article(text, published="2025-05", reader=lambda _: [quote])
    assert [draft.modality for draft in read_by.drafts] == ["expected"]


def test_the_rules_are_a_reader_like_any_other() -> None:
    assignment = Assignment(text=TEXT, published="2025-11-14", pair=("KEN", "UGA"))
    recorded = by_rules(assignment)
    again = tt.read_article(TEXT, published="2025-11-14", pair="KE-UG", reader=lambda _: recorded)
    assert again == article(pair="KE-UG")


def test_a_sum_of_several_years_is_no_level() -> None:
    summed = article("Between 2019 and 2023 trade of Kenya and Uganda totalled $6 billion.")
    assert summed.drafts == ()
    assert [item.reason for item in summed.set_aside] == ["several years"]


# Bad input


def test_a_text_without_figures_says_so() -> None:
    empty = article("Kenya and Uganda have much in common: lakes, hills and a love of coffee.")
    assert empty.drafts == ()
    assert empty.empty_because == "the text has no figures"
    assert "no figures" in str(empty)
    assert empty.to_records() == []
    assert len(empty.to_frame()) == 0


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("   \n ", "empty"),
        ("肯尼亚与乌干达的贸易额为19亿美元,增长12%。" * 3, "neither English nor Russian"),
        (
            "بلغ حجم التجارة بين كينيا وأوغندا 1.9 مليار دولار عام 2024.",
            "neither English nor Russian",
        ),
        ("Le commerce entre les deux pays a atteint 1,9 milliard en 2024.", "no pair"),
        (
            "Retail turnover in Kenya, unlike Uganda, rose by 12% to $9 billion in 2024.",
            "set_aside",
        ),
    ],
)
def test_a_text_that_cannot_be_read_says_why(text: str, reason: str) -> None:
    empty = article(text)
    assert empty.drafts == ()
    assert reason in empty.empty_because


def test_a_pair_that_is_not_in_the_text_is_named() -> None:
    empty = article("Trade between Peru and Chile was $4 billion in 2024.", pair="KE-UG")
    assert empty.drafts == ()
    assert empty.empty_because == "the text does not name Kenya and Uganda"


def test_an_unknown_country_is_refused_with_a_near_name() -> None:
    with pytest.raises(tt.InputError, match="unknown country 'Kazakstan'; did you mean Kazakhstan"):
        article(pair="Kazakstan-Uzbekistan")


@pytest.mark.parametrize("pair", ["KE", "KE-UG-TZ", ("KE",), ("KE", 5), "KE-KE"])
def test_a_pair_is_two_countries(pair) -> None:
    with pytest.raises(tt.InputError):
        article(pair=pair)


@pytest.mark.parametrize("published", ["14.11.2025", "2025-13", 2025, None, ""])
def test_a_date_that_is_none_is_refused(published) -> None:
    with pytest.raises(tt.InputError):
        article(published=published)


@pytest.mark.parametrize("text", [b"Trade", 5, None, ["Trade"]])
def test_a_text_that_is_none_is_refused(text) -> None:
    with pytest.raises(tt.InputError, match="an article is a text or a Path"):
        article(text)


def test_a_string_is_always_text_and_a_file_comes_by_path(tmp_path: Path) -> None:
    file = tmp_path / "article.txt"
    file.write_text(TEXT, encoding="utf-8")
    assert article(file) == article()  # type: ignore[arg-type]
    assert article(str(file)).drafts == ()
    with pytest.raises(tt.InputError, match="could not be read"):
        article(tmp_path / "none.txt")  # type: ignore[arg-type]
    file.write_bytes("Торговля".encode("cp1251"))
    with pytest.raises(tt.InputError, match="UTF-8"):
        article(file)  # type: ignore[arg-type]


def test_html_is_reduced_to_its_text() -> None:
    marked = (
        "<html><head><style>p {width: 5%}</style><title>News</title></head><body><script>var x ="
        ' "$9 billion of trade";</script><p>Trade between <b>Kenya</b> and Uganda was'
        " $1.9&nbsp;<i>billion</i> in 2024.</p><p>A &lt;b&gt; B</p></body></html>"
    )
    read_html = article(marked)
    assert [draft.quote for draft in read_html.drafts] == ["$1.9\xa0billion"]
    assert "<p>" not in read_html.text
    assert "A <b> B" in read_html.text
    assert "&lt;b&gt;" in read_html._repr_html_()
    assert "<script" not in read_html._repr_html_()


def test_figures_after_the_publication_date_are_not_observed() -> None:
    text = (
        "Trade between Kenya and Uganda was $3 billion in 2027 and $2 billion in January-May 2026."
    )
    early = article(text, published="2026-02", reporter="KE stat")
    assert [draft.modality for draft in early.drafts] == ["expected", "observed"]
    assert early.observations(accept="all") == ()
    with pytest.raises(tt.InputError, match="a forecast never becomes an observation"):
        early.observations(accept=[0])
    with pytest.raises(tt.InputError, match="before these months were over"):
        early.observations(accept=[1])


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("$1,234.5 million", 1234.5),
        ("$1.234,5 million", 1234.5),
        ("$1,234 million", 1234.0),
        ("$12,4 million", 12.4),
    ],
)
def test_decimal_commas_and_points_are_told_apart(printed: str, value: float) -> None:
    [draft] = article(f"Trade between Kenya and Uganda was {printed} in 2024.").drafts
    assert draft.value == value


def test_right_to_left_marks_do_no_harm() -> None:
    text = "Trade between Kenya and Uganda was \u202e$1.9 billion\u202c in 2024."
    [draft] = article(text).drafts
    assert draft.value == 1.9
    assert "\u202e" not in draft.quote


def test_a_long_text_is_read_like_a_short_one() -> None:
    filler = "The two countries share lakes, hills and a long border of 900 kilometres. "
    long = article(filler * 15_000 + TEXT)
    assert [d.record()["from"] for d in long.drafts] == [
        d.record()["from"] for d in article().drafts
    ]
    assert len(long.text) > 1_000_000


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_no_text_makes_the_reader_fail(text: str) -> None:
    read_any = article(text)
    assert str(read_any)
    assert read_any._repr_html_()


@given(st.lists(st.sampled_from(TEXT.split(" ")), max_size=60))
def test_no_order_of_words_makes_the_reader_fail(words: list[str]) -> None:
    shuffled = article(" ".join(words), pair="KE-UG")
    for draft in shuffled.drafts:
        assert shuffled.text[draft.start : draft.end] == draft.quote
