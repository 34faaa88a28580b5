# shellcheck shell=bash
# grpcurl on the running stack: `./dev grpcurl list`. The address is put where grpcurl wants it,
# before the first argument that is no option.

grpcurl_version=v1.8.7 # builds with the Go of Debian 12
grpcurl_tool=$root/.tools/bin/grpcurl

run_grpcurl() {
  need_env
  local tool options=() option
  tool=$(command -v grpcurl) || tool=$grpcurl_tool
  [ -x "$tool" ] || build_grpcurl
  while [ $# -gt 0 ]; do
    option=${1/#--/-}
    case $option in
      # Options without a value, and those that carry it behind "=".
      -plaintext | -insecure | -use-reflection | -emit-defaults | -allow-unknown-fields | \
        -format-error | -msg-template | -v | -vv | -version | -expand-headers | -help | -*=*)
        options+=("$1")
        shift
        ;;
      -*)
        [ $# -ge 2 ] || die "grpcurl's $1 needs a value"
        options+=("$1" "$2")
        shift 2
        ;;
      *) break ;;
    esac
  done
  exec "$tool" -plaintext "${options[@]}" "$SYNC_SCHEDULER_ADDRESS" "$@"
}

# Builds the pinned version from Go's module proxy, which checks its sum. Needs Go only once.
build_grpcurl() {
  command -v go >/dev/null || install_packages grpcurl >&2
  warn "building grpcurl $grpcurl_version into .tools (once)"
  local go_dir=$root/.tools/go
  GOPATH=$go_dir GOCACHE=$go_dir/cache GOBIN=$root/.tools/bin GOFLAGS=-modcacherw \
    quietly "$root/.tools/grpcurl.log" \
    go install "github.com/fullstorydev/grpcurl/cmd/grpcurl@$grpcurl_version"
  rm -rf "$go_dir"
}
