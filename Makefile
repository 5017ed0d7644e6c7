# Kebu 客簿 · 常用两条:make run(启动)、make test(测试)· the two that matter: make run, make test
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := build
.DELETE_ON_ERROR:
.PHONY: build run test lint bench fmt types fuzz guide page need tools clean

CARGO ?= cargo
NPM ?= npm
export NPM_CONFIG_FUND := false
export NPM_CONFIG_AUDIT := false
export NPM_CONFIG_UPDATE_NOTIFIER := false

PAGE_SOURCES := $(shell find web/src web/public web/scripts -type f) $(wildcard web/*.html web/*.ts web/*.json)

## The page and the release binary, at target/release/kebu.
build: page
	$(CARGO) build --release --locked -p kebu

## Builds, then serves the page.
run: build
	./target/release/kebu serve

## Everything that can be tested: page, crates, command line, browser journeys.
test: tools page e2e/node_modules/.package-lock.json
	$(NPM) --prefix web test
	KEBU_PYTHON="$(CURDIR)/target/venv/bin/python" $(CARGO) test --workspace --locked --no-fail-fast
	@# The tests of the command line have built target/debug/kebu; it reads the page from web/dist.
	KEBU_BIN="$(CURDIR)/target/debug/kebu" KEBU_PYTHON="$(CURDIR)/target/venv/bin/python" $(NPM) --prefix e2e test

## Format, lints, types and the size of the page.
lint: page
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings
	$(NPM) --prefix web run lint
	$(NPM) --prefix web run typecheck
	$(NPM) --prefix web run size

## Figures against the bars; SIZE=1m for a million customers.
bench: build e2e/node_modules/.package-lock.json
	SIZE="$${SIZE:-100k}" node bench/bench.mjs

## Formats everything.
fmt: need web/node_modules/.package-lock.json
	$(CARGO) fmt --all
	$(NPM) --prefix web run fmt

## Makes the page's types of the API anew, from the API's document.
types: need web/node_modules/.package-lock.json
	$(CARGO) run --locked -q -p kebu -- openapi | node web/scripts/api-types.mjs > web/src/api/generated.ts
	cd web && npx biome check --write src/api/generated.ts

## Every operation of the API with made-up requests (EXAMPLES=200, SEED=1); needs pip.
fuzz: need
	$(CARGO) build --locked -p kebu
	test -x target/fuzz/bin/schemathesis || { python3 -m venv target/fuzz && target/fuzz/bin/pip install -q schemathesis==4.32.5; }
	SCHEMATHESIS="$(CURDIR)/target/fuzz/bin/schemathesis" KEBU_BIN="$(CURDIR)/target/debug/kebu" scripts/fuzz.sh

## Takes the pictures of the guide anew, into docs/guide/img.
guide: tools page e2e/node_modules/.package-lock.json
	$(CARGO) build --locked -p kebu
	KEBU_BIN="$(CURDIR)/target/debug/kebu" $(NPM) --prefix e2e run guide

## What building needs: Rust, a C compiler, Node.
need:
	@scripts/need.sh

## What testing needs besides: PostgreSQL, a browser with Chinese fonts, LibreOffice, sqlite3, Python with openpyxl.
tools: need
	@scripts/test-tools.sh

page: need web/dist/index.html

web/dist/index.html: web/node_modules/.package-lock.json $(PAGE_SOURCES)
	$(NPM) --prefix web run build

%/node_modules/.package-lock.json: %/package-lock.json %/package.json
	$(NPM) --prefix $* ci --no-progress
	@touch $@

clean:
	rm -rf target web/dist web/node_modules e2e/node_modules e2e/output
