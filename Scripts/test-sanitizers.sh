#!/usr/bin/env bash
# Runs the tests under AddressSanitizer, and the tests of what runs in parallel under ThreadSanitizer; each has a build of its
# own beside the others. `test-sanitizers.sh address` or `thread` runs one of them; SHAPCA_SANITIZED_TESTS selects tests.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
suppressions=$PWD/Scripts/sanitizers

# sanitized KIND ARGUMENT…: builds, and runs the tests that the arguments choose, or SHAPCA_SANITIZED_TESTS.
sanitized() {
    local kind=$1
    local options=(-c release --sanitize "$kind" --scratch-path ".build-sanitizers/$kind" -j "$(nproc)")
    shift
    if [ -n "${SHAPCA_SANITIZED_TESTS:-}" ]; then set -- --filter "$SHAPCA_SANITIZED_TESTS"; fi
    printf '\n%sSanitizer\n' "${kind^}"
    swift build --build-tests "${options[@]}"
    swift test --skip-build "${options[@]}" --no-parallel "$@"
}

# Leaks are not looked for: Swift's metadata and libtorch's registries live as long as the program. Containers of libtorch, which
# is built without the sanitizer, do not say where they end, and its own new and delete meet those of the sanitizer. Freed memory is
# kept for a while, and each block has a margin: a short while, for the tests that watch memory, and those that compare a few
# megabytes with an estimate are left out. So are those of the fuzzer, which gives its children less memory than the sanitizer needs.
address() {
    ASAN_OPTIONS=detect_leaks=0:detect_container_overflow=0:alloc_dealloc_mismatch=0:allocator_may_return_null=1:quarantine_size_mb=16 \
        sanitized address --skip PictureMemoryTests --skip FuzzTests
}

# Of libtorch and libgomp ThreadSanitizer sees no locks: their accesses are left out, and OpenMP has one thread.
thread() {
    OMP_NUM_THREADS=1 \
        TSAN_OPTIONS=ignore_noninstrumented_modules=1:halt_on_error=1:suppressions=$suppressions/thread.txt \
        sanitized thread --filter 'ShapleyTests|SupportTests|ContextsTests|VisionTests|PredictionTests|LogWriter|WorkersTests'
}

for sanitizer in ${*:-address thread}; do "$sanitizer"; done
