#!/usr/bin/env bash
# The demonstration on Twitter-2017 with BLIP-2 contexts, for those who have the data: SHAPCA_DATA names its folder.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

binaries=${BINARIES:-.build/release}
configuration=Configurations/minilm/twitter2017.yaml
data=${SHAPCA_DATA:-../shared/data}/twitter2017
contexts=$data/contexts.blip2.jsonl
folder=demo/twitter2017

if [[ ! -f $data/train.txt || ! -f $contexts ]]; then
    echo "demo-twitter: $data must hold train.txt, valid.txt, test.txt and contexts.blip2.jsonl;" \
        "name its parent folder in SHAPCA_DATA." >&2
    exit 1
fi
rm -rf "$folder"
mkdir -p "$folder/scores" "$folder/found"

# try NAME TITLE OPTION…: trains a model, measures it on the test split and has it read the example posts.
try() {
    local name=$1 title=$2
    shift 2
    printf '\n%s\n' "$title"
    "$binaries/shapca" train "$configuration" --data "$data" --contexts "$contexts" --output "$folder/runs/$name" \
        --set picture.encoder=none "$@"
    "$binaries/shapca" evaluate --model "$folder/runs/$name/model" --data "$data" --contexts "$contexts" --json \
        >"$folder/scores/$name.json"
    "$binaries/shapca" predict --model "$folder/runs/$name/model" --input Examples/Posts/posts.jsonl \
        --output "$folder/found/$name.jsonl"
}

try text "Text only" --set context.enabled=false --set alignment.method=none
try context "Shap-CA without pictures: text and context"

python3 Scripts/demo_report.py "$folder" --title "Twitter-2017 with BLIP-2 contexts" \
    --posts Examples/Posts/posts.jsonl text="Text only" context="Shap-CA without pictures"
