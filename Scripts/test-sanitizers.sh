#!/usr/bin/env bash
# Runs the tests under AddressSanitizer, and the tests of what runs in parallel under ThreadSanitizer; each has a build of its
# own beside the others. `test-sanitizers.sh address` or `thread` runs one of them; SHAPCA_SANITIZED_TESTS selects tests.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
suppressions=$PWD/Scripts/sanitizers

# sanitized KIND FILTER: builds and runs the tests whose names match.
sanitized() {
    local options=(-c release --sanitize "$1" --scratch-path ".build-sanitizers/$1" -j "$(nproc)")
    printf '\n%sSanitizer\n' "${1^}"
    swift build --build-tests "${options[@]}"
    swift test --skip-build "${options[@]}" --no-parallel --filter "${SHAPCA_SANITIZED_TESTS:-$2}"
}

# Leaks are not looked for: Swift's metadata and libtorch's registries live as long as the program. Containers of libtorch, which
# is built without the sanitizer, do not say where they end, and its own new and delete meet those of the sanitizer.
address() {
    ASAN_OPTIONS=detect_leaks=0:detect_container_overflow=0:alloc_dealloc_mismatch=0:allocator_may_return_null=1 \
        sanitized address '.'
}

# Of libtorch and libgomp ThreadSanitizer sees no locks: their accesses are left out, and OpenMP has one thread.
thread() {
    OMP_NUM_THREADS=1 \
        TSAN_OPTIONS=ignore_noninstrumented_modules=1:halt_on_error=1:suppressions=$suppressions/thread.txt \
        sanitized thread 'ShapleyTests|SupportTests|ContextsTests|VisionTests.*Cache|PredictionTests|LogWriter'
}

for kind in "${@:-address thread}"; do
    for sanitizer in $kind; do "$sanitizer"; done
done
