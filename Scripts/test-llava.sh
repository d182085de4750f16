#!/usr/bin/env bash
# From pictures to predictions against llama.cpp's own server with a tiny random LLaVA: contexts, training on them, and
# prediction with contexts made on the fly. The server is built into the cache once (about eight minutes).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
llama=$(Scripts/build_llama_server.sh)
work=$(mktemp -d)
server=
finish() {
    if [ -n "$server" ]; then kill "$server" 2> "$work/kill.log" || true; fi
    rm -rf "$work"
}
trap finish EXIT
"$llama/tools/bin/python" Scripts/make_llava.py "$work/model"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$llama/bin/llama-server" --model "$work/model/llava.gguf" --mmproj "$work/model/mmproj.gguf" --host 127.0.0.1 \
    --port "$port" --ctx-size 16384 --parallel 4 --api-key secret-of-the-test > "$work/server.log" 2>&1 &
server=$!
for _ in $(seq 100); do
    if ! kill -0 "$server" 2> "$work/kill.log"; then cat "$work/server.log" >&2; exit 1; fi
    if curl --silent --fail --output "$work/health" "http://127.0.0.1:$port/health"; then break; fi
    sleep 0.2
done
SHAPCA_LLAVA=http://127.0.0.1:$port/v1 swift test "$@" --filter LLaVATests
