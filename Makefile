# Two commands do everything: make chat, make test. Python 3.11 or newer and make.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: chat test transcripts docs lock prove

chat: $(VENV)/.chat
	@$(RUN)/opschaalgids chat $(ARGS)

test: $(VENV)/.test
	$(RUN)/ruff check .
	$(RUN)/mypy
	$(RUN)/lint-imports
	$(RUN)/pytest -n auto

transcripts: $(VENV)/.test
	$(RUN)/pytest tests/test_transcripts.py --update

prove: $(VENV)/.test
	WALKS=$${WALKS:-800} $(RUN)/pytest -n auto tests/test_random.py
	YEARS=$${YEARS:-5} HISTORIES=$${HISTORIES:-10000} FORGED=$${FORGED:-10000} MANY=1 $(RUN)/pytest -n auto tests/test_traject_years.py tests/test_traject_sharing.py tests/test_traject_roles.py

docs: $(VENV)/.test
	$(RUN)/python -m tests.docs

lock:
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url -o requirements.txt
	uv pip compile pyproject.toml --extra test --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url -o requirements-test.txt

# Installing says nothing on stdout: a pipe into `make chat` hears only the guide.
$(VENV)/.chat: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "opschaalgids needs Python 3.11 or newer; set PYTHON=python3.11")'
	@test -x $(RUN)/python || $(PYTHON) -m venv $(VENV)
	@$(RUN)/pip install -qq --require-hashes -r requirements.txt >&2
	@$(RUN)/pip install -qq --no-deps --editable . >&2
	@touch $@

$(VENV)/.test: $(VENV)/.chat requirements-test.txt
	@$(RUN)/pip install -qq --require-hashes -r requirements-test.txt >&2
	@touch $@
