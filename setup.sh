#!/usr/bin/env bash
# Makes a bare Debian or Ubuntu machine ready: the packages that are missing, then .venv with pinned versions.
#
#   bash setup.sh run      what `iki` needs
#   bash setup.sh dev      and what its tests and checks need
#   bash setup.sh train    and what training the recogniser needs
set -euo pipefail
cd "$(dirname "$0")"

level=${1:?run, dev or train}
packages=(python3 python3-venv tesseract-ocr tesseract-ocr-ind poppler-utils)
requirements=(requirements.txt)
case $level in run) ;; *)
    packages+=(chromium fontconfig fonts-liberation fonts-crosextra-carlito fonts-crosextra-caladea fonts-dejavu-core
        fonts-dejavu-extra fonts-freefont-ttf fonts-noto-core)
    requirements=(requirements-dev.txt)
esac
case $level in train)
    packages+=(fonts-urw-base35 fonts-roboto-unhinted fonts-courier-prime fonts-lato fonts-open-sans
        fonts-linuxlibertine fonts-sil-gentium fonts-adf-baskervald fonts-adf-gillius fonts-adf-libris
        fonts-adf-universalis fonts-arkpandora fonts-b612 fonts-cabin fonts-cantarell fonts-cmu fonts-ebgaramond
        fonts-inter fonts-karla fonts-oxygen fonts-paratype fonts-roboto-slab fonts-sil-andika fonts-sil-charis
        fonts-stix fonts-vollkorn)
    requirements+=(requirements-train.txt)
esac

say() { printf '%s\n' "$*" >&2; }

# From Debian 13 on the narrow face is a package of its own.
if [ "$level" != run ] && apt-cache show fonts-liberation-sans-narrow >/dev/null 2>&1; then
    packages+=(fonts-liberation-sans-narrow)
fi

missing=()
if command -v dpkg-query >/dev/null; then
    for package in "${packages[@]}"; do
        state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || state=
        [ "$state" = installed ] || missing+=("$package")
    done
fi
if [ ${#missing[@]} -gt 0 ]; then
    as_root=()
    [ "$(id -u)" = 0 ] || as_root=(sudo)
    install=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install "${missing[@]}")
    if ! { "${as_root[@]}" apt-get -qq update && "${install[@]}"; } >&2; then
        say "Could not install ${missing[*]}; going on without. To install by hand: sudo apt install ${missing[*]}"
    fi
fi

if [ ! -x .venv/bin/python ] || ! .venv/bin/python -c '' 2>/dev/null; then
    for python in python3.13 python3.12 python3.11 python3 ''; do
        # A name may be there and yet not run (version managers), run and be too old, or lack what venv needs.
        "$python" -c 'import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && break
    done
    if [ -z "$python" ]; then
        say 'No Python 3.11, 3.12 or 3.13 with its venv module was found; install one (Debian 12 and 13, Ubuntu 24.04: sudo apt install python3 python3-venv) and call make again.'
        exit 1
    fi
    rm -rf .venv
    "$python" -m venv .venv
fi
for file in "${requirements[@]}"; do
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$file"
done
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
touch ".venv/.$level"
