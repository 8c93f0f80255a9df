# Requires GNU make 3.81 (macOS) or later and Python 3.11 or later; everything else is installed into the checkout.

PYTHON ?= python3
AUTH ?= none
DETECTOR ?= edge
BIN := .venv/bin
# The CDK CLI runs `python app.py`; npm and jsii run `node`: both are in this folder.
export PATH := $(CURDIR)/$(BIN):$(PATH)

PIP := .venv/pip
INSTALLED := .venv/installed
BENCHABLE := .venv/benchable
DEPLOYABLE := .venv/deployable
CHECKOV := .venv/checkov
CDK := node_modules/.bin/cdk
CDK_INSTALLED := node_modules/.package-lock.json
GENERATORS := tests/openapi/generators
GENERATORS_INSTALLED := $(GENERATORS)/node_modules/.package-lock.json
LOCAL_SETTINGS = $$($(BIN)/python -m local settings)

.DEFAULT_GOAL := help
.PHONY: help run stop test chaos check lint types templates bench simulate synth deploy webhook-secret

help: ## print this list
	@echo "make <target>:"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' Makefile | expand -t 20

run: $(INSTALLED) $(CDK_INSTALLED) ## deploy into an emulator on this machine and recognize three photographs (AUTH=cognito, DETECTOR=cascade, KEEP=1, PORT=4566, REKOGNITION_TPS=1, WAIT=2)
	@$(BIN)/python -m local run --auth $(AUTH) --detector $(DETECTOR) $(if $(KEEP),--keep) $(if $(PORT),--port $(PORT)) \
	  $(if $(REKOGNITION_TPS),--rekognition-tps $(REKOGNITION_TPS)) $(if $(WAIT),--longest-wait $(WAIT))

stop: ## end the processes that `make run` started; what they stored is thrown away, unless KEEP=1 kept it
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m local stop; else echo "Nothing was running."; fi

test: $(INSTALLED) $(CDK_INSTALLED) $(GENERATORS_INSTALLED) ## run all tests in two processes, deployments included; with ARGS="-k name" the named tests in one process
	$(BIN)/python -m pytest $(or $(ARGS),--numprocesses 2)

chaos: $(INSTALLED) $(CDK_INSTALLED) ## send a thousand images through the deployed app while everything fails, print the ledger; ten minutes or more (SEED=11 repeats a run)
	$(BIN)/python -m tests.chaos $(if $(SEED),--seed $(SEED))

check: lint types templates ## run lint, types and templates; -j2 runs them in parallel

lint: $(INSTALLED) ## run ruff and codespell
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell

types: $(INSTALLED) ## run mypy, strict
	$(BIN)/mypy .

templates: $(INSTALLED) $(CDK_INSTALLED) $(CHECKOV)/installed ## synthesize, and run cdk-nag, cfn-lint and checkov on the templates
	$(CDK) synth --quiet --no-notices --output cdk.out/account
	$(CDK) synth --quiet --no-notices --output cdk.out/local $(LOCAL_SETTINGS)
	$(BIN)/cfn-lint -- cdk.out/account/*.template.json cdk.out/local/*.template.json
	$(CHECKOV)/bin/checkov --config-file checkov.yaml

bench: $(BENCHABLE) $(CDK_INSTALLED) ## print figures beside their goals (ARGS="edge chain")
	$(BIN)/python -m tests.benchmarks $(ARGS)

simulate: $(INSTALLED) ## print what the chain does at 1 to 11,600 images a second, and what limits it; two minutes (ARGS="rates")
	@$(BIN)/python -m tests.simulation $(ARGS)

synth: $(DEPLOYABLE) $(CDK_INSTALLED) ## write the templates for an account into cdk.out; needs neither Docker nor credentials (ARGS="-c stage=blue")
	$(CDK) synth --quiet --no-notices $(ARGS)

deploy: $(DEPLOYABLE) $(CDK_INSTALLED) ## deploy every stack to the account of your AWS credentials (ARGS="-c stage=blue")
	$(CDK) deploy --all $(ARGS)

webhook-secret: $(DEPLOYABLE) ## print the signing secret of the endpoint named by webhook_url (ARGS="--stack blue-IntegrationStack")
	@$(BIN)/python -m integration.subscriptions.default_secret $(ARGS)

# A stamp file marks each set of packages as installed; deploying needs fewer packages than running and testing.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "This needs Python 3.11 or later as $(PYTHON); name another one: make PYTHON=/path/to/python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { \
	  rm -rf .venv; echo "$(PYTHON) cannot create a virtual environment; on Debian: apt install python3-venv" >&2; exit 1; }

$(PIP): requirements-pip.txt | $(BIN)/python
	@$(call pip-install,$<)
	@touch $@

$(DEPLOYABLE): requirements.txt constraints.txt $(PIP)
	@echo "Installing the pinned packages for deploying; the first time takes half a minute ..."
	@$(call pip-install,requirements.txt)
	@touch $@

$(INSTALLED): requirements-dev.txt $(DEPLOYABLE)
	@echo "Installing the pinned packages for running and testing; the first time takes a minute ..."
	@$(call pip-install,requirements-dev.txt)
	@touch $@

$(CHECKOV)/installed: requirements-checkov.txt $(PIP)
	@echo "Installing checkov into an environment of its own ..."
	@$(BIN)/python -m venv --without-pip $(CHECKOV)
	@$(call pip-install,$<,--python $(CHECKOV)/bin/python)
	@touch $@

$(BENCHABLE): requirements-bench.txt $(INSTALLED)
	@echo "Installing the packages that the benchmarks compare with ..."
	@$(call pip-install,requirements-bench.txt)
	@touch $@

$(CDK_INSTALLED): package.json package-lock.json | $(DEPLOYABLE)
	@echo "Installing the pinned CDK CLI into node_modules ..."
	@mkdir -p .local/logs
	@$(BIN)/npm ci --no-audit --no-fund > .local/logs/npm.log 2>&1 || { \
	  tail -n 15 .local/logs/npm.log; \
	  echo "npm could not install the CDK CLI; is the network there? The log is .local/logs/npm.log" >&2; exit 1; }
	@touch $@

$(GENERATORS_INSTALLED): $(GENERATORS)/package.json $(GENERATORS)/package-lock.json | $(DEPLOYABLE)
	@echo "Installing the generators of clients that the tests run ..."
	@mkdir -p .local/logs
	@$(BIN)/npm ci --prefix $(GENERATORS) --ignore-scripts --no-audit --no-fund > .local/logs/generators.log 2>&1 || { \
	  tail -n 15 .local/logs/generators.log; \
	  echo "npm could not install the generators; is the network there? The log is .local/logs/generators.log" >&2; exit 1; }
	@touch $@

define pip-install
mkdir -p .local/logs; log=.local/logs/$(basename $(1)).log; \
$(BIN)/python -m pip $(2) install --no-compile --disable-pip-version-check -r $(1) > $$log 2>&1 || { \
  grep -E '^ERROR' $$log | tail -n 5; \
  echo "pip could not install $(1); is the network there? The log is $$log" >&2; exit 1; }
endef
