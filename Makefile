# make run | test | lock | messages | roles | openapi | bench | clean        (README.md says what each is for)
PYTHON ?= python3
VENV ?= .venv
PORT ?= 8000
JOBS ?=
export PORT
export PIP_DISABLE_PIP_VERSION_CHECK = 1

PIP_TOOLS = pip-tools==7.6.2
COMPILE = build/lock/bin/pip-compile --quiet --generate-hashes --strip-extras \
	--no-emit-find-links --no-emit-index-url --no-emit-trusted-host

.PHONY: help run test lock messages roles openapi bench clean

help:
	@echo "make run       install into $(VENV), load the demo, serve it on http://127.0.0.1:$(PORT)   (PORT=8001 LUOSHI_HOME=/srv/luoshi)"
	@echo "make test      every check and every test: style, types, SQLite, PostgreSQL, browser       (ONLY='lint types' JOBS=2)"
	@echo "make lock      choose the newest allowed versions and write requirements/*.txt with their hashes"
	@echo "make messages  bring every room's catalogue up to date and compile it                      (needs gettext)"
	@echo "make roles     write docs/roles.md from the table in luoshi/gate/rules.py"
	@echo "make openapi   write tests/api/openapi.json, once a change of the API is meant"
	@echo "make bench     run the benchmarks"
	@echo "make clean     remove $(VENV), build/ and the tools' caches; the data in LUOSHI_HOME stay"

run: $(VENV)/.run
	@exec $(VENV)/bin/luoshi up

test: $(VENV)/.dev
	@exec $(VENV)/bin/python -m luoshi.testing.run $(ONLY)

bench: $(VENV)/.dev
	@exec $(VENV)/bin/python -m benchmarks

messages: $(VENV)/.dev
	@exec $(VENV)/bin/python -m luoshi.testing.messages

roles: $(VENV)/.dev
	@exec $(VENV)/bin/python -m luoshi.testing.roles

openapi: $(VENV)/.dev
	@exec $(VENV)/bin/python -m luoshi.testing.openapi

# A virtual environment is rebuilt only when what it was made from changes; a second `make run` installs nothing.
$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "Luoshi needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Name another: make run PYTHON=python3.12")'
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.run: $(VENV)/.made requirements/run.txt pyproject.toml
	@echo "Installing the locked dependencies into $(VENV) (once; about a minute) …"
	@$(VENV)/bin/python -m pip install --quiet --require-hashes -r requirements/run.txt
	@$(VENV)/bin/python -m pip install --quiet --no-deps --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.txt
	@echo "Installing the locked development dependencies into $(VENV) (once) …"
	@$(VENV)/bin/python -m pip install --quiet --require-hashes -r requirements/dev.txt
	@touch $@

lock:
	@$(PYTHON) -m venv build/lock
	@build/lock/bin/python -m pip install --quiet '$(PIP_TOOLS)'
	$(COMPILE) --upgrade --extra=postgresql --output-file=requirements/run.txt pyproject.toml
	$(COMPILE) --upgrade --extra=dev --constraint=requirements/run.txt --output-file=requirements/dev.txt pyproject.toml

clean:
	rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
