// The protocol with one thing left out, and the rule that breaks then.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/explorer/world.h"

namespace syncline::explorer {

struct Variant {
  const char* name;
  std::vector<Mend> left_out;
  const char* broken;  // the rule that the shortest path breaks
  bool snapshot_stream = false;
  bool track_epoch = false;
  int depth = 10;
  int disturbances = 2;
  bool marked = false;  // it is marked (!) in protocol.md
};

const std::vector<Variant>& Variants();
// Null when there is none of this name.
const Variant* FindVariant(std::string_view name);

World WorldOf(const Variant& variant);

}  // namespace syncline::explorer
