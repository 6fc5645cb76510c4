# `make demo` and `make test` do all the set-up on a fresh machine; SETUP names what is installed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SETUP := $(VENV)/.installed

.PHONY: setup demo check test fuzz bench pages picture links docs clean

setup: $(SETUP)

$(SETUP): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt torch
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[torch,dev,docs]'
	touch $(SETUP)

demo: setup
	$(BIN)/miaudit demo --out miaudit-demo

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict

test: setup
	$(BIN)/python -m pytest -n auto --dist worksteal -q

# Property tests on many new random examples each; `make test` repeats the same few.
fuzz: setup
	$(BIN)/python -m pytest -n auto --dist worksteal -q -m hypothesis --hypothesis-profile fuzz

bench: setup
	$(BIN)/python benchmarks/coverage.py

# Writes the pages, schemas and stubs that follow from the code; a test says where they are out of date.
pages: setup
	$(BIN)/python -m miaudit.cli.pages
	cd tests && ../$(BIN)/python -m acceptance.table

# Takes the pictures that the documentation shows.
picture: demo
	$(BIN)/miaudit audit examples/forest.yaml --policy strict --out miaudit-demo-forest || test $$? -lt 2
	cd tests && ../$(BIN)/python -m pages.picture ../miaudit-demo ../miaudit-demo-forest

# Prints the links of the documentation that lead elsewhere, each with its pages; checking them needs a network.
links: setup
	@cd tests && ../$(BIN)/python -m pages.links

docs: setup
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

clean:
	rm -rf $(VENV) site dist miaudit-demo miaudit-demo-forest
