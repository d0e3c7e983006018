# Everything that is done with marketsync from a shell. It needs Python >= 3.11 and make, nothing else.

SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
.DELETE_ON_ERROR:

# The newest releases of Python may lack wheels of what is locked, so the range has an upper end too.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null && echo $$p && break; done)
UV := uv==0.13.9
VENV := .venv
BIN := $(VENV)/bin
SYNCED := $(VENV)/.synced
CODE := include/marketsync plugins sandbox stack demo
# What needs only Python and make; the longest first, so that nobody waits for them alone at the end.
TESTS := tests/db tests/dags tests/stack tests/sandbox tests/contract tests/sandbox_generator tests/unit

export PYTHONPATH := $(CURDIR)/include:$(CURDIR)/plugins:$(CURDIR)
# Airflow writes into its home as soon as it is imported.
export AIRFLOW_HOME := $(CURDIR)/var/airflow
export AIRFLOW__LOGGING__LOGGING_LEVEL := WARNING

.PHONY: help setup demo up down status test e2e chaos bench lint format docs docs-check lock check clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

setup: $(SYNCED) ## make .venv and install what the lock files name
	@:

$(SYNCED): requirements.txt requirements-dev.txt
	@test -n "$(PYTHON)" || { echo "marketsync needs Python 3.11 to 3.14; python3 here is: $$(python3 --version 2>&1). Install one, or name it: make PYTHON=/path/to/python3.11 setup" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "$(PYTHON) cannot make virtual environments; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@echo "Installing what requirements.txt and requirements-dev.txt name into $(VENV)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "$(UV)"
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.txt requirements-dev.txt || { echo "The packages could not be installed; behind a mirror of PyPI, set UV_DEFAULT_INDEX to its address" >&2; exit 1; }
	@$(BIN)/python -c 'import pathlib, sysconfig; \
		pathlib.Path(sysconfig.get_path("purelib"), "marketsync.pth").write_text("\n".join(["$(CURDIR)/include", "$(CURDIR)/plugins", "$(CURDIR)"]) + "\n")'
	@touch $(SYNCED)

demo: setup ## run the main job against the sandbox and show what happened; CATALOG=folder takes your own 1C files
	@$(BIN)/python -m demo $(if $(CATALOG),--catalog "$(CATALOG)")

up: setup ## start Postgres, sandbox and Airflow and leave them running
	@$(BIN)/python -m stack up

down: setup ## end what `make up` started
	@$(BIN)/python -m stack down

status: setup ## what runs, and where
	@$(BIN)/python -m stack status

test: setup ## all tests but those of the demo; ARGS=... goes to pytest
	@$(BIN)/python -m pytest -q -n 3 --dist loadscope --no-loadscope-reorder $(TESTS) $(ARGS)

e2e: setup ## the demo itself, small: played to its end, interrupted, killed
	@$(BIN)/python -m pytest -q tests/e2e $(ARGS)

chaos: setup ## the random histories, twenty times as many; takes about an hour
	@MARKETSYNC_HISTORIES=20 $(BIN)/python -m pytest -q -n 2 tests/db -k "histor or lives" $(ARGS)

bench: setup ## measure: import, plan, the exchange through Airflow; takes about 20 minutes
	@$(BIN)/python -m bench

lint: setup ## style, types, who may import what, SQL
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet . || { echo "\`make format\` mends the layout" >&2; exit 1; }
	@$(BIN)/mypy --no-error-summary $(CODE)
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/sqlfluff lint --processes 2 include/sql

format: setup ## put the code into its one layout
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format .

docs: setup ## write docs/DAGs.md and docs/mappings.md from the DAGs and the mappings
	@$(BIN)/python -m marketsync_airflow.document
	@$(BIN)/python -m marketsync mappings document

docs-check: setup ## fail where these pages are not what the code says
	@$(BIN)/python -m marketsync_airflow.document --check
	@$(BIN)/python -m marketsync mappings document --check

lock: setup ## pin requirements*.in anew, with hashes
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock" requirements.in -o requirements.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock" requirements-dev.in -o requirements-dev.txt

check: lint docs-check test e2e ## what CI runs

clean: ## end what runs; remove its data, the caches and .venv
	@test ! -x $(BIN)/python || $(BIN)/python -m stack clean
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis $(VENV)
