# shellcheck shell=bash
# The checks of ./dev test-compose, in their order. Each leaves the stack as the next one expects it: two schedulers, at
# least one executor, the gateway. Sourced by dev.d/compose.sh.

# shellcheck source=tests/compose/images.sh
. "$root/tests/compose/images.sh"
# shellcheck source=tests/compose/secrets.sh
. "$root/tests/compose/secrets.sh"

all_checks=(config images start spread rolling kills discovery restore rotate secrets)
rate=20 # runs a second
rolling_seconds=${COMPOSE_ROLLING_SECONDS:-300}

# Those that are asked for, or else all.
choose_checks() {
  chosen=("${all_checks[@]}")
  if [ $# -gt 0 ]; then chosen=("$@"); fi
  local check
  for check in "${chosen[@]}"; do
    [[ " ${all_checks[*]} " == *" $check "* ]] || die "there is no check '$check'; there are: ${all_checks[*]}"
  done
}

run_compose_checks() {
  local check
  # No command fails without a word.
  set -E
  trap '[ $BASH_SUBSHELL -gt 0 ] || fail_check "${BASH_SOURCE[0]##*/}:$LINENO: $BASH_COMMAND"' ERR
  for check in "${chosen[@]}"; do
    say "$check"
    read_secrets
    "check_$check"
  done
  say "all checks passed: ${chosen[*]}"
}

read_secrets() {
  api_token=
  docker volume inspect ${project}_secrets >/dev/null 2>&1 || return 0
  secret_of_stack ca.crt >"$compose_run/ca.crt"
  api_token=$(secret_of_stack admin.token)
}

# A plain start: everything gets healthy, the samples succeed, the console is there, and nobody gets in without token.
check_start() {
  take_down 10
  compose_quietly up -d --scale sync-executor=3 || fail_check "docker-compose up failed: see compose.log"
  read_secrets
  eventually 90 "the schedulers do not get healthy" healthy sync-scheduler 2
  eventually 60 "the executors do not get healthy" healthy sync-executor 3
  eventually 60 "the gateway does not get healthy" healthy sync-gateway 1
  eventually 60 "the sample integrations do not succeed" samples_succeeded
  gateway / | grep -q '<div id="root">' || fail_check "the console is not served"
  [ "$(gateway /api/integrations -o /dev/null -w '%{http_code}')" = 401 ] ||
    fail_check "the gateway answers without a token"
  [ "$(gateway token /api/integrations -o /dev/null -w '%{http_code}')" = 200 ] ||
    fail_check "the gateway refuses the token of init"
  if curl -s --max-time 5 "http://localhost:$stack_port/healthz" | grep -q ok; then
    fail_check "the gateway speaks without TLS"
  fi
  # As an upgrade does it, which names no number.
  SYNCLINE_EXECUTORS=3 compose_quietly up -d --no-deps sync-executor
  eventually 60 "an up without --scale does not keep to SYNCLINE_EXECUTORS" healthy sync-executor 3
  say "  all healthy, the samples in SUCCESS, the console served"
}

# Those of the samples that are not made to fail.
samples_succeeded() {
  [ "$(sql "SELECT count(*) FROM syncline.integrations WHERE last_status = 'SUCCESS'
            AND external_id IN ('sample-languages', 'sample-subdivisions', 'sample-countries')")" = 3 ]
}

# Scaling under load: 3 → 8 spreads the work, back to 2 fails nothing and spends no retry.
check_spread() {
  local shares
  start_load spread-$$ $rate 150
  compose_quietly up -d --no-recreate --scale sync-executor=8 || fail_check "scaling to 8 failed: see compose.log"
  eventually 60 "the new executors do not get healthy" healthy sync-executor 8
  sleep 60 # the minute over which the shares are counted
  shares=$(sql "SELECT count(*) || ' ' || min(n) || ' ' || max(n) FROM (
                  SELECT count(*) AS n FROM syncline.sync_history
                  WHERE ended_at > now() - interval '55 s' GROUP BY executor) AS shares")
  say "  executors, fewest and most runs of one within a minute: $shares"
  awk '{ exit !($1 == 8 && $3 <= 2 * $2) }' <<<"$shares" || fail_check "the work does not spread: $shares"
  compose_quietly up -d --no-recreate --scale sync-executor=2 || fail_check "scaling to 2 failed: see compose.log"
  eventually 60 "two executors do not stay" healthy sync-executor 2
  end_load
  check_invariants
}

# A rolling restart of every service, one container each 5 s, for five minutes under load.
check_rolling() {
  local end=$((SECONDS + rolling_seconds)) service container next restarts=0
  start_load rolling-$$ $rate "$rolling_seconds"
  while [ $SECONDS -lt $end ]; do
    for service in sync-scheduler sync-executor sync-gateway postgres; do
      for container in $(containers_of $service); do
        [ $SECONDS -lt $end ] || break 3
        next=$((SECONDS + 5))
        docker restart -t 45 "$container" >/dev/null || fail_check "$service does not restart"
        restarts=$((restarts + 1))
        while [ $SECONDS -lt $next ]; do sleep 0.2; done
      done
    done
  done
  say "  $restarts restarts"
  end_load
  check_invariants
}

# Crashes under load.
check_kills() {
  local service container before
  start_load kills-$$ $rate 100
  for service in sync-scheduler sync-executor sync-gateway postgres; do
    sleep 10 # under load for a while
    container=$(container_of $service)
    before=$(docker inspect -f '{{.RestartCount}}' "$container")
    crash "$container"
    eventually 30 "$service is not started again" restarted_since "$container" "$before"
  done
  eventually 90 "postgres does not get healthy after its crash" healthy postgres 1
  eventually 60 "no success after PostgreSQL's return" succeeded_since_return
  before=$(sql "SELECT extract(epoch FROM min(ended_at) - pg_postmaster_start_time())::numeric(9,1)
                FROM syncline.sync_history WHERE ended_at > pg_postmaster_start_time() AND status = 'SUCCESS'")
  say "  first success $before s after PostgreSQL's return"
  awk '{ exit !($1 <= 10) }' <<<"$before" || fail_check "the first success came $before s after PostgreSQL's return"
  end_load
  check_invariants
}

# Kills the process of a container from outside, as the kernel does when memory ends. (Docker takes `docker kill` for its
# operator's wish, and does not start the container again.) Done by a container, so that it takes no root, nor an engine
# on this machine.
crash() {
  docker run --rm --pid host --network none --entrypoint sh syncline/init:test \
    -c "kill -KILL $(docker inspect -f '{{.State.Pid}}' "$1")"
}

restarted_since() { [ "$(docker inspect -f '{{.RestartCount}}' "$1")" -gt "$2" ]; }

succeeded_since_return() {
  [ "$(sql "SELECT count(*) FROM syncline.sync_history
            WHERE ended_at > pg_postmaster_start_time() AND status = 'SUCCESS'")" -gt 0 ]
}

# A new scheduler gets executors, and a new executor gets work, within a minute and without a restart of anything.
check_discovery() {
  # So many that those of two schedulers are worth sharing with a third one.
  local before scheduler executor began executors=4
  compose_quietly up -d --no-recreate --scale sync-scheduler=2 --scale sync-executor=$executors
  eventually 60 "the executors do not get healthy" healthy sync-executor $executors
  before=$(containers_of sync-scheduler)
  # Its client is connected to two schedulers, and finds the third as its connections age.
  start_load discovery-$$ $rate 150
  compose_quietly up -d --no-recreate --scale sync-scheduler=3 --scale sync-executor=$executors
  scheduler=$(containers_of sync-scheduler | grep -vxF "$before")
  eventually 60 "the new scheduler gets no executor" has_executors "$scheduler"
  before=$(containers_of sync-executor)
  compose_quietly up -d --no-recreate --scale sync-scheduler=3 --scale sync-executor=$((executors + 1))
  executor=$(containers_of sync-executor | grep -vxF "$before")
  began=$SECONDS
  eventually 60 "the new executor gets no work" has_work "${executor:0:12}"
  say "  the new executor got work $((SECONDS - began)) s after its start"
  end_load
  check_invariants
  compose_quietly up -d --no-recreate --scale sync-scheduler=2 --scale sync-executor=2
}

has_executors() { [ "$(metric_of "$1" sync-scheduler 9051 syncline_scheduler_connected_executors)" -gt 0 ]; }

has_work() { sql "SELECT 'work' FROM syncline.sync_history WHERE executor = '$1' LIMIT 1" | grep -q work; }

# A dump made under load, restored into a new cluster while all parts go on, by the commands of docs/operations.md: no run
# of the dump is lost or doubled, and executors that still hold a run from after it are refused.
check_restore() {
  local seconds=150 active dumped_at refused start known_before=$compose_run/known-before lost first_after
  start_load restore-$$ $rate $seconds
  start=$SECONDS
  sample_admin POST '{"path": "/subdivisions", "kind": "delay", "delayMs": 3000}'
  eventually 30 "no run waits for its upstream" has_rows "FROM syncline.live WHERE state = 'RUNNING'"
  known_requests >"$known_before"
  run_documented Backup
  dumped_at=$(sql 'SELECT clock_timestamp()')
  active=$(docker exec -i "$(container_of postgres)" pg_restore -f - --data-only -t live <"$compose_run/syncline.dump" |
    grep -cE '^[0-9a-f]{8}-' || true)
  say "  dumped with $active active runs"
  [ "$active" -ge 1 ] || fail_check "the dump holds no active run"
  sample_admin DELETE
  sample_admin POST '{"path": "/subdivisions", "kind": "delay", "delayMs": 20000}'
  eventually 30 "no run begins after the dump" \
    has_rows "FROM syncline.live WHERE state = 'RUNNING' AND started_at > '$dumped_at'"
  refused=$(refusals)
  run_documented Restore
  eventually 60 "the restored cluster does not get healthy" healthy postgres 1
  first_after=$(((SECONDS - start + 4) * rate)) # triggers are numbered by the second they are due at
  [ $first_after -lt $((rate * seconds - 100)) ] || fail_check "the load has ended before the restore"
  sample_admin DELETE
  end_load
  eventually 120 "the runs do not end after the load" idle
  refused=$(($(refusals) - refused))
  say "  writes and reports of executors that held runs from after the dump, refused: $refused"
  [ $refused -gt 0 ] || fail_check "no executor was refused"
  # What was answered between the dump and the end of the old cluster is gone, as documented; all else is there.
  known_requests >"$compose_run/known"
  lost=$(comm -23 "$known_before" "$compose_run/known" | wc -l)
  [ "$lost" -eq 0 ] || fail_check "$lost triggers of before the dump are lost"
  lost=$(comm -23 <(seq -f "$load_name-%.0f" $first_after $((accepted - 1)) | sort) "$compose_run/known" | wc -l)
  [ "$lost" -eq 0 ] || fail_check "$lost triggers of after the restore are lost"
  say "  of $accepted triggers $(wc -l <"$compose_run/known") are known, $(wc -l <"$known_before") of them from before the dump"
  accepted=$(wc -l <"$compose_run/known")
  check_invariants
}

# The ids of the load's requests that the database knows, sorted.
known_requests() { sql "SELECT request_id FROM syncline.trigger_requests WHERE request_id LIKE '$load_name-%'" | sort; }

# How often somebody was refused because its fence was gone.
refusals() {
  say $(($(sum_of sync-executor 9052 syncline_executor_refused_writes_total) +
    $(sum_of sync-scheduler 9051 syncline_scheduler_refused_reports_total)))
}

has_rows() { [ "$(sql "SELECT count(*) $1")" -gt 0 ]; }

# The sum of a metric over the containers of a service: sum_of SERVICE PORT METRIC
sum_of() {
  local container sum=0
  for container in $(containers_of "$1"); do
    sum=$((sum + $(metric_of "$container" "$1" "$2" "$3")))
  done
  say $sum
}

# The sample API's faults: sample_admin POST RULE, or sample_admin DELETE to remove all.
sample_admin() {
  local address
  address=$(docker inspect "$(container_of sample-api)" \
    -f "{{(index .NetworkSettings.Networks \"${project}_sample\").IPAddress}}")
  curl -sS --fail --max-time 10 -X "$1" ${2:+-H 'Content-Type: application/json' -d "$2"} \
    "http://$address:8080/admin/faults" >/dev/null
}
