"""
Read by another program
=======================

Another program reads the result by its schema; only the first half knows tradetrack.
"""

import json
import subprocess
import sys
from pathlib import Path

import matplotlib.pyplot as plt

import tradetrack as tt

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
schema = Path("out") / "tracking.schema.json"  # what `tradetrack schema` prints
schema.parent.mkdir(exist_ok=True)
schema.write_text(json.dumps(tt.Tracking.model_json_schema(mode="serialization")))

command = [sys.executable, "-c", CONSUMER, str(schema)]
print(subprocess.run(command, input=document, stdout=subprocess.PIPE, text=True, check=True).stdout)
again = tt.Tracking.model_validate_json(document)
assert again == tracking
tt.plots.plot_attainment(again)  # the curves that the document holds
plt.savefig(Path("out") / "curves.png", dpi=130)
