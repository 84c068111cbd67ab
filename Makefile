# The one list of recipes; CI calls the same ones. `make` alone explains itself.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PHOTOS ?=
CAPTIONS ?=
ENCODERS ?=
DEMO := build/demo
INSTALLED := $(VENV)/.installed
INSTALLED_DEV := $(VENV)/.installed-dev
SERVERS := build/servers
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help install dev demo servers test lint format bench bench-server bench-scale evaluate screenshots docs clean

help: ## explain the recipes
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 20

$(BIN)/python:
	@scripts/bootstrap.sh "$(PYTHON)" "$(VENV)"

$(INSTALLED): pyproject.toml | $(BIN)/python
	$(PIP) --editable ".[places,server]"
	@touch $@

$(INSTALLED_DEV): $(INSTALLED)
	$(PIP) --group dev --group reference --editable ".[jxl,raw,postgresql,mariadb,encoders,openvino,places,arrow,pandas,ocr,server,client]"
	@scripts/browser.sh build/node
	@touch $@

install: $(INSTALLED) ## make .venv with Mindseye in it

dev: $(INSTALLED_DEV) ## the same with what development needs

demo: $(INSTALLED) ## ingest photos and search them; PHOTOS=folder takes your own
	@$(BIN)/python scripts/demo.py --build $(DEMO) $(if $(PHOTOS),--photos "$(PHOTOS)")

servers: $(INSTALLED_DEV)
	@$(BIN)/python scripts/servers.py $(SERVERS)

test: lint servers ## lint, types, architecture and all tests
	$(BIN)/pytest --numprocesses auto --dist loadfile

lint: $(INSTALLED_DEV) ## the checks of `make test` without the tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(INSTALLED_DEV) ## put code into the house's form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(INSTALLED_DEV) ## measure speed and memory (minutes); results in build/bench
	$(BIN)/python benchmarks/run.py --out build/bench

bench-server: $(INSTALLED_DEV) ## measure the server and its page: memory, answers, 64 clients, first photo, frames
	$(BIN)/python benchmarks/run.py --out build/bench server page

bench-scale: $(INSTALLED_DEV) servers ## measure the index up to ten million vectors, and servers with a million (three hours, 13 GB); SIZES=..., FOLDER=..., ROWS=...
	$(BIN)/python benchmarks/scale.py $(if $(SIZES),--sizes $(SIZES)) $(if $(FOLDER),--folder $(FOLDER)) --json build/bench/scale.json
	$(BIN)/python benchmarks/servers.py --photos $(or $(ROWS),1000000) $(if $(FOLDER),--folder $(FOLDER)) --json build/bench/servers.json

evaluate: $(INSTALLED) ## how well captions find pictures; CAPTIONS=file, ENCODERS="spec spec"
	@$(BIN)/python scripts/evaluate.py --build build/evaluate $(if $(CAPTIONS),--captions "$(CAPTIONS)") $(ENCODERS)

screenshots: $(INSTALLED_DEV) ## pictures of every page in build/screenshots, to be looked at
	@test -d $(DEMO)/library || $(BIN)/python scripts/demo.py --build $(DEMO)
	@$(BIN)/python scripts/screenshots.py --library $(DEMO)/library --out build/screenshots

docs: $(INSTALLED_DEV) ## build the documentation into site/
	$(BIN)/python scripts/reference.py
	$(PIP) --group docs
	$(BIN)/mkdocs build --strict --quiet

clean: ## remove everything that was made
	rm -rf $(VENV) build dist site .mypy_cache .ruff_cache .pytest_cache .hypothesis
