# The two commands are `make run` and `make test`; see README.md.
PYTHON ?= python3
ARCHIVE ?= archive
HOST ?= 127.0.0.1
PORT ?= 8000
LIMIT ?= 20000
SIZES ?= 10000 50000
TARGET ?= query
SECONDS ?= 600
VENV := .venv
BIN := $(VENV)/bin
LOCK = $(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url \
	--no-emit-find-links --no-header $(LOCK_FLAGS)

.PHONY: run test lint format bench bench-load bench-pages lock audit fuzz mutants docs screenshots clean

run: $(VENV)/.run
	$(BIN)/khobao index corpus/articles --archive $(ARCHIVE)
	$(BIN)/khobao serve --archive $(ARCHIVE) --host $(HOST) --port $(PORT)

test: $(VENV)/.dev
	$(BIN)/python -m pytest

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The articles and queries are not part of the project: name your own files.
bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks.relevance --articles $(ARTICLES) --queries $(QUERIES) --limit $(LIMIT)
	$(BIN)/python -m benchmarks.typing --articles $(ARTICLES) --queries $(QUERIES) --limit $(LIMIT)
	$(BIN)/python -m benchmarks.synonyms --articles $(ARTICLES) --queries $(QUERIES) --limit $(LIMIT)
	$(BIN)/python -m benchmarks.recency --articles $(ARTICLES) --queries $(QUERIES) --limit $(LIMIT)
	$(BIN)/python -m benchmarks.related --articles $(ARTICLES) --limit $(LIMIT)
	$(BIN)/python -m benchmarks.segmentation --articles $(ARTICLES)
	$(BIN)/python -m benchmarks.encodings --articles $(ARTICLES)
	$(BIN)/python -m benchmarks.worst_inputs
	$(BIN)/python -m benchmarks.speed --articles $(ARTICLES) --queries $(QUERIES) $(foreach size,$(SIZES),--size $(size))

# Saved pages with labels, beside trafilatura.
bench-pages: $(VENV)/.dev
	$(BIN)/python -m benchmarks.pages --pages $(PAGES) --labels $(LABELS)

# Many users at once, on an archive that is there.
bench-load: $(VENV)/.dev
	$(BIN)/python -m benchmarks.load --archive $(ARCHIVE) --queries $(QUERIES)

# Writes the real output of the commands in README.md and docs/, and the screenshot.
docs: $(VENV)/.dev
	$(BIN)/python -m tests.test_readme
	$(BIN)/python -m tests.browser.screenshot

screenshots: $(VENV)/.dev
	$(BIN)/python -m tests.browser.screenshot --all

# Both lock files come from pyproject.toml. The pins stay until they are raised by hand:
# make lock LOCK_FLAGS=--upgrade
lock: $(VENV)/.dev
	$(LOCK) pyproject.toml -o requirements.lock
	$(LOCK) --extra dev pyproject.toml -o requirements-dev.lock
	$(LOCK) --extra by-hand pyproject.toml -o requirements-by-hand.lock

# Known faults of the pinned packages; asks the databases of PyPI and OSV, so it needs a way out.
audit: $(VENV)/.dev
	$(BIN)/uv tool run pip-audit --disable-pip --no-deps -r requirements.lock

# Input that breaks TARGET (query, completion, files, texts, http), looked for as long as SECONDS say.
fuzz: $(VENV)/.by-hand
	$(BIN)/python -m benchmarks.fuzz --target $(TARGET) --seconds $(SECONDS)

# Small changes of the code that no test notices; hours. ONLY='search.query*' for a part.
mutants: $(VENV)/.by-hand
	-$(BIN)/mutmut run $(ONLY)
	$(BIN)/python -m benchmarks.mutants

clean:
	rm -rf $(VENV) $(ARCHIVE) build mutants *.egg-info

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("Kho Bao needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e .
	touch $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e .
	touch $@ $(VENV)/.run

$(VENV)/.by-hand: requirements-by-hand.lock $(VENV)/.dev
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-by-hand.lock
	touch $@
