# shellcheck shell=bash
# Looking at a running stack.

need_env() {
  [ -f "$run/env" ] || die "nothing is up; start it with ./dev up"
  # shellcheck source=/dev/null
  . "$run/env"
}

# Fails when nothing is up or a part has ended.
show_status() {
  local name all_run=yes
  [ -n "$(part_names)" ] || die "nothing is up; start it with ./dev up"
  printf '%-14s %-8s %-9s %-22s %s\n' PART PID STATE ADDRESS UPTIME
  for name in $(part_names); do
    if part_runs "$name"; then
      printf '%-14s %-8s %-9s %-22s %s\n' "$name" "$(part_pid "$name")" running \
        "$(part_address "$name")" "$(uptime_of "$name")"
    else
      all_run=no
      printf '%-14s %-8s %-9s %-22s %s\n' "$name" - ended "$(part_address "$name")" -
    fi
  done
  [ $all_run = yes ]
}

# A part's file is written when it starts.
uptime_of() {
  local seconds
  seconds=$(($(date +%s) - $(stat -c %Y "$parts/$1")))
  printf '%d:%02d:%02d' $((seconds / 3600)) $((seconds / 60 % 60)) $((seconds % 60))
}

show_env() {
  need_env
  cat "$run/env"
}

show_logs() {
  local program=${1:-} logs
  program=${program#sync-}
  mapfile -t logs < <(find "$run/logs" -name "$program*.log" 2>/dev/null | sort -V)
  [ "${#logs[@]}" -gt 0 ] || die "there is no log of '$program'"
  exec tail -n 50 -F "${logs[@]}"
}

open_psql() {
  need_env
  exec psql "$DATABASE_URL" "$@"
}
