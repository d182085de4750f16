#!/usr/bin/env bash
# Makes the fixture of EarlierRunTests with a `shapca` of version 0.1.0:
#   make_earlier_run.sh SHAPCA ENCODER CORPUS
# ENCODER and CORPUS are what TinyBert and TinyCorpus of Tests/TestSupport write.
set -euo pipefail
shapca=$1 encoder=$2 corpus=$3
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cat >"$scratch/tiny.yaml" <<YAML
text: {encoder: '$encoder', maximumLength: 48}
picture: {encoder: none}
fusion: {width: 16, heads: 2}
training: {epochs: 3, batchSize: 8, precision: fp32}
learningRates: {default: 0.01, textEncoder: 0.01}
YAML
"$shapca" train "$scratch/tiny.yaml" --data "$corpus" --output "$scratch/whole"
# Stopped by Ctrl-C amid the second epoch, of six steps each; tried until it comes at the right time.
for pause in $(seq 0.30 0.01 1.50); do
    rm -rf "$scratch/run"
    timeout --signal INT "$pause" "$shapca" train "$scratch/tiny.yaml" --data "$corpus" --output "$scratch/run" || true
    steps=$(grep -c gradientNorm "$scratch/run/metrics.jsonl" || true)
    if [[ -e $scratch/run/checkpoint.safetensors ]] && ((steps > 6 && steps < 12)); then break; fi
done
((steps > 6 && steps < 12))
rm -rf "$here/earlier-run"
mkdir -p "$here/earlier-run/model"
cp "$scratch"/run/{config.yaml,environment.json,metrics.jsonl,checkpoint.safetensors} "$here/earlier-run/"
cp "$scratch"/run/model/{config.json,model.safetensors} "$here/earlier-run/model/"
sed -i "s|'$encoder'|tiny-bert|" "$here/earlier-run/config.yaml"
cp "$scratch/whole/metrics.jsonl" "$here/earlier-run-whole.jsonl"
