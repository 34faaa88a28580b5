# shellcheck shell=bash
# The backend in TypeScript, examples/backend-node, and the Prisma Client that its tests read our tables by. Nothing is done
# where nothing has changed.

backend=$root/examples/backend-node

# Runs it on the running stack, until Ctrl-C.
run_backend() {
  need_env
  prepare_backend
  cd "$backend"
  export DATABASE_URL SYNC_SCHEDULER_ADDRESS
  exec "$node_home/wheel/bin/node" src/main.ts
}

# Installs the packages and generates what the sources import: the Prisma Client and the types of the contract.
prepare_backend() {
  local inputs
  install_npm_packages "$backend"
  inputs=$(backend_inputs)
  [ "$inputs" != "$(cat "$backend/src/generated/.inputs" 2>/dev/null)" ] || return 0
  say "generating the backend's Prisma Client and types"
  rm -rf "$backend/src/generated"
  # prisma asks for an engine even for what it does without one, and would download it.
  PRISMA_SCHEMA_ENGINE_BINARY=/bin/true CHECKPOINT_DISABLE=1 PRISMA_HIDE_UPDATE_MESSAGE=1 \
    quietly "$root/build/backend.log" npm_in "$backend" run generate
  say "$inputs" >"$backend/src/generated/.inputs"
}

# One hash over all that the generated sources are made of.
backend_inputs() {
  (cd "$root" && inputs_hash proto deploy/prisma examples/backend-node/*.json examples/backend-node/*.ts)
}

# Runs the console's prettier on the backend's sources: backend_prettier --check
backend_prettier() {
  console_tool prettier --log-level warn --config "$backend/.prettierrc.json" "$@" \
    "$backend/*.{ts,json}" "$backend/src/*.ts" "$backend/src/{http,syncline}/*.ts" \
    "$backend/test/**/*.ts" "!$backend/package-lock.json"
}
