# shellcheck shell=bash
# Starting and stopping the stack.

first_success_limit=120 # seconds for the first syncs to succeed

up() {
  local detach=no executors=2 schedulers=1 sample=yes external=no
  while [ $# -gt 0 ]; do
    case $1 in
      --detach) detach=yes ;;
      --no-sample) sample=no ;;
      --external-database) external=yes sample=no ;;
      --executors | --schedulers)
        [[ ${2:-} =~ ^[1-9][0-9]?$ ]] || die "$1 needs a number from 1 to 99"
        if [ "$1" = --executors ]; then executors=$2; else schedulers=$2; fi
        shift
        ;;
      *) die "./dev up does not know '$1'; ./dev help lists the options" ;;
    esac
    shift
  done
  if [ $external = yes ] && [ -z "${DATABASE_URL:-}" ]; then
    die "--external-database needs DATABASE_URL"
  fi

  lock_stack
  if is_up; then
    say "it is already up; ./dev status shows the parts, ./dev down stops them"
    return 0
  fi
  install_packages build run
  build_targets dev sync-scheduler sync-executor sync-gateway sample-api dev-client
  build_console
  trap stop_parts EXIT # a start that fails or is interrupted leaves nothing behind
  start_stack "$external" "$schedulers" "$executors"
  if [ $sample = yes ]; then add_samples; fi
  trap - EXIT
  unlock_stack

  if [ $detach = yes ]; then
    if [ $sample = yes ]; then wait_for_first_success; fi
    say "up; ./dev status shows the parts, ./dev down stops them"
  else
    show_until_interrupted
  fi
}

down() {
  lock_stack
  if [ -z "$(part_names)" ]; then
    say "nothing is up"
  else
    stop_parts
    say "all stopped"
  fi
}

# One ./dev at a time starts or stops. The parts do not inherit descriptor 8.
lock_stack() {
  mkdir -p "$run/logs"
  exec 8>"$run/lock"
  flock -w 60 8 || die "another ./dev is starting or stopping the stack"
}

unlock_stack() { exec 8>&-; }

# True when all parts run. Clears away what a crash or a restart of the machine left.
is_up() {
  [ -n "$(part_names)" ] || return 1
  local dead
  dead=$(dead_parts | tr '\n' ' ')
  [ -n "$dead" ] || return 0
  say "not running any more: ${dead% }; starting afresh"
  stop_parts
  return 1
}

# Sets scheduler_addresses, gateway_url, sample_url and database_url on its way.
start_stack() {
  local external=$1 schedulers=$2 executors=$3 i
  scheduler_addresses=() gateway_url= sample_url=
  if [ "$external" = yes ]; then
    database_url=$DATABASE_URL
  else
    start_postgres
    start_sample_api
  fi
  secret "$run/encryption-keys" random_key
  # On loopback nobody needs a token; what is set for another stack would shut this one's tools out.
  unset SYNC_API_TOKENS SYNC_EXECUTOR_TOKENS SYNC_EXECUTOR_TOKEN_FILE
  export DATABASE_URL=$database_url LOG_FORMAT=json SYNC_ALLOW_PRIVATE_NETWORKS=127.0.0.1/32
  SYNC_ENCRYPTION_KEYS=$(cat "$run/encryption-keys")
  export SYNC_ENCRYPTION_KEYS
  # A demo shows within minutes what becomes of samples that fail; the default is a minute.
  export SYNC_RETRY_BASE=${SYNC_RETRY_BASE:-10s}
  for i in $(seq "$schedulers"); do start_scheduler "$i"; done
  start_gateway
  write_env
  for i in $(seq "$executors"); do start_executor "$i"; done
  for i in $(seq "$executors"); do
    wait_http "executor-$i" "http://$(part_address "executor-$i")/readyz"
  done
  say "started: $(part_names | tr '\n' ' ')"
  say "the console and the REST API: $gateway_url/ (the API in words: $gateway_url/api/docs)"
}

start_sample_api() {
  take_port 18080
  sample_url=http://127.0.0.1:$taken_port
  start_part sample-api "127.0.0.1:$taken_port" \
    "$build/tests/support/sample_api/sample-api" --listen "127.0.0.1:$taken_port"
  wait_http sample-api "$sample_url/healthz"
}

start_scheduler() {
  local i=$1 address http_port=9051
  take_port $((50050 + i))
  address=127.0.0.1:$taken_port
  if [ "$i" -gt 1 ]; then http_port=$((9100 + i)); fi
  take_port $http_port
  SYNC_LISTEN=$address SYNC_HTTP_LISTEN=127.0.0.1:$taken_port \
    start_part "scheduler-$i" "$address" "$build/scheduler/sync-scheduler"
  wait_http "scheduler-$i" "http://127.0.0.1:$taken_port/readyz"
  scheduler_addresses+=("$address")
}

# An executor knows every scheduler.
start_executor() {
  local i=$1 schedulers
  schedulers=$(IFS=, && echo "${scheduler_addresses[*]}")
  take_port $((9051 + i))
  SYNC_HTTP_LISTEN=127.0.0.1:$taken_port SYNC_SCHEDULER_ADDRESS=$schedulers \
    SYNC_EXECUTOR_NAME=executor-$i \
    start_part "executor-$i" "127.0.0.1:$taken_port" "$build/executor/sync-executor"
}

# It knows every scheduler. Its console is there once it was built.
start_gateway() {
  local schedulers console=$root/gateway/console/dist
  schedulers=$(IFS=, && echo "${scheduler_addresses[*]}")
  [ -f "$console/index.html" ] || console=
  take_port 8080
  gateway_url=http://127.0.0.1:$taken_port
  SYNC_HTTP_LISTEN=127.0.0.1:$taken_port SYNC_SCHEDULER_ADDRESS=$schedulers \
    SYNC_CONSOLE_DIR=$console \
    start_part gateway "127.0.0.1:$taken_port" "$build/gateway/sync-gateway"
  wait_http gateway "$gateway_url/readyz"
}

# What ./dev env prints. The database's password is in it.
write_env() {
  (
    umask 077
    {
      printf 'DATABASE_URL=%q\n' "$database_url"
      printf 'SYNC_SCHEDULER_ADDRESS=%q\n' "${scheduler_addresses[0]}"
      printf 'SYNC_GATEWAY_URL=%q\n' "$gateway_url"
      [ -z "$sample_url" ] || printf 'SYNC_SAMPLE_API_URL=%q\n' "$sample_url"
    } >"$run/env"
  )
}

dev_client() {
  local command=$1
  shift
  "$build/tests/support/dev_client/dev-client" "$command" \
    --scheduler "${scheduler_addresses[0]}" "$@" 8>&-
}

add_samples() {
  if ! dev_client seed --sample-url "$sample_url"; then
    fail_start scheduler-1 "did not take the sample integrations"
  fi
}

wait_for_first_success() {
  if ! dev_client watch --until-first-success $first_success_limit; then
    tail -n 20 "$run/logs/executor-1.log" | sed 's/^/  /' >&2
    die "the first syncs did not succeed (above: executor-1.log); the stack is left running"
  fi
}

# The live table until Ctrl-C or SIGTERM, then stops all. ./dev down from elsewhere ends it too. A part
# that ends is told below the table, and the rest goes on: seeing that is what a demo is for.
show_until_interrupted() {
  local watcher name told=" " notes=$run/notes
  : >"$notes"
  dev_client watch --notes "$notes" </dev/null &
  watcher=$!
  disown $watcher
  trap 'kill $watcher 2>/dev/null || true; say ""; down; exit 0' INT TERM
  while sleep 1 && [ -n "$(part_names)" ]; do
    for name in $(dead_parts); do
      if [[ $told != *" $name "* ]]; then
        told+="$name "
        say "$name has ended; ./dev logs $name shows its last words" >>"$notes"
      fi
    done
  done
  kill $watcher 2>/dev/null || true
  say "stopped from elsewhere"
}
