# shellcheck shell=bash
# Configuring and building. A preset's tree is in build/PRESET.

# A clone elsewhere on the machine finds what another one compiled.
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1

# Configures when there is nothing yet or the presets changed; CMake itself notices the rest.
configure() {
  local preset=$1 tree=$root/build/$1
  if [ ! -f "$tree/build.ninja" ] || [ CMakePresets.json -nt "$tree/build.ninja" ]; then
    say "configuring ($preset)"
    quietly "$tree.configure.log" cmake --preset "$preset"
  fi
}

# Builds the given targets of a preset.
build_targets() {
  local preset=$1
  shift
  configure "$preset"
  say "building ($preset)"
  cmake --build "$root/build/$preset" --target "$@"
}

build_everything() { build_targets "$1" all; }

# Runs a command with its output in a log that is shown only when it fails.
quietly() {
  local log=$1
  shift
  mkdir -p "${log%/*}"
  if ! "$@" >"$log" 2>&1 </dev/null; then
    tail -n 40 "$log" >&2
    die "failed: $*"
  fi
}
