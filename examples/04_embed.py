"""Another program reads the result by its schema; only the first half knows tradetrack."""

import json
import subprocess
import sys
from pathlib import Path

import tradetrack as tt

SCHEMA = Path(__file__).parents[1] / "docs" / "schema" / "tracking.schema.json"

CONSUMER = """
import json, sys
import jsonschema

with open(sys.argv[1], encoding="utf-8") as file:
    schema = json.load(file)
result = json.load(sys.stdin)
jsonschema.Draft202012Validator(schema).validate(result)
print("as of", result["as_of"], "with figures up to", result["last_observed"])
for attainment in result["attainments"]:
    goal, curve = attainment["goal"], attainment["curve"]
    by = next(point["probability"] for point in curve if point["year"] == goal["by"])
    print(goal["name"], "by", goal["by"], "has probability", round(by, 2))
assert "tradetrack" not in sys.modules
"""

ledger = tt.datasets.kazakhstan_uzbekistan()
tracking = tt.track(ledger, tt.datasets.goals("kazakhstan_uzbekistan"))
document = tracking.model_dump_json()
subprocess.run([sys.executable, "-c", CONSUMER, str(SCHEMA)], input=document, text=True, check=True)
assert tt.Tracking.model_validate_json(document) == tracking
print(len(json.loads(document)["series_totals"]), "tables of yearly totals came along")
