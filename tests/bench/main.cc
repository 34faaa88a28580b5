// syncline-bench: measures Syncline beside what its users would otherwise run, on a PostgreSQL of
// its own. ./dev bench builds it and what it needs, and runs it.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "tests/bench/machine.h"
#include "tests/bench/parts.h"

namespace syncline::bench {
namespace {

// What a production server would have, and the same for everyone. Nothing that makes a commit less
// than durable.
const testing::ClusterOptions& DurableCluster() {
  static const testing::ClusterOptions options{
      .durable = true,
      .settings = {"shared_buffers=1GB", "max_wal_size=4GB", "checkpoint_timeout=15min",
                   "min_wal_size=2GB", "autovacuum_naptime=10s",
                   "shared_preload_libraries=pg_stat_statements"}};
  return options;
}

absl::StatusOr<Report> ReadReport(const std::string& file) {
  std::ifstream in(file);
  if (!in) return absl::NotFoundError("cannot read it");
  std::stringstream text;
  text << in.rdbuf();
  return Report::FromJson(text.str());
}

int Run(BenchOptions options, std::vector<std::string> parts, const std::string& json_file,
        const std::string& older_file) {
  Report older;
  if (!older_file.empty()) {
    auto read = ReadReport(older_file);
    if (!read.ok()) {
      fmt::print(stderr, "bench: {}: {}\n", older_file, std::string(read.status().message()));
      return 2;
    }
    older = *std::move(read);
  }
  testing::TestCluster cluster(DurableCluster());
  options.cluster = &cluster;
  Report report;
  NoteMachine(cluster, &report);
  MakeLogSegments(cluster);
  report.Note("all", "repetitions", fmt::format("{}, interleaved", options.repetitions));
  for (const NamedPart& part : kParts) {
    if (!parts.empty() && std::count(parts.begin(), parts.end(), part.name) == 0) continue;
    fmt::print("{} ...\n", part.name);
    std::fflush(stdout);
    part.measure(options, &report);
  }
  fmt::print("\n{}\n{}{}", report.Notes(), report.Table(), report.Goals());
  if (!older_file.empty()) fmt::print("\nagainst {}\n{}", older_file, report.Against(older));
  for (const std::string& problem : report.problems()) fmt::print("WRONG: {}\n", problem);
  if (!json_file.empty()) {
    std::ofstream out(json_file);
    out << report.ToJson();
    if (!out.flush()) {
      fmt::print(stderr, "bench: cannot write {}\n", json_file);
      return 2;
    }
  }
  return report.problems().empty() ? 0 : 1;
}

}  // namespace
}  // namespace syncline::bench

int main(int argc, char** argv) {
  using namespace syncline::bench;
  BenchOptions options;
  std::vector<std::string> parts;
  std::string json_file;
  std::string older_file;
  CLI::App app("Measures Syncline beside its references");
  app.add_option("--root", options.root, "the folder of the sources")->required();
  app.add_option("--json", json_file, "write the results there, too");
  app.add_option("--against", older_file, "compare with the results of another build");
  app.add_option("--repetitions", options.repetitions)->check(CLI::Range(1, 100));
  app.add_option("--seconds", options.seconds, "of each measurement of a rate")
      ->check(CLI::Range(0.5, 600.0));
  app.add_option("--records", options.records, "of the part records; 500000")
      ->check(CLI::Range(4'000, 100'000'000));
  app.add_option("--integrations", options.integrations, "the most of the part scale; 1000000")
      ->check(CLI::Range(2'000, 10'000'000));
  app.add_option("--history-rows", options.history_rows, "the most of the part scale; 10000000")
      ->check(CLI::Range(10'000, 1'000'000'000));
  app.add_option("--cycles", options.cycles, "of the part retention; 5400000")
      ->check(CLI::Range(10'000, 1'000'000'000));
  app.add_flag("!--no-peers", options.peers, "leave out the peer of the part records");
  app.add_flag("--profile", options.profile, "show where the time goes, too");
  std::vector<std::string> names;
  for (const NamedPart& part : kParts) names.emplace_back(part.name);
  app.add_option("parts", parts, "which parts; all")->check(CLI::IsMember(names));
  CLI11_PARSE(app, argc, argv);
  return Run(options, parts, json_file, older_file);
}
