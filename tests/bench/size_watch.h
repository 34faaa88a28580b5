// How large the tables become while cycles go on, and whether they stop growing.
#pragma once

#include <cstddef>
#include <iterator>
#include <string>
#include <vector>

#include "common/postgres/connection.h"

namespace syncline::bench {

// What is watched, in the order of a look's values.
inline constexpr const char* kWatchedSizes[] = {
    "live table",  "live indexes",      "integrations table", "integrations indexes",
    "ticks table", "ticks indexes",     "history in all",     "live dead",
    "ticks dead",  "integrations dead",
};
inline constexpr std::size_t kWatchedCount = std::size(kWatchedSizes);

class SizeWatch {
 public:
  // `db` outlives it.
  explicit SizeWatch(postgres::Connection* db) : db_(*db) {}

  // Notes what the sizes are after so many cycles: MB, and thousands of dead rows.
  void Look(double cycles);
  // The most that was seen of the watched thing `index` between two shares (0 to 1) of the cycles
  // of the last look. History is dropped a partition at a time: only the most of a while says
  // whether it grows.
  double Most(std::size_t index, double from, double to) const;
  // When autovacuum was there, and how often.
  std::string Autovacuum() const;

 private:
  struct Sample {
    double cycles;
    std::vector<double> values;
  };
  postgres::Connection& db_;
  std::vector<Sample> samples_;
};

}  // namespace syncline::bench
