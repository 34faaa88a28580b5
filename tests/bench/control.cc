// The part "control": how many cycles a second, beside the ceiling and graphile-worker.
#include <fmt/format.h>

#include <cstdio>

#include "tests/bench/ceiling.h"
#include "tests/bench/control_load.h"
#include "tests/bench/machine.h"
#include "tests/bench/peer.h"

namespace syncline::bench {
namespace {

constexpr char kPart[] = "control";
constexpr double kTrialSeconds = 2;

Series RateOf(const std::string& name) {
  Series series{.part = kPart,
                .name = name,
                .unit = "cycles/s",
                .more_is_better = true,
                .values = {},
                .reference = ""};
  if (name == "syncline") {
    series.reference = "ceiling";
    series.more_references = {"unordered ceiling", "graphile-worker"};
  }
  return series;
}

int BestBatch(const BenchOptions& options, Report* report) {
  int best = 0;
  double most = 0;
  std::string tried;
  for (const int batch : {100, 500, 1000, 2000}) {
    const CeilingResult result = RunCeiling(options, Ceiling::kOrdered, batch, kTrialSeconds);
    if (result.cycles_per_second > most) {
      most = result.cycles_per_second;
      best = batch;
    }
    tried += fmt::format(" {}: {:.0f}", batch, result.cycles_per_second);
  }
  report->Note(
      kPart, "ceiling",
      fmt::format("2 sessions, {} cycles a statement, the best of (cycles/s){}", best, tried));
  return best;
}

double MeasureOurs(const BenchOptions& options, Report* report) {
  ControlLoad load(options, {});
  load.Begin();
  load.BeginProfile();
  const double rate = load.Rate(options.seconds);
  if (options.profile) fmt::print("{}", load.Profile());
  if (const std::string problem = load.End(); !problem.empty())
    report->Problem("control: syncline: " + problem);
  return rate;
}

void MeasureCeiling(const BenchOptions& options, Ceiling kind, int batch, const std::string& name,
                    Report* report) {
  const CeilingResult result = RunCeiling(options, kind, batch, options.seconds);
  report->AddValue(RateOf(name), result.cycles_per_second);
  if (!result.problem.empty()) report->Problem("control: " + name + ": " + result.problem);
}

void MeasureGraphileWorker(const BenchOptions& options, Report* report) {
  const std::string url = options.cluster->NewDatabase();
  const auto db = testing::OpenOrDie(url);
  InsertIntegrations(*db, kControlIntegrations, "control", "{}", true);
  testing::QueryOrDie(*db, "DROP TRIGGER keep_tick ON syncline.integrations");
  testing::QueryOrDie(*db, "ANALYZE syncline.integrations");
  Settle(*db);
  const auto result =
      RunPeer(GraphileWorker(options.root, "cycle.mjs", {fmt::format("{}", options.seconds)}),
              {{"DATABASE_URL", url}}, absl::Minutes(5));
  if (!result.ok()) return report->Problem("control: " + std::string(result.status().message()));
  report->Note(kPart, "graphile-worker", result->value("settings", ""));
  report->AddValue(RateOf("graphile-worker"), result->value("cyclesPerSecond", 0.0));
  if (const std::string problem = CheckRows(*db, result->value("cycles", std::int64_t{0}));
      !problem.empty())
    report->Problem("control: graphile-worker: " + problem);
}

}  // namespace

void MeasureControl(const BenchOptions& options, Report* report) {
  const int batch = BestBatch(options, report);
  report->Note(kPart, "syncline", ControlLoad::Describe({}));
  for (int i = 0; i < options.repetitions; ++i) {
    report->AddValue(RateOf("syncline"), MeasureOurs(options, report));
    MeasureCeiling(options, Ceiling::kOrdered, batch, "ceiling", report);
    MeasureCeiling(options, Ceiling::kUnordered, batch, "unordered ceiling", report);
    MeasureGraphileWorker(options, report);
    fmt::print("  {} of {}\n", i + 1, options.repetitions);
    std::fflush(stdout);
  }
}

}  // namespace syncline::bench
