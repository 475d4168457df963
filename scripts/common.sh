# shellcheck shell=bash
# Sourced by every script: strict mode, the root of the repository, and the one build configuration.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

CONFIGURATION=${GALLERY_CONFIGURATION:-release}
# Tests look inside the modules, which an optimised build forbids unless it is told.
SWIFT_FLAGS=(-c "$CONFIGURATION" -Xswiftc -enable-testing)
BUILD=.build/$CONFIGURATION

say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }
fail() { printf '%s\n' "$*" >&2; exit 1; }

# Runs as root where that takes sudo.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}
