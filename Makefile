# make demo: from nothing to a built demo mesh. make test: the wheel, tested; make slow: at length.
# make check: all that CI does.
PYTHON ?= python3
ENV := .venv
DEV := .venv-dev
BIN := $(ENV)/bin
DEVBIN := $(DEV)/bin
SOURCES := $(shell find src -type f -not -path '*/__pycache__/*' 2>/dev/null)
export PIP_DISABLE_PIP_VERSION_CHECK = 1

# A Python without the venv module gets virtualenv from pip, in a folder of its own.
define environment
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(1) 2>/dev/null || ( rm -rf $(1) && \
	  $(PYTHON) -m pip install -q --target .virtualenv virtualenv && \
	  PYTHONPATH=.virtualenv $(PYTHON) -m virtualenv -q $(1) )
endef

.PHONY: demo test slow wheel check lint format types floors docs reference web screenshots bench clean

DIR ?= demo
demo: $(BIN)/mesh
	@if [ -e "$(DIR)/mesh.yaml" ]; then \
	  echo "the demo is in $(DIR) already; another one: make demo DIR=other"; \
	else \
	  echo "(the command is $(abspath $(BIN))/mesh; export PATH=\"$(abspath $(BIN)):\$$PATH\" makes it \`mesh\`)" && \
	  $(BIN)/mesh demo "$(DIR)"; \
	fi

$(BIN)/mesh: pyproject.toml $(SOURCES)
	$(call environment,$(ENV))
	$(BIN)/pip install -q .
	@touch $@

$(DEV)/.ready: pyproject.toml
	$(call environment,$(DEV))
	$(DEVBIN)/pip install -q '.[dev]'
	@touch $@

# The wheel is what is tested: it is built, installed without its sources, and the tests import that. Two workers
# halve the time on two cores; the slow files hold many small tests, so idle workers steal.
TESTED := $(DEVBIN)/python -m pytest -n 2 --dist worksteal
test: wheel
	$(TESTED) -m "not slow"

# Each takes many seconds: killed at every call, lived through day by day, interrupted, attacked at length.
slow: wheel
	$(TESTED) -m slow

wheel: $(DEV)/.ready
	rm -rf dist
	$(DEVBIN)/python -m build -q --outdir dist .
	$(DEVBIN)/pip install -q --no-deps --force-reinstall dist/*.whl

check: lint types floors docs test slow

lint: $(DEV)/.ready
	$(DEVBIN)/ruff format --check .
	$(DEVBIN)/ruff check .

format: $(DEV)/.ready
	$(DEVBIN)/ruff format .
	$(DEVBIN)/ruff check --fix .

types: $(DEV)/.ready
	$(DEVBIN)/mypy

floors: $(DEV)/.ready
	PYTHONPATH=src $(DEVBIN)/lint-imports

docs: $(DEV)/.ready
	PYTHONPATH=src $(DEVBIN)/python scripts/make_reference.py --check

reference: $(DEV)/.ready
	PYTHONPATH=src $(DEVBIN)/python scripts/make_reference.py

# The pages' scripts and styles, bundled anew; `pip install` and the wheel do it by themselves.
web: $(DEV)/.ready
	cd web && { [ -d node_modules ] || $(CURDIR)/$(DEVBIN)/npm ci --ignore-scripts --no-audit --no-fund; }
	cd web && $(CURDIR)/$(DEVBIN)/node node_modules/typescript/bin/tsc --noEmit
	cd web && $(CURDIR)/$(DEVBIN)/node build.mjs ../src/meshwright/serve/web/built

# The pictures of the web pages in docs/screenshots, from the real demo.
screenshots: $(DEV)/.ready
	$(DEVBIN)/pip install -q --no-deps .
	$(DEVBIN)/python scripts/make_screenshots.py

bench: $(BIN)/mesh
	$(BIN)/python bench/build.py
	$(BIN)/python bench/audit.py
	$(BIN)/python bench/scan.py
	$(BIN)/python bench/scale.py
	$(BIN)/python bench/detect.py
	$(BIN)/python bench/replay.py
	$(BIN)/python bench/watch.py
	$(BIN)/python bench/incidents.py
	$(BIN)/python bench/peers.py columns presidio datahub
	bench/.envs/columns/bin/python bench/classify_data.py
	$(BIN)/python bench/classify.py
	$(BIN)/python bench/health.py
	$(BIN)/python bench/lineage.py

clean:
	rm -rf $(ENV) $(DEV) .virtualenv dist build

# Asks the public advisories about dependencies; says so where they cannot be reached, and fails on what is known.
.PHONY: audit
audit: $(DEV)/.ready
	-$(DEVBIN)/pip install -q pip-audit
	$(DEVBIN)/python scripts/audit_dependencies.py
