# shellcheck shell=bash
# The checks of what is secret. Part of checks.sh.

# Every secret that was made is replaced by the commands of docs/operations.md, and nobody is locked out meanwhile.
check_rotate() {
  local old_token=$api_token old_authority sealed
  run_documented "An API token" 1
  [ "$(status_with "$old_token")" = 200 ] || fail_check "the old token is refused before it is retired"
  run_documented "An API token" 2
  eventually 10 "the new token is not accepted" accepted_token "$(secret_of_stack admin.token)"
  [ "$(status_with "$old_token")" = 200 ] || fail_check "the old token is refused before it is retired"
  run_documented "An API token" 3
  eventually 10 "the old token is not refused" refused_token "$old_token"
  read_secrets
  [ "$(status_with "$api_token")" = 200 ] || fail_check "the new token is refused"

  run_documented "The executors' token" 1
  run_documented "The executors' token" 2
  # Without a restart: the executors show the new one with their next calls.
  trigger_succeeds || fail_check "no run succeeds with a new token for executors"

  run_documented "The encryption key" 1
  eventually 60 "the gateway does not find the schedulers again" accepted_token "$api_token"
  trigger_succeeds || fail_check "no run succeeds after the encryption key was replaced"
  gateway token /api/integrations --fail -o /dev/null -H 'Content-Type: application/json' -d '{"name": "Sealed anew",
    "externalId": "sealed-anew", "type": "REST", "syncInterval": null, "credentials": {"token": "none"},
    "config": {"baseUrl": "http://sample-api:8080", "auth": {"kind": "bearer", "credential": "token"},
      "streams": [{"name": "countries", "path": "/countries", "records": "", "key": ["/alpha_2"]}]}}'
  sealed=$(sql "SELECT count(*) FROM syncline.credentials")
  [ "$(sql "$(documented "The encryption key" 1 sql)")" = "k1|$((sealed - 1))" ] ||
    fail_check "the new key does not seal, or docs/operations.md counts wrongly what the old one sealed"

  old_authority=$(cat "$compose_run/ca.crt")
  run_documented "The authority" 1
  eventually 60 "the gateway does not answer those who know the old authority" accepted_token "$api_token"
  run_documented "The authority" 2
  read_secrets
  [ "$(cat "$compose_run/ca.crt")" != "$old_authority" ] || fail_check "the authority is still the old one"
  eventually 60 "the gateway does not answer those who know the new authority" accepted_token "$api_token"
  run_documented "The authority" 3
  eventually 60 "the schedulers do not get healthy" healthy sync-scheduler 2
  eventually 60 "the gateway does not answer any more" accepted_token "$api_token"
  trigger_succeeds || fail_check "no run succeeds after the authority was replaced"
  say "  API token, executors' token, encryption key and authority replaced, nobody locked out"
}

status_with() { api_token=$1 gateway token /api/integrations -o /dev/null -w '%{http_code}'; }

accepted_token() { [ "$(status_with "$1")" = 200 ]; }

refused_token() { [ "$(status_with "$1")" = 401 ]; }

# A sample with a credential is synced anew.
trigger_succeeds() {
  local before
  before=$(sql 'SELECT clock_timestamp()')
  gateway token /api/integrations/sample-countries/sync -X POST --fail -o /dev/null || return 1
  eventually 60 "the sample is not synced" has_rows "FROM syncline.sync_history h
    JOIN syncline.integrations i ON i.id = h.integration_id
    WHERE external_id = 'sample-countries' AND h.status = 'SUCCESS' AND started_at > '$before'"
}

# A file of the operator's that no program would take is named as he knows it, and no part gets anything.
refuses_bad_files() {
  local before said=$compose_run/init-said
  before=$(docker run --rm --network none -v ${project}_scheduler-secrets:/part:ro --entrypoint sha256sum \
    syncline/init:test /part/ca.crt)
  say junk >"$SYNCLINE_SECRETS/ca.crt"
  if compose run --rm -T init make >"$said" 2>&1 </dev/null; then fail_check "init takes a bad authority"; fi
  rm "$SYNCLINE_SECRETS/ca.crt"
  grep -qF "init: $SYNCLINE_SECRETS/ca.crt: expected certificates" "$said" || fail_check "init does not name the bad file"
  [ "$(docker run --rm --network none -v ${project}_scheduler-secrets:/part:ro --entrypoint sha256sum \
    syncline/init:test /part/ca.crt)" = "$before" ] || fail_check "init gave a bad authority to the schedulers"
}

# Volumes without a name would stay behind after every `down`.
nameless_volumes() {
  docker ps -aq --filter label=com.docker.compose.project=$project |
    xargs docker inspect -f '{{range .Mounts}}{{if eq .Type "volume"}}{{println .Name}}{{end}}{{end}}' |
    grep -xE '[0-9a-f]{64}'
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
  refuses_bad_files
  if nameless_volumes >/dev/null; then fail_check "a container has a volume without a name"; fi
  say "  nothing secret in what docker shows, no right that is not needed, bad files refused, every volume named"
}
