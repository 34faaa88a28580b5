// Which folder may include which: the dependency rule of ARCHITECTURE.md as a table.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/repo/source_tree.h"

namespace syncline::repo {

// The layer of a file: its folder down to the table's depth ("scheduler/core", "common/postgres",
// "tests"), "scheduler/main" for a program's main.cc. Empty when the table does not know the
// folder.
std::string LayerOf(const std::string& path);

// One sentence for each include that the rule forbids, and for a folder that the table lacks. Other
// files than .h and .cc have none.
//   - A layer includes itself and what the table allows; test code also tests/support and
//   migrations.
//   - core includes no library but Abseil and fmt (which only formats text).
//   - A library that the table binds to layers is included there alone (and in tests).
std::vector<std::string> CheckIncludes(const SourceFile& file);

}  // namespace syncline::repo
