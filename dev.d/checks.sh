# shellcheck shell=bash
# Tests, format and linters.

tidy_limit=40    # files a run of lint looks at
tidy_seconds=600 # and how long it may take

run_all_tests() {
  install_packages build run test
  run_tests "${1:-}"
  run_sanitized_tests "${1:-}"
}

run_tests() {
  local filter=$1
  build_everything dev
  install_python_packages schemathesis "$root/tests/api/requirements.txt" # tests/api runs it
  build_console
  prepare_backend
  ctest --test-dir "$root/build/dev" --output-on-failure --no-tests=error -j "$(nproc)" \
    ${filter:+-R "$filter"} </dev/null
}

# Unit and storage tests once more, under AddressSanitizer and UndefinedBehaviorSanitizer.
run_sanitized_tests() {
  local filter=$1 names
  configure asan
  mapfile -t names < <(ctest --test-dir "$root/build/asan" -N -L 'unit|storage' \
    ${filter:+-R "$filter"} | sed -n 's/^ *Test *#[0-9]*: //p')
  [ "${#names[@]}" -gt 0 ] || return 0
  build_targets asan "${names[@]}"
  ctest --test-dir "$root/build/asan" --output-on-failure -j "$(nproc)" -L 'unit|storage' \
    ${filter:+-R "$filter"} </dev/null
}

# The tests in which threads of ours meet. Those through gRPC say little: tests/races.supp.
tsan_tests=(base_test rpc_test ops_http_test executor_core_test executor_http_test executor_http_client_test
  executor_storage_test executor_app_test postgres_storage_test scheduler_app_storage_test
  scheduler_storage_test)

run_tsan_tests() {
  install_packages build run test
  build_targets tsan "${tsan_tests[@]}"
  ctest --test-dir "$root/build/tsan" --output-on-failure --no-tests=error -j "$(nproc)" \
    -R "^($(IFS='|' && echo "${tsan_tests[*]}"))\$" </dev/null
}

# The C++ sources that git knows or would take.
sources() { git ls-files --cached --others --exclude-standard '*.h' '*.cc'; }

format_sources() {
  install_packages build test
  sources | xargs -r clang-format -i
  install_npm_packages "$console"
  console_tool prettier --log-level warn --write .
  backend_prettier --write
}

lint() {
  install_packages build test
  sources | xargs -r clang-format --dry-run -Werror
  say "format: fine"
  install_npm_packages "$console"
  console_tool prettier --log-level warn --check .
  say "format of the console: fine"
  backend_prettier --check
  say "format of the backend: fine"
  if command -v shellcheck >/dev/null; then
    shellcheck -x dev .ci/run deploy/image/* tests/compose/base/make-base-images tests/compose/base/postgres/entrypoint
    (cd deploy/init && shellcheck -x init)
    say "shell scripts: fine"
  fi
  run_tidy
}

# Prints the files under the given paths that differ from where this branch left main, or else from the commit before.
changed_files() {
  local base
  base=$(git merge-base HEAD origin/main 2>/dev/null || true)
  if [ -z "$base" ] || [ "$base" = "$(git rev-parse HEAD)" ]; then
    base=$(git rev-parse -q --verify HEAD~1 || git hash-object -t tree /dev/null)
  fi
  {
    git diff --name-only --diff-filter=d "$base" -- "$@"
    git ls-files --others --exclude-standard -- "$@"
  } | sort -u
}

run_tidy() {
  local files
  mapfile -t files < <(changed_files '*.cc')
  if [ "${#files[@]}" -eq 0 ]; then
    say "clang-tidy: no source has changed"
    return
  fi
  build_everything dev # it reads generated headers
  if [ "${#files[@]}" -gt $tidy_limit ]; then
    say "clang-tidy: ${#files[@]} sources have changed, looking at $tidy_limit of them"
    mapfile -t files < <(printf '%s\n' "${files[@]}" | shuf -n $tidy_limit)
  fi
  local log=$root/build/clang-tidy.log outcome=0
  printf '%s\n' "${files[@]}" | timeout $tidy_seconds \
    xargs -P "$(nproc)" -n 1 clang-tidy --quiet -p build/dev >"$log" 2>"$log.notes" || outcome=$?
  cat "$log"
  if grep -q 'error:' "$log" || { [ $outcome -ne 0 ] && [ $outcome -ne 124 ]; }; then
    tail -n 5 "$log.notes" >&2
    die "clang-tidy is not content"
  fi
  if [ $outcome -eq 124 ]; then say "clang-tidy: stopped after $tidy_seconds s"; fi
  say "clang-tidy: fine"
}
