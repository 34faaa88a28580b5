// The parts of the bench. Each is a function in a file of its own that measures its series, checks
// by counts that everybody did the same work, and adds what it found to the report.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tests/bench/report.h"
#include "tests/support/test_cluster.h"

namespace syncline::bench {

struct BenchOptions {
  int repetitions = 5;
  // How long each measurement of a rate lasts, seconds, after it is warm.
  double seconds = 5;
  // Say where the time goes too: the statements of each part by total time.
  bool profile = false;
  // Of the part records, and whether it runs the slow peer beside it: fewer and none while
  // developing.
  std::int64_t records = 500'000;
  bool peers = true;
  // Of the part scale, the most; of the part retention, all.
  int integrations = 1'000'000;
  std::int64_t history_rows = 10'000'000;
  std::int64_t cycles = 5'400'000;
  std::string root;  // of the sources, for the peers' scripts
  // The private PostgreSQL of this run, the same for all contestants; outlives the parts.
  testing::TestCluster* cluster = nullptr;
};

using Part = void (*)(const BenchOptions& options, Report* report);

void MeasureControl(const BenchOptions& options, Report* report);
void MeasureLatency(const BenchOptions& options, Report* report);
void MeasureRecords(const BenchOptions& options, Report* report);
void MeasureTiny(const BenchOptions& options, Report* report);
void MeasureScale(const BenchOptions& options, Report* report);
void MeasureMemory(const BenchOptions& options, Report* report);
void MeasureRetention(const BenchOptions& options, Report* report);

struct NamedPart {
  std::string_view name;
  Part measure;
};

inline constexpr NamedPart kParts[] = {
    {"control", MeasureControl},     {"latency", MeasureLatency}, {"records", MeasureRecords},
    {"tiny", MeasureTiny},           {"scale", MeasureScale},     {"memory", MeasureMemory},
    {"retention", MeasureRetention},
};

}  // namespace syncline::bench
