# `make run` answers the flagship question; `make test` runs the tests; `make check` the linters.
# `make readme` and `make schema` rewrite what documents take from the code; `make bench` times it.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test check format readme schema bench clean

run: .venv/installed
	$(BIN)/python examples/01_quickstart.py

test: .venv/installed
	$(BIN)/python -m pytest

check: .venv/installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/contracts

format: .venv/installed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

readme: .venv/installed
	$(BIN)/python tools/write_readme.py

schema: .venv/installed
	$(BIN)/python tools/write_schema.py

bench: .venv/installed
	$(BIN)/python benchmarks/speed.py

.venv/installed: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable ".[plot,report,cluster,cli]" --group dev
	touch $@

clean:
	rm -rf .venv out build dist
