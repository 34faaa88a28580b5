// Runs that read the list of languages in four pages, some integrations of them at once: what the
// tests of faults let go wrong.
#pragma once

#include <string>
#include <vector>

#include "tests/e2e/stack.h"

namespace syncline::testing {

// Creates `count` integrations; each is due at once.
std::vector<std::string> CreateLanguageRuns(Stack& stack, int count);

// Waits until each has ended and expects that nothing was lost, doubled or charged: the promises of
// run_checks.h, records equal to the source, and at most one page of each read twice. `takeovers`
// is how often at most each was taken over.
void ExpectUnharmed(Stack& stack, const std::vector<std::string>& ids, int takeovers);

}  // namespace syncline::testing
