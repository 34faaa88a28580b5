# shellcheck shell=bash
# The backend in TypeScript, examples/backend-node, and the Prisma Client that its tests read our tables by. The Node.js is
# the console's (dev.d/console.sh). Nothing is done where nothing has changed.

backend=$root/examples/backend-node

# Installs the packages and generates what the sources import: the Prisma Client and the types of the contract.
prepare_backend() {
  local inputs
  install_backend_packages
  inputs=$(backend_inputs)
  [ "$inputs" != "$(cat "$backend/src/generated/.inputs" 2>/dev/null)" ] || return 0
  say "generating the backend's Prisma Client and types"
  rm -rf "$backend/src/generated"
  # prisma asks for an engine even for what it does without one, and would download it.
  PRISMA_SCHEMA_ENGINE_BINARY=/bin/true CHECKPOINT_DISABLE=1 PRISMA_HIDE_UPDATE_MESSAGE=1 \
    quietly "$root/build/backend.log" backend_npm run generate
  say "$inputs" >"$backend/src/generated/.inputs"
}

# One hash over all that the generated sources are made of.
backend_inputs() {
  (cd "$root" && find proto deploy/prisma examples/backend-node/package.json \
    examples/backend-node/package-lock.json examples/backend-node/prisma.config.ts -type f -print0 |
    LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1)
}

# Installs what the lockfile names into node_modules, unless that is what is there.
install_backend_packages() {
  install_node
  local wanted
  wanted=$(sha256sum <"$backend/package-lock.json")
  [ "$wanted" != "$(cat "$backend/node_modules/.installed" 2>/dev/null)" ] || return 0
  say "installing the backend's packages"
  quietly "$root/build/backend.log" backend_npm ci
  say "$wanted" >"$backend/node_modules/.installed"
}

backend_npm() {
  (cd "$backend" && PATH=$node_home/wheel/bin:$PATH \
    node "$node_home/wheel/lib/node_modules/npm/bin/npm-cli.js" "$@")
}

# Runs the console's prettier on the backend's sources: backend_prettier --check
backend_prettier() {
  console_tool prettier --log-level warn --config "$backend/.prettierrc.json" "$@" \
    "$backend/*.{ts,json}" "$backend/src/*.ts" "$backend/src/{http,syncline}/*.ts" \
    "$backend/test/**/*.ts" "!$backend/package-lock.json"
}
