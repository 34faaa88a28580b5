// The files that an operator gives to the containers in place of what their init makes
// (docs/operations.md, "Secrets"): checked before any part gets them, by what the programs hold
// them to at their start.
#pragma once

#include <string>
#include <vector>

namespace syncline::scheduler {

// What is wrong with the files in `folder`: a line each that names the file, the line or the entry
// where there is one, and what would be right; never shows what stands there. What is missing or
// empty is init's to make.
std::vector<std::string> OperatorFileProblems(const std::string& folder);

// Prints them to standard error; the exit status.
int CheckOperatorFiles(const std::string& folder);

}  // namespace syncline::scheduler
