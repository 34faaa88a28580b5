# shellcheck shell=bash
# The checks of the files and of the images. Part of checks.sh.

# Both kinds of compose understand the files; the other checks use one of them.
check_config() {
  if command -v docker-compose >/dev/null; then
    config_with docker-compose
  else
    warn "  SKIPPED: no docker-compose 1.29 here, so nobody knows whether it understands docker-compose.yml"
  fi
  if docker compose version >/dev/null 2>&1; then
    config_with docker compose
  else
    warn "  SKIPPED: no Compose v2 (docker compose) here, so nobody knows whether it understands docker-compose.yml"
  fi
}

config_with() {
  local compose_command=("$@")
  SYNCLINE_EXECUTORS=7 compose config 2>&1 | grep 'replicas: 7' >/dev/null || fail_check "$* does not understand the files"
  say "  understood by $("$@" version --short)"
}

# The images build, are small, and run as nobody; a change of the scheduler compiles little again.
check_images() {
  local service size base_size first_build=
  take_down 10
  if [ -z "$(docker image ls -q --filter label=org.opencontainers.image.vendor=Syncline syncline/init)" ]; then
    time_first_build
  fi
  build_images "$root"
  base_size=$(docker image inspect -f '{{.Size}}' "$SYNCLINE_DEBIAN_IMAGE")
  for service in sync-scheduler sync-executor sync-gateway; do
    size=$((($(docker image inspect -f '{{.Size}}' syncline/$service:test) - base_size) / 1000000))
    say "  $service: $size MB above its base"
    [ $size -le 60 ] || fail_check "the image of $service is $size MB above its base, more than 60"
    [ "$(docker image inspect -f '{{.Config.User}}' syncline/$service:test)" = 10001:10001 ] ||
      fail_check "the image of $service runs as root"
  done
  if [ -n "$first_build" ]; then
    check_second_build "$first_build"
  else
    warn "  SKIPPED: the images were there already, so nobody knows how long a first build takes"
  fi
}

# Builds with the sources of a folder.
build_images() {
  "${compose_command[@]}" -p $project -f "$1/docker-compose.yml" -f "$1/deploy/compose.sample.yml" build \
    >>"$compose_run/compose.log" 2>&1 </dev/null || fail_check "the images do not build: see compose.log"
}

# From nothing but what Debian brings. Sets first_build, the seconds that it took.
time_first_build() {
  local stage start
  for stage in toolchain runtime; do
    docker build --target $stage --build-arg DEBIAN="$SYNCLINE_DEBIAN_IMAGE" -f "$root/deploy/Dockerfile" "$root" \
      >>"$compose_run/compose.log" 2>&1 </dev/null || fail_check "the images do not build: see compose.log"
  done
  start=$SECONDS
  build_images "$root"
  first_build=$((SECONDS - start))
}

# One line of the scheduler's code is new, in a copy of the sources: of its wiring. One of its core compiles all of it.
check_second_build() {
  local copy=$compose_run/changed start second
  rm -rf "$copy"
  mkdir "$copy"
  git -C "$root" ls-files -z --cached --others --exclude-standard | tar -C "$root" -c --null -T - --ignore-failed-read |
    tar -C "$copy" -x
  say "// $(date +%s%N)" >>"$copy/scheduler/app/dispatcher.cc"
  start=$SECONDS
  SYNCLINE_VERSION=changed build_images "$copy"
  second=$((SECONDS - start))
  rm -rf "$copy"
  docker image ls --format '{{.Repository}}:{{.Tag}}' | grep '^syncline/.*:changed$' | xargs -r docker image rm >/dev/null
  say "  built in $1 s at first, in $second s after a change of one line of the scheduler: $((100 * second / $1)) %"
  [ $((4 * second)) -lt "$1" ] || fail_check "the second build takes a quarter of the first or more"
}
