# shellcheck shell=bash
# A private PostgreSQL cluster: its own data, port and password, reachable on loopback only.
# PostgreSQL refuses to run as root: then it runs as the user of Debian's package.

postgres_bin() {
  local newest
  newest=$(find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)
  [ -n "$newest" ] || die "PostgreSQL is not installed"
  say "$newest"
}

# Sets as_postgres, the words before a command that has to run as the cluster's user.
as_postgres=()
become_postgres() {
  [ "$(id -u)" -eq 0 ] || return 0
  as_postgres=(setpriv --reuid=postgres --regid=postgres --init-groups)
  # Where / itself is closed to everyone but root (a chroot in a private folder), another user cannot
  # even load a library. It gets the one capability that opens folders to it; the securebit lets
  # access(2), by which initdb finds its programs, honour that too.
  if ! (cd / && "${as_postgres[@]}" true) 2>/dev/null; then
    as_postgres+=(--securebits=+no_setuid_fixup)
    as_postgres+=(--inh-caps=+dac_read_search --ambient-caps=+dac_read_search)
    (cd / && "${as_postgres[@]}" true) || die "the user 'postgres' cannot run programs here"
  fi
}

# Prints the folder of the cluster: .run/postgres, or one in /var/tmp when the cluster's user cannot
# get there (a clone below a private home folder, say). That one is noted with the clone that it
# belongs to, so that a copy of a clone does not share it.
postgres_dir() {
  local note=$run/postgres.dir dir=$run/postgres owner=
  if ! (cd / && "${as_postgres[@]}" test -x "$run"); then
    { read -r dir && read -r owner; } 2>/dev/null <"$note" || true
    if [ "$owner" != "$root" ] || [ ! -d "$dir" ]; then
      dir=$(mktemp -d /var/tmp/syncline-postgres.XXXXXX)
      printf '%s\n' "$dir" "$root" >"$note"
    fi
  fi
  mkdir -p "$dir"
  chmod 700 "$dir"
  [ "$(id -u)" -ne 0 ] || chown postgres: "$dir"
  say "$dir"
}

# Makes the cluster when there is none. The password's file lies in the cluster's own folder for the
# moment that initdb needs it.
create_cluster() {
  local dir=$1 bin=$2
  [ ! -d "$dir/data" ] || return 0
  rm -rf "$dir/data.part" # of an interrupted start
  secret "$run/postgres.password" random_hex
  install -m 600 "$run/postgres.password" "$dir/password"
  [ "$(id -u)" -ne 0 ] || chown postgres: "$dir/password"
  cd /
  quietly "$run/logs/initdb.log" "${as_postgres[@]}" "$bin/initdb" -D "$dir/data.part" -U syncline \
    --pwfile="$dir/password" --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8
  cd "$root"
  rm -f "$dir/password"
  mv "$dir/data.part" "$dir/data"
}

start_postgres() {
  local dir bin port password
  bin=$(postgres_bin)
  become_postgres
  dir=$(postgres_dir)
  create_cluster "$dir" "$bin"
  take_port 25432
  port=$taken_port
  password=$(cat "$run/postgres.password")
  start_part postgres "127.0.0.1:$port" "${as_postgres[@]}" "$bin/postgres" -D "$dir/data" -p "$port" \
    -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200 \
    -c autovacuum_naptime=10s -c timezone=UTC -c log_timezone=UTC -c cluster_name=syncline-dev
  wait_until postgres "$bin/pg_isready" -q -h 127.0.0.1 -p "$port"
  database_url=postgresql://syncline:$password@127.0.0.1:$port/syncline
  local server=${database_url%/syncline}/postgres
  if [ -z "$(psql -qAtX "$server" -c "SELECT 1 FROM pg_database WHERE datname = 'syncline'")" ]; then
    psql -qX "$server" -c 'CREATE DATABASE syncline'
  fi
}

# Makes a file that only its owner may read, once; the rest is the command that prints the secret.
secret() {
  local file=$1
  shift
  [ ! -s "$file" ] || return 0
  (umask 077 && "$@" >"$file.part")
  mv "$file.part" "$file"
}

random_hex() { od -An -N16 -tx1 /dev/urandom | tr -d ' \n'; }

random_key() { printf 'k1:%s' "$(head -c 32 /dev/urandom | base64 -w0)"; }
