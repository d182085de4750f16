#!/bin/sh
# Puts one fault after another into a copy of the sources, builds the fuzzer there, and says after how many inputs its target
# finds it. Ends with status 1 where one is not found. SCRATCH names the folder of the copy and its build.
set -eu
cd "$(dirname "$0")/.."
copy=${SCRATCH:-.build-faults}
mkdir -p "$copy"
missed=0

# fault TARGET FILE OLD NEW: OLD must occur in the file, once on its line.
fault() {
    rm -rf "$copy/Sources"
    cp -R Package.swift Package.resolved Sources Tests Benchmarks Examples "$copy/"
    python3 - "$copy/$2" "$3" "$4" <<'PYTHON'
import pathlib, sys
path, old, new = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
text = path.read_text()
if old not in text:
    sys.exit(f"{path}: has no {old!r}; adapt Scripts/fuzz-faults.sh")
path.write_text(text.replace(old, new, 1))
PYTHON
    (cd "$copy" && swift build -c release --product shapca-fuzz -j "${JOBS:-$(nproc)}" > build.log 2>&1) || {
        tail -20 "$copy/build.log" >&2
        exit 1
    }
    found=$(mktemp -d)
    if output=$("$copy/.build/release/shapca-fuzz" "$1" --runs "${RUNS:-20000}" --found "$found" 2>&1); then
        echo "NOT FOUND by $1: $2, $4"
        missed=1
    else
        echo "$output" | grep -m 1 -A 1 "  $1 number" || echo "$output"
    fi
    rm -rf "$found"
}

fault conll Sources/Corpus/Formats/CoNLLReader.swift \
    'guard let tag else { throw .malformed(location, problem: "no tag behind the word; write word, tab, tag") }' \
    'let tag = tag!'
fault safetensors Sources/Torch/Weights/ByteReader.swift \
    'guard count >= 0, count <= remaining else {' 'guard count >= 0 else {'
fault http Sources/Contexts/Generators/ChatFailure.swift \
    'return seconds.isFinite && seconds >= 0 ? seconds : nil' 'return Double(Int(seconds))'
exit $missed
