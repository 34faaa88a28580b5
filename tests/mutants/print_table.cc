// Prints the mutants for ./dev mutants, one a line: name, test target, GoogleTest filter and fault,
// with tabs between them.
#include <cstdio>

#include "tests/mutants/mutants.h"

int main() {
  for (const auto& mutant : syncline::mutants::AllMutants()) {
    std::printf("%s\t%s\t%s\t%s\n", mutant.name.data(), mutant.target.data(), mutant.filter.data(),
                mutant.fault.data());
  }
}
