// syncline-chaos: starts a fleet of real processes on a PostgreSQL of its own, gives it many
// integrations that are due at once, and lets things go wrong. ./dev chaos runs it.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <random>

#include "tests/chaos/scenarios.h"

int main(int argc, char** argv) {
  using namespace syncline::chaos;
  Options options;
  options.seed = std::random_device()();
  bool outage = false;
  bool memory = false;
  int delay_ms = -1;
  CLI::App app("Lets things go wrong in a fleet under load, and checks that nothing was lost");
  app.add_option("--seed", options.seed, "which process dies when; default: another each time");
  auto* seconds = app.add_option("--seconds", options.seconds, "how long")->capture_default_str();
  auto* integrations = app.add_option("--integrations", options.integrations,
                                      "due at once; default 5000, with "
                                      "--memory 50000");
  app.add_option("--delay-ms", delay_ms,
                 "of each upstream answer; default 750, with --memory 2000");
  auto* stop = app.add_flag("--outage", outage, "stop PostgreSQL all the time, kill nothing");
  app.add_flag("--memory", memory, "only measure memory, with 200 runs in flight")->excludes(stop);
  CLI11_PARSE(app, argc, argv);
  if (memory) {
    options.schedulers = options.executors = 1;
    options.slots = 200;
    options.lease = absl::Seconds(30);
    options.delay = absl::Seconds(2);
    if (integrations->empty()) options.integrations = 50'000;
    if (seconds->empty()) options.seconds = 60;
  }
  if (delay_ms >= 0) options.delay = absl::Milliseconds(delay_ms);
  fmt::print("seed {}, {} integrations, {} schedulers, {} executors of {} slots\n", options.seed,
             options.integrations, options.schedulers, options.executors, options.slots);
  std::fflush(stdout);
  const std::vector<std::string> problems = memory   ? MeasureMemory(options)
                                            : outage ? StopDatabase(options)
                                                     : KillProcesses(options);
  for (const std::string& problem : problems) fmt::print("WRONG: {}\n", problem);
  fmt::print("{}\n", problems.empty() ? "everything held" : "chaos found faults");
  return problems.empty() ? 0 : 1;
}
