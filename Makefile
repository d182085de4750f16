# Every target does the set-up it needs. TORCH_VERSION=2.11.0 make … builds against another libtorch, in its own folder.

DEFAULT_TORCH_VERSION := 2.13.0
TORCH_VERSION ?= $(DEFAULT_TORCH_VERSION)
export TORCH_VERSION

BUILD_FOLDER := .build$(if $(filter-out $(DEFAULT_TORCH_VERSION),$(TORCH_VERSION)),-torch-$(TORCH_VERSION))
# A room that imports another without saying so in Package.swift does not build; `rooms` finds what this check does not.
SWIFT_OPTIONS := -c release -j $(shell nproc) --scratch-path $(BUILD_FOLDER) \
	--explicit-target-dependency-import-check error
BINARIES := $(BUILD_FOLDER)/release
SWIFT_SOURCES := $(wildcard Package.swift Sources Tests Benchmarks Examples)

.DEFAULT_GOAL := help
.PHONY: help setup rooms build install test test-faults test-sanitizers test-arm64 test-llava fuzz fuzz-guided fuzz-coverage fuzz-faults demo demo-twitter model model-scores bench lint format clean

# Of `make fuzz`: inputs a target, seed, and targets at once. Of `make`: the target.
RUNS ?= 300000
SEED ?= 1
JOBS ?= $(shell nproc)
# Of `make fuzz-guided`.
TARGETS ?= all
DURATION ?= 60
# Of `make install`.
PREFIX ?= /usr/local
# Of `make test-faults`: the kills a command.
KILLS ?= 10

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Fetch libtorch, pretrained weights, libvips and SQLite where they are missing; ENCODERS=mpnet fetches that too
	@python3 Scripts/setup.py --encoders "$(ENCODERS)"

rooms:
	@python3 Scripts/rooms.py --check

build: setup rooms ## Build the shapca command
	swift build $(SWIFT_OPTIONS)

install: build ## Copy the program and the models to PREFIX=/usr/local, or below DESTDIR
	install -D --target-directory="$(DESTDIR)$(PREFIX)/bin" $(BINARIES)/shapca
	@for file in $$(cd Models 2>/dev/null && find . -type f); do \
		install -D --mode=644 "Models/$$file" "$(DESTDIR)$(PREFIX)/share/shapca/models/$$file" || exit 1; \
	done

test: setup rooms lint ## Check the style and run every test
	swift build --build-tests $(SWIFT_OPTIONS)
	swift test --skip-build $(SWIFT_OPTIONS) --no-parallel
	BINARIES=$(BINARIES) python3 -m unittest discover --start-directory Tests/SetupTests
	$(BINARIES)/shapca-fuzz all --runs 2000 --jobs $(JOBS)

test-faults: build ## Kill commands, fill their disks, run two at once, turn the clock: KILLS=10 a command, SEED=1
	BINARIES=$(BINARIES) KILLS=$(KILLS) SEED=$(SEED) \
		python3 -m unittest discover --start-directory Tests/FaultTests

test-sanitizers: setup ## Run the tests under AddressSanitizer, and those of threads under ThreadSanitizer; hours
	Scripts/test-sanitizers.sh

test-arm64: ## Build CTorch for arm64 and run its self-test under qemu
	python3 Scripts/test_arm64.py

test-llava: setup ## Test against llama.cpp's server with a tiny LLaVA; builds the server once
	Scripts/test-llava.sh $(SWIFT_OPTIONS)

fuzz: setup ## Try changed inputs on every reader, for hours: RUNS=300000 SEED=1 JOBS=2
	swift build $(SWIFT_OPTIONS) --product shapca-fuzz
	$(BINARIES)/shapca-fuzz all --runs $(RUNS) --seed $(SEED) --jobs $(JOBS)

fuzz-guided: setup ## Have libFuzzer guide the changes by what they reach: DURATION=60 seconds a target, TARGETS=all
	TARGETS="$(TARGETS)" DURATION=$(DURATION) SEED=$(SEED) JOBS=$(JOBS) Scripts/fuzz-guided.sh

fuzz-coverage: setup ## Measure what part of each reader the changed inputs reach
	Scripts/fuzz-coverage.sh

fuzz-faults: setup ## Put faults into readers, in a copy, and see that they are found
	Scripts/fuzz-faults.sh

demo: build ## Train on pictured posts with ambiguous names and show what pictures are worth
	BINARIES=$(BINARIES) Scripts/demo.sh

demo-twitter: build ## The same on Twitter-17 with BLIP-2 contexts, where the data is at hand
	BINARIES=$(BINARIES) Scripts/demo-twitter.sh

model: build ## Train social-en on open data, in less than an hour: SEED=1
	BINARIES=$(BINARIES) Scripts/model.sh

model-scores: build ## Measure three seeds of social-en beside spaCy: DATA=../shared/data has the data sets that are not open
	BINARIES=$(BINARIES) Scripts/model-scores.sh

bench: build ## Measure against the PyTorch peer
	BINARIES=$(BINARIES) Benchmarks/run.sh

lint: ## Check the style of the Swift sources
	swift format lint --strict --recursive $(SWIFT_SOURCES)

format: ## Put the Swift sources in style
	swift format --in-place --recursive $(SWIFT_SOURCES)

clean: ## Remove what was built and the demo; the cache stays
	rm -rf .build .build-dependency .build-torch-* demo
