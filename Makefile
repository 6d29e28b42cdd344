# Two commands do all the set-up on a fresh machine with Python and make: `make demo` and `make test`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help demo test test-all lint format reference figures docs bench speed answers peers accuracy clean

help:
	@echo 'make demo      the founding question: will Xi and Biden meet by 2023-11-30, as of 2023-09-29?'
	@echo 'make test      install what the tests need and run those that prove what matters'
	@echo 'make test-all  all tests'
	@echo 'make lint      ruff and mypy'
	@echo 'make reference docs/reference.md anew, from the commands and registries'
	@echo 'make figures   the figures and the picture that the pages show, computed anew'
	@echo 'make docs      the documentation as a site, in docs/_build'
	@echo 'make bench     speed and memory, then the default model against its peers, about twenty minutes'
	@echo 'make speed     the first part of it alone'
	@echo 'make answers   single answers beside bare imports, in CPU time'
	@echo 'make peers     the second part alone'
	@echo 'make accuracy  the coding of the records against the sample coded by reading'

demo: $(VENV)/installed
	$(BIN)/forecast predict USA-CHN --as-of 2023-09-29 --by 2023-11-30

# Tests start the program many times, and each would compile it anew where PYTHONDONTWRITEBYTECODE is set.
test test-all: export PYTHONDONTWRITEBYTECODE =

test: $(VENV)/installed-dev
	FORECAST_TESTS=quick $(BIN)/python -m pytest -n auto --dist worksteal -m "not slow"

test-all: $(VENV)/installed-dev
	$(BIN)/python -m pytest -n auto --dist worksteal

lint: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

reference: $(VENV)/installed-dev
	$(BIN)/python docs/make_reference.py

# Percentages in the outputs that pages show become those that the commands print; prose is left to its writer, whom
# tests/documentation/test_figures.py shows what no longer holds.
figures: $(VENV)/installed-dev
	FORECAST_RENEW=1 $(BIN)/python -m pytest -q tests/documentation/test_examples.py
	$(BIN)/python docs/make_pictures.py
	FORECAST_RENEW=1 $(BIN)/python -m pytest -q tests/test_tracking_browser.py

# Any warning is an error: a link that leads nowhere, a docstring that cannot be read.
docs: $(VENV)/installed-dev
	$(BIN)/python -m sphinx -b html -W --keep-going -q docs docs/_build
	@echo 'open docs/_build/index.html'

# One after the other, whatever MAKEFLAGS say: figures of speed need the machine for themselves.
bench:
	$(MAKE) speed
	$(MAKE) peers

speed: $(VENV)/installed-dev
	$(BIN)/python benchmarks/speed.py

answers: $(VENV)/installed-dev
	$(BIN)/python benchmarks/answers.py

# scikit-survival is GPL and serves this comparison alone.
peers: $(VENV)/installed-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt 'scikit-survival>=0.25'
	$(BIN)/python benchmarks/peers.py

accuracy: $(VENV)/installed-dev
	$(BIN)/python benchmarks/accuracy.py
	$(BIN)/python benchmarks/text_accuracy.py

$(VENV)/created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo 'forecast needs Python 3.11 or later; set PYTHON=/path/to/python3.11'; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

# Compiled once at installation: where PYTHONDONTWRITEBYTECODE is set, every start would compile anew.
$(VENV)/installed: $(VENV)/created pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --compile -c constraints.txt -e .
	@touch $@

$(VENV)/installed-dev: $(VENV)/created pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --compile -c constraints.txt -e '.[dev]'
	@touch $@ $(VENV)/installed

clean:
	rm -rf $(VENV) docs/_build .pytest_cache .mypy_cache .ruff_cache mlruns/models
