# Each target sets up what it needs in .venv and is quick the second time.
PYTHON ?= python3
BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help demo test fast check bench bench-knowledge bench-reading bench-grounding eval clean
SHARED ?= ../shared

help:  ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip

.venv/.product: pyproject.toml | $(BIN)/python
	@echo "Installing the product into .venv (a few minutes the first time)"
	$(BIN)/python -m pip install --editable .
	@touch $@

.venv/.dev: .venv/.product
	$(BIN)/python -m pip install --editable '.[dev]'
	@touch $@

demo: .venv/.product  ## serve the product with demo accounts on http://127.0.0.1:7860
	$(BIN)/python app.py --demo

test: .venv/.dev  ## every test, the embedded models and the browser included
	$(BIN)/python -m prompts pull
	$(BIN)/python -m pytest $(PYTEST_ARGS)

fast: .venv/.dev  ## the tests that need neither models nor a browser
	$(BIN)/python -m pytest -m "not live and not browser" $(PYTEST_ARGS)

check: .venv/.dev  ## style, types, prompt lock
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m prompts check
	$(BIN)/python -m knowledge items

eval: .venv/.product  ## run the shipped suites and compare with their baselines
	$(BIN)/python -m prompts pull
	$(BIN)/python -m eval run eval/suites/*.yaml --compare

bench: .venv/.product  ## speed of search, reading, checking and the engine on this machine
	$(BIN)/python -m prompts pull
	$(BIN)/python -m eval bench

bench-knowledge: .venv/.dev  ## each stage of the search beside the usual recipe, versions in force, the index at growing sizes
	$(BIN)/python -m knowledge measure --documents $(SHARED)/corpus/laws --questions $(SHARED)/corpus/queries/stard_dev.jsonl $(SHARED)/corpus/queries/lawbench_3-2_dev.jsonl $(SHARED)/sets/dev/qa.jsonl
	$(BIN)/python -m knowledge versions --documents $(SHARED)/corpus/laws
	$(BIN)/python -m knowledge bench --documents $(SHARED)/corpus/laws

bench-reading: .venv/.dev  ## pages a second and rightness of reading beside other libraries
	$(BIN)/python -m knowledge bench-reading

bench-grounding: .venv/.product  ## every checker of claims and the panel, on claims held out
	$(BIN)/python -m prompts pull
	$(BIN)/python -m knowledge.bench_grounding --claims $(SHARED)/sets/dev/claims.jsonl --news $(SHARED)/sets/dev/news_claims.jsonl --laws $(SHARED)/corpus/laws --fresh tests/knowledge/hostile_claims.jsonl --odds data/odds.json

clean:  ## remove what setting up made; data/ stays
	rm -rf .venv .mypy_cache .ruff_cache build *.egg-info
