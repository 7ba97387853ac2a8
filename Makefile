# `make` alone lists what there is. `make run` and `make test` do all the set-up by themselves.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
PROCESSORS := $(shell getconf _NPROCESSORS_ONLN)
# half as many workers more than there are processors, because tests wait for disks and each other
PYTEST := pytest --dist worksteal -n $(shell echo $$(($(PROCESSORS) + ($(PROCESSORS) + 1) / 2)))
PYTHON ?= $(shell sh deploy/find_python.sh)

LAYERS := base drivers sim web dev test
# Debian packages that only tests need
TEST_PACKAGES := mosquitto rabbitmq-server influxdb
# and those that only slow tests need
SLOW_TEST_PACKAGES := chromium
# Debian packages that compiling the control code needs
COMPILER_PACKAGES := gcc libc6-dev python3-dev
# what `make install` sets up as systemd services, such as "scada" or "atn ear"
SERVICES ?= scada

.DEFAULT_GOAL := help
.PHONY: help run test slow fast fast-if-possible tests-read check format requirements install clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.run ## set up, then start a simulated house, its SCADA, its AtomicTNode and the Ear
	@$(BIN)/python run_local.py --demo

# what one process has compiled to bytecode the others need not, whatever is usual on this machine
test slow: export PYTHONDONTWRITEBYTECODE :=

test: $(VENV)/.test ## set up, then check style, types and floors and run all tests with coverage
	@sh deploy/debian_packages.sh $(TEST_PACKAGES)
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=target check fast-if-possible tests-read
	@if $(BIN)/python -c "import slipcover" 2> /dev/null; then watched="-m slipcover"; fi; \
	$(BIN)/python $$watched -m $(PYTEST) -m "not slow"

slow: $(VENV)/.test ## set up, then run the long tests: chaos, browser, hostile words
	@sh deploy/debian_packages.sh $(TEST_PACKAGES) $(SLOW_TEST_PACKAGES)
	$(BIN)/python -m $(PYTEST) -m slow -o faulthandler_timeout=1800

fast: $(VENV)/.test ## compile the control code for simulations; optional
	@sh deploy/debian_packages.sh $(COMPILER_PACKAGES)
	@$(BIN)/gws compile

fast-if-possible: $(VENV)/.test
	@$(MAKE) --no-print-directory fast || echo "the control code is not compiled: simulations run from its sources, more slowly"

# their bytecode is made once, in place of once for each worker; what cannot be read is told by the tests themselves
tests-read: $(VENV)/.test
	-@$(BIN)/python -m pytest --collect-only --quiet > /dev/null

check: $(VENV)/.test ## style, types and floors only
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.test ## bring the code into form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

requirements: $(VENV)/.test ## pin all layers anew (UPGRADE=--upgrade takes the newest versions)
	@for layer in $(LAYERS); do \
		echo "requirements/$$layer.txt"; \
		$(BIN)/pip-compile --strip-extras --no-header --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --quiet \
			$(UPGRADE) --output-file requirements/$$layer.txt requirements/$$layer.in || exit 1; \
	done

install: ## set up the services of SERVICES (default: scada) on this machine, as root
	@PYTHON="$(PYTHON)" sh deploy/install.sh $(SERVICES)

clean: ## remove everything that these targets made, the virtual environment too
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Stamps: packages are installed again only when their pins, or the package's own description, have changed.

$(VENV)/.created:
	@sh deploy/make_venv.sh "$(PYTHON)" $(VENV)
	@touch $@

$(VENV)/.run: $(VENV)/.created requirements/base.txt requirements/sim.txt requirements/web.txt pyproject.toml
	@echo "installing what running needs into $(VENV)"
	@$(PIP) install -r requirements/base.txt -r requirements/sim.txt -r requirements/web.txt
	@$(PIP) install --no-deps -e .
	@touch $@

$(VENV)/.test: $(VENV)/.run $(LAYERS:%=requirements/%.txt)
	@echo "installing what tests need into $(VENV)"
	@$(PIP) install $(LAYERS:%=-r requirements/%.txt)
	@touch $@
