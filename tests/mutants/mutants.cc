#include "tests/mutants/mutants.h"

#include <algorithm>
#include <iterator>

namespace syncline::mutants {
namespace {

absl::Status NotOnce(const Mutant& mutant, const Patch& patch, std::string_view place) {
  const auto text = [](std::string_view part) { return std::string(part); };
  return absl::FailedPreconditionError("mutant " + text(mutant.name) + ": " +
                                       text(patch.statement) +
                                       ".sql does not have this exactly once: " + text(place));
}

}  // namespace

const std::vector<Mutant>& AllMutants() {
  static const auto* const all = [] {
    auto* mutants = new std::vector<Mutant>;
    for (const auto& list : {RunMutants(), PageMutants(), RequestMutants()})
      std::copy(list.begin(), list.end(), std::back_inserter(*mutants));
    return mutants;
  }();
  return *all;
}

const Mutant* FindMutant(std::string_view name) {
  for (const Mutant& mutant : AllMutants()) {
    if (mutant.name == name) return &mutant;
  }
  return nullptr;
}

absl::StatusOr<std::string> Mutate(const Mutant& mutant, std::string_view statement,
                                   std::string_view text) {
  std::string mutated(text);
  for (const Patch& patch : mutant.patches) {
    if (patch.statement != statement) continue;
    const std::size_t begin = mutated.find(patch.find);
    if (begin == std::string::npos || mutated.find(patch.find, begin + 1) != std::string::npos)
      return NotOnce(mutant, patch, patch.find);
    std::size_t end = begin + patch.find.size();
    if (!patch.until.empty()) {
      end = mutated.find(patch.until, end);
      if (end == std::string::npos || mutated.find(patch.until, end + 1) != std::string::npos)
        return NotOnce(mutant, patch, patch.until);
    }
    mutated.replace(begin, end - begin, patch.replace);
  }
  return mutated;
}

}  // namespace syncline::mutants
