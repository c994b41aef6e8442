"""The JSON Schemas of the results: current, and true of real results."""

import json

import jsonschema
import pytest
from tests.shipped import tracking
from tools.write_schema import FOLDER, results, schemas

import tradetrack as tt

SCHEMAS = schemas()
SCHEMA = json.loads(SCHEMAS["tracking.schema.json"])


def valid(document: object) -> bool:
    return jsonschema.Draft202012Validator(SCHEMA).is_valid(document)


def test_schema_files_are_current() -> None:
    found = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.schema.json")}
    assert found == SCHEMAS, "run `make schema`"


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_a_schema_and_knows_every_key(name: str) -> None:
    schema = json.loads(SCHEMAS[name])
    jsonschema.Draft202012Validator.check_schema(schema)
    for part in (schema, *schema.get("$defs", {}).values()):
        assert part.get("type") != "object" or part["additionalProperties"] is False


def test_every_result_is_described() -> None:
    described = {kind.__name__ for kind in results().values()}
    assert {"Tracking", "Backtest", "News", "ByReporter", "Sensitivity"} <= described
    for schema in map(json.loads, SCHEMAS.values()):
        described |= set(schema.get("$defs", {}))
    tables = {"ManyTrackings", "PanelTracking", "Reading", "Simulation"}  # no JSON: frames, files
    assert set(tt.results.__all__) - described == tables


def test_a_result_satisfies_it_and_comes_back_the_same() -> None:
    document = tracking().model_dump_json()
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(document))
    assert tt.Tracking.model_validate_json(document) == tracking()
    assert tt.Tracking.model_validate_json(document).model_dump_json() == document


def test_no_infinity_and_no_missing_number() -> None:
    def refuse(constant: str) -> None:
        pytest.fail(f"{constant} is not JSON")

    json.loads(tracking().model_dump_json(), parse_constant=refuse)


@pytest.mark.parametrize("key", ["as_of", "attainments", "ledger_digest", "series_totals"])
def test_a_result_without_a_part_is_refused(key: str) -> None:
    document = json.loads(tracking().model_dump_json())
    del document[key]
    assert not valid(document)


def test_the_headline_is_part_of_it() -> None:
    document = json.loads(tracking().model_dump_json())
    del document["attainments"][0]["headline"]
    assert not valid(document)


def test_an_unknown_part_is_refused() -> None:
    assert not valid(json.loads(tracking().model_dump_json()) | {"surprise": 1})
