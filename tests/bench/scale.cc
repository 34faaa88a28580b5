// The part "scale": what a cycle costs among more integrations, beside more history, and with more
// programs; and what a large system costs while nothing is due.
#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <functional>

#include "absl/time/clock.h"
#include "tests/bench/control_load.h"
#include "tests/bench/filled_database.h"

namespace syncline::bench {
namespace {

constexpr char kPart[] = "scale";
constexpr int kDue = 1000;
// So that each of up to three schedulers has as many.
constexpr int kExecutorsOfSchedulers = 3;
constexpr char kIdleName[] = "idle";
constexpr absl::Duration kIdle = absl::Seconds(30);
// A scheduler does all its chores only when it is older than a lease.
constexpr absl::Duration kBeforeIdle = absl::Seconds(35);

// A database that every repetition measures in.
struct Place {
  std::string name;
  std::string reference;
  std::string url;
};

std::string NameOf(std::int64_t integrations, std::int64_t history) {
  return history == 0 ? fmt::format("{} integrations", integrations)
                      : fmt::format("{} integrations, {} of history", integrations, history);
}

Place Fill(const BenchOptions& options, int integrations, std::int64_t history,
           const std::string& reference) {
  const std::string name = NameOf(integrations, history);
  fmt::print("  filling: {}\n", name);
  std::fflush(stdout);
  return {name, reference, FilledDatabase(*options.cluster, integrations - kDue, history)};
}

// From the smallest to `largest`, which is there.
std::vector<Place> MakePlaces(const BenchOptions& options, const Place& largest) {
  std::vector<Place> places;
  const std::string smallest = NameOf(kDue, 0);
  for (int count = kDue; count < options.integrations; count *= 10)
    places.push_back(Fill(options, count, 0, count == kDue ? "" : smallest));
  places.push_back(Fill(options, options.integrations, 0, smallest));
  places.push_back(
      Fill(options, options.integrations, options.history_rows / 10, largest.reference));
  places.push_back(largest);
  return places;
}

double Measure(const BenchOptions& options, const ControlSettings& settings,
               const std::string& name, Report* report) {
  double rate = 0;
  {
    ControlLoad load(options, settings);
    load.Begin();
    load.BeginProfile();
    rate = load.Rate(options.seconds);
    if (options.profile) fmt::print("{}\n{}", name, load.Profile());
    if (const std::string problem = load.End(); !problem.empty())
      report->Problem(fmt::format("scale: {}: {}", name, problem));
    report->Note(kPart, "refused claims, " + name, std::to_string(load.RefusedClaims()));
  }
  if (!settings.database_url.empty()) TidyFilledDatabase(settings.database_url);
  return rate;
}

void MeasureSizes(const BenchOptions& options, const std::vector<Place>& places, Report* report) {
  for (const Place& place : places) {
    ControlSettings settings;
    settings.due = kDue;
    settings.database_url = place.url;
    Series series{.part = kPart,
                  .name = place.name,
                  .unit = "us/cycle",
                  .more_is_better = false,
                  .values = {},
                  .reference = place.reference};
    // The last one has grown in both ways.
    if (&place == &places.back()) series.more_references = {places.front().name};
    report->AddValue(series, 1e6 / Measure(options, settings, place.name, report));
  }
}

std::string FleetName(const std::string& what, int count) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

void MeasureFleet(const BenchOptions& options, const std::string& url, const std::string& what,
                  const std::vector<int>& counts,
                  const std::function<void(ControlSettings*, int)>& set, Report* report) {
  for (const int count : counts) {
    ControlSettings settings;
    settings.due = kDue;
    settings.database_url = url;
    set(&settings, count);
    const std::string name = FleetName(what, count);
    report->AddValue({.part = kPart,
                      .name = name,
                      .unit = "cycles/s",
                      .more_is_better = true,
                      .values = {},
                      .reference = count == 1 ? "" : FleetName(what, 1)},
                     Measure(options, settings, name, report));
  }
}

double ProgramSeconds(testing::Stack& stack) {
  double seconds = 0;
  for (const auto* group : {&stack.schedulers(), &stack.executors()}) {
    for (const auto& program : *group) seconds += program->process.ProcessorSeconds();
  }
  return seconds;
}

// Before there is any load, whose dead rows autovacuum would come for, and any other database, each
// of which autovacuum looks into by a process of its own.
void MeasureIdle(const BenchOptions& options, const Place& place, Report* report) {
  ControlSettings settings;
  settings.database_url = place.url;
  ControlLoad load(options, settings);
  absl::SleepFor(kBeforeIdle);
  load.BeginProfile();
  double server = 0;
  double programs = 0;
  for (int i = 0; i < options.repetitions; ++i) {
    const double server_before = options.cluster->ProcessorSeconds();
    const double programs_before = ProgramSeconds(load.stack());
    const absl::Time begin = absl::Now();
    absl::SleepFor(kIdle);
    const double seconds = absl::ToDoubleSeconds(absl::Now() - begin);
    const double of_server = (options.cluster->ProcessorSeconds() - server_before) / seconds;
    const double of_programs = (ProgramSeconds(load.stack()) - programs_before) / seconds;
    report->AddValue({.part = kPart,
                      .name = kIdleName,
                      .unit = "% of a core",
                      .more_is_better = false,
                      .values = {},
                      .reference = ""},
                     (of_server + of_programs) * 100);
    server += of_server * 100 / options.repetitions;
    programs += of_programs * 100 / options.repetitions;
  }
  if (options.profile) fmt::print("idle\n{}", load.Profile());
  report->Note(kPart, kIdleName,
               fmt::format("{}, nothing due: PostgreSQL {:.2f} %, 1 scheduler and {} executors "
                           "{:.2f} % of a core",
                           place.name, server, settings.executors, programs));
  if (load.Cycles() > 0) report->Problem("scale: something ran in the idle system");
}

// What the server said since `offset` that nobody should cause: deadlocks, failed statements.
void CheckServerLog(const BenchOptions& options, std::streamoff offset, Report* report) {
  std::ifstream in(options.cluster->log_file());
  in.seekg(offset);
  int errors = 0;
  std::string first;
  for (std::string line; std::getline(in, line);) {
    if (line.find("ERROR:") == std::string::npos && line.find("deadlock") == std::string::npos &&
        line.find("could not serialize") == std::string::npos)
      continue;
    // Autovacuum gives way to the VACUUM with which this part tidies up.
    if (line.find("canceling autovacuum task") != std::string::npos) continue;
    if (errors++ == 0) first = line;
  }
  report->Note(kPart, "errors in PostgreSQL's log", std::to_string(errors));
  if (errors > 0) report->Problem(fmt::format("scale: {} errors, the first: {}", errors, first));
}

}  // namespace

void MeasureScale(const BenchOptions& options, Report* report) {
  const std::streamoff log_begin =
      std::ifstream(options.cluster->log_file(), std::ios::ate).tellg();
  ControlSettings settings;
  settings.due = kDue;
  report->Note(kPart, "syncline", ControlLoad::Describe(settings));
  report->Note(kPart, "schedulers",
               fmt::format("{} executors, shared between them", kExecutorsOfSchedulers));
  const Place largest =
      Fill(options, options.integrations, options.history_rows, NameOf(options.integrations, 0));
  KeepOnlyDatabase(largest.url);
  MeasureIdle(options, largest, report);
  const std::vector<Place> places = MakePlaces(options, largest);
  for (int i = 0; i < options.repetitions; ++i) {
    MeasureSizes(options, places, report);
    MeasureFleet(
        options, places.front().url, "scheduler", {1, 2, 3},
        [](ControlSettings* given, int count) {
          given->schedulers = count;
          given->executors = kExecutorsOfSchedulers;
        },
        report);
    MeasureFleet(
        options, places.front().url, "executor", {1, 2, 4},
        [](ControlSettings* given, int count) { given->executors = count; }, report);
    fmt::print("  {} of {}\n", i + 1, options.repetitions);
    std::fflush(stdout);
  }
  CheckServerLog(options, log_begin, report);
  report->Goal(kPart, "cost of a cycle in the largest database over the smallest",
               report->Ratio(kPart, places.back().name, places.front().name), 1.3);
  report->Goal(kPart, "throughput lost to a second scheduler",
               1 - report->Ratio(kPart, FleetName("scheduler", 2), FleetName("scheduler", 1)), 0.1);
  for (const Series& series : report->series()) {
    if (series.part == kPart && series.name == kIdleName)
      report->Goal(kPart, "% of a core of an idle system", Median(series.values), 1);
  }
}

}  // namespace syncline::bench
