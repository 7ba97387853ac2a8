#!/bin/sh
# Make a virtual environment; usage: make_venv.sh PYTHON FOLDER. Says what to do when Python or its venv module is not there.
set -eu

python=${1:-}
folder=$2

if [ -z "$python" ]; then
    echo "No Python found. Install Python 3.11 or later (Debian: apt-get install python3 python3-venv; macOS: brew install python@3.11)." >&2
    exit 1
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "$python is $("$python" --version 2>&1); Python 3.11 or later is needed. Name another one: make PYTHON=/path/to/python3.11 ..." >&2
    exit 1
fi
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    sh "$(dirname "$0")/debian_packages.sh" python3-venv
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        echo "$python has no venv module. On Debian: sudo apt-get install python3-venv" >&2
        exit 1
    fi
fi
echo "making $folder with $("$python" --version 2>&1)"
"$python" -m venv "$folder"
