# Every recipe works in a bare clone with Python 3.11 or newer: the first one builds .venv.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
INSTALLED := .venv/installed
PYTEST := $(BIN)/python -m pytest -n 2 --dist worksteal
DEMO_PERSON ?= examples/01-injectable-stable-61.json
DEMO_PAGE := out/demo.html

export STEPDOWN_REFERENCE ?= $(abspath ../shared)

.PHONY: demo demo-cohort demo-digest demo-loop test check validate docs bench

demo: $(INSTALLED) ## one person's answer in the terminal, and as a page in out/
	@mkdir -p out
	@$(BIN)/stepdown assess $(DEMO_PERSON)
	@$(BIN)/stepdown assess $(DEMO_PERSON) --format html -o $(DEMO_PAGE)
	@echo "The same answer as a page: $(DEMO_PAGE)"

demo-digest: $(INSTALLED) ## the digest of the whole library as a site in out/digest
	@mkdir -p out
	@$(BIN)/stepdown digest build -o out/digest
	@echo "Open it in a browser: out/digest/index.html"

demo-cohort: $(INSTALLED) ## a cohort on an invented registry of 1,000 people, with its report in out/
	@rm -rf out/demo-registry out/demo-cohort && mkdir -p out
	@$(BIN)/stepdown registry simulate --people 1000 --seed 1 -o out/demo-registry
	@$(BIN)/stepdown cohort run stopping-ocrelizumab --registry out/demo-registry -o out/demo-cohort
	@echo "The report: out/demo-cohort/report.html"

demo-loop: $(INSTALLED) ## from a PubMed file to one person's answer, a registry, a study, and back, in out/loop
	@rm -rf out/loop && mkdir -p out/loop
	@$(BIN)/python tools/demo_loop.py docs/tutorial/the-loop.md out/loop

test: $(INSTALLED) ## what CI runs; style and types are looked at beside the tests, and told after them
	@mkdir -p out
	@$(MAKE) --no-print-directory check > out/check.txt 2>&1 & check=$$!; \
		tools/install_machine_parts; arrived=$$?; \
		$(PYTEST) --cov --cov-report= --cov-report=json:out/coverage.json; tested=$$?; \
		wait $$check; checked=$$?; cat out/check.txt; \
		test $$arrived = 0 && test $$tested = 0 && test $$checked = 0
	$(BIN)/python tools/check_coverage.py out/coverage.json

check: $(INSTALLED) ## style, types and import contracts
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

validate: $(INSTALLED) ## long runs: many generated people, other people's programs
	@tools/install_machine_parts
	@validation/install_peers
	@tools/install_pubmed_file
	$(PYTEST) -m validate

docs: $(INSTALLED) ## write the generated pages, then run every example in the docs
	@for page in tools/write_*.py; do echo $$page; $(BIN)/python $$page || exit 1; done
	$(BIN)/python tools/write_rules_reference.py
	$(BIN)/python -m pytest tests/docs

bench: $(INSTALLED) ## how long an answer takes, beside the peers
	@benchmarks/install_peers
	@tools/install_pubmed_file
	$(BIN)/python benchmarks/run.py --save benchmarks/results.md
	$(BIN)/python benchmarks/survival.py --save benchmarks/survival.md
	$(BIN)/python benchmarks/cohorts.py --save benchmarks/cohorts.md
	$(BIN)/python benchmarks/watch.py --save benchmarks/watch.md
	$(BIN)/python benchmarks/intake.py --save benchmarks/intake.md
	$(BIN)/python benchmarks/screening.py --save benchmarks/screening.md
	$(BIN)/python benchmarks/fhir.py --save benchmarks/fhir.md
	$(BIN)/python benchmarks/load.py --save benchmarks/load.md
	$(BIN)/python benchmarks/omop.py --save benchmarks/omop.md

$(INSTALLED): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "stepdown needs Python 3.11 or newer: install it, or name it with make PYTHON=..."; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { rm -rf .venv; exit 2; }
	@echo "Installing stepdown and what it is tested with into .venv ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt hatchling editables
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt \
		--no-build-isolation --editable '.[dev,plots,pdf,cohorts,postgres,spark,literature,web]'
	@touch $@
