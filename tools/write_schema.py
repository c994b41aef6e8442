"""Write the JSON Schema of every public result to docs/schema (``make schema``)."""

import inspect
import json
import re
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter

import tradetrack as tt

FOLDER = Path(__file__).parents[1] / "docs" / "schema"
DIALECT = {"$schema": "https://json-schema.org/draft/2020-12/schema"}


def results() -> dict[str, type[BaseModel]]:
    """Results by the name of their file: those that are no part of another result."""
    kinds = {
        name: kind
        for name in tt.results.__all__
        if inspect.isclass(kind := getattr(tt.results, name)) and issubclass(kind, BaseModel)
    }
    parts = {part for name, kind in kinds.items() for part in _schema(kind).get("$defs", {})}
    return {_file_name(name): kind for name, kind in kinds.items() if name not in parts}


def schemas() -> dict[str, str]:
    """Text of each schema file, by name."""
    texts = {name: _text(_schema(kind)) for name, kind in results().items()}
    findings = TypeAdapter(tuple[tt.Finding, ...]).json_schema(mode="serialization")
    return texts | {_file_name("Findings"): _text(findings)}


def _schema(kind: type[BaseModel]) -> dict[str, Any]:
    return kind.model_json_schema(mode="serialization")


def _text(schema: dict[str, object]) -> str:
    return json.dumps(DIALECT | schema, indent=1, ensure_ascii=False) + "\n"


def _file_name(name: str) -> str:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
    return f"{words}.schema.json"


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = schemas()
    for name, text in wanted.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    for old in FOLDER.glob("*.schema.json"):
        if old.name not in wanted:
            old.unlink()
    print(f"wrote {len(wanted)} schemas")
