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
