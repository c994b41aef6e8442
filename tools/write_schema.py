"""Write the JSON Schema of a tracking result to docs/schema (``make schema``)."""

import json
from pathlib import Path

import tradetrack as tt

TARGET = Path(__file__).parents[1] / "docs" / "schema" / "tracking.schema.json"


def schema_text() -> str:
    """Return the schema of what ``Tracking.model_dump_json`` writes."""
    schema = tt.Tracking.model_json_schema(mode="serialization")
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return json.dumps(dialect | schema, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(schema_text(), encoding="utf-8")
    print(f"wrote {TARGET.name}")
