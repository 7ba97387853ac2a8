#!/bin/sh
# Name the Python that a virtual environment is made with; says nothing if there is none from 3.11 on.
# The pins are made for 3.11; a later one does where it is all there is. Debian's own comes first: it is built with
# profile-guided optimisation, which one built by hand often is not (simulations run faster on it), and it is mended with
# the system. One without the modules that make environments is named only if no other is there: they can be installed.
set -eu

enough='import sys; sys.exit(sys.version_info < (3, 11))'
for modules in 'import ensurepip, venv;' ''; do
    for name in /usr/bin/python3.11 python3.11 /usr/bin/python3 python3 python3.12 python3.13; do
        if "$name" -c "$modules $enough" 2>/dev/null; then
            echo "$name"
            exit 0
        fi
    done
done
