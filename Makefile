# What a developer does here. Everything needs Swift 6.3 or later; `setup` brings the rest.
#
#   make serve    build and run the server on http://127.0.0.1:8080/fhir (ARGS="--port 9090" to change)
#   make test     build and run all tests
#   make demo     load the fixtures into a fresh server, stream a lab feed, ask some searches
#   make bench    measure the server against PostgreSQL's own ceiling
#   make scan     try a server from the outside: versions and suites of TLS, thousands of made-up requests

SWIFT ?= swift
# Where the build lives; the Docker image and CI machines may set another.
BUILD ?= .build
ARGS ?=
FUZZ_SECONDS ?= 60

SOURCES := Package.swift Sources Tests Benchmarks

.PHONY: help setup build release serve test demo bench scan generate profiles operations format lint fuzz fuzz-http fuzz-hl7 fuzz-coverage clean

help:
	@sed -n 's/^#   //p' Makefile

setup:
	@scripts/setup

build: setup
	$(SWIFT) build --scratch-path $(BUILD)

release: setup
	$(SWIFT) build -c release --product martlet --scratch-path $(BUILD)

serve: release
	$(BUILD)/release/martlet serve $(ARGS)

test: setup
	SWIFT=$(SWIFT) BUILD=$(BUILD) scripts/test $(ARGS)

demo: release
	scripts/demo $(ARGS)

bench: release
	scripts/bench $(ARGS)

scan: release
	MARTLET=$(BUILD)/release/martlet scripts/scan $(ARGS)

# The definition tables and the typed models, from the official package that HL7 publishes as hl7.fhir.r4.core
# (PACKAGE=…/hl7.fhir.r4.core-4.0.1.tgz), and the units from UCUM's own file (UCUM=…/ucum-essence.xml).
PACKAGE ?=
UCUM ?=
generate: setup
	$(SWIFT) run --scratch-path $(BUILD) DefinitionsGenerator $(if $(PACKAGE),--package $(PACKAGE)) \
	    $(if $(UCUM),--ucum $(UCUM))
	$(SWIFT) run --scratch-path $(BUILD) ModelGenerator

# The table of the clinic's own package, from profiles/.
profiles: setup
	$(SWIFT) run --scratch-path $(BUILD) DefinitionsGenerator --profiles profiles

# The page of the clinic's operations, from their declarations.
operations: setup
	$(SWIFT) run --scratch-path $(BUILD) martlet operations > docs/clinic-operations.md

format:
	$(SWIFT) format --in-place --recursive $(SOURCES)

lint:
	$(SWIFT) format lint --strict --recursive $(SOURCES)
	$(SWIFT) test --filter TidyTests --scratch-path $(BUILD)

# Seeded mutations; a failure prints the input that showed it.
fuzz: setup
	$(SWIFT) build -c release --product FuzzJSONTape --scratch-path $(BUILD)
	$(BUILD)/release/FuzzJSONTape --seconds $(FUZZ_SECONDS)

# The same checks steered by coverage (libFuzzer with the address sanitizer).
fuzz-coverage:
	@mkdir -p $(BUILD)/fuzz/corpus
	swiftc -O -sanitize=fuzzer,address -parse-as-library -D LIBFUZZER -swift-version 6 \
	    -enable-upcoming-feature ExistentialAny -module-name JSONTape -package-name martlet \
	    Sources/JSONTape/*.swift Sources/FuzzJSONTape/*.swift -o $(BUILD)/fuzz/FuzzJSONTape
	cd $(BUILD)/fuzz && ./FuzzJSONTape -max_total_time=$(FUZZ_SECONDS) -max_len=4096 corpus

# Random requests against a server started for it; a finding prints the request, and the index that makes it again
# (ARGS="--only INDEX --seed S").
SECONDS ?= 600
fuzz-http: release
	$(SWIFT) build -c release --product FuzzFHIRServer --scratch-path $(BUILD)
	$(BUILD)/release/FuzzFHIRServer --martlet $(BUILD)/release/martlet --seconds $(SECONDS) $(ARGS)

# Seeded mutations of HL7 v2 messages and MLLP streams, checked in the parser, the framer and what stands on them.
fuzz-hl7: setup
	$(SWIFT) build -c release --product FuzzHL7 --scratch-path $(BUILD)
	$(BUILD)/release/FuzzHL7 --seconds $(SECONDS) $(ARGS)

clean:
	$(SWIFT) package clean --scratch-path $(BUILD)
