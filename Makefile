# `make` alone says what there is.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# The databases that the larger tests and the benchmarks load; without them those tests are skipped.
CARTRIDGE_DATA ?= $(abspath $(wildcard ../shared/data))
export CARTRIDGE_DATA
export DO_NOT_TRACK := 1

.PHONY: help env test test-all test-llm watch lint types format docs site demo bench clean

help:  ## what there is
	@sed -n 's/^\([a-z-]*\):.*## /make \1 - /p' $(MAKEFILE_LIST)

env: $(READY)  ## .venv with all that development needs

$(READY): pyproject.toml setup.py
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet "uv>=0.9"
	$(BIN)/uv pip install --quiet --python $(BIN)/python --editable . --group dev
	touch $@

test: $(READY)  ## all tests but the slow ones, in parallel
	@$(BIN)/pytest @.ci/pytest.args

test-all: $(READY)  ## every test, in parallel, with coverage; for an hour
	@$(BIN)/pytest @.ci/pytest-all.args

test-llm: $(READY)  ## a real small model (1 GB, fetched once) generates two databases; an hour on two cores
	$(BIN)/python -m tests.support.real_model chinook northwind

watch: $(READY)  ## the unit tests again at every change; `make watch TESTS=tests/functional` for others
	$(BIN)/watchfiles --filter python '$(BIN)/pytest -q $(or $(TESTS),tests/unit)' python_helpers tests

lint: $(READY)  ## ruff: rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(READY)  ## put the code into ruff's format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(READY)  ## pyright: strict for the package
	$(BIN)/pyright

docs: $(READY)  ## the pages of options and commands, and the macros' arguments, from config.py
	$(BIN)/python docs/build.py

site: $(READY)  ## the docs as a site, into site/
	$(BIN)/uv tool run --quiet --from mkdocs-material==9.8.2 mkdocs build --strict --quiet

demo:  ## a messy shop in DuckDB, from raw tables to a built project
	$(PYTHON) demo/run.py

bench: $(READY)  ## first run, test power and overhead; the figures in the README
	$(BIN)/python benchmarks/first_run.py $(CARTRIDGE_DATA)/*/
	$(BIN)/python benchmarks/test_power.py $(CARTRIDGE_DATA)/chinook $(CARTRIDGE_DATA)/northwind
	$(BIN)/python benchmarks/overhead.py

clean:  ## remove what the targets above made
	rm -rf $(VENV) .demo build dist htmlcov .coverage*
