"""Amounts, periods and countries by themselves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.articles.scorer import passages

import tradetrack as tt
from tradetrack.articles.amounts import find_amounts, own_dollar
from tradetrack.articles.countries import code_of, mentions, table
from tradetrack.articles.lexicon import PHRASE, hedge, may_hold_phrase
from tradetrack.articles.periods import Calendar, Months, find_periods, resolve
from tradetrack.articles.sentences import lowered, sentences
from tradetrack.domain.window import month_number, parse_month


@pytest.mark.parametrize(
    ("text", "kind", "digits", "scale", "currencies"),
    [
        ("$3.5 billion", "money", "3.5", "bn", ("usd",)),
        ("US$13.2bn", "money", "13.2", "bn", ("usd",)),
        ("EUR 1.1bn", "money", "1.1", "bn", ("eur",)),
        ("€612m", "money", "612", "mn", ("eur",)),
        ("A$15.4 billion", "money", "15.4", "bn", ("aud",)),
        ("Tk 1,020 crore", "money", "1020", "crore", ("bdt",)),
        ("22.4 billion Swiss francs", "money", "22.4", "bn", ("chf",)),
        ("a billion dollars", "money", "1", "bn", ("usd",)),
        ("two and a half billion euros", "money", "2.5", "bn", ("eur",)),
        ("1 млрд 210,5 млн долларов", "money", "1210.5", "mn", ("usd",)),
        ("38 607,6 млн руб.", "money", "38607.6", "mn", ("rub",)),
        ("миллиард евро", "money", "1", "bn", ("eur",)),
        ("полмиллиарда долларов", "money", "0.5", "bn", ("usd",)),
        ("7.3 per cent", "percent", "7.3", "", ()),
        ("24 процента", "percent", "24", "", ()),
        ("1.2 percentage points", "points", "1.2", "", ()),
        ("10 п.п.", "points", "10", "", ()),
        ("3.4-fold", "times", "3.4", "", ()),
        ("fivefold", "times", "5", "", ()),
        ("half as much again", "times", "1.5", "", ()),
        ("вдвое", "times", "2", "", ()),
        ("в полтора раза", "times", "1.5", "", ()),
        ("в 2,5 раза", "times", "2.5", "", ()),
        ("by a third", "fraction", "33.3", "", ()),
        ("на четверть", "fraction", "25", "", ()),
        ("21 million tonnes", "quantity", "21", "mn", ()),
        ("2,5 тыс. рабочих мест", "quantity", "2.5", "th", ()),
    ],
)
def test_an_amount_is_read(text: str, kind: str, digits: str, scale: str, currencies) -> None:
    [amount] = find_amounts(lowered(text))
    assert (amount.kind, amount.digits, amount.scale) == (kind, digits, scale)
    assert amount.currencies == currencies


@pytest.mark.parametrize(
    "text", ["in 2024", "14 ventures", "the first half", "double taxation", "№ 5"]
)
def test_other_numbers_are_no_amounts(text: str) -> None:
    assert find_amounts(lowered(text)) == []


@pytest.mark.parametrize(
    ("text", "high"),
    [("$760-780 million", "780"), ("between $900 million and $1 billion", "1000")],
)
def test_a_range_has_two_ends_in_one_scale(text: str, high: str) -> None:
    [amount] = find_amounts(lowered(text))
    assert amount.high is not None
    assert float(amount.high) == float(high)


@given(value=st.decimals(min_value=1, max_value=999, places=2))
def test_what_is_printed_is_read_in_both_languages(value) -> None:
    [english] = find_amounts(f"reached ${value} billion")
    [russian] = find_amounts(f"достиг {str(value).replace('.', ',')} млрд долларов")
    assert english.digits == russian.digits == str(value)


@pytest.mark.parametrize(
    "text",
    ["reached US$ 12 billion", "на 546 млн долл. США", "in Canadian dollars", "200 US dollars"],
)
def test_the_name_of_a_currency_names_no_country(text: str) -> None:
    assert mentions(text) == ()


# Published on 20 August 2024, where fiscal years begin in July.
CALENDAR = Calendar(month_number(2024, 8), 20, 7)
ANCHOR = Months(parse_month("2024-01"), parse_month("2024-06"))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("January-September 2023", "2023-01", "2023-09"),
        ("from January to July", "2024-01", "2024-07"),
        ("in January-October", "2023-01", "2023-10"),
        ("11M 2023", "2023-01", "2023-11"),
        ("the first seven months", "2024-01", "2024-07"),
        ("in the 10th month of 2022", "2022-01", "2022-10"),
        ("Q1 2024", "2024-01", "2024-03"),
        ("1Q24", "2024-01", "2024-03"),
        ("in the third quarter", "2023-07", "2023-09"),
        ("H1", "2024-01", "2024-06"),
        ("in October", "2023-10", "2023-10"),
        ("FY24", "2023-07", "2024-06"),
        ("2022-23", "2022-07", "2023-06"),
        ("the current fiscal year", "2024-07", "2025-06"),
        ("first five months (July-November) of FY24", "2023-07", "2023-11"),
        ("the year to March", "2023-04", "2024-03"),
        ("twelve months to September 2023", "2022-10", "2023-09"),
        ("last year", "2023-01", "2023-12"),
        ("a year earlier", "2023-01", "2023-06"),
        ("the same period of 2022", "2022-01", "2022-06"),
        ("the previous quarter", "2023-07", "2023-12"),
        ("last month", "2024-07", "2024-07"),
        ("over the past four months", "2024-04", "2024-07"),
        ("so far this year (to April)", "2024-01", "2024-04"),
        ("the March 2024 quarter", "2024-01", "2024-03"),
        ("the quarter ended June", "2024-04", "2024-06"),
        ("in the last month of 2023", "2023-12", "2023-12"),
        ("from January to the end of May", "2024-01", "2024-05"),
        ("that year", "2024-01", "2024-12"),
        ("a decade ago", "2014-01", "2014-12"),
        ("в прошлом месяце", "2024-07", "2024-07"),
        ("в том же году", "2024-01", "2024-12"),
        ("за 9 месяцев 2023 года", "2023-01", "2023-09"),
        ("в январе — апреле", "2024-01", "2024-04"),
        ("в первом полугодии", "2024-01", "2024-06"),
        ("по итогам прошлого года", "2023-01", "2023-12"),
        ("IV квартал 2023 года", "2023-10", "2023-12"),
        ("годом ранее", "2023-01", "2023-06"),
        ("на 1 июля 2024 года", "2024-01", "2024-06"),
        ("с сентября 2022 года по август 2023 года", "2022-09", "2023-08"),
        ("в 2022-м", "2022-01", "2022-12"),
        ("through October 2023", "2023-01", "2023-10"),
        ("by the end of the third quarter of 2023", "2023-01", "2023-09"),
        ("as of November 1, 2023", "2023-01", "2023-10"),
        ("as of 31 October 2023", "2023-01", "2023-10"),
        ("the full year", "2024-01", "2024-12"),
        ("last year's level", "2023-01", "2023-06"),
        ("за 7 мес. 2023 г.", "2023-01", "2023-07"),
        ("5MFY24", "2023-07", "2023-11"),
    ],
)
def test_a_phrase_is_resolved(text: str, first: str, last: str) -> None:
    [period] = find_periods(lowered(text))
    assert resolve(period, CALENDAR, ANCHOR) == Months(parse_month(first), parse_month(last))


@pytest.mark.parametrize(
    "text", ["so far this year", "с начала года", "this year", "в текущем году"]
)
def test_a_year_that_is_not_over_has_no_end(text: str) -> None:
    [period] = find_periods(lowered(text))
    assert resolve(period, CALENDAR) == Months(parse_month("2024-01"), None)


@pytest.mark.parametrize("text", ["now", "in the coming years", "сейчас", "on July 12", "ежегодно"])
def test_some_phrases_name_no_months(text: str) -> None:
    assert all(resolve(period, CALENDAR, ANCHOR) is None for period in find_periods(lowered(text)))


def test_months_are_not_modal_verbs() -> None:
    assert find_periods("trade may grow and marches on") == ()


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Kenya's sales to Uganda", ["KEN", "UGA"]),
        ("Российско-белорусский товарооборот", ["RUS", "BLR"]),
        ("Товарооборот Армении с Ираном", ["ARM", "IRN"]),
        ("поставки в КНР и Южную Корею", ["CHN", "KOR"]),
        ("Hanoi and Phnom Penh", ["VNM", "KHM"]),
        ("South Sudan, South Africa, Guinea-Bissau", ["SSD", "ZAF", "GNB"]),
        ("turkey and jordan almonds, chad's beard", []),
        ("told us and can", []),
    ],
)
def test_countries_are_found(text: str, codes: list[str]) -> None:
    assert [mention.code for mention in mentions(text)] == codes


def test_no_form_names_two_countries() -> None:
    owners: dict[tuple[str, ...], set[str]] = {}
    for rows in table().forms.values():
        for tokens, name in rows:
            owners.setdefault(tokens, set()).add(name.code)
    assert {form: codes for form, codes in owners.items() if len(codes) > 1} == {}


def test_every_country_is_known_by_its_codes_and_its_name() -> None:
    for short, code in table().shorts.items():
        assert code_of(short) == code_of(code) == code_of(table().titles[code]) == code


def test_sentences_cover_the_text_in_order() -> None:
    text = (
        "Trade, $5 bn., grew. В 2024 г. она дала 55 млн долл. США. Итого:\n- one\n- two\nso far\n"
    )
    found = list(sentences(text))
    assert all(text[s.start : s.end] == s.text for s in found)
    assert [s.text for s in found][-2:] == ["- one", "- two\nso far"]
    assert found == sorted(found)


@pytest.mark.parametrize(
    ("before", "said"),
    [
        ("less than ", "at_most"),
        ("just under ", "nearly"),
        ("slightly less than ", "nearly"),
        ("has never gone beyond ", "at_most"),
        ("almost reached ", "nearly"),
        ("turned over ", None),
        ("8.5% below the ", None),
        ("не дотягивает до ", "at_most"),
        ("перевалил за ", "over"),
        ("чуть менее ", "nearly"),
        ("менее ", "at_most"),
    ],
)
def test_a_hedge_is_read_by_its_words(before: str, said: str | None) -> None:
    assert hedge(before + "$2 bn", len(before), len(before) + 5) == said


@pytest.mark.parametrize(
    ("text", "reporter", "money"),
    [
        ("Exports fell to $2 billion.", "NZL", "nzd"),
        ("Exports fell to $2 billion (US$1.2 billion).", "NZL", None),
        ("Exports fell to $2 billion.", "KAZ", None),
    ],
)
def test_a_bare_dollar_is_the_reporters_own(text: str, reporter: str, money: str | None) -> None:
    assert own_dollar(text, reporter) == money


@pytest.mark.parametrize(
    ("phrase", "months"),
    [
        ("in the three months ended 30 September 2024", "2024-07..2024-09"),
        ("in the twelve months to end-June 2024", "2023-07..2024-06"),
        ("in the September quarter", "2024-07..2024-09"),
        ("for the half-year to June 2024", "2024-01..2024-06"),
        ("in 9M24", "2024-01..2024-09"),
        ("in Q1-Q3 2024", "2024-01..2024-09"),
        ("in the second and third quarters of 2024", "2024-04..2024-09"),
        ("from the start of the year to the end of August", "2024-01..2024-08"),
        ("from 1 January 2024 to 30 September 2024", "2024-01..2024-09"),
        ("in the January-to-August period", "2024-01..2024-08"),
        ("in the latter half of 2023", "2023-07..2023-12"),
        ("in the last three months of 2023", "2023-10..2023-12"),
        ("in the year ended 31 December 2023", "2023-01..2023-12"),
        ("in CY2023", "2023-01..2023-12"),
        ("at end-2023", "2023-01..2023-12"),
        ("last calendar year", "2023-01..2023-12"),
        ("last month", "2024-09..2024-09"),
    ],
)
@pytest.mark.parametrize("leads", [False, True])
def test_months_are_read_wherever_they_stand(phrase, months, leads):
    said = "Kenyan exports to Uganda were $412 million"
    text = f"{phrase[0].upper()}{phrase[1:]}, {said}." if leads else f"{said} {phrase}."
    [row] = tt.read_article(
        text, published="2024-10-21", pair=("KEN", "UGA"), reporter="KEN"
    ).to_records()
    assert f"{row['from']}..{row['to']}" == months


@pytest.mark.parametrize(
    ("phrase", "base"),
    [
        ("mom", "2024-08"),
        ("sequentially", "2024-08"),
        ("on a monthly basis", "2024-08"),
        ("on a yearly basis", "2023-09"),
        ("over the month", "2024-08"),
        ("from last month", "2024-08"),
        ("from August", "2024-08"),
        ("against August's level", "2024-08"),
        ("from the revised August 2024 value", "2024-08"),
        ("than in September 2019", "2019-09"),
        ("as opposed to September 2019", "2019-09"),
    ],
)
def test_bases_are_read_from_the_words_after_a_rate(phrase, base):
    text = f"In September 2024 Kenyan exports to Uganda fell by 4.2% {phrase}."
    [row] = tt.read_article(text, published="2024-10-21", pair=("KEN", "UGA")).to_records()
    assert (row["from"], row["base_from"]) == ("2024-09", base)


@pytest.mark.parametrize(
    ("said", "flow"),
    [
        ("Uganda received {} of goods from Kenya.", "ken_to_uga"),
        ("Kenya dispatched goods worth {} to Uganda.", "ken_to_uga"),
        ("Kenya's sales to the Ugandan market were {}.", "ken_to_uga"),
        ("The Ugandan market took {} of Kenyan exports.", "ken_to_uga"),
        ("Kenyan goods worth {} reached Uganda.", "ken_to_uga"),
        ("Commercial exchanges between Kenya and Uganda were {}.", "turnover"),
        ("Combined exports and imports between Kenya and Uganda were {}.", "turnover"),
    ],
)
def test_flows_are_read_from_who_moved_what(said, flow):
    text = "In 2023 " + said.format("$820 million")
    [row] = tt.read_article(text, published="2024-10-21", pair=("KEN", "UGA")).to_records()
    assert row["flow"] == flow


def test_what_is_received_otherwise_is_no_trade():
    text = "In 2023 Uganda received $820 million of budget aid from Kenya."
    assert not tt.read_article(text, published="2024-10-21", pair=("KEN", "UGA")).drafts


def test_the_cheap_look_for_phrases_misses_none() -> None:
    texts = [row["text"] for row in (*passages("en"), *passages("ru"))]
    told = [lowered(sentence.text) for text in texts for sentence in sentences(text)]
    found = [low for low in told if PHRASE.search(low)]
    assert len(found) > 50
    assert all(may_hold_phrase(low) for low in found)


SEPTEMBER = ("2024-01", "2024-09")


@pytest.mark.parametrize(
    ("said", "months"),
    [
        ("for the three quarters of 2024", SEPTEMBER),
        ("by October 1", SEPTEMBER),
        ("in 9M'24", SEPTEMBER),
        ("in the nine months from January", SEPTEMBER),
        ("in this year's first nine months", SEPTEMBER),
        ("in 2024's first half", ("2024-01", "2024-06")),
        ("in last year's final quarter", ("2023-10", "2023-12")),
        ("in April, May and June", ("2024-04", "2024-06")),
        ("on October 12", (None, None)),
    ],
)
def test_more_months_are_read(said, months):
    for text in (
        f"Kenya's exports to Uganda were $820 million {said}.",
        f"{said[0].upper()}{said[1:]}, Kenya's exports to Uganda came to $820 million.",
    ):
        [row] = tt.read_article(text, published="2024-10-21", pair=("KEN", "UGA")).to_records()
        assert (row["from"], row["to"]) == months


@pytest.mark.parametrize(
    ("said", "deadline"),
    [
        ("no later than 2030", "2030"),
        ("not later than the end of 2028", "2028"),
        ("by mid-2027", "2027"),
        ("over a five-year horizon", "2029"),
        ("over the next half-decade", "2029"),
        ("within a decade", "2034"),
        ("five years from now", "2029"),
    ],
)
def test_more_deadlines_are_read(said, deadline):
    text = f"Kenya and Uganda agreed to raise trade to $2 billion {said}."
    [row] = tt.read_article(text, published="2024-10-21", pair=("KEN", "UGA")).to_records()
    assert (row["kind"], row["deadline"]) == ("goal", deadline)


@pytest.mark.parametrize(
    ("said", "rate", "base"),
    [
        ("$3 billion in 2020 and $4.5 billion in 2023, a jump of 50%", 50, "2020-01"),
        ("$4.5 billion in 2023, 50% more than the $3 billion recorded in 2020", 50, "2020-01"),
        ("$4 billion in 2022 and $5 billion in 2023, an increase of 7%", 7, "2022-01"),
    ],
)
def test_what_a_rate_starts_from_is_told_by_the_sums_that_it_fits(said, rate, base):
    text = f"Trade between Kenya and Uganda was {said}."
    rows = tt.read_article(text, published="2024-10-21", pair=("KEN", "UGA")).to_records()
    [row] = [row for row in rows if row["kind"] == "growth"]
    assert (row["value"], row["from"], row["base_from"]) == (rate, "2023-01", base)


@pytest.mark.parametrize(
    ("said", "flows"),
    [
        ("exported $9 bn and imported $7 bn; the former fell by 2%, the latter by 3%", "KUKU"),
        ("exports to Uganda and imports from it were $9 bn and $7 bn, respectively", "KU"),
    ],
)
def test_of_two_flows_the_former_and_the_latter_are_told_apart(said, flows):
    text = f"In 2023 Kenya's trade with Uganda grew. Kenya {said}."
    rows = tt.read_article(
        text, published="2024-10-21", pair=("KEN", "UGA"), reporter="KEN"
    ).to_records()
    assert [row["flow"][0].upper() for row in rows] == list(flows)


@pytest.mark.parametrize("verb", ["raise", "lift", "boost", "increase"])
def test_a_change_that_is_wanted_is_no_level_and_no_growth(verb: str) -> None:
    """ "To raise trade by 2 bn" is not "to raise it to 2 bn"; a hope is no forecast."""
    for text, reason in (
        (f"Spain and Chile aim to {verb} trade by $2 billion by 2030.", "change"),
        (f"Ministers hope a deal will {verb} trade of Spain and Chile by 15%.", "rate"),
    ):
        article = tt.read_article(text, published="2025-06-25")
        assert not article.drafts
        assert [one.reason for one in article.set_aside] == [reason]
