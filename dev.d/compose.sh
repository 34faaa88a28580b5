# shellcheck shell=bash
# ./dev test-compose: builds the images, starts docker-compose.yml with the samples in a project of its own, and holds
# it to what docs/operations.md promises, while services are scaled, restarted and killed. The checks are in
# tests/compose/.

skipped=77 # the exit status of a test that could not run
compose_run=$run/compose
# For the engine that we start ourselves. Its path must be short: sockets have names of 107 characters at most.
engine_dir=/var/tmp/syncline-engine

# All checks, or those named; with --if-changed nothing when neither the containers nor what they are told differ from
# main.
test_compose() {
  local reason
  if [ "${1:-}" = --if-changed ]; then
    shift
    if [ -z "$(changed_files docker-compose.yml deploy tests/compose dev.d/compose.sh '*/options.cc')" ]; then
      say "test-compose: nothing that it holds differs from main"
      return
    fi
  fi
  if reason=$(why_no_containers); then
    warn "dev: SKIPPED: ./dev test-compose $reason"
    exit $skipped
  fi
  install_packages containers
  mkdir -p "$compose_run"
  start_engine
  trap stop_engine EXIT
  "$root/tests/compose/base/make-base-images"
  # shellcheck source=tests/compose/stack.sh
  . "$root/tests/compose/stack.sh"
  # shellcheck source=tests/compose/checks.sh
  . "$root/tests/compose/checks.sh"
  run_compose_checks "$@"
}

# Prints why containers cannot run here; false when they can, as far as can be told before trying.
why_no_containers() {
  if docker info >/dev/null 2>&1; then return 1; fi
  if [ "$(id -u)" -ne 0 ]; then
    say "needs a Docker that this user may use, or root to start one"
  elif ! command -v dpkg-query >/dev/null; then
    say "needs Docker with compose; only on Debian it can install them"
  else
    return 1
  fi
}

# Uses the engine that is there, or starts one for the time of the test; its images stay for the next time.
start_engine() {
  engine_pid=
  if docker info >/dev/null 2>&1; then return; fi
  say "starting a Docker engine in $engine_dir"
  mkdir -p "$engine_dir"
  export DOCKER_HOST=unix://$engine_dir/docker.sock
  setsid dockerd --data-root "$engine_dir/data" --exec-root "$engine_dir/exec" \
    --pidfile "$engine_dir/pid" -H "$DOCKER_HOST" >"$compose_run/dockerd.log" 2>&1 </dev/null &
  engine_pid=$!
  local deadline=$((SECONDS + 30))
  until docker info >/dev/null 2>&1; do
    if [ $SECONDS -ge $deadline ] || ! kill -0 $engine_pid 2>/dev/null; then
      tail -n 3 "$compose_run/dockerd.log" >&2
      stop_engine
      warn "dev: SKIPPED: ./dev test-compose needs an engine, and dockerd does not start here (see above)"
      exit $skipped
    fi
    sleep 0.2
  done
}

stop_engine() {
  [ -n "$engine_pid" ] || return 0
  kill $engine_pid 2>/dev/null || true
  wait $engine_pid 2>/dev/null || true
  engine_pid=
}
