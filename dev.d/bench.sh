# shellcheck shell=bash
# Measuring a Release build beside its references: docs/performance.md. The peers' packages are pinned in
# tests/bench/peers, and nothing is installed for parts that were not asked for.

bench_peers=$root/tests/bench/peers

run_bench() {
  local parts
  mapfile -t parts < <(bench_parts "$@")
  install_packages build run
  if wants_part control || wants_part latency; then install_graphile_worker; fi
  if wants_part records || wants_part tiny; then install_dlt; fi
  build_targets release syncline-bench
  "$root/build/release/tests/bench/syncline-bench" --root "$root" "$@" </dev/null
}

# Prints the parts among the given arguments.
bench_parts() {
  while [ $# -gt 0 ]; do
    case $1 in
      --json | --against | --repetitions | --seconds | --records) shift ;;
      --*) ;;
      *) say "$1" ;;
    esac
    shift || true
  done
}

# Whether a part is measured: it was named, or none was.
wants_part() {
  [ "${#parts[@]}" -eq 0 ] || printf '%s\n' "${parts[@]}" | grep -qxF "$1"
}

# graphile-worker, under the console's pinned Node.js.
install_graphile_worker() {
  local peer=$bench_peers/graphile-worker wanted
  install_node
  wanted=$(sha256sum <"$peer/package-lock.json")
  [ "$wanted" != "$(cat "$peer/node_modules/.installed" 2>/dev/null)" ] || return 0
  say "installing graphile-worker for the bench"
  (cd "$peer" && PATH=$node_home/wheel/bin:$PATH quietly "$root/build/bench.log" \
    node "$node_home/wheel/lib/node_modules/npm/bin/npm-cli.js" ci)
  say "$wanted" >"$peer/node_modules/.installed"
}

# dlt, with all it needs pinned by hash, in a folder of its own.
install_dlt() {
  local pins=$bench_peers/dlt/requirements.txt tree=$root/.tools/dlt
  if cmp -s "$pins" "$tree/installed.txt"; then return; fi
  say "installing dlt into .tools"
  rm -rf "$tree"
  quietly "$root/build/bench.log" python3 -m venv "$tree"
  quietly "$root/build/bench.log" "$tree/bin/pip" install --disable-pip-version-check \
    --require-hashes --no-deps --only-binary :all: -r "$pins"
  cp "$pins" "$tree/installed.txt"
}
