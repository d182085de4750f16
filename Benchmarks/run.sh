#!/usr/bin/env bash
# Measures shapca beside its peers, alternating, and prints a table. The peers' packages go to the cache.
#   Benchmarks/run.sh [OPTIONS OF run.py]
set -euo pipefail
cd "$(dirname "$0")/.."
binaries=${BINARIES:-.build/release}
cache=${XDG_CACHE_HOME:-$HOME/.cache}/shapca
packages="torch==2.13.0 transformers==5.23.0 pytorch-crf==0.7.2 seqeval==1.2.2 safetensors==0.8.0 onnx==1.23.2 onnxruntime==1.32.0"
peers=$cache/peers-2.13.0-1.32.0
if [ ! -e "$peers/.complete" ]; then
    rm -rf "$peers"
    python3 -m venv "$peers"
    # shellcheck disable=SC2086
    "$peers/bin/pip" install --quiet $packages
    touch "$peers/.complete"
fi
exec "$peers/bin/python" Benchmarks/run.py --binaries "$binaries" "$@"
