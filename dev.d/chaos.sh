# shellcheck shell=bash
# Faults under load, on a PostgreSQL and with processes of their own: a running stack is not touched.

run_chaos() {
  install_packages build run
  build_targets dev syncline-chaos
  "$build/tests/chaos/syncline-chaos" "$@" </dev/null
}
