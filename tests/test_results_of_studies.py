"""Results beyond `Tracking`: a document that was changed is refused, and none floods a prompt."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import pytest

import tradetrack as tt
from tests.test_results import LONGEST, change
from tradetrack.domain.value import Value

LEDGER = tt.datasets.kazakhstan_uzbekistan().select(reporter="UZ stat", flow="turnover")
GOAL = tt.Goal(5, by=2030)
WALK = {"walk": tt.models.RandomWalkModel()}
PANEL = pd.DataFrame({"series": "a", "year": range(2010, 2020), "value": range(10, 20)})


@cache
def made() -> dict[str, Any]:
    past = tt.backtest(LEDGER, tt.Goal(4), ["2022-12", "2023-12"], n_paths=50)
    panel = tt.backtest_panel(PANEL, [1.1], origins=[2016], horizon=2)
    everything = tt.datasets.kazakhstan_uzbekistan()
    resolved = tt.resolve(LEDGER, tt.Goal(3, by=2022, series=LEDGER.series[0]))
    goals = pd.DataFrame({"series": ["a"], "amount": [25.0]})
    tracked = tt.track_panel(PANEL, goals, horizon=3, n_paths=20)
    return {
        "backtest": past,
        "goal_forecast": past.forecasts[0],
        "total_forecast": past.totals[0],
        "panel_backtest": panel,
        "panel_tracking": tracked,
        "panel_attainment": tracked["a"][0],
        "reliability": tt.scoring.reliability(
            [[0.1, 0.8], [0.2, 0.9]], [[0.0, 1.0], [0.0, 1.0]], bins=2
        ),
        "pit": past.pit("growth mixture"),
        "difference": past.compare("growth mixture", "growth mixture"),
        "weights": tt.scoring.fit_ensemble(LEDGER, tt.Goal(4), "2023-12", WALK, n_paths=50),
        "diagnostics": tt.scoring.diagnose(tt.models.RandomWalkModel().fit(everything)),
        "sensitivity": tt.sensitivity(LEDGER, GOAL, alternatives=WALK, documents=False, n_paths=50),
        "required": tt.required_growth(LEDGER, GOAL, n_paths=50),
        "by_reporter": tt.by_reporter(LEDGER, GOAL, n_paths=50),
        "news": tt.news(everything, tt.Goal(10, by=2030), since="2025-10-31"),
        "resolution": resolved[0],
        "pledge": tt.datasets.pledges()[0],
        "many": tt.track_many({"a": LEDGER}, GOAL, n_paths=50),
        "reading": tt.read_article("Exports rose by 8% in 2023.", published="2024-02"),
    }


@pytest.mark.parametrize("name", made())
def test_no_result_floods_a_prompt(name: str) -> None:
    found = made()[name]
    assert len(repr(found)) <= LONGEST
    assert "\n" not in repr(found)


@pytest.mark.parametrize("name", [name for name, it in made().items() if isinstance(it, Value)])
def test_every_result_comes_back_from_its_json(name: str) -> None:
    found = made()[name]
    assert type(found).model_validate_json(found.model_dump_json()) == found


@pytest.mark.parametrize(
    ("name", "path", "value", "said"),
    [
        ("goal_forecast", "curve.0", 1.5, "less than or equal to 1"),
        ("goal_forecast", "years.0", 1900, "some are left out"),
        ("total_forecast", "range_80.0", 1e9, "not in order"),
        ("backtest", "scores.0.brier", 0.99, "by the rest"),
        ("backtest", "seed", -1, "greater than or equal to 0"),
        ("panel_backtest", "cases.0.last", 0.0, "greater than 0"),
        ("panel_backtest", "forecasts.0.curves.0.0.0", 2.0, "less than or equal to 1"),
        ("panel_attainment", "curve.0.year", 1900, "leaves some out"),
        ("reliability", "rows.0.forecast", 0.999, "not in its bin"),
        ("reliability", "rows", [], "it is empty"),
        ("reliability", "rows.0.interval", [0.9, 0.1], "upside down"),
        ("pit", "values.0", -0.1, "greater than or equal to 0"),
        ("difference", "level", 95, "less than or equal to 1"),
        ("weights", "members.0.weight", 0.5, "do not sum to 1"),
        ("diagnostics", "years", [2020], "for each year"),
        ("diagnostics", "ljung_box.p_value", 1.2, "less than or equal to 1"),
        ("sensitivity", "groups.0.posterior", 0.0, "posterior weights do not sum to 1"),
        ("sensitivity", "variants.0.goal", "another", "not one of the goals"),
        ("sensitivity", "variants.0.probability", None, "or a reason why not"),
        ("required", "own_probability", 1.1, "less than or equal to 1"),
        ("required", "goal.by", None, "no deadline"),
        ("by_reporter", "judgements", [], "it is empty"),
        ("resolution", "evidence", None, "goes with evidence"),
        ("pledge", "history", [[2020, 1.0], [2019, 1.0]], "not in order"),
        ("pledge", "turnover", -1.0, "greater than 0"),
    ],
)
def test_what_was_changed_is_refused(name: str, path: str, value: object, said: str) -> None:
    found = made()[name]
    document = json.loads(found.model_dump_json())
    change(path, value)(document)
    with pytest.raises(tt.InputError) as caught:
        type(found).model_validate_json(json.dumps(document))
    assert said in str(caught.value)


TABLES = ["backtest", "panel_backtest", "reliability", "by_reporter", "sensitivity", "news"]


@pytest.mark.parametrize("name", TABLES)
def test_a_notebook_shows_a_table(name: str) -> None:
    found = made()[name]
    tables = list(ElementTree.fromstring(f"<div>{found._repr_html_()}</div>"))
    assert tables
    for table in tables:
        rows, heads = table.findall("tbody/tr"), table.findall("thead/tr/th")
        assert rows
        assert all(len(row) == len(heads) for row in rows)
    assert len(found.to_frame())


@pytest.mark.parametrize("name", tt.models.__all__)
def test_no_model_floods_a_prompt(name: str) -> None:
    kind: Callable[[], object] = getattr(tt.models, name)
    try:
        model = kind()
    except TypeError:  # it needs arguments, or cannot be made
        pytest.skip("made from data")
    assert len(repr(model)) <= LONGEST
