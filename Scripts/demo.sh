#!/usr/bin/env bash
# What is a picture worth? Trains three models on posts whose names only a picture explains, measures them side by side,
# lets them read a few new posts, and writes demo/report.html.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

binaries=${BINARIES:-.build/release}
configuration=Configurations/ambiguous-names.yaml
corpus=demo/corpus
contexts=$corpus/contexts.jsonl

rm -rf demo
mkdir -p demo/scores demo/found
"$binaries/AmbiguousNames" "$corpus"

# try NAME TITLE OPTION…: trains a model, measures it on the test split and has it read the samples.
try() {
    local name=$1 title=$2
    shift 2
    printf '\n%s\n' "$title"
    "$binaries/shapca" train "$configuration" --data "$corpus" --contexts "$contexts" --output "demo/runs/$name" "$@"
    "$binaries/shapca" evaluate --model "demo/runs/$name/model" --data "$corpus" --contexts "$contexts" --json \
        >"demo/scores/$name.json"
    "$binaries/shapca" predict --model "demo/runs/$name/model" --input "$corpus/samples.jsonl" \
        --output "demo/found/$name.jsonl"
}

no_pictures=(--set picture.encoder=none)
no_contexts=(--set context.enabled=false --set alignment.method=none)
try text "Text only" "${no_pictures[@]}" "${no_contexts[@]}"
try picture "Text and picture" "${no_contexts[@]}"
try full "Shap-CA: text, picture and context"

python3 Scripts/demo_report.py demo --title "What is a picture worth?" --posts "$corpus/samples.jsonl" \
    text="Text only" picture="Text and picture" full="Shap-CA"
