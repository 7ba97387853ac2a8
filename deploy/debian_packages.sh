#!/bin/sh
# Install the named Debian packages where they are missing; usage: debian_packages.sh PACKAGE...
# Without root rights, or on another system, it names what is missing and goes on: whoever needs a package says so then.
set -u

missing=""
for package in "$@"; do
    if command -v dpkg-query >/dev/null 2>&1; then
        dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null | grep -q '^installed$' && continue
    else
        command -v "$package" >/dev/null 2>&1 && continue
    fi
    missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1 || [ "$(id -u)" -ne 0 ]; then
    echo "not installed:$missing (needs root rights on Debian: apt-get install$missing)" >&2
    exit 0
fi

# RUNLEVEL=1 keeps Debian from starting a server just because it was installed
export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
install() {
    # shellcheck disable=SC2086  # the names are words
    apt-get install --yes --no-install-recommends -qq $missing >/dev/null 2>&1
}
echo "installing from Debian:$missing"
install || { apt-get update -qq >/dev/null 2>&1 && install; } ||
    echo "could not be installed:$missing (try: apt-get install$missing)" >&2
exit 0
