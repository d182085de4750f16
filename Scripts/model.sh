#!/usr/bin/env bash
# Trains social-en on openly licensed posts and pictures, and writes its compact form: Models/social-en, or the folder OUTPUT.
# SEED is that of the training.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

shapca=${BINARIES:-.build/release}/shapca
seed=${SEED:-1}
posts=runs/social-en-posts
run=runs/social-en-$seed
output=${OUTPUT:-Models/social-en}

if [[ ! -e $posts/contexts.jsonl ]]; then
    python3 Scripts/open_pictures.py runs/social-en-pictures
    python3 Scripts/pictured_posts.py "$posts" --pictures runs/social-en-pictures --open Data
    "$shapca" contexts --images "$posts/images" --generator labels --output "$posts/contexts.jsonl"
fi
resume=()
if [[ -e $run/config.yaml ]]; then resume=(--resume); fi
"$shapca" train Configurations/social-en.yaml --set training.seed="$seed" --output "$run" "${resume[@]}"
part=$output.part
rm -rf "$part"
"$shapca" export --model "$run" --output "$part"

# The card says what was measured of the folder as it is.
f1=$("$shapca" evaluate --model "$part" --data Data/tweebank --precision fp32 --json |
    python3 -c 'import json, sys; print("%.2f" % (100 * json.load(sys.stdin)["overall"]["f1"]))')
card=$part/README.md
sed "s/TWEEBANK_F1/$f1/" Configurations/social-en-card.md | cat - <(sed 's/^#/##/' "$card") >"$card.part"
mv "$card.part" "$card"
rm -rf "$output"
mv "$part" "$output"
