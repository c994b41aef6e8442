# `make run` answers the flagship question; `make test` runs the tests, `make studies` those that take
# longer; `make check` runs the linters.
# `make docs` builds the documentation and checks it; `make readme` and `make schema` rewrite what
# documents take from the code; `make bench` times it.
PYTHON ?= python3
BIN := .venv/bin
MADE := docs/_build docs/gallery docs/reference/generated docs/sg_execution_times.rst
# Two BLAS threads on a busy machine wait for each other; one is as fast for matrices of this size.
export OPENBLAS_NUM_THREADS ?= 1
# The tests of a file stay on one core, as they share what was computed for them.
SPREAD := --numprocesses auto --dist loadfile

.PHONY: run test studies check format docs readme schema bench clean

run: .venv/run
	$(BIN)/python examples/01_quickstart.py

test: .venv/installed
	$(BIN)/python -m pytest $(SPREAD) -m "not slow"

studies: .venv/installed
	$(BIN)/python -m pytest $(SPREAD) -m slow

check: .venv/installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/codespell

format: .venv/installed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: .venv/docs
	rm -rf $(MADE)
	$(BIN)/python -m sphinx -W --keep-going -q -b html docs docs/_build/html
	$(BIN)/python tools/check_links.py docs/_build/html

readme: .venv/installed
	$(BIN)/python tools/write_readme.py
	$(BIN)/python tools/renew_pages.py

schema: .venv/installed
	$(BIN)/python tools/write_schema.py

bench: .venv/installed
	$(BIN)/python benchmarks/speed.py

# What the answer needs, with its picture; then what the tests need; then what the documentation needs.
.venv/run: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[plot]"
	touch $@

.venv/installed: .venv/run
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable ".[plot,report,cluster,cli,excel,sources]" --group dev
	touch $@

.venv/docs: .venv/installed
	$(BIN)/python -m pip install --quiet --group docs
	touch $@

clean:
	rm -rf .venv out examples/out build dist $(MADE)
