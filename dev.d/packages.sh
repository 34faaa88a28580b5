# shellcheck shell=bash
# Installing what is missing. deploy/packages.txt names it.

# Prints the packages of the given groups.
packages_of() {
  awk -v wanted=" $* " '
    /^# \[/ { group = $2; gsub(/[][]/, "", group); next }
    /^[a-z]/ && index(wanted, " " group " ") { print }' "$root/deploy/packages.txt"
}

# Prints those of its arguments that are not installed.
missing_packages() {
  local installed
  installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "$@" 2>/dev/null |
    awk '$1 == "installed" { print $2 }' || true)
  printf '%s\n' "$@" | grep -vxF -f <(printf '%s\n' "$installed") || true
}

# Runs apt-get as root; says how to go on when that is not possible.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    die "this needs root or sudo: $*"
  fi
}

# Installs what is missing of the given groups, and says what.
install_packages() {
  if ! command -v dpkg-query >/dev/null; then
    warn "dev: this is not Debian: the packages of deploy/packages.txt are taken to be there"
    return
  fi
  local wanted missing
  mapfile -t wanted < <(packages_of "$@")
  mapfile -t missing < <(missing_packages "${wanted[@]}")
  [ "${#missing[@]}" -gt 0 ] || return 0
  say "installing ${#missing[@]} packages: ${missing[*]}"
  if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
    die "that needs root or sudo. As root: apt-get install --no-install-recommends ${missing[*]}"
  fi
  local log
  log=$(mktemp)
  keep_postgres_from_starting
  if ! { apt_get update && apt_get install -y --no-install-recommends "${missing[@]}"; } \
    >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    allow_postgres_to_start
    die "the packages could not be installed; the whole output is in $log"
  fi
  allow_postgres_to_start
  rm -f "$log"
}

apt_get() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 "$@" </dev/null
}

# Debian's PostgreSQL package creates and starts a cluster on port 5432 when it is first installed.
# Nobody asked for that one here. An existing cluster is not touched.
postgres_drop_in=/etc/postgresql-common/createcluster.d/syncline-dev.conf

keep_postgres_from_starting() {
  [ ! -e /usr/bin/pg_createcluster ] || return 0
  as_root mkdir -p "${postgres_drop_in%/*}"
  say "create_main_cluster = false" | as_root tee "$postgres_drop_in" >/dev/null
}

allow_postgres_to_start() {
  [ ! -e "$postgres_drop_in" ] || as_root rm -f "$postgres_drop_in"
}

# A Python program with all it needs, pinned by hash in a requirements file, in .tools/NAME:
# install_python_packages NAME FILE
install_python_packages() {
  local name=$1 pins=$2 tree=$root/.tools/$1
  if cmp -s "$pins" "$tree/installed.txt"; then return; fi
  say "installing $name into .tools"
  rm -rf "$tree"
  quietly "$root/build/$name.log" python3 -m venv "$tree"
  quietly "$root/build/$name.log" "$tree/bin/pip" install --disable-pip-version-check \
    --require-hashes --no-deps --only-binary :all: -r "$pins"
  cp "$pins" "$tree/installed.txt"
}
