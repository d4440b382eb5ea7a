# Sourced first by a script that runs the program as it is shipped: goes, apart from what this computer keeps (see `apart`), to an empty directory that is
# gone at the end. `$program` is target/release/countersign unless COUNTERSIGN names another build.
# shellcheck shell=bash
set -euo pipefail
repository=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")
COUNTERSIGN=$(realpath -m "${COUNTERSIGN:-$repository/target/release/countersign}")
[ -x "$COUNTERSIGN" ] || (cd "$repository" && cargo build --release --locked)
export COUNTERSIGN
[ -n "${APART:-}" ] || exec "$repository/tests/stage/apart" "$(realpath "$0")" "$@"
# shellcheck disable=SC2034 # used by those who source this
program=$COUNTERSIGN
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
cd "$work"
unset EMAIL
