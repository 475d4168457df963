# shellcheck shell=bash
# Sourced by every script: strict mode, the root of the repository, and the build configuration.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Tests build debug, what people run is release: see docs/decisions/0006-two-build-configurations.md.
CONFIGURATION=${GALLERY_CONFIGURATION:-debug}
SWIFT_FLAGS=(-c "$CONFIGURATION")
# Tests look inside the modules, which an optimised build forbids unless it is told.
TEST_FLAGS=("${SWIFT_FLAGS[@]}")
[ "$CONFIGURATION" != release ] || TEST_FLAGS+=(-Xswiftc -enable-testing)
BUILD=.build/$CONFIGURATION

say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }
fail() { printf '%s\n' "$*" >&2; exit 1; }

# Runs as root where that takes sudo.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

# environment FOLDER REQUIREMENTS: a Python environment that holds exactly what the file says.
environment() {
    local folder=$1 requirements=$2 stamp
    stamp=$(sha256sum <"$requirements")
    [ "$(cat "$folder/.stamp" 2>/dev/null)" = "$stamp" ] && return 0
    say "Preparing $folder from $requirements"
    rm -rf "$folder"
    python3 -m venv "$folder"
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$requirements"
    printf '%s' "$stamp" >"$folder/.stamp"
}
