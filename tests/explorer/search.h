// Breadth-first search through all states that can be reached within bounds.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "tests/explorer/events.h"

namespace syncline::explorer {

struct Violation {
  std::string rule;
  std::vector<Event> path;  // a shortest one, from the initial state
};

struct Found {
  std::size_t states = 0;  // different ones, the initial one counted
  std::size_t steps = 0;   // taken between them
  int depth = 0;           // of the deepest state
  double seconds = 0;
  std::optional<Violation> violation;  // the first one; the search ends there
};

// Visits every state at most `depth` events away. Each is checked against the rules, and whether
// everything ends from there when nothing goes wrong any more.
Found Explore(const Model& model, int depth);

// "420000 states in 14 levels …", and the path of a violation, one event a line.
std::string Report(const Found& found);

}  // namespace syncline::explorer
