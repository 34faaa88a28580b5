# shellcheck shell=bash
# Measuring a Release build beside its references: docs/performance.md. The peers' packages are pinned in
# tests/bench/peers, and nothing is installed for parts that were not asked for.

bench_peers=$root/tests/bench/peers

run_bench() {
  local parts
  mapfile -t parts < <(bench_parts "$@")
  install_packages build run
  if wants_part control || wants_part latency; then install_npm_packages "$bench_peers/graphile-worker"; fi
  if wants_part records || wants_part tiny; then install_python_packages dlt "$bench_peers/dlt/requirements.txt"; fi
  build_targets release syncline-bench
  "$root/build/release/tests/bench/syncline-bench" --root "$root" "$@" </dev/null
}

# Prints the parts among the given arguments.
bench_parts() {
  while [ $# -gt 0 ]; do
    case $1 in
      --json | --against | --repetitions | --seconds | --records | --integrations | --history-rows | --cycles) shift ;;
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
