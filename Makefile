# Every verb of this checkout. `make help` lists them; CI runs `make test` (.ci/run) and nothing else.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3.11
ROUNDS ?= 5
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export ANSIBLE_CONFIG := $(CURDIR)/ansible.cfg
LAB := PYTHONPATH=tests python -m lab
RUN := python tests/run.py

VERBS := help venv demo demo-down test lint sanity unit contracts browser api integration hosts lab-test soak bench docs docs-check build clean
.PHONY: $(VERBS)

help:            ## List the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' Makefile
venv: .venv/.stamp ## Install the pinned tools into .venv and link the checkout as dvp.baremetal
demo: venv       ## Build the lab, turn it into a virtualization platform, say what came of it; the lab stays up
	@$(LAB) demo
demo-down: venv  ## Remove every trace of the lab
	@$(LAB) down
test: venv       ## Run every test, cheap ones first; the last line counts them
	@$(RUN)
lint: venv       ## ruff, mypy, yamllint, ansible-lint, fresh documents, changelog
	@$(RUN) lint
sanity: venv     ## ansible-test sanity on what the artifact ships
	@$(RUN) sanity
unit: venv       ## Tests of pure functions
	@$(RUN) unit
contracts: venv  ## Tests that compare what is written twice
	@$(RUN) contracts
browser: venv    ## The page of the report in Chromium, which is installed when it is missing
	@$(RUN) browser
api: venv        ## Tests against a real kube-apiserver, without machines
	@$(RUN) api
integration: venv ## The artifact in empty environments, and bad inventories, without machines
	@$(RUN) integration
hosts: venv      ## A fleet of hosts in containers, each broken in another way
	@$(RUN) hosts
lab-test: venv   ## Tests on the lab's machines
	@$(RUN) lab
soak: venv       ## The lab tests again and again, ROUNDS times (5), until one fails
	@for round in $$(seq $(ROUNDS)); do echo "soak: round $$round of $(ROUNDS)"; $(RUN) lab; done
bench: venv      ## Measure rules and report for 1000 and 5000 hosts, preflight for 100 and 200; print tables
	@PYTHONPATH=.collections:tests python -m bench
	@PYTHONPATH=.collections:tests python -m bench.preflight
docs: venv       ## Write the generated documents
	@python docs/tools/generate.py
docs-check: venv ## Say which generated documents are stale
	@python docs/tools/generate.py --check
build: venv      ## Build the artifact into build/
	@ansible-galaxy collection build --force --output-path build
clean:           ## Remove what was built; the lab is removed by demo-down
	@rm -rf build .venv .collections .ansible .*_cache

# python3.11 of a fresh Debian has no ensurepip: then python3-venv is installed, when we may.
.venv/.stamp: requirements.txt requirements-dev.txt constraints.txt
	@echo "venv: installing the tools of constraints.txt into .venv (about a minute)"
	@.venv/bin/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv >/dev/null \
	  || { [ "$$(id -u)" = 0 ] && apt-get -qq update && apt-get -qq install -y python3-venv && $(PYTHON) -m venv --clear .venv; }
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@mkdir -p .collections/ansible_collections/dvp && ln -sfn ../../.. .collections/ansible_collections/dvp/baremetal
	@touch $@
