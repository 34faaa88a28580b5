# shellcheck shell=bash
# The stack under test, and how the checks look at it. Sourced by dev.d/compose.sh.

project=synclinetest
stack_port=18443
export SYNCLINE_LISTEN=127.0.0.1:$stack_port SYNCLINE_VERSION=test SYNCLINE_SECRETS=$compose_run/secrets
mkdir -p "$SYNCLINE_SECRETS" # Docker would make it as root's
# Another one than the default, which a stack of the user's own may have.
export SYNCLINE_SAMPLE_SUBNET=10.213.98.0/24
sample_inside=http://sample-api:8080

# Compose as the user of the documents has it; compose_command is chosen by dev.d/compose.sh.
compose() {
  "${compose_command[@]}" -p $project -f "$root/docker-compose.yml" -f "$root/deploy/compose.sample.yml" "$@"
}

# Runs compose with its talk in a log.
compose_quietly() { compose "$@" >>"$compose_run/compose.log" 2>&1 </dev/null; }

# Removes everything of the project, its data too, and what a check that failed left beside it.
take_down() {
  docker rm -f $project-load $project-restore >/dev/null 2>&1 || true
  compose_quietly down -v --timeout "$1" || die "the project $project cannot be taken down: see compose.log"
}

containers_of() {
  docker ps -q --no-trunc --filter "label=com.docker.compose.project=$project" \
    --filter "label=com.docker.compose.service=$1" --filter label=com.docker.compose.oneoff=False
}

container_of() { containers_of "$1" | head -n 1; }

sql() { docker exec "$(container_of postgres)" psql -qAtX -U syncline -d syncline -v ON_ERROR_STOP=1 -c "$1"; }

# Prints a file of the state volume, which only init has.
secret_of_stack() {
  docker run --rm --network none -v ${project}_secrets:/state:ro --entrypoint cat syncline/init:test "/state/$1"
}

# Calls the gateway as a client does: with its certificate checked, and the token when the first word is `token`.
gateway() {
  local header=()
  if [ "$1" = token ]; then
    header=(-H "Authorization: Bearer $api_token")
    shift
  fi
  curl -sS --max-time 10 --cacert "$compose_run/ca.crt" "${header[@]}" "https://localhost:$stack_port$1" "${@:2}"
}

# Prints the value of a metric of one container: metric_of CONTAINER SERVICE PORT NAME
metric_of() {
  local address
  address=$(docker inspect -f "{{(index .NetworkSettings.Networks \"${project}_default\").IPAddress}}" "$1")
  curl -sS --max-time 5 --cacert "$compose_run/ca.crt" --resolve "$2:$3:$address" "https://$2:$3/metrics" |
    awk -v name="$4" '$1 == name { print $2 }'
}

# eventually SECONDS WHAT command…: waits until a command succeeds; else the check has failed.
eventually() {
  local deadline=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $deadline ] || fail_check "$what"
    sleep 0.5
  done
}

fail_check() {
  warn "FAILED: $*"
  compose ps >&2 || true
  compose logs --tail 40 >"$compose_run/last.log" 2>&1 || true
  warn "the ends of the stack's logs are in ${compose_run#"$root"/}/last.log"
  exit 1
}

# True when so many containers of a service are healthy, and no other one is there.
healthy() {
  local states
  states=$(containers_of "$1" | xargs -r docker inspect -f '{{.State.Health.Status}}')
  [ "$(grep -c . <<<"$states")" -eq "$2" ] && ! grep -qv '^healthy$' <<<"$states"
}

# Starts the load in the network of the stack, and waits until its integrations are made and its triggers come:
# start_load NAME RATE SECONDS.
start_load() {
  load_name=$1
  docker rm -f $project-load >/dev/null 2>&1 || true
  docker run -d --init --name $project-load --network ${project}_default \
    -v ${project}_client-secrets:/run/syncline:ro \
    -e SYNC_SCHEDULER_ADDRESS=dns:///sync-scheduler:50051 \
    -e SYNC_API_TOKEN_FILE=/run/syncline/api.token -e SYNC_TLS_CA=/run/syncline/ca.crt syncline/sample:test \
    dev-client load --sample-url $sample_inside --integrations 200 --name "$1" --rate "$2" --seconds "$3" >/dev/null
  eventually 60 "the load does not begin" has_rows "FROM syncline.trigger_requests WHERE request_id LIKE '$1-%'"
}

# Runs the shell commands of a section of docs/operations.md on the stack under test, in $compose_run:
# run_documented HEADING [NUMBER OF THE BLOCK]
run_documented() {
  {
    say 'set -euo pipefail'
    declare -p root project compose_command
    declare -f compose
    documented "$@" | sed -E "s/docker-compose /compose /; s/\\bsyncline[-_]/$project&/g; s/${project}syncline/$project/g
      s#postgres:15-bookworm#$SYNCLINE_POSTGRES_IMAGE#"
  } >"$compose_run/documented"
  (cd "$compose_run" && bash documented) >>"$compose_run/compose.log" 2>&1 </dev/null ||
    fail_check "what docs/operations.md says under '$1' does not work: see compose.log"
}

# documented HEADING [NUMBER [LANGUAGE]]
documented() {
  awk -v heading="$1" -v wanted="${2:-1}" -v fence="\`\`\`${3:-sh}" '
    /^#/ { here = ($0 ~ "^#+ " && substr($0, index($0, " ") + 1) == heading) }
    /^```/ { if (inside) inside = 0; else if (here && $0 == fence) inside = (++block == wanted); next }
    inside { print; found = 1 }
    END { exit !found }' "$root/docs/operations.md"
}

# Waits for the load. Sets accepted, the number of its triggers; all of them must have been answered.
end_load() {
  local status result
  status=$(docker wait $project-load)
  result=$(docker logs $project-load 2>&1)
  docker rm $project-load >/dev/null
  say "  load $load_name: $result"
  [ "$status" = 0 ] || fail_check "not every trigger was answered"
  accepted=$(sed -n 's/^accepted=\([0-9]*\) .*/\1/p' <<<"$result")
}

# True when no run of the load is active.
idle() {
  [ "$(sql "SELECT count(*) FROM syncline.live JOIN syncline.integrations i ON i.id = integration_id
            WHERE external_id LIKE 'load-%'")" = 0 ]
}

# Holds the stack to tests/compose/invariants.sql, once what is under way has ended.
check_invariants() {
  local broken
  eventually 120 "the runs do not end after the load" idle
  broken=$(docker exec -i "$(container_of postgres)" psql -qAtX -U syncline -d syncline -v ON_ERROR_STOP=1 \
    -v name="$load_name" -v accepted="$accepted" <"$root/tests/compose/invariants.sql")
  [ -z "$broken" ] || fail_check "$broken"
  say "  every invariant holds: $(sql 'SELECT count(*) FROM syncline.sync_history') runs, none failed, lost or doubled"
}
