# Two commands matter: `make demo` runs the demo canton, `make test` passes the tests.
# Every target prepares .venv by itself; nothing else is installed on the machine.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PYTHONDONTWRITEBYTECODE ?= 1
# Two more than cores: tests wait for databases and Chromium two fifths of their time.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print((os.cpu_count() or 1) + 2)')

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-full rounds check lock clean

help:  ## what each target does
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

setup: $(VENV)/ready  ## prepare .venv from the lock file

$(VENV)/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "cii needs Python 3.11 or newer; try: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $(VENV)/ready

demo: setup  ## run the demo canton: SQLite, web page and worker on http://127.0.0.1:8000
	$(BIN)/python -m cii demo

test: setup  ## the whole suite, each page once in a real browser
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup

test-full: setup  ## every page × role × mode, long properties, load
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup -m "slow or not slow"

rounds: setup  ## a hundred seeded rounds on each engine, workers killed anywhere
	$(BIN)/python -m pytest -m slow tests/reconciliation/test_rounds.py

check: setup  ## linters, types, import contracts, definition files
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m cii workflows check
	$(BIN)/python -m cii rules check

lock:  ## write requirements.lock anew from pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --group test --output-file requirements.lock pyproject.toml

clean:  ## remove .venv and the demo's data
	rm -rf $(VENV) var
