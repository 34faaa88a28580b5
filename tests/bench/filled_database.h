// Databases that have grown: many integrations that sleep, and months of history.
#pragma once

#include <cstdint>
#include <string>

#include "tests/support/test_cluster.h"

namespace syncline::bench {

// The URL of a new database with `sleeping` integrations that are not due for a day or two, and
// `history` rows of theirs: spread over the last twelve weeks in partitions of a week each, in the
// order of time, every 33rd a failure; with all indexes, vacuumed and analyzed.
std::string FilledDatabase(testing::TestCluster& cluster, int sleeping, std::int64_t history);

// Drops what earlier measurements left beside it.
void KeepOnlyDatabase(const std::string& url);

// Puts a filled database back as it was after a ControlLoad, whose programs have ended: its
// integrations and its history go.
void TidyFilledDatabase(const std::string& url);

}  // namespace syncline::bench
