#!/usr/bin/env bash
# Builds llama.cpp's llama-server into the cache, once a version, from the source package of llama-cpp-python; the
# Python tools that it takes (cmake, ninja, gguf) go into a virtual environment beside it. Prints the folder, which
# holds bin/llama-server and tools/bin/python.
set -euo pipefail
scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
version=0.3.36
digest=832db0699007f1be95a7e41ef12e88926b02ba836461e36a36372db2760c1a2e
cache=${XDG_CACHE_HOME:-$HOME/.cache}/shapca
folder=$cache/llama-server-$version
mkdir -p "$cache"
exec 9> "$cache/.llama-lock"
flock 9
if [ ! -e "$folder/.complete" ]; then
    rm -rf "$folder"
    mkdir -p "$folder/sdist" "$folder/bin"
    python3 -m venv "$folder/tools"
    "$folder/tools/bin/pip" install --quiet --require-hashes --only-binary :all: \
        --requirement "$scripts/llama-server-requirements.txt" >&2
    "$folder/tools/bin/pip" download --quiet --no-deps --no-binary llama-cpp-python --no-build-isolation \
        --dest "$folder/sdist" "llama-cpp-python==$version" >&2
    archive=$folder/sdist/llama_cpp_python-$version.tar.gz
    echo "$digest  $archive" | sha256sum --check --quiet >&2
    tar --extract --file "$archive" --directory "$folder/sdist" --strip-components 1
    export PATH=$folder/tools/bin:$PATH
    cmake -S "$folder/sdist/vendor/llama.cpp" -B "$folder/build" -G Ninja -DCMAKE_BUILD_TYPE=Release \
        -DLLAMA_USE_PREBUILT_UI=OFF -DLLAMA_OPENSSL=OFF -DBUILD_SHARED_LIBS=OFF -DLLAMA_BUILD_TESTS=OFF >&2
    cmake --build "$folder/build" --target llama-server >&2
    cp "$folder/build/bin/llama-server" "$folder/bin/"
    rm -rf "$folder/build" "$folder/sdist"
    touch "$folder/.complete"
fi
echo "$folder"
