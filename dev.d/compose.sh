# shellcheck shell=bash
# ./dev test-compose: builds the images, starts docker-compose.yml with the samples in a project of its own, and holds
# it to what docs/operations.md promises, while services are scaled, restarted and killed. The checks are in
# tests/compose/. COMPOSE_KEEP=1 leaves the stack there at the end, for a look or for the next check.

skipped=77 # the exit status of a test that could not run
compose_run=$run/compose
# For the engine that we start ourselves: root's alone, and short, since sockets have names of 107 characters at most.
engine_dir=/var/lib/syncline-engine

# What the checks hold, and what the images are made of beside the programs' own sources.
compose_files=(docker-compose.yml .dockerignore deploy tests/compose tests/support/dev_client dev.d/compose.sh
  common/tls common/config '*/options.cc')

# All checks, or those named; with --if-changed nothing when neither the containers nor what they are told differ from
# main.
test_compose() {
  if [ "${1:-}" = --if-changed ]; then
    shift
    if [ -z "$(changed_files "${compose_files[@]}")" ]; then
      say "test-compose: nothing that it holds differs from main"
      return
    fi
  fi
  mkdir -p "$compose_run"
  : >"$compose_run/compose.log" # of this run
  # shellcheck source=tests/compose/stack.sh
  . "$root/tests/compose/stack.sh"
  # shellcheck source=tests/compose/checks.sh
  . "$root/tests/compose/checks.sh"
  choose_checks "$@"
  find_engine
  trap stop_engine EXIT
  find_compose
  find_base_images
  trap end_compose EXIT
  run_compose_checks
}

skip_compose() {
  warn "dev: SKIPPED: ./dev test-compose needs $*"
  exit $skipped
}

# need COMMAND GROUP: installs a group of packages where a command is missing.
need() {
  if command -v "$1" >/dev/null; then return; fi
  command -v dpkg-query >/dev/null || skip_compose "$1; only on Debian it can install that"
  [ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null || skip_compose "$1, or root to install it"
  install_packages "$2"
}

# Uses the engine that is there, or starts one for the time of the test; its images stay for the next time.
find_engine() {
  engine_pid=
  if docker info >/dev/null 2>&1; then return; fi
  [ "$(id -u)" -eq 0 ] || skip_compose "a Docker that this user may use, or root to start one"
  need dockerd engine
  say "starting a Docker engine in $engine_dir"
  mkdir -p -m 700 "$engine_dir"
  [ "$(stat -c '%u %a' "$engine_dir")" = '0 700' ] || die "$engine_dir is not root's alone: remove it"
  export DOCKER_HOST=unix://$engine_dir/docker.sock
  setsid dockerd --data-root "$engine_dir/data" --exec-root "$engine_dir/exec" \
    --pidfile "$engine_dir/pid" -H "$DOCKER_HOST" >"$compose_run/dockerd.log" 2>&1 </dev/null &
  engine_pid=$!
  local deadline=$((SECONDS + 30))
  until docker info >/dev/null 2>&1; do
    if [ $SECONDS -ge $deadline ] || ! kill -0 $engine_pid 2>/dev/null; then
      tail -n 3 "$compose_run/dockerd.log" >&2
      stop_engine
      skip_compose "an engine, and dockerd does not start here (see above)"
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

# Compose v2 where it is installed, else docker-compose.
find_compose() {
  if docker compose version >/dev/null 2>&1; then
    compose_command=(docker compose)
  else
    need docker-compose compose
    compose_command=(docker-compose)
  fi
}

# The images that ours stand on, and the database's.
find_base_images() {
  local names status=0
  names=$("$root/tests/compose/base/make-base-images") || status=$?
  if [ $status -eq 3 ]; then # they have to be made, and debootstrap is missing
    need debootstrap base-images
    status=0
    names=$("$root/tests/compose/base/make-base-images") || status=$?
  fi
  [ $status -ne $skipped ] || skip_compose "base images, which can be pulled, or made by root"
  [ $status -eq 0 ] || die "there are no base images"
  { read -r SYNCLINE_DEBIAN_IMAGE && read -r SYNCLINE_POSTGRES_IMAGE; } <<<"$names"
  export SYNCLINE_DEBIAN_IMAGE SYNCLINE_POSTGRES_IMAGE
}

# However it ends, nothing of it stays on the engine.
end_compose() {
  trap - ERR
  set +e
  [ -n "${COMPOSE_KEEP:-}" ] || (take_down 30)
  stop_engine
}
