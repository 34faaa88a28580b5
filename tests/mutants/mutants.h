// The mutants: deliberate faults, one a mechanism that a guarantee rests on, and the test that must
// catch each. docs/adr/0005-mutants.md says how they are built and run.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace syncline::mutants {

// A change of the text of a statement. `statement` is its file's name without ".sql".
struct Patch {
  std::string_view statement;
  std::string_view find;  // is there exactly once
  std::string_view replace;
  std::string_view until = {};  // set: what is replaced goes on up to this, which stays
};

// A statement that runs in its own transaction before or after another one, with its parameters.
struct SplitOff {
  std::string_view statement;
  bool before = false;
  std::string_view text;
};

struct Mutant {
  std::string_view name;
  std::string_view fault;   // in words: what it does wrong
  std::string_view target;  // the test that must catch it: its CMake target,
  std::string_view filter;  // and its name for GoogleTest
  std::vector<Patch> patches = {};
  std::vector<SplitOff> split_off = {};
  bool in_code = false;  // the code asks MUTANT(name)
};

// Those of runs (claims, leases, ends), of pages, and of what users ask for.
std::vector<Mutant> RunMutants();
std::vector<Mutant> PageMutants();
std::vector<Mutant> RequestMutants();

// All of them, in the order of the lists above. Lives as long as the process.
const std::vector<Mutant>& AllMutants();

// Null when there is none of that name.
const Mutant* FindMutant(std::string_view name);

// `text` with the mutant's patches of `statement`. FAILED_PRECONDITION says which place is not
// there exactly once: then the statement has changed, and the mutant must follow it.
absl::StatusOr<std::string> Mutate(const Mutant& mutant, std::string_view statement,
                                   std::string_view text);

}  // namespace syncline::mutants
