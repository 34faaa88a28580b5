// dev-client: adds the sample integrations, shows how the integrations are doing, and triggers
// syncs for tests of a whole stack.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "absl/time/clock.h"
#include "tests/support/dev_client/api_client.h"
#include "tests/support/dev_client/load.h"
#include "tests/support/dev_client/samples.h"
#include "tests/support/dev_client/sync_table.h"

namespace {

using syncline::dev_client::ApiAccess;
using syncline::dev_client::ApiClient;
using syncline::dev_client::LoadPlan;

constexpr absl::Duration kLookInterval = absl::Milliseconds(500);
constexpr size_t kRowLimit = 40;
constexpr char kClearScreen[] = "\x1b[H\x1b[J";

std::string Text(const absl::Status& status) { return std::string(status.message()); }

int SeedSamples(ApiClient& api, const std::string& sample_url) {
  const absl::Status seeded = syncline::dev_client::Seed(api, sample_url);
  if (seeded.ok()) return 0;
  fmt::print(stderr, "dev-client: {}\n", Text(seeded));
  return 1;
}

std::string Look(ApiClient& api) {
  const auto integrations = api.List();
  if (!integrations.ok()) {
    return fmt::format("the scheduler does not answer: {}\n", Text(integrations.status()));
  }
  return syncline::dev_client::RenderTable(*integrations, absl::Now(), kRowLimit);
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// A live table on a terminal, with what the file `notes` says below it; elsewhere the same once a
// minute. Does not return.
int Watch(ApiClient& api, const std::string& notes) {
  const bool terminal = isatty(STDOUT_FILENO) != 0;
  while (true) {
    const std::string table = Look(api);
    fmt::print("{}{}\n{}{}", terminal ? kClearScreen : "", table, ReadFile(notes),
               terminal ? "Ctrl-C stops everything\n" : "");
    std::fflush(stdout);
    absl::SleepFor(terminal ? kLookInterval : absl::Minutes(1));
  }
}

// 0 as soon as every sample has succeeded, 1 with the table when that takes too long.
int WaitForFirstSuccess(ApiClient& api, absl::Duration limit) {
  const absl::Time deadline = absl::Now() + limit;
  while (absl::Now() < deadline) {
    const auto integrations = api.List();
    if (integrations.ok() && syncline::dev_client::AllSamplesSucceeded(*integrations)) {
      fmt::print("{}", syncline::dev_client::RenderTable(*integrations, absl::Now(), kRowLimit));
      return 0;
    }
    absl::SleepFor(kLookInterval);
  }
  fmt::print(stderr, "{}", Look(api));
  return 1;
}

// Prints what became of the triggers as one line, which a script can read; 1 when one failed.
int Load(ApiClient& api, const LoadPlan& plan) {
  if (const absl::Status created = syncline::dev_client::CreateLoad(api, plan); !created.ok()) {
    fmt::print(stderr, "dev-client: {}\n", Text(created));
    return 1;
  }
  const auto result = syncline::dev_client::RunLoad(api, plan);
  fmt::print("accepted={} failed={} repeated={}\n", result.accepted, result.failed,
             result.repeated);
  if (result.failed == 0) return 0;
  fmt::print(stderr, "dev-client: a trigger failed: {}\n", result.first_failure);
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  ApiAccess access;
  LoadPlan plan;
  double seconds = 0;
  int limit_seconds = 0;
  bool once = false;
  std::string notes;
  CLI::App app("What ./dev needs of the scheduler's API");
  app.require_subcommand(1);
  CLI::App* seed = app.add_subcommand("seed", "adds the sample integrations");
  CLI::App* load = app.add_subcommand("load", "triggers syncs at a steady rate");
  load->add_option("--integrations", plan.integrations, "integrations to trigger, in turn")
      ->check(CLI::PositiveNumber)
      ->required();
  load->add_option("--rate", plan.rate, "triggers a second")
      ->check(CLI::PositiveNumber)
      ->required();
  load->add_option("--seconds", seconds, "for how long")->required();
  load->add_option("--name", plan.name, "begins the request ids")->required();
  for (CLI::App* command : {seed, load}) {
    command->add_option("--sample-url", plan.sample_url, "URL of the sample API")->required();
  }
  CLI::App* watch = app.add_subcommand("watch", "shows how the integrations are doing");
  watch->add_flag("--once", once, "shows it once");
  watch->add_option("--notes", notes, "file whose text is shown below the table");
  watch->add_option("--until-first-success", limit_seconds,
                    "waits until every sample has succeeded, at most so many seconds");
  for (CLI::App* command : {seed, watch, load}) {
    command->add_option("--scheduler", access.scheduler, "address of the scheduler")
        ->envname("SYNC_SCHEDULER_ADDRESS")
        ->required();
    command->add_option("--token-file", access.token_file, "file of the token to show")
        ->envname("SYNC_API_TOKEN_FILE");
    command
        ->add_option("--tls-ca", access.ca_file,
                     "file of the certificates that the scheduler's must come from; without it "
                     "the connection is plain")
        ->envname("SYNC_TLS_CA");
  }
  CLI11_PARSE(app, argc, argv);

  ApiClient api(access);
  if (seed->parsed()) return SeedSamples(api, plan.sample_url);
  if (load->parsed()) {
    plan.length = absl::Seconds(seconds);
    return Load(api, plan);
  }
  if (limit_seconds > 0) return WaitForFirstSuccess(api, absl::Seconds(limit_seconds));
  if (once) {
    fmt::print("{}", Look(api));
    return 0;
  }
  return Watch(api, notes);
}
