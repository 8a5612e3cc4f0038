# make demo   a running site with a letter issued to 115 units and three months of work
# make test   everything that must hold
# make setup  what the other two need; does nothing twice

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
NPM := $(BIN)/npm
CATALOGUES := $(wildcard web/translations/*/LC_MESSAGES/messages.po)

.PHONY: setup demo test lint pytest bench wheel clean

setup: $(BIN)/.installed web/static/dist/manifest.json $(CATALOGUES:.po=.mo)

$(BIN)/.installed: requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=…")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

node_modules/.package-lock.json: package.json package-lock.json $(BIN)/.installed
	PATH="$(CURDIR)/$(BIN):$$PATH" $(NPM) ci --no-audit --no-fund --loglevel=error
	touch $@

web/static/dist/manifest.json: node_modules/.package-lock.json vite.config.js $(shell find web/frontend -type f)
	PATH="$(CURDIR)/$(BIN):$$PATH" $(NPM) run --silent build
	touch $@

%.mo: %.po $(BIN)/.installed
	$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

demo: setup
	$(BIN)/sauro demo

test: setup lint pytest

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	PATH="$(CURDIR)/$(BIN):$$PATH" $(NPM) run --silent lint:bpmn

pytest: setup
	$(BIN)/python -m pytest -n auto --dist loadfile

bench: setup
	$(BIN)/sauro bench

wheel: setup
	$(BIN)/python -m hatchling build --target wheel

clean:
	rm -rf .venv node_modules web/static/dist dist
	find web/translations -name '*.mo' -delete
