#!/usr/bin/env bash
# Installs Python packages into an environment of their own in the cache, once, and prints its interpreter.
#   Scripts/python-packages.sh NAME PACKAGE…
set -euo pipefail
folder=${XDG_CACHE_HOME:-$HOME/.cache}/shapca/$1
shift
if [ ! -e "$folder/.complete" ]; then
    rm -rf "$folder"
    python3 -m venv "$folder"
    "$folder/bin/pip" install --quiet "$@" >&2
    touch "$folder/.complete"
fi
echo "$folder/bin/python"
