# shellcheck shell=bash
# The running parts. .run/parts/NAME holds "pid start-time executable address" of each. A pid counts
# as ours only while its start time and executable are those we noted, so none is ever mistaken.

parts=$run/parts
start_limit=60 # seconds until a part must be ready
taken_port=
taken_ports=" "

# Sets taken_port: the preferred one, or a free one when something listens there.
take_port() {
  local port=$1
  while [[ $taken_ports == *" $port "* ]] || (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
    port=$((20000 + RANDOM % 12000))
  done
  taken_port=$port
  taken_ports+="$port "
}

# Prints fields of /proc/PID/stat, counted behind the command's name; nothing when it is gone.
process_stat() { { sed 's/^.*) //' "/proc/$1/stat" | cut -d ' ' -f "$2"; } 2>/dev/null || true; }

process_state() { process_stat "$1" 1; }

process_start_time() { process_stat "$1" 20; } # in ticks since the machine started

process_executable() {
  local path
  path=$(readlink "/proc/$1/exe" 2>/dev/null) || return 0
  say "${path% (deleted)}" # rebuilt while it ran
}

# Starts a part in a session of its own, so that Ctrl-C reaches only us, with its output in its log.
# usage: start_part NAME ADDRESS command…
start_part() {
  local name=$1 address=$2 pid before start executable=
  shift 2
  mkdir -p "$parts" "$run/logs"
  [ ! -f "$run/logs/$name.log" ] || mv "$run/logs/$name.log" "$run/logs/$name.log.before"
  before=$(process_executable $$)
  (cd / && exec setsid "$@") >"$run/logs/$name.log" 2>&1 </dev/null 8>&- &
  pid=$!
  disown "$pid" # its end is ours to tell, not the shell's
  # Until it has become the program itself it is still this shell or a launcher.
  for _ in $(seq 100); do
    case $(process_state "$pid") in "" | Z) break ;; esac
    executable=$(process_executable "$pid")
    case $executable in
      "$before" | */setpriv | */setsid | "") sleep 0.02 ;;
      *) break ;;
    esac
  done
  start=$(process_start_time "$pid")
  say "$pid ${start:--} ${executable:--} $address" >"$parts/$name"
}

part_names() { find "$parts" -type f -printf '%f\n' 2>/dev/null | sort -V; }

part_pid() { cut -d ' ' -f 1 "$parts/$1"; }

part_address() { cut -d ' ' -f 4 "$parts/$1"; }

# True while the part's process is there and is the one that we started.
part_runs() {
  local pid start executable _
  read -r pid start executable _ 2>/dev/null <"$parts/$1" || return 1
  [ -n "$start" ] && [ "$(process_start_time "$pid")" = "$start" ] &&
    [ "$(process_executable "$pid")" = "$executable" ]
}

# Prints the parts that are noted and gone.
dead_parts() {
  local name
  for name in $(part_names); do
    part_runs "$name" || say "$name"
  done
}

# Waits until a command succeeds; a part that ends before, or takes too long, ends the start.
# usage: wait_until NAME command…
wait_until() {
  local name=$1 deadline=$((SECONDS + start_limit))
  shift
  until "$@" >/dev/null 2>&1; do
    part_runs "$name" || fail_start "$name" "ended before it was ready"
    [ $SECONDS -lt $deadline ] || fail_start "$name" "was not ready within $start_limit s"
    sleep 0.1
  done
}

wait_http() { wait_until "$1" curl -fsS --max-time 2 "$2"; }

# Says which part failed and why, and ends; whoever starts the stack stops the others then.
fail_start() {
  local name=$1 why=$2
  warn "dev: $name $why. The last lines of .run/logs/$name.log:"
  tail -n 20 "$run/logs/$name.log" | sed 's/^/  /' >&2
  exit 1
}

# Sends a signal to those of the given parts that run.
signal_parts() {
  local signal=$1 name
  shift
  for name in "$@"; do
    ! part_runs "$name" || kill -s "$signal" "$(part_pid "$name")" 2>/dev/null || true
  done
}

# True when all given parts have ended within the given seconds.
parts_end() {
  local deadline=$((SECONDS + $1)) name running
  shift
  while :; do
    running=
    for name in "$@"; do
      ! part_runs "$name" || running=$name
    done
    [ -n "$running" ] || return 0
    [ $SECONDS -lt $deadline ] || return 1
    sleep 0.1
  done
}

# Stops the parts whose names begin like that, together: asks, asks again (our programs then end at
# once), then kills. PostgreSQL's words for the first two are INT (do not wait for its clients) and
# QUIT.
stop_parts_like() {
  local prefix=$1 first=TERM second=TERM names
  mapfile -t names < <(part_names | grep "^$prefix" || true)
  [ "${#names[@]}" -gt 0 ] || return 0
  if [ "$prefix" = postgres ]; then
    first=INT second=QUIT
  fi
  signal_parts $first "${names[@]}"
  if ! parts_end 10 "${names[@]}"; then
    signal_parts $second "${names[@]}"
    if ! parts_end 5 "${names[@]}"; then
      warn "dev: killing $prefix"
      signal_parts KILL "${names[@]}"
      parts_end 5 "${names[@]}" || warn "dev: $prefix does not end"
    fi
  fi
  local name
  for name in "${names[@]}"; do rm -f "$parts/$name"; done
}

# Stops everything, whoever depends on others first.
stop_parts() {
  local prefix
  for prefix in gateway executor scheduler sample-api postgres; do
    stop_parts_like "$prefix"
  done
  rm -f "$run/env"
}
