"""The JSON Schema of the results: current, and true of a real result."""

import json

import jsonschema
import pytest
from tests.shipped import tracking
from tools.write_schema import TARGET, schema_text

import tradetrack as tt

SCHEMA = json.loads(TARGET.read_text(encoding="utf-8"))


def valid(document: object) -> bool:
    return jsonschema.Draft202012Validator(SCHEMA).is_valid(document)


def test_schema_file_is_current() -> None:
    assert TARGET.read_text(encoding="utf-8") == schema_text(), "run `make schema`"


def test_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["properties"]["schema_version"]["const"] == "1"


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


def test_an_unknown_part_is_refused() -> None:
    assert not valid(json.loads(tracking().model_dump_json()) | {"surprise": 1})
