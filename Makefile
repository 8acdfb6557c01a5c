# hamlet: `make` lists the targets.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
CYCLONEDX := 7.5.0
PIP_AUDIT := 2.10.1
IN_PARALLEL := -n 2 --dist loadfile --no-loadscope-reorder
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

.PHONY: pictures
pictures: install ## Also install what reads pictures (optional)
	@$(BIN)/pip install --disable-pip-version-check -q --no-deps --require-hashes -r requirements-pictures.txt

.PHONY: traces
traces: install ## Also install what sends traces (optional)
	@$(BIN)/pip install --disable-pip-version-check -q --no-deps --require-hashes -r requirements-traces.txt

.PHONY: install-dev
install-dev:
	@$(PYTHON) bootstrap.py --dev

.PHONY: test
test: install-dev ## Set everything up and pass every test
	@$(BIN)/pytest $(IN_PARALLEL)

.PHONY: test-fast
test-fast: install-dev ## The small tests, on SQLite alone (about a minute)
	@$(BIN)/pytest $(IN_PARALLEL) -m "not weights and not processes and not stories and not long" -k "not postgresql" -q

.PHONY: check
check: install-dev ## Everything that must hold: format, lint, types, imports, compose, migrations, all tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec compose.yaml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/images.yaml
	$(MAKE) --no-print-directory check-migrations
	$(BIN)/pytest $(IN_PARALLEL)

.PHONY: coverage
coverage: install-dev ## All tests, and which lines they pass through
	$(BIN)/pytest $(IN_PARALLEL) --cov --cov-report=term

.PHONY: check-migrations
check-migrations: install-dev
	@scratch=$$(mktemp -d) && trap 'rm -rf "$$scratch"' EXIT && export HAMLET_HOME="$$scratch" HAMLET_DATABASE_URL= && \
	for step in "upgrade head" check "downgrade base" "upgrade head"; do $(BIN)/alembic $$step || exit 1; done

.PHONY: debian
debian: ## Debian's Chromium, PgBouncer and promtool for their tests, where this is root on Debian
	@if ! { command -v chromium && command -v pgbouncer; } >/dev/null && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -q && apt-get install -y -q --no-install-recommends chromium fonts-dejavu-core pgbouncer; fi
	@if ! command -v promtool >/dev/null && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  scratch=$$(mktemp -d) && cd "$$scratch" && apt-get update -q && apt-get download -q prometheus && \
	  dpkg-deb -x prometheus_*.deb . && install usr/bin/promtool /usr/local/bin/promtool && rm -rf "$$scratch"; fi

.PHONY: ci
ci: debian check ## What the machine that guards the main branch runs

.PHONY: lock
lock: ## Pin the newest versions that fit pyproject.toml into requirements*.txt (needs uv)
	echo "torch ; sys_platform == 'never'" > .overrides.txt
	for extra in "" pictures traces dev; do \
	  uv pip compile pyproject.toml $${extra:+--extra $$extra} --universal --python-version 3.11 --generate-hashes --overrides .overrides.txt \
	    --no-emit-package torch --no-header --no-annotate -q -U -o requirements$${extra:+-$$extra}.txt || exit 1; done
	rm .overrides.txt

.PHONY: sbom
sbom: ## List the pinned dependencies, those of pictures and traces, and torch, as CycloneDX in sbom.json
	@scratch=$$(mktemp -d) && trap 'rm -rf "$$scratch"' EXIT && $(PYTHON) -m venv "$$scratch/venv" && \
	"$$scratch/venv/bin/pip" install --disable-pip-version-check -q "cyclonedx-bom==$(CYCLONEDX)" && \
	{ cat requirements.txt requirements-pictures.txt requirements-traces.txt | awk '/^[^ ]/ { known = seen[$$0]++ } !known'; sed -n 's/^TORCH = "\(.*\)"/\1/p' bootstrap.py; } | \
	"$$scratch/venv/bin/cyclonedx-py" requirements --pyproject pyproject.toml --output-reproducible --of JSON -o sbom.json - && \
	echo "sbom.json: $$(grep -c '"purl"' sbom.json) packages"

.PHONY: audit
audit: ## Compare the pinned dependencies, and torch, with known vulnerabilities, where the advisory database can be reached
	@scratch=$$(mktemp -d) && trap 'rm -rf "$$scratch"' EXIT && $(PYTHON) -m venv "$$scratch/venv" && \
	"$$scratch/venv/bin/pip" install --disable-pip-version-check -q "pip-audit==$(PIP_AUDIT)" && \
	sed -n 's/^TORCH = "\(.*\)"/\1/p' bootstrap.py > "$$scratch/torch.txt" && test -s "$$scratch/torch.txt" && \
	for pins in "--no-deps -r $$scratch/torch.txt" "--require-hashes -r requirements.txt" "--require-hashes -r requirements-pictures.txt" \
	  "--require-hashes -r requirements-traces.txt" "--require-hashes -r requirements-dev.txt"; do \
	  "$$scratch/venv/bin/pip-audit" --strict --disable-pip $$pins || exit 1; done

.PHONY: format
format: install-dev ## Rewrite the code in the one format
	@$(BIN)/ruff check --fix-only -q . && $(BIN)/ruff format -q .
