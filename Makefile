# `make demo` and `make test` are all that a newcomer needs; both build the environment first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Style sheets and scripts are formatted and linted by a program of Node; a running site needs none.
NODE := node_modules/.package-lock.json
BIOME := node_modules/.bin/biome
TEMPLATES := assessments benchmarks platform
SERVICES ?= auto
REQUIRE ?= none
PORT ?= 8000

.PHONY: demo test quick check check-types check-rest format bench bench-autosave bench-model bench-reports test-accessibility messages screenshots node clean

demo: $(VENV)/.runtime
	DEMO=true VAR_DIR=$(CURDIR)/var/demo PORT=$(PORT) $(BIN)/python manage.py demo

test: $(VENV)/.development
	$(BIN)/python tests/run.py --services $(SERVICES) --require $(REQUIRE)

# Under two minutes, while one works: what reads the code fastest, and the tests of what changed.
quick: $(VENV)/.development
	$(BIN)/python -m tests.quick

# Types take as long as all the rest, so both run at once.
check: $(VENV)/.development $(NODE)
	$(MAKE) --no-print-directory --jobs 2 --output-sync=target check-types check-rest

check-types:
	$(BIN)/mypy .

check-rest:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/djangofmt --check $(TEMPLATES)
	$(BIOME) check --error-on-warnings
	$(BIN)/python manage.py check --fail-level WARNING
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py messages --check
	$(BIN)/lint-imports
	$(BIN)/python manage.py spectacular --validate --fail-on-warn --file /dev/null
	$(BIN)/yamllint docker-compose.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	$(BIN)/hadolint Dockerfile

format: $(VENV)/.development $(NODE)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/djangofmt $(TEMPLATES)
	$(BIOME) check --write

bench: $(VENV)/.development
	$(BIN)/python bench/bureau.py
	$(BIN)/python bench/exchange.py
	$(BIN)/python bench/answers.py

bench-autosave: $(VENV)/.development
	$(BIN)/python bench/autosave.py

bench-model: $(VENV)/.development
	OPENBLAS_NUM_THREADS=1 PYTHONPATH=. $(BIN)/python -m bench.model
	OPENBLAS_NUM_THREADS=1 PYTHONPATH=. $(BIN)/python -m bench.upgrade

bench-reports: $(VENV)/.development
	DEMO=true VAR_DIR=$(CURDIR)/var/bench-reports $(BIN)/python bench/reports.py

# Each page of the site by axe in every width, theme and language; the suite takes a pairwise selection.
test-accessibility: $(VENV)/.development
	ALL_FORMS=true $(BIN)/python -m pytest -n 2 --dist loadgroup tests/e2e/test_every_page.py tests/e2e/test_rare_pages.py

messages: $(VENV)/.development
	$(BIN)/python manage.py messages

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.txt constraints.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/.development: requirements-dev.txt $(VENV)/.runtime
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	$(BIN)/python manage.py messages --compile
	touch $@

node:
	@command -v node >/dev/null && command -v npm >/dev/null || { \
	  echo "Style sheets and scripts are checked and formatted by a program of Node, and node or npm is not here." >&2; \
	  echo "On Debian: apt-get install nodejs npm" >&2; exit 1; }

$(NODE): package.json package-lock.json | node
	npm ci --no-audit --no-fund
	touch $@

clean:
	rm -rf $(VENV) node_modules var build .mypy_cache .ruff_cache .pytest_cache .hypothesis

screenshots: $(VENV)/.development
	$(BIN)/python docs/screenshots/take.py --site http://127.0.0.1:$(PORT)
