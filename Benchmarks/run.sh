#!/usr/bin/env bash
# Measures shapca beside its peers, alternating, and prints a table. The peers' packages go to the cache.
#   Benchmarks/run.sh [OPTIONS OF run.py]
set -euo pipefail
cd "$(dirname "$0")/.."
binaries=${BINARIES:-.build/release}
python=$(Scripts/python-packages.sh peers-2.13.0-1.32.0 torch==2.13.0 transformers==5.23.0 pytorch-crf==0.7.2 \
    seqeval==1.2.2 safetensors==0.8.0 onnx==1.23.2 onnxruntime==1.32.0)
exec "$python" Benchmarks/run.py --binaries "$binaries" "$@"
