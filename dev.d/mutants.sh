# shellcheck shell=bash
# Deliberate faults, each of which a named test must catch: docs/adr/0005-mutants.md.

mutant_seconds=120 # a test that takes longer hangs

# Everything, the mutants named, or everything if what they change differs from main.
run_mutants() {
  if [ "${1:-}" = --if-changed ]; then
    shift
    if [ -z "$(changed_files scheduler executor migrations common/postgres tests/mutants)" ]; then
      say "mutants: nothing that they change differs from main"
      return
    fi
  fi
  install_packages build run test
  local tree=$root/build/mutants table names targets target
  build_targets mutants mutant-table
  table=$("$tree/tests/mutants/mutant-table")
  [ $# -eq 0 ] || table=$(choose_mutants "$table" "$@")
  mapfile -t targets < <(cut -f 2 <<<"$table" | sort -u)
  build_targets mutants "${targets[@]}"

  for target in "${targets[@]}"; do
    names=$(awk -F '\t' -v target="$target" '$2 == target {print $3}' <<<"$table" | sort -u)
    judge_test "$tree" "" "$target" "$(paste -sd : <<<"$names")"
    [ "$verdict" = green ] || die "without a mutant, $target: $verdict (${judged_log#"$root/"})"
    [ "$tests_run" -eq "$(wc -l <<<"$names")" ] || die "$target lacks some of: ${names//$'\n'/ }"
  done
  say "without a mutant, all of these tests pass"
  run_each_mutant "$tree" "$table"
}

# Prints the rows of the table that are asked for.
choose_mutants() {
  local table=$1 name row
  shift
  for name in "$@"; do
    row=$(awk -F '\t' -v name="$name" '$1 == name' <<<"$table")
    [ -n "$row" ] || die "there is no mutant '$name'; there are: $(cut -f 1 <<<"$table" | tr '\n' ' ')"
    printf '%s\n' "$row"
  done
}

run_each_mutant() {
  local tree=$1 table=$2 name target filter fault caught=0 all=0
  while IFS=$'\t' read -r name target filter fault; do
    judge_test "$tree" "$name" "$target" "$filter"
    all=$((all + 1))
    if [ "$verdict" = failed ]; then
      caught=$((caught + 1))
      printf 'caught    %-32s %s (%s)\n' "$name" "$filter" "$failed_at"
    else
      printf 'NOT CAUGHT %-31s %s: %s\n           that is: %s\n' "$name" "$filter" "$verdict" "$fault"
    fi
  done <<<"$table"
  say "$caught of $all mutants caught"
  [ "$caught" -eq "$all" ]
}

# Runs tests as a mutant, or as none. Sets verdict: green; failed, when nothing but an assertion failed, with the
# place in failed_at; or what else became of it. A crash or a hang proves nothing about the test.
judge_test() {
  local tree=$1 mutant=$2 target=$3 filter=$4 program outcome=0
  program=$(find "$tree" -type f -name "$target" -perm -u+x)
  judged_log=$tree/mutants/${mutant:-none-$target}.log
  mkdir -p "$tree/mutants"
  SYNC_MUTANT=$mutant timeout $mutant_seconds "$program" --gtest_color=no --gtest_filter="$filter" \
    >"$judged_log" 2>&1 </dev/null || outcome=$?
  tests_run=$(sed -n 's/^\[==========\] \([0-9]*\) tests\? .* ran\..*/\1/p' "$judged_log")
  failed_at=$(sed -n 's/^\(.*\.\(cc\|h\):[0-9]*\): Failure$/\1/p' "$judged_log" | head -n 1)
  failed_at=${failed_at#"$root/"}
  failed_at=${failed_at##*../}
  if [ $outcome -eq 124 ]; then
    verdict="it hung"
  elif [ -z "$tests_run" ]; then
    verdict="it ended with status $outcome"
  elif [ "$tests_run" -eq 0 ]; then
    verdict="there is no such test"
  elif [ $outcome -eq 0 ]; then
    verdict=green
  elif [ -z "$failed_at" ]; then
    verdict="no assertion failed"
  else
    verdict=failed
  fi
}
