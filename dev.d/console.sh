# shellcheck shell=bash
# The web console: gateway/console is built into gateway/console/dist. Nothing is done where nothing has changed.

console=$root/gateway/console

# Builds the console, unless dist is already what its sources make.
build_console() {
  local inputs
  inputs=$(console_inputs)
  if [ -f "$console/dist/index.html" ] && [ "$inputs" = "$(cat "$console/dist.inputs" 2>/dev/null)" ]; then
    return 0
  fi
  install_npm_packages "$console"
  say "building the console"
  rm -f "$console/dist.inputs"
  quietly "$root/build/console.log" npm_in "$console" run build
  say "$inputs" >"$console/dist.inputs"
}

# One hash over all that the built console is made of.
console_inputs() {
  (cd "$console" && inputs_hash src public index.html ./*.json ./*.ts)
}

# Draws the console's main views, in a real browser on a stack of their own.
draw_screenshots() {
  install_packages build run test
  build_targets dev sync-scheduler sync-executor sync-gateway console-stack
  build_console
  mkdir -p "$root/docs/images"
  CONSOLE_STACK=$build/tests/browser/console-stack \
    console_tool vitest run --config vitest.screenshots.config.ts
  say "drawn: docs/images"
}

# Runs a tool of the console's packages: console_tool vitest run
console_tool() { "$console/run" "$@"; }
