#!/bin/sh
# Builds the fuzzer with libFuzzer in a folder of its own and lets it look for inputs of the target named first; further
# arguments are libFuzzer's own, such as -max_total_time=600. A crash is kept as crash-HASH in the working folder.
set -eu
cd "$(dirname "$0")/.."
target=$1
shift
scratch=${SCRATCH:-.build-guided}
probe=$(mktemp -d)
trap 'rm -rf "$probe"' EXIT
echo '@_cdecl("LLVMFuzzerTestOneInput") public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt { 0 }' > "$probe/probe.swift"
if ! swiftc -sanitize=fuzzer -parse-as-library "$probe/probe.swift" -o "$probe/probe" 2> "$probe/errors"; then
    cat "$probe/errors" >&2
    echo "this toolchain has no libFuzzer; make fuzz needs none" >&2
    exit 1
fi
swift build -c release --scratch-path "$scratch" --product shapca-fuzz -j "${JOBS:-$(nproc)}" \
    -Xswiftc -sanitize=fuzzer -Xswiftc -DGUIDED
corpus=$scratch/corpus-$target
mkdir -p "$corpus"
SHAPCA_FUZZ_TARGET=$target "$scratch/release/shapca-fuzz" -timeout=10 -rss_limit_mb=2048 "$@" "$corpus"
