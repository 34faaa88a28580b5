// What PostgreSQL itself allows: a bare loop on two sessions that does to the tables what a cycle
// must do to them, and nothing else. No program, no fence, no decision.
#pragma once

#include <cstdint>
#include <string>

#include "tests/bench/parts.h"

namespace syncline::bench {

struct CeilingResult {
  double cycles_per_second = 0;
  std::string problem;  // what is wrong with the rows that it left
};

// Whether integrations are kept in the order in which they are due, by an index on `next_sync_at`:
// without an order nobody could find what is due.
enum class Ceiling { kOrdered, kUnordered };

// Runs the loop for `seconds` with this many cycles a statement, on a fresh database.
CeilingResult RunCeiling(const BenchOptions& options, Ceiling kind, int batch, double seconds);

}  // namespace syncline::bench
