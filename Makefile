# make demo    convert data/raw to data/clean and tell what came out
# make test    run the tests
# make quick   run those that together take about a minute
# make same    check that the outputs are those that are committed
# make lint    check style and types
# make format  bring the code into style
# make bench   measure accuracy and speed
# make train   train the recogniser anew (hours)
# make pins    pin the newest versions in requirements*.txt
#
# Each sets up what it needs first; see setup.sh.

PY := .venv/bin/python
ROOMS := batch console export ingest lab language normalize review vocab
ROOT := $(filter-out __init__.py, $(wildcard *.py))

.PHONY: demo test quick same lint format bench train pins
.DELETE_ON_ERROR:

demo: .venv/.run
	.venv/bin/iki convert data/raw --out data/clean --adopt
	.venv/bin/iki summary data/clean

test: .venv/.dev
	$(PY) -m pytest

quick: .venv/.dev
	$(PY) -m pytest -m "not slow"

same: .venv/.dev
	$(PY) -m iki.lab.measure.same

format: .venv/.dev
	$(PY) -m ruff check --fix
	$(PY) -m ruff format

lint: .venv/.dev
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	mkdir -p .lint && ln -sfn .. .lint/iki
	MYPYPATH=.lint $(PY) -m mypy $(ROOMS:%=-p iki.%) $(ROOT:%.py=-m iki.%)

bench: .venv/.dev
	$(PY) -m iki.lab.measure.regression --out out/regression

train: .venv/.train
	$(PY) -m iki.lab.train.recogniser.run
	$(PY) -m iki.lab.train.recogniser.export

.venv/.run: requirements.txt
.venv/.dev: requirements-dev.txt
.venv/.train: requirements-dev.txt requirements-train.txt
.venv/.run .venv/.dev .venv/.train: pyproject.toml setup.sh
	bash setup.sh $(@:.venv/.%=%)

# Pinned with the oldest Python that is supported, so that the pins hold for all of them.
PIN = .pins/bin/pip-compile --quiet --no-header --strip-extras --generate-hashes --allow-unsafe \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options
pins:
	python3.11 -m venv .pins && .pins/bin/pip install --quiet pip-tools
	$(PIN) --build-deps-for editable --extra review --extra pdf --extra export -o requirements.txt pyproject.toml
	$(PIN) --build-deps-for editable --extra dev --extra review --extra pdf --extra export --extra cluster -c requirements.txt -o requirements-dev.txt pyproject.toml
	$(PIN) --extra train -c requirements-dev.txt -o requirements-train.txt pyproject.toml
