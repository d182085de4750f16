#!/bin/sh
# Builds the fuzzer with LLVM's libFuzzer, where the toolchain has it, and tries each of TARGETS (all) for DURATION seconds (60).
# Inputs that reach new code are kept in the build folder, SCRATCH, and begin the next run. SEED (1) and JOBS as for `make fuzz`.
set -eu
cd "$(dirname "$0")/.."
scratch=${SCRATCH:-.build-guided}
toolchain=$(dirname "$(dirname "$(readlink -f "$(command -v swift)")")")
library=$(find "$toolchain/lib" -name "libclang_rt.fuzzer_no_main-$(uname -m).a" | head -n 1)
if [ -z "$library" ]; then
    echo "$toolchain has no libclang_rt.fuzzer_no_main for $(uname -m): this toolchain comes without libFuzzer" >&2
    exit 1
fi
# Asked for in the frontend: the driver would link libFuzzer's own main as well.
swift build -c release --scratch-path "$scratch" --product shapca-fuzz -j "${JOBS:-$(nproc)}" \
    -Xswiftc -Xfrontend -Xswiftc -sanitize=fuzzer \
    -Xlinker --whole-archive -Xlinker "$library" -Xlinker --no-whole-archive -Xlinker --export-dynamic -Xlinker -lstdc++
# shellcheck disable=SC2086 # targets are words
"$scratch/release/shapca-fuzz" guided ${TARGETS:-all} --seconds "${DURATION:-60}" --seed "${SEED:-1}" \
    --jobs "${JOBS:-$(nproc)}" --corpus "$scratch/corpus"
