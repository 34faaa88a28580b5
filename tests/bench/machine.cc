#include "tests/bench/machine.h"

#include <fmt/format.h>

#include <fstream>
#include <thread>

namespace syncline::bench {
namespace {

constexpr int kLogSegments = 128;  // of 16 MB

std::string Processor() {
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);) {
    if (line.rfind("model name", 0) == 0) return line.substr(line.find(':') + 2);
  }
  return "unknown";
}

}  // namespace

void NoteMachine(testing::TestCluster& cluster, Report* report) {
  report->Note("all", "processors",
               fmt::format("{} x {}", std::thread::hardware_concurrency(), Processor()));
  const auto db = testing::OpenOrDie(cluster.NewEmptyDatabase());
  report->Note("all", "PostgreSQL",
               testing::QueryOrDie(*db, "SELECT version() AS v")[0].String("v"));
  std::string settings;
  for (const char* name : {"fsync", "synchronous_commit", "full_page_writes", "shared_buffers",
                           "min_wal_size", "max_wal_size", "checkpoint_timeout", "autovacuum",
                           "autovacuum_naptime", "wal_sync_method"}) {
    settings += fmt::format("{}{}={}", settings.empty() ? "" : " ", name,
                            testing::QueryOrDie(*db, fmt::format("SHOW {}", name))[0].String(name));
  }
  report->Note("all", "PostgreSQL settings", settings);
}

void MakeLogSegments(testing::TestCluster& cluster) {
  const auto db = testing::OpenOrDie(cluster.NewEmptyDatabase());
  for (int i = 0; i < kLogSegments; ++i) {
    testing::QueryOrDie(*db, "SELECT pg_logical_emit_message(false, 'bench', 'x')");
    testing::QueryOrDie(*db, "SELECT pg_switch_wal()");
  }
  Settle(*db);
}

void Settle(postgres::Connection& db) { testing::QueryOrDie(db, "CHECKPOINT"); }

}  // namespace syncline::bench
