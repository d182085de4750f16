#!/bin/sh
# Builds the fuzzer with coverage in a folder of its own, tries RUNS inputs a target (20000), and prints the lines reached of
# every file of Sources. SCRATCH names the build folder, which takes minutes to fill the first time.
set -eu
cd "$(dirname "$0")/.."
scratch=${SCRATCH:-.build-coverage}
swift build -c release --scratch-path "$scratch" --product shapca-fuzz -j "${JOBS:-$(nproc)}" \
    -Xswiftc -profile-generate -Xswiftc -profile-coverage-mapping
program=$scratch/release/shapca-fuzz
profiles=$scratch/profiles
found=$(mktemp -d)
rm -rf "$profiles" && mkdir -p "$profiles"
LLVM_PROFILE_FILE="$profiles/%p.profraw" "$program" all --runs "${RUNS:-20000}" --jobs "${JOBS:-$(nproc)}" --found "$found" || true
llvm=$(dirname "$(command -v swift)")
"$llvm/llvm-profdata" merge -sparse "$profiles"/*.profraw -o "$scratch/fuzz.profdata"
"$llvm/llvm-cov" report "$program" -instr-profile "$scratch/fuzz.profdata" Sources
