# hamlet: `make` lists the targets.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

.PHONY: run
run: install ## Set everything up, fine-tune the first time, serve; prints where to click
	@$(BIN)/hamlet run

.PHONY: install
install:
	@$(PYTHON) bootstrap.py

.PHONY: install-dev
install-dev:
	@$(PYTHON) bootstrap.py --dev

.PHONY: test
test: install-dev ## Set everything up and pass every test
	@$(BIN)/pytest

.PHONY: test-fast
test-fast: install-dev ## The tests that need neither the real weights nor many processes (under a minute)
	@$(BIN)/pytest -m "not weights and not processes" -q

.PHONY: format
format: install-dev ## Rewrite the code in the one format
	@$(BIN)/ruff check --fix-only -q . && $(BIN)/ruff format -q .
