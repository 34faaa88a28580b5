// The part "latency": from the call of TriggerSync to the first byte of its first request at the
// upstream, on an idle system and on one that is half busy, beside two bare commits one after the
// other and beside graphile-worker.
#include <fmt/format.h>

#include <cstdio>

#include "absl/time/clock.h"
#include "common/base/ids.h"
#include "tests/bench/arrivals.h"
#include "tests/bench/control_load.h"
#include "tests/bench/machine.h"
#include "tests/bench/peer.h"
#include "tests/bench/trigger_probe.h"

namespace syncline::bench {
namespace {

constexpr char kPart[] = "latency";
constexpr int kSamples = 300;
constexpr int kWarmUp = 50;
constexpr absl::Duration kPause = absl::Milliseconds(10);  // between two

void AddPercentiles(const std::string& name, const std::vector<double>& milliseconds,
                    const std::vector<std::string>& references, Report* report) {
  for (const auto& [suffix, q] : {std::pair{" p50", 0.5}, std::pair{" p99", 0.99}}) {
    Series series{.part = kPart,
                  .name = name + suffix,
                  .unit = "ms",
                  .more_is_better = false,
                  .values = {},
                  .reference = ""};
    for (const std::string& reference : references) {
      if (series.reference.empty()) {
        series.reference = reference + suffix;
      } else {
        series.more_references.push_back(reference + suffix);
      }
    }
    report->AddValue(series, Quantile(milliseconds, q));
  }
}

// A row like one of those that a trigger and a claim write, each in a commit of its own.
constexpr std::string_view kCommit =
    "INSERT INTO public.bench_commits (id, note) VALUES ($1::uuid, 'trigger')";

std::vector<double> TimeCommits(const BenchOptions& options) {
  const auto db = testing::OpenOrDie(options.cluster->NewEmptyDatabase());
  testing::QueryOrDie(*db, "CREATE TABLE public.bench_commits (id uuid PRIMARY KEY, note text)");
  Settle(*db);
  std::vector<double> milliseconds;
  for (int i = 0; i < kWarmUp + kSamples; ++i) {
    const absl::Time begin = absl::Now();
    for (int commit = 0; commit < 2; ++commit) {
      if (!db->Run(kCommit, postgres::Params().Add(NewRandomUuid())).ok()) std::abort();
    }
    if (i >= kWarmUp) milliseconds.push_back(absl::ToDoubleMilliseconds(absl::Now() - begin));
    absl::SleepFor(kPause);
  }
  return milliseconds;
}

std::vector<double> TimeTriggers(testing::Stack& stack, Arrivals& upstream, Report* report) {
  TriggerProbe probe(&stack, &upstream);
  std::vector<double> milliseconds;
  for (int i = 0; i < kWarmUp + kSamples; ++i) {
    const absl::StatusOr<TriggerTimes> times = probe.Trigger();
    if (!times.ok()) {
      report->Problem("latency: " + std::string(times.status().message()));
      return milliseconds;
    }
    if (i >= kWarmUp)
      milliseconds.push_back(absl::ToDoubleMilliseconds(times->arrived - times->called));
    absl::SleepFor(kPause);
  }
  probe.AwaitSuccesses();
  return milliseconds;
}

std::vector<double> TimeGraphileWorker(const BenchOptions& options, Report* report) {
  const std::string url = options.cluster->NewEmptyDatabase();
  Settle(*testing::OpenOrDie(url));
  const auto result = RunPeer(
      GraphileWorker(options.root, "latency.mjs",
                     {std::to_string(kSamples), std::to_string(absl::ToInt64Milliseconds(kPause))}),
      {{"DATABASE_URL", url}}, absl::Minutes(2));
  if (result.ok()) return result->value("milliseconds", std::vector<double>());
  report->Problem("latency: " + std::string(result.status().message()));
  return {};
}

// What control can do in this run: measured by that part, or here when it was not asked for.
double MostCycles(const BenchOptions& options, const Report& report) {
  for (const Series& series : report.series()) {
    if (series.part == "control" && series.name == "syncline") return Median(series.values);
  }
  ControlLoad load(options, {});
  load.Begin();
  return load.Rate(options.seconds);
}

std::vector<double> TimeUnderLoad(const BenchOptions& options, double most, Report* report) {
  ControlSettings settings;
  settings.period_seconds = kControlIntegrations / (most / 2);
  ControlLoad load(options, settings);
  load.Begin();
  Arrivals upstream;
  const double before = load.Cycles();
  const absl::Time begin = absl::Now();
  std::vector<double> milliseconds = TimeTriggers(load.stack(), upstream, report);
  report->Note(
      kPart, "half load",
      fmt::format("{:.0f} cycles/s of {:.0f} beside the triggers",
                  (load.Cycles() - before) / absl::ToDoubleSeconds(absl::Now() - begin), most));
  if (options.profile) fmt::print("{}", load.Profile());
  return milliseconds;
}

}  // namespace

void MeasureLatency(const BenchOptions& options, Report* report) {
  const double most = MostCycles(options, *report);
  report->Note(kPart, "samples",
               fmt::format("{} a repetition, one at a time, {} between two", kSamples,
                           absl::FormatDuration(kPause)));
  for (int i = 0; i < options.repetitions; ++i) {
    {
      ControlLoad idle(options, {});
      Arrivals upstream;
      AddPercentiles("syncline idle", TimeTriggers(idle.stack(), upstream, report),
                     {"two commits", "graphile-worker"}, report);
    }
    AddPercentiles("two commits", TimeCommits(options), {}, report);
    AddPercentiles("graphile-worker", TimeGraphileWorker(options, report), {}, report);
    AddPercentiles("syncline half load", TimeUnderLoad(options, most, report), {"syncline idle"},
                   report);
    fmt::print("  {} of {}\n", i + 1, options.repetitions);
    std::fflush(stdout);
  }
}

}  // namespace syncline::bench
