# `make run` answers the flagship question; `make test` runs the tests; `make check` the linters.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test check format schema clean

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

schema: .venv/installed
	$(BIN)/python tools/write_schema.py

.venv/installed: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable ".[plot]" --group dev
	touch $@

clean:
	rm -rf .venv out build dist
