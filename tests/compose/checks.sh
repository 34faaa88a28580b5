# shellcheck shell=bash
# The checks of ./dev test-compose, in their order. Each leaves the stack as the next one expects it: two schedulers, at
# least one executor, the gateway. Sourced by dev.d/compose.sh.

all_checks=(images start spread rolling kills discovery restore secrets)
rate=20 # runs a second
rolling_seconds=${COMPOSE_ROLLING_SECONDS:-300}

run_compose_checks() {
  local check chosen=("${all_checks[@]}")
  if [ $# -gt 0 ]; then chosen=("$@"); fi
  : >"$compose_run/compose.log" # of this run
  for check in "${chosen[@]}"; do
    [[ " ${all_checks[*]} " == *" $check "* ]] || die "there is no check '$check'; there are: ${all_checks[*]}"
  done
  for check in "${chosen[@]}"; do
    say "$check"
    read_secrets
    "check_$check"
  done
  [ -n "${COMPOSE_KEEP:-}" ] || take_down 60
  say "all checks passed: ${chosen[*]}"
}

read_secrets() {
  api_token=
  docker volume inspect ${project}_secrets >/dev/null 2>&1 || return 0
  secret_of_stack ca.crt >"$compose_run/ca.crt"
  api_token=$(secret_of_stack admin.token)
}

# The images build, are small, and run as nobody.
check_images() {
  local service size base_size
  take_down 10
  compose build >>"$compose_run/compose.log" 2>&1 </dev/null || fail_check "the images do not build: see compose.log"
  base_size=$(docker image inspect -f '{{.Size}}' debian:12-slim)
  for service in sync-scheduler sync-executor sync-gateway; do
    size=$((($(docker image inspect -f '{{.Size}}' syncline/$service:test) - base_size) / 1000000))
    say "  $service: $size MB above its base"
    [ $size -le 60 ] || fail_check "the image of $service is $size MB above its base, more than 60"
    [ "$(docker image inspect -f '{{.Config.User}}' syncline/$service:test)" = 10001:10001 ] ||
      fail_check "the image of $service runs as root"
  done
}

# A plain start: everything gets healthy, the samples succeed, the console is there, and nobody gets in without token.
check_start() {
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

# Crashes under load: the process of a container is killed from outside, as the kernel does when memory ends. (Docker
# takes `docker kill` for its operator's wish, and does not start the container again.)
check_kills() {
  local service container before
  start_load kills-$$ $rate 100
  for service in sync-scheduler sync-executor sync-gateway postgres; do
    sleep 10 # under load for a while
    container=$(container_of $service)
    before=$(docker inspect -f '{{.RestartCount}}' "$container")
    kill -KILL "$(docker inspect -f '{{.State.Pid}}' "$container")"
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

restarted_since() { [ "$(docker inspect -f '{{.RestartCount}}' "$1")" -gt "$2" ]; }

succeeded_since_return() {
  [ "$(sql "SELECT count(*) FROM syncline.sync_history
            WHERE ended_at > pg_postmaster_start_time() AND status = 'SUCCESS'")" -gt 0 ]
}

# A new scheduler gets executors, and a new executor gets work, within a minute and without a restart of anything.
check_discovery() {
  local before scheduler executor executors
  before=$(containers_of sync-scheduler)
  executors=$(containers_of sync-executor | wc -l)
  start_load discovery-$$ $rate 100
  compose_quietly up -d --no-recreate --scale sync-scheduler=3 --scale sync-executor="$executors"
  scheduler=$(containers_of sync-scheduler | grep -vxF "$before")
  eventually 60 "the new scheduler gets no executor" has_executors "$scheduler"
  before=$(containers_of sync-executor)
  compose_quietly up -d --no-recreate --scale sync-scheduler=3 --scale sync-executor=$((executors + 1))
  executor=$(containers_of sync-executor | grep -vxF "$before")
  eventually 60 "the new executor gets no work" has_work "${executor:0:12}"
  end_load
  check_invariants
  compose_quietly up -d --no-recreate --scale sync-scheduler=2 --scale sync-executor=2
}

has_executors() { [ "$(metric_of "$1" sync-scheduler 9051 syncline_scheduler_connected_executors)" -gt 0 ]; }

has_work() { sql "SELECT 'work' FROM syncline.sync_history WHERE executor = '$1' LIMIT 1" | grep -q work; }

# A dump made under load, restored into a new cluster while all parts go on: no run of the dump is lost or doubled, and
# executors that still hold a run from after it are refused.
check_restore() {
  local dump=$compose_run/syncline.dump refused
  start_load restore-$$ $rate 60
  sleep 15
  docker exec "$(container_of postgres)" pg_dumpall -U syncline --roles-only >"$dump.roles"
  docker exec "$(container_of postgres)" pg_dump -U syncline -Fc syncline >"$dump"
  say "  dumped with $(docker exec -i "$(container_of postgres)" pg_restore -f - --data-only -t live <"$dump" |
    grep -cE '^[0-9a-f]{8}-') active runs"
  sample_admin POST '{"path": "/subdivisions", "kind": "delay", "delayMs": 20000}'
  eventually 30 "no run waits for its upstream" has_rows "FROM syncline.live WHERE state = 'RUNNING'"
  restore_cluster "$dump"
  sample_admin DELETE
  end_load
  eventually 120 "the runs do not end after the load" idle
  refused=$(sum_of_executors syncline_executor_refused_writes_total)
  say "  writes of executors that held runs from after the dump, refused: $refused"
  [ "$refused" -gt 0 ] || fail_check "no executor was refused"
  # What was answered between the dump and the end of the old cluster is gone, as documented.
  accepted=$(sql "SELECT count(*) FROM syncline.trigger_requests WHERE request_id LIKE '$load_name-%'")
  check_invariants
}

# The new cluster gets its data where no part can reach it.
restore_cluster() {
  compose_quietly stop postgres
  compose_quietly rm -f postgres
  docker volume rm ${project}_postgres-data >/dev/null
  docker run -d --name $project-restore --network none -v ${project}_postgres-data:/var/lib/postgresql/data \
    -v ${project}_postgres-secrets:/run/syncline:ro -e POSTGRES_USER=syncline -e POSTGRES_DB=syncline \
    -e POSTGRES_PASSWORD_FILE=/run/syncline/database-password postgres:15-bookworm >/dev/null
  eventually 60 "the new cluster does not start" docker exec $project-restore pg_isready -q -h 127.0.0.1 -U syncline
  # That the cluster has its superuser already is the one complaint.
  docker exec -i $project-restore psql -qX -U syncline -d syncline <"$1.roles" >>"$compose_run/compose.log" 2>&1
  docker exec -i $project-restore pg_restore -U syncline -d syncline --exit-on-error <"$1" ||
    fail_check "the dump cannot be restored"
  docker stop $project-restore >/dev/null
  docker rm $project-restore >/dev/null
  compose_quietly up -d --no-deps postgres
  eventually 60 "the restored cluster does not get healthy" healthy postgres 1
}

has_rows() { [ "$(sql "SELECT count(*) $1")" -gt 0 ]; }

sum_of_executors() {
  local container sum=0
  for container in $(containers_of sync-executor); do
    sum=$((sum + $(metric_of "$container" sync-executor 9052 "$1")))
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

# Nothing secret is in what docker shows of images and containers, or in the logs; the containers may do little.
check_secrets() {
  local shown=$compose_run/shown name container limits
  {
    docker ps -aq --filter label=com.docker.compose.project=$project | xargs docker inspect
    for name in init sync-scheduler sync-executor sync-gateway; do
      docker history --no-trunc "syncline/$name:test"
      docker image inspect "syncline/$name:test"
    done
    compose logs --no-color
  } >"$shown" 2>&1
  for name in database-password migrator-password scheduler-password executor-password encryption-keys \
    gateway.token executor.token admin.token; do
    if grep -qF "$(secret_of_stack $name)" "$shown"; then
      fail_check "$name is shown by docker inspect, history or logs"
    fi
  done
  if grep -q 'BEGIN.*PRIVATE KEY' "$shown"; then
    fail_check "a private key is shown by docker inspect, history or logs"
  fi
  for name in sync-scheduler sync-executor sync-gateway; do
    for container in $(containers_of $name); do
      limits=$(docker inspect "$container" \
        -f '{{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}} {{.HostConfig.SecurityOpt}}')
      [ "$limits" = "true [ALL] [no-new-privileges:true]" ] || fail_check "$name runs with: $limits"
    done
  done
  say "  nothing secret in what docker shows, and no right that is not needed"
}
