"""From drafts to rows and goals: what may become one, and what is refused by name."""

from typing import get_args

import pytest

import tradetrack as tt
from tradetrack.articles.accepting import QUALIFIERS
from tradetrack.articles.drafts import Draft, DraftQualifier
from tradetrack.domain.figure import Qualifier

TEXT = (
    "In 2024 trade between Kenya and Uganda rose by 12.4% to $1.9 billion. Kenyan exports were over"
    " $1.27 billion, imports fell by more than 3% to some $630 million, and at least $90 million of"
    " the total trade was new. It is expected to reach $3 billion in 2026; the goal is $5 billion"
    " by 2030, and the sides plan to double trade by 2035."
)


def article(text: str = TEXT, **named) -> tt.Article:
    given = {"published": "2025-03", "pair": "KE-UG", "reporter": "KE stat"} | named
    return tt.read_article(text, **given)


def test_nothing_is_accepted_by_default() -> None:
    assert article().observations() == ()
    assert article().goals() == ()


def test_all_takes_the_settled_levels_and_growth_rates_that_lack_nothing() -> None:
    rows = article().observations(accept="all")
    told = [(row.kind, row.series.flow, str(row.window), str(row.figure)) for row in rows]
    assert told == [
        ("growth", "turnover", "2024", "12.4 %"),
        ("level", "turnover", "2024", "1.9 usd bn"),
        ("level", "ke_to_ug", "2024", "over 1.27 usd bn"),
        ("growth", "ug_to_ke", "2024", "nearly -3 %"),
        ("level", "ug_to_ke", "2024", "about 630 usd mn"),
        ("level", "turnover", "2024", "at least 90 usd mn"),
    ]
    assert {row.reporter for row in rows} == {"KE stat"}
    assert {row.published for row in rows} == {"2025-03"}
    assert len(tt.Ledger(rows)) == 6
    assert [(goal.amount, goal.by) for goal in article().goals(accept="all")] == [(5.0, 2030)]


def test_rows_take_the_spelling_and_the_unit_of_the_series_they_go_into() -> None:
    series = tt.Series(pair="KEN-UGA", unit="usd_mn")
    read = article()
    assert read.observations(accept=[2], series=series)[0].series.flow == "ken_to_uga"
    assert read.goals(accept=[7], series=series)[0].amount == 5000.0
    turned = tt.Series(pair="UG-KE")
    assert (
        article(pair="UG-KE").observations(accept=[2], series=turned)[0].series.flow == "ke_to_ug"
    )


@pytest.mark.parametrize(
    ("index", "words"),
    [
        (6, "a forecast never becomes an observation"),
        (7, "a goal is no observation"),
        (99, "there is no draft 99"),
        (-1, "there is no draft -1"),
        (True, "there is no draft True"),
    ],
)
def test_what_cannot_be_a_row_is_refused_by_name(index: int, words: str) -> None:
    with pytest.raises(tt.InputError, match=words):
        article().observations(accept=[index])


@pytest.mark.parametrize(("index", "words"), [(0, "a growth is no goal"), (8, "a multiple")])
def test_what_cannot_be_a_goal_is_refused_by_name(index: int, words: str) -> None:
    with pytest.raises(tt.InputError, match=words):
        article().goals(accept=[index])


def test_accept_is_all_or_indices() -> None:
    with pytest.raises(tt.InputError, match="neither 'all' nor indices"):
        article().observations(accept="some")


def test_a_row_needs_a_reporter() -> None:
    with pytest.raises(tt.InputError, match="whose figures"):
        article(reporter=None).observations(accept=[0])
    assert (
        article(reporter=None).observations(accept=[0], reporter="KE stat")[0].reporter == "KE stat"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Trade between Kenya and Uganda now runs at $150 million.", "does not say its months"),
        ("Trade between Kenya and Uganda is $1 bn this year so far.", "the end of its months"),
        ("Exports stood at $2 bn in 2024, said envoys of Kenya and Uganda.", "flow is not known"),
        ("Trade between Kenya and Uganda has grown by 12% over the past five years.", "its months"),
        ("Trade between Kenya and Uganda fell twofold in 2024.", "a fall by a ratio"),
    ],
)
def test_what_is_not_known_is_said_to_be_missing(text: str, words: str) -> None:
    read = article(text, reporter="statistics")
    with pytest.raises(tt.InputError, match=words):
        read.observations(accept=[0])
    assert read.observations(accept="all") == () or "ratio" in words


def test_a_unit_slip_is_kept_as_printed_and_asks_for_the_correction() -> None:
    text = "Kenya's trade with Uganda was $4.4 million in 2023 and $4.9 billion in 2024."
    read = article(text)
    assert read.drafts[0].unit == "usd_mn"
    with pytest.raises(tt.InputError, match=r"corrected\(index, unit='usd_bn'\)"):
        read.observations(accept="all")
    mended = read.corrected(0, unit="usd_bn", note="billion meant")
    row = mended.observations(accept=[0])[0]
    assert (str(row.figure), row.note) == ("4.4 usd bn", "corrected: unit usd_bn (billion meant)")
    assert mended.drafts[0].quote == "$4.4 million"
    assert read.drafts[0].unit == "usd_mn"


def test_what_is_not_all_goods_goes_to_a_series_of_its_own() -> None:
    text = (
        "Kenya's non-oil trade with Uganda was $1.1 bn in 2024, of which exports $0.7 bn;"
        " total trade was $1.9 bn. Kenyan exports of goods and services came to $2 bn."
    )
    read = article(text)
    scopes = ["non_oil", None, None, "goods_and_services"]
    assert [draft.scope for draft in read.drafts] == scopes
    rows = read.observations(accept="all")
    assert [(row.figure.value, row.series.coverage) for row in rows] == [
        (1.1, "non-oil"),
        (0.7, ""),
        (1.9, ""),
        (2.0, "goods and services"),
    ]
    whole = tt.Series(pair="KE-UG", coverage="goods")
    assert read.observations(accept=[2], series=whole)[0].series.coverage == "goods"
    goal = article("Kenya and Uganda aim at non-oil trade of $5 billion by 2030.").goals([0])[0]
    assert goal.series is not None
    assert goal.series.coverage == "non-oil"


@pytest.mark.parametrize(
    ("text", "row"),
    [
        (
            "Trade between Kenya and Uganda was $5 million more in 2024.",
            "KE-UG turnover 2024 a change of 5 usd mn on 2023",
        ),
        (
            "Kenya's exports to Uganda fell by $12.5 million in January-March 2024.",
            "KE-UG ke_to_ug 2024-01..2024-03 a change of -12.5 usd mn on 2023-01..2023-03",
        ),
        (
            "За 2024 год торговля Кении с Угандой выросла на 40 млн долларов по сравнению с 2022"
            " годом.",
            "KE-UG turnover 2024 a change of 40 usd mn on 2022",
        ),
    ],
)
def test_a_change_in_money_becomes_an_increment(text: str, row: str) -> None:
    read = article(text)
    assert [draft.kind for draft in read.drafts] == ["increment"]
    [change] = read.observations(accept="all")
    assert isinstance(change, tt.Increment)
    assert str(change) == f"{row} (KE stat, published 2025-03)"
    assert read.to_records() == []


def test_a_goal_that_is_a_multiple_needs_its_base() -> None:
    read = article("Kenya and Uganda plan to double trade by 2030 compared with 2023.")
    assert [(str(goal.amount), goal.by) for goal in read.goals(accept="all")] == [("2x 2023", 2030)]
    bare = article("Kenya and Uganda plan to double trade by 2030.")
    assert bare.goals(accept="all") == ()
    with pytest.raises(tt.InputError, match=r"give its year: article\.corrected\(index, base="):
        bare.goals(accept=[0])
    assert str(bare.corrected(0, base="2024").goals(accept=[0])[0].amount) == "2x 2024"


@pytest.mark.parametrize("flow", ["ke_to_ug", "ken_to_uga"])
def test_a_corrected_flow_may_have_either_spelling(flow: str) -> None:
    corrected = article().corrected(1, flow=flow, note="exports called turnover")
    assert corrected.drafts[1].flow == "ken_to_uga"
    assert corrected.observations(accept=[1])[0].series.flow == "ke_to_ug"


def test_corrections_are_checked() -> None:
    read = article()
    assert read.corrected(1, value="1.95").observations(accept=[1])[0].figure.value == 1.95
    shifted = read.corrected(0, window="2023").drafts[0]
    assert (str(shifted.window), str(shifted.base)) == ("2023", "2022")
    for wrong in (
        {},
        {"value": "much"},
        {"unit": "euros_bn_"},
        {"window": "soon"},
        {"flow": "out"},
    ):
        with pytest.raises(tt.InputError):
            read.corrected(1, **wrong)


def test_every_qualifier_of_a_draft_has_one_in_the_ledger() -> None:
    assert set(get_args(DraftQualifier)) == set(QUALIFIERS)
    assert set(QUALIFIERS.values()) == set(get_args(Qualifier)) - {"exact", "truncated"}


@pytest.mark.parametrize(
    ("said", "figure"),
    [
        ("rose by at least 3%", "at least 3 %"),
        ("fell by at least 3%", "at most -3 %"),
        ("fell by over 3%", "nearly -3 %"),
        ("fell by nearly 3%", "over -3 %"),
        ("fell by some 3%", "about -3 %"),
        ("fell by 3-5%", "-5 to -3 %"),
        ("rose by 3-5%", "3 to 5 %"),
    ],
)
def test_hedges_of_a_fall_are_turned_round(said: str, figure: str) -> None:
    read = article(f"Trade between Kenya and Uganda {said} in 2024.")
    assert str(read.observations(accept="all")[0].figure) == figure


@pytest.mark.parametrize(
    ("printed", "figure"),
    [
        ("Rs 840 crore", "8.40 inr bn"),
        ("Rs 95 lakh", "9.5 inr mn"),
        ("Rs 1.2 lakh crore", "1.2 inr tn"),
    ],
)
def test_crore_and_lakh_become_billions_and_millions_digit_by_digit(
    printed: str, figure: str
) -> None:
    read = tt.read_article(
        f"Trade between India and Bhutan was {printed} in 2024.", published="2025-03", reporter="IN"
    )
    assert str(read.observations(accept="all")[0].figure) == figure


def test_an_article_comes_back_from_json() -> None:
    read = article()
    assert tt.Article.model_validate_json(read.model_dump_json()) == read
    assert isinstance(read.drafts[0], Draft)


def test_records_hold_levels_growth_and_goals_and_changes_when_asked() -> None:
    read = article("Trade between Kenya and Uganda was $1.9 bn in 2024, $0.2 bn more than in 2023.")
    assert [row["kind"] for row in read.to_records()] == ["level"]
    assert [row["kind"] for row in read.to_records(increments=True)] == ["level", "increment"]
    assert list(read.to_frame()["kind"]) == ["level", "increment"]


BOTH = (
    "By Kenyan statistics trade with Uganda was $1.9 billion in 2024; Ugandan customs counts $1.7"
    " billion. The goal is $3 billion."
)


def test_each_office_keeps_its_own_figure() -> None:
    read = article(BOTH)
    assert [draft.source for draft in read.drafts] == ["KEN", "UGA", ""]
    assert "by Uganda's figures" in str(read)
    assert [row.figure.value for row in read.observations(accept="all")] == [1.9]
    with pytest.raises(tt.InputError, match="it is Uganda's figure"):
        read.observations(accept=[1])
    [row] = read.observations(accept=[1], reporter="UG customs")
    assert (row.reporter, row.figure.value) == ("UG customs", 1.7)


def test_figures_of_two_offices_are_not_one_reporters() -> None:
    read = article(BOTH, reporter="statistics")
    with pytest.raises(tt.InputError, match="of Kenya and of Uganda"):
        read.observations(accept="all")
    assert len(read.observations(accept=[0])) == 1


@pytest.mark.parametrize(
    ("text", "sources"),
    [
        ("Trade between Kenya and Uganda was $2 bn in 2024, said the Ugandan side.", [""]),
        ("По данным кенийской стороны, торговля с Угандой в 2024 году — 2 млрд долларов.", ["KEN"]),
        (
            "Trade of Kenya with Uganda was $2 bn in 2024, Kenya's statistics show. Exports were"
            " $1 bn.\n\nIn 2023 trade between Kenya and Uganda was $3 bn.",
            ["KEN", "KEN", ""],
        ),
        (
            "По данным таможни, торговля Кении и Уганды в 2024 году — 2 млрд долларов,"
            " по угандийским данным — 1,8 млрд.",
            ["", "UGA"],
        ),
    ],
)
def test_whose_figure_the_text_says_it_is(text: str, sources: list[str]) -> None:
    assert [draft.source for draft in article(text).drafts] == sources


def test_a_goal_keeps_when_and_in_which_words_it_was_announced() -> None:
    text = (
        "A recall.\n\nKenya and Uganda aim to bring trade to $5 billion by 2030."
        " They had planned to reach $3 billion by 2020."
    )
    set_now, recalled = article(text).goals(accept="all")
    assert (set_now.announced, set_now.document) == ("2025-03", "A recall.")
    assert set_now.wording == "Kenya and Uganda aim to bring trade to $5 billion by 2030."
    assert (recalled.by, recalled.announced) == (2020, "")
