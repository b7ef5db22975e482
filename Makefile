# Touchstone. `make help` lists the targets; `make demo` and `make test` need Python 3.11 and nothing else.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
# Matrices here are small: more threads would only wait for one another, and on busy cores for long.
export OPENBLAS_NUM_THREADS ?= 1

help: ## List the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## Make the environment in .venv from the lock

$(READY): pyproject.toml uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Touchstone needs Python 3.11 or newer: set PYTHON=/path/to/python3.11."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python's venv module is missing: install it with 'apt-get install python3-venv' (or your system's package of that name) and run make again."; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv sync --frozen --inexact --quiet
	@touch $(READY)

demo: setup ## Run Touchstone with an invented study (PORT=8080 to choose the port)
	@$(BIN)/python manage.py demo

stop: setup ## Stop the embedded database if something left it running
	@$(BIN)/python -m apps.core.embedded stop

lint: setup javascript ## Check style, types and the arrows between the rooms
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/mypy apps

# TypeScript reads the JSDoc of static/js. Only the check needs Node: Touchstone runs, and its pages are built, without.
javascript:
	@if ! command -v node >/dev/null 2>&1 || ! command -v npm >/dev/null 2>&1; then \
	  echo "Node is missing: the JavaScript was not type-checked. Install Node 18 or newer, with npm, to check it."; \
	elif [ ! tests/js/node_modules/.package-lock.json -nt tests/js/package-lock.json ] \
	  && ! npm ci --prefix tests/js --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null 2>&1; then \
	  echo "TypeScript could not be fetched by npm: the JavaScript was not type-checked. Try again with a network."; \
	else \
	  echo tests/js/node_modules/.bin/tsc -p tests/js/tsconfig.json; \
	  tests/js/node_modules/.bin/tsc -p tests/js/tsconfig.json; \
	fi

fix: setup ## Format and mend what can be mended by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

fast: setup ## The tests that take milliseconds: under a minute
	$(BIN)/pytest -n 2 -m "not slow and not e2e and not real_data"

browser: setup
	@command -v chromium >/dev/null 2>&1 || { echo "Installing Chromium for the browser tests"; (apt-get update -qq && apt-get install -y -qq chromium) >/dev/null 2>&1; } \
	  || { if [ "$$CI" = true ]; then echo "Chromium is missing and could not be installed: the browser tests cannot run." >&2; exit 1; else echo "Chromium is missing: the browser tests will be skipped, aloud. Install the package 'chromium' to run them."; fi; }

test: lint browser ## All tests, after the checks of lint
	$(BIN)/pytest -n 2 --dist loadfile

oracles: setup ## Compute anew, with other packages, the values our statistics are held against
	$(BIN)/uv sync --project tests/oracles --python $(BIN)/python --frozen --quiet
	tests/oracles/.venv/bin/python -W ignore -m tests.oracles.compute

coverage-study: setup ## Do intervals hold what they promise? Simulated studies, a table (minutes)
	$(BIN)/python -m tests.benchmarks.coverage_study

efficiency-study: setup ## How many judgments does each way of choosing pairs need? (minutes)
	$(BIN)/python -m tests.benchmarks.efficiency_study

bench-stats: setup ## The statistics beside their peers, on the same arrays (minutes)
	$(BIN)/uv sync --project tests/oracles --python $(BIN)/python --frozen --quiet || rm -rf tests/oracles/.venv
	$(BIN)/python -m tests.benchmarks.bench_stats

bench-desk: setup browser ## From the press of a key to the next task on the screen, in Chromium (a minute)
	$(BIN)/python -m tests.benchmarks.bench_desk

bench-serve: setup ## Judgments a second, against pgbench with the same statements (ten minutes)
	$(BIN)/python -m tests.benchmarks.bench_serve

bench-console: setup ## Every page of the console on a million judgments over 100 systems, and on real studies (minutes)
	$(BIN)/python -m tests.benchmarks.bench_console

clean: ## Remove the environment and the caches; the data in var/ stays
	rm -rf .venv tests/oracles/.venv tests/js/node_modules .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

.PHONY: help setup demo stop lint javascript fix fast browser test oracles coverage-study efficiency-study bench-stats bench-desk bench-serve bench-console clean
