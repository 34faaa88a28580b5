# shellcheck shell=bash
# What ./dev tells its user.

say() { printf '%s\n' "$*"; }

warn() { printf '%s\n' "$*" >&2; }

die() {
  warn "dev: $*"
  exit 1
}
