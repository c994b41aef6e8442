"""Results as other programs and people meet them: documents that hold together, short displays."""

import json
from collections.abc import Callable
from typing import Any

import pytest

import tradetrack as tt
from tests.shipped import tracking
from tradetrack.attainment.attainment import Headline

LONGEST = 200
Document = dict[str, Any]


def change(path: str, value: object) -> Callable[[Document], None]:
    """A change of one part of a document; a path of keys and positions."""

    def make(document: Document) -> None:
        *parents, last = [int(key) if key.isdigit() else key for key in path.split(".")]
        part: Any = document
        for key in parents:
            part = part[key]
        part[last] = value

    return make


def test_the_headline_says_what_the_attainment_says() -> None:
    for found in tracking():
        headline = found.headline
        assert headline == Headline.model_validate_json(headline.model_dump_json())
        assert headline.probability == found.probability_by(found.goal.by or found.last_year)
        assert headline.not_within == 1.0 - found.curve[-1].probability
        assert (headline.median, headline.range_80) == (found.median, found.interval(0.8))
        assert (headline.latest, headline.recent_growth) == (found.latest, found.recent_growth)


def test_a_goal_that_was_met_says_when() -> None:
    ledger = tt.datasets.kazakhstan_uzbekistan()
    met, later = tt.track(ledger, [tt.Goal(3), tt.Goal(10)], n_paths=200)
    assert met.first_met is not None
    assert met.probability_by(met.first_met) >= 0.995 > met.probability_by(met.first_met - 1)
    assert met.headline.first_met == met.first_met <= 2024
    assert later.first_met is None


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("attainments.0.headline.probability", 0.5, "headline.probability is 0.5, but by the rest"),
        ("attainments.0.headline.median", None, "headline.median is None, but"),
        ("attainments.0.headline", {}, "headline is {}, but by the rest it is"),
        ("attainments.0.headline.first_met", 2020, "headline.first_met is 2020, but by the rest"),
        ("attainments.0.goal.series", None, "the goal has no series"),
        ("attainments.0.goal.by", 2400, "2400 is not a year between"),
        ("attainments.0.curve", [], "the curve has no years"),
        ("attainments.0.curve.3.year", 1900, "leaves some out"),
        ("attainments.0.curve.3.probability", 1.0, "the curve falls"),
        ("attainments.0.curve.3.probability", -0.1, "greater than or equal to 0"),
        ("attainments.0.curve.3.probability", float("nan"), "it is not a finite number"),
        ("attainments.0.curve.3.probability", "likely", "valid number"),
        ("attainments.0.latest.year", 1900, "not of two years of the curve"),
        ("attainments.0.latest.total", 0, "headline.latest.total is 4"),
        ("attainments.0.reach.0.year", 1900, "not of the curve's years"),
        ("attainments.0.reach.1.amounts.5", 1e9, "quantiles in order"),
        ("attainments.0.n_paths", 7, "another number of paths"),
        ("attainments", [], "attainments: it is empty"),
        ("series_totals", [], "there are no totals for the goal"),
        ("series_totals.0.years.0.quantiles.0", 1e9, "are not in order"),
        ("series_totals.0.levels.0", 0.99, "are not in order"),
        ("seed", -1, "greater than or equal to 0"),
        ("surprise", 1, "Tracking.surprise: there is no such field"),
        ("schema_version", "0", "should be '2'"),
    ],
)
def test_a_document_that_was_changed_is_refused(path: str, value: object, said: str) -> None:
    document = json.loads(tracking().model_dump_json())
    change(path, value)(document)
    with pytest.raises(tt.InputError) as caught:
        tt.Tracking.model_validate_json(json.dumps(document))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not JSON"),
        ("[" * 10**5, "not JSON"),
        (b'{"a": "\xff"}', "not JSON"),
        ('{"seed": 1, "seed": 2}', "the key 'seed' is there twice"),
        ("[]", "Tracking: "),
        ("null", "Tracking: "),
    ],
)
def test_a_text_that_is_no_result_is_refused(text: str | bytes, said: str) -> None:
    with pytest.raises(tt.InputError, match=said):
        tt.Tracking.model_validate_json(text)


def test_a_seed_of_any_size_comes_back() -> None:
    one = tracking().model_copy(update={"seed": 2**64 + 1})
    assert tt.Tracking.model_validate_json(one.model_dump_json()) == one


def shown() -> list[object]:
    ledger, found = tt.datasets.kazakhstan_uzbekistan(), tracking()
    goal = tt.Goal(10, 2030, series=tt.Series(pair="KZ-UZ"), name="a long name " * 30)
    return [
        found,
        found[0],
        found[0].headline,
        found[0].curve[-1],
        found[0].reach[-1],
        found.series_totals[0],
        *found[0].statuses,
        *found.findings,
        goal,
        ledger,
        ledger.observations[0],
        tt.simulate(ledger, goal, n_paths=10),
        tt.by_reporter(ledger, goal, n_paths=10),
        tt.news(ledger, tt.Goal(10, by=2030), since="2025-10-31"),
        tt.datasets.pledges()[0],
        tt.datasets.announcements("kazakhstan_uzbekistan")[0],
    ]


def test_nothing_floods_a_prompt() -> None:
    for value in shown():
        assert len(repr(value)) <= LONGEST, type(value)
        assert "\n" not in repr(value)


@pytest.mark.parametrize(
    "value",
    [
        tt.Window("2024"),
        tt.Window("2025-01..2025-09"),
        tt.Goal(10, by=2030),
        tt.Goal(5, series=tt.Series(pair="KZ-UZ", flow="kz_to_uz"), reporter="KZ stat"),
        tt.Series(pair="World"),
        tt.Figure.of("3.5", "usd_bn"),
        tt.scenarios.Shock(2027, -0.2),
        tt.scenarios.Pace("2025-07..2025-09"),
    ],
)
def test_a_display_that_looks_like_a_call_is_one(value: object) -> None:
    assert eval(repr(value), vars(tt) | vars(tt.scenarios)) == value


def test_completion_shows_our_names() -> None:
    for value in (tracking(), tracking()[0], tt.Goal(10)):
        names = {name for name in dir(value) if not name.startswith("_")}
        assert not names & {"dict", "json", "copy", "construct", "parse_obj", "schema", "fields"}
        assert "model_dump_json" in names
    assert {"attainments", "curves", "to_frame", "totals"} <= set(dir(tracking()))


@pytest.mark.parametrize(
    ("update", "said"),
    [
        ({"bye": 2030}, "Goal.bye: there is no such field"),
        ({"by": 30}, "30 is not a year between"),
        ({"amount": -1}, "not a positive number"),
        ({"series": "KZ-UZ"}, "Goal.series"),
    ],
)
def test_a_copy_is_checked(update: Document, said: str) -> None:
    with pytest.raises(tt.InputError) as caught:
        tt.Goal(10).model_copy(update=update)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: tt.Goal(1, 2030, "rolling_year", "x"), "amount, by, window by position"),
        (lambda: tt.Goal(1, amount=2), "amount is given twice"),
        (lambda: tt.Goal(10, by="soon"), "'soon' is not a date; write YYYY-MM-DD"),
        (lambda: tt.Goal(), "Goal.amount: it is missing"),
        (lambda: tt.Series("KZ-UZ"), "Series"),
    ],
)
def test_a_call_that_cannot_be_right(call: Callable[[], object], said: str) -> None:
    with pytest.raises(tt.InputError, match=said):
        call()


def test_news_that_refer_to_nothing_are_refused() -> None:
    news = tt.news(tt.datasets.kazakhstan_uzbekistan(), tt.Goal(10, by=2030), since="2025-10-31")
    whole = news.model_dump_json()
    assert tt.results.News.model_validate_json(whole) == news
    for path, value, said in (
        ("releases.0.foremost_figures", [99], "names figures that it does not have"),
        ("releases.0.probabilities", [], "has not one change for each goal"),
        ("goals.0.after", 1.2, "less than or equal to 1"),
        ("releases.0.totals.0.share", float("inf"), "not a finite number"),
    ):
        document = json.loads(whole)
        change(path, value)(document)
        with pytest.raises(tt.InputError, match=said):
            tt.results.News.model_validate_json(json.dumps(document))
