# Two commands do everything: make chat, make test. (make web is the chat in a browser.) Python 3.11 or newer and make.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin
# Side by side in `make test`: most tests wait for a real program, so two to each core.
WORKERS ?= $(shell expr 2 '*' "$$(getconf _NPROCESSORS_ONLN)")
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: chat web test types suite transcripts docs papers lock base prove bench reliability sbom audit

chat: $(VENV)/.chat
	@$(RUN)/opschaalgids chat $(ARGS)

# The web on this computer alone: a link for a kwartiermaker, and mails on stderr. Ctrl-C ends it.
NAME ?= Karin
web: $(VENV)/.chat
	@TELEGRAM_BOT_TOKEN= OPSCHAALGIDS_WEB_URL=$${OPSCHAALGIDS_WEB_URL:-http://localhost:8090} \
	OPSCHAALGIDS_WEB_OPEN=$${OPSCHAALGIDS_WEB_OPEN:-anyone} \
	OPSCHAALGIDS_MAIL=$${OPSCHAALGIDS_MAIL:-stderr:} $(RUN)/opschaalgids serve --first "$(NAME)"

# Each worker reads all tests, and rewrites their asserts where none may be kept as bytecode.
test prove: export PYTHONDONTWRITEBYTECODE :=
# Types are read by one process, for twenty seconds: beside the tests, so that no core waits.
test: $(VENV)/.test $(VENV)/.vnu $(VENV)/.helm
	$(RUN)/ruff check .
	@$(MAKE) --no-print-directory --jobs 2 types suite

types: $(VENV)/.test
	$(RUN)/mypy
	$(RUN)/lint-imports

# A make within the tests is none of this one's jobs, and would say so.
suite: export MAKEFLAGS :=
suite: $(VENV)/.test $(VENV)/.vnu $(VENV)/.helm
	$(RUN)/pytest -n $(WORKERS) --dist worksteal

transcripts: $(VENV)/.test
	$(RUN)/pytest tests/test_transcripts.py --update

# On a disk; `make test` keeps its files in memory, where no fsync is waited for.
prove: export DISK := 1
prove: $(VENV)/.test
	WALKS=$${WALKS:-800} EXAMPLES=$${EXAMPLES:-1000} $(RUN)/pytest -n auto tests/test_random.py tests/test_advice.py
	DAMAGES=$${DAMAGES:-300} $(RUN)/pytest -n auto tests/test_faults_damage.py
	PEOPLE=$${PEOPLE:-1000} RESTORES=$${RESTORES:-100} YEARS=$${YEARS:-5} KILLS=$${KILLS:-100} \
	CANVASES=$${CANVASES:-60} MALFORMED=$${MALFORMED:-10000} INJECTED=$${INJECTED:-500} \
	$(RUN)/pytest -n auto tests/test_erasing.py tests/test_retention.py tests/test_rekey.py \
	tests/test_hostile.py tests/test_hostile_traject.py tests/test_malformed.py tests/test_canaries.py tests/test_readers.py
	YEARS=$${YEARS:-5} HISTORIES=$${HISTORIES:-10000} FORGED=$${FORGED:-10000} MANY=1 \
	$(RUN)/pytest -n auto tests/test_traject_years.py tests/test_traject_sharing.py tests/test_traject_roles.py tests/test_voices.py tests/test_together_histories.py \
	tests/test_together_roles.py tests/test_forwarding.py tests/test_web_roles.py
	INTERLEAVED=$${INTERLEAVED:-1000} $(RUN)/pytest -n auto tests/test_two_chats.py
	MATRIX=1 $(RUN)/pytest -s tests/test_restoring.py
	ROUNDS=$${ROUNDS:-100} $(RUN)/pytest tests/test_replicas.py
	STORAGE=postgresql $(RUN)/pytest -n auto --dist worksteal
	MANY=1 $(RUN)/pytest -s tests/test_limits.py tests/test_traject_crowd.py
	EVERY=1 $(RUN)/pytest -n 2 tests/test_pages.py tests/test_mailed_looks.py
	EVERY=1 POINTS=$${POINTS:-60} $(RUN)/pytest -n auto tests/test_waiting.py tests/test_faults_points.py
	BURNS=$${BURNS:-200} REAL=$${REAL:-5} $(RUN)/pytest -s tests/test_burns.py
	$(RUN)/python -m tests.prove_kills --kills $${KILLS:-200}
	$(RUN)/python -m tests.prove_refusals
	$(RUN)/python -m tests.prove_answers --answers $${ANSWERS:-10000}
	$(RUN)/python -m tests.prove_storm --messages $${MESSAGES:-2000} --broadcast $${BROADCAST:-3000}

reliability: $(VENV)/.test
	$(RUN)/python -m tests.reliability --kills $${KILLS:-200}

bench: $(VENV)/.test $(VENV)/.bench
	$(RUN)/python -m tests.bench
	$(RUN)/python -m tests.bench_documents

docs: $(VENV)/.test
	$(RUN)/python -m tests.docs
	$(RUN)/python -m tests.pictures

papers: $(VENV)/.test
	$(RUN)/python -m tests.papers

# Both install their own tool, apart from what the guide runs on; without a network they say so.
sbom: $(VENV)/.chat
	@$(PYTHON) -m venv $(VENV)/sbom && $(VENV)/sbom/bin/pip install -qq cyclonedx-bom \
	  && $(VENV)/sbom/bin/cyclonedx-py requirements requirements.txt --of JSON -o sbom.json \
	  && echo "sbom.json is written" \
	  || echo "skipped: cyclonedx-bom cannot be installed or run here (is there a network?)"

audit: $(VENV)/.chat
	@rm -f $(VENV)/audit/report.json
	@$(PYTHON) -m venv $(VENV)/audit && $(VENV)/audit/bin/pip install -qq pip-audit \
	  && $(VENV)/audit/bin/pip-audit --progress-spinner off --require-hashes --disable-pip \
	  -r requirements.txt --format json --output $(VENV)/audit/report.json \
	  || echo "pip-audit ended before its time, or found something (is there a network?)"
	@$(RUN)/python -m tests.audit $(VENV)/audit/report.json requirements.txt

lock:
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url -o requirements.txt
	uv pip compile pyproject.toml --extra test --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url -o requirements-test.txt

# The newest base of the container, by its version and its digest; build and try it, then commit.
BASE ?= docker.io/library/python:3.13-slim-trixie
base:
	@podman pull --quiet $(BASE) >/dev/null \
	  && digest=$$(podman image inspect --format '{{.Digest}}' $(BASE)) \
	  && version=$$(podman run --rm $(BASE) python -c 'import platform; print(platform.python_version())') \
	  && sed -i "s|^FROM .*|FROM docker.io/library/python:$$version-slim-trixie@$$digest|" deploy/Containerfile \
	  && grep ^FROM deploy/Containerfile \
	  || echo "the base stays as it is: podman, or a registry, is not reached here"

# Installing says one line on stderr, the first time, and nothing on stdout: a pipe into
# `make chat` hears only the guide.
$(VENV)/.chat: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "opschaalgids needs Python 3.11 or newer; set PYTHON=python3.11")'
	@test -x $(RUN)/opschaalgids || echo "opschaalgids installs itself in $(VENV), this once; it takes a minute." >&2
	@test -x $(RUN)/python || $(PYTHON) -m venv $(VENV)
	@$(RUN)/pip install -qq --require-hashes -r requirements.txt >&2
	@$(RUN)/pip install -qq --no-deps --editable . >&2
	@touch $@

$(VENV)/.test: $(VENV)/.chat requirements-test.txt
	@$(RUN)/pip install -qq --require-hashes -r requirements-test.txt >&2
	@touch $@

# The checker of HTML is a jar that comes by npm alone; without it its tests say so and are skipped.
$(VENV)/.vnu: $(VENV)/.test
	@npm install --silent --no-audit --no-fund --ignore-scripts --fetch-retries 0 \
	  --fetch-timeout 20000 --prefix $(VENV)/vnu \
	  vnu-jar@26.9.27 @gemeente-denhaag/design-tokens-components@4.1.0 >&2 && touch $@ \
	  || echo "vnu-jar and a theme cannot be installed here (is there npm, and a network?): HTML is not checked"

# Helm as a library, and the schemas of Kubernetes: large, and of no use to the guide itself.
$(VENV)/.helm: $(VENV)/.test
	@$(RUN)/pip install -qq --upgrade --no-deps --target $(VENV)/helm helm-python-sdk==0.2.2 \
	  kubernetes-validate==1.37.0 importlib_resources==7.1.0 && touch $@ \
	  || echo "Helm cannot be installed here (is there a network, or no build of it?): the chart is not checked"

# The peers of the bench, pinned here alone, stand apart from what the guide runs on.
$(VENV)/.bench: $(VENV)/.test
	@$(RUN)/pip install -qq --upgrade --target $(VENV)/bench aiogram==3.31.0 aiosqlite==0.22.1 \
	  && touch $@ || echo "aiogram cannot be installed here (is there a network?): it is left out"
	@mkdir -p $(VENV)/bench/web && npm pack --silent --pack-destination $(VENV)/bench/web \
	  govuk-frontend@6.6.0 @typebot.io/js@0.10.7 @open-formulieren/sdk@3.3.0 >&2 \
	  || echo "the web's peers cannot be fetched here (is there npm?): they are left out"
