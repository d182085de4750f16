#!/bin/sh
# Puts faults into a copy of the sources, builds the fuzzer there, and says after how many inputs each target finds its fault.
# Ends with status 1 where one is not found. SCRATCH names the folder of the copy and its build, RUNS the inputs a target.
set -eu
cd "$(dirname "$0")/.."
copy=${SCRATCH:-.build-faults}
runs=${RUNS:-20000}
mkdir -p "$copy"
rm -rf "$copy/Sources" "$copy/Benchmarks"
cp -R Package.swift Package.resolved Sources Tests Benchmarks Examples "$copy/"

# fault FILE OLD NEW: takes a check out.
fault() {
    python3 - "$copy/$1" "$2" "$3" <<'PYTHON'
import pathlib, sys
path, old, new = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
text = path.read_text()
if old not in text:
    sys.exit(f"{path}: has no {old!r}; adapt Scripts/fuzz-faults.sh")
path.write_text(text.replace(old, new, 1))
PYTHON
}

# Two indices without a check, and a sum that overflows.
fault Sources/Corpus/Formats/CoNLLReader.swift \
    'guard let tag else { throw .malformed(location, problem: "no tag behind the word; write word, tab, tag") }' \
    'let tag = [tag].compactMap { $0 }[0]'
fault Sources/Contexts/Import/CaptionFile+Documents.swift \
    'guard let columns, row.fields.count > max(columns.image, columns.text) else {' 'guard let columns else {'
fault Sources/Contexts/Generators/ChatCompletion.swift 'promptTokens = completion.usage?.promptTokens' \
    'promptTokens = completion.usage.map { ($0.promptTokens ?? 0) + ($0.completionTokens ?? 0) }'

(cd "$copy" && swift build -c release --product shapca-fuzz -j "${JOBS:-$(nproc)}" > build.log 2>&1) || {
    tail -20 "$copy/build.log" >&2
    exit 1
}
found=$(mktemp -d)
missed=0
for target in conll csv chat; do
    if output=$("$copy/.build/release/shapca-fuzz" "$target" --runs "$runs" --seed "${SEED:-1}" --found "$found" 2>&1); then
        echo "$target does not find its fault"
        missed=1
    else
        echo "$output" | grep -m 1 -A 1 "  $target number"
    fi
done
exit $missed
