# On a fresh machine: Python 3.11 or newer, make and git. Everything else is fetched once, pinned by uv.lock.

SHELL := /bin/bash
.ONESHELL:
.SHELLFLAGS := -eu -o pipefail -c
.SILENT:
.DEFAULT_GOAL := help

VENV := .venv
PYTHON := $(VENV)/bin/python
INSTALLED := $(VENV)/installed

.PHONY: help run test campaign campaign-mail check messages shots reset

help: ## what can be typed here
	sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 16

run: $(INSTALLED) ## the whole desk on this machine; Ctrl-C stops it
	exec $(PYTHON) -m supportdesk.desk

test: $(INSTALLED) ## everything that is tested, as continuous integration does it
	scripts/chromium
	exec $(PYTHON) -m pytest -n "$${TEST_PROCESSES:-2}" --dist loadfile $(ARGS)

campaign: $(INSTALLED) ## break a desk on purpose under load; ARGS="--faults kill-web --count 50"
	exec $(PYTHON) -m tests.campaign $(ARGS)

campaign-mail: $(INSTALLED) ## letters by every way while everything is killed; ARGS="--letters 1000"
	exec $(PYTHON) -m tests.mail_campaign $(ARGS)

check: $(INSTALLED) ## style, types and architecture only: quick
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	exec $(PYTHON) -m pytest -q tests/test_architecture.py tests/test_safety_rules.py tests/test_messages.py tests/test_documents.py

messages: $(INSTALLED) ## find new words of the interface and compile the Russian ones
	SECRET_KEY=none exec $(PYTHON) manage.py messages

shots: $(INSTALLED) ## the pictures of README and docs, from the running desk
	scripts/chromium
	exec $(PYTHON) -m tests.shots

reset: $(INSTALLED) ## forget all data of the desk here
	exec $(PYTHON) -m supportdesk.desk.reset

$(INSTALLED): uv.lock pyproject.toml scripts/install
	scripts/install $(VENV)
	touch $(INSTALLED)
