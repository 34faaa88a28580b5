// The mutant that this process is: common/base/mutant.h.
#include <cstdio>
#include <cstdlib>

#include "common/base/mutant.h"
#include "tests/mutants/mutants.h"

namespace syncline {
namespace {

constexpr char kVariable[] = "SYNC_MUTANT";

[[noreturn]] void Die(const std::string& what) {
  std::fprintf(stderr, "%s: %s\n", kVariable, what.c_str());
  std::abort();
}

// Null when nothing is chosen. First asked for while static objects are made, before any thread.
const mutants::Mutant* Chosen() {
  static const mutants::Mutant* const chosen = []() -> const mutants::Mutant* {
    const char* const name = std::getenv(kVariable);  // NOLINT(concurrency-mt-unsafe)
    if (name == nullptr || *name == '\0') return nullptr;
    const mutants::Mutant* const found = mutants::FindMutant(name);
    if (found == nullptr) Die("there is no mutant '" + std::string(name) + "'");
    return found;
  }();
  return chosen;
}

std::string_view SplitOffOf(std::string_view statement, bool before) {
  if (Chosen() == nullptr) return {};
  for (const mutants::SplitOff& part : Chosen()->split_off) {
    if (part.statement == statement && part.before == before) return part.text;
  }
  return {};
}

}  // namespace

bool IsMutant(std::string_view name) {
  const mutants::Mutant* const asked = mutants::FindMutant(name);
  if (asked == nullptr || !asked->in_code)
    Die("the code asks for the mutant '" + std::string(name) + "', which tests/mutants lacks");
  return asked == Chosen();
}

std::string_view MutatedText(std::string_view name, std::string_view text) {
  if (Chosen() == nullptr) return text;
  auto mutated = mutants::Mutate(*Chosen(), name, text);
  if (!mutated.ok()) Die(std::string(mutated.status().message()));
  // Never freed: plans are kept by the text's address.
  return *new std::string(std::move(*mutated));
}

std::string_view MutantStatementBefore(std::string_view name) { return SplitOffOf(name, true); }
std::string_view MutantStatementAfter(std::string_view name) { return SplitOffOf(name, false); }

}  // namespace syncline
