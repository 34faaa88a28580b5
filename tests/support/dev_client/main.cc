// dev-client: adds the sample integrations and shows how the integrations are doing.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "absl/time/clock.h"
#include "tests/support/dev_client/api_client.h"
#include "tests/support/dev_client/samples.h"
#include "tests/support/dev_client/sync_table.h"

namespace {

using syncline::dev_client::ApiClient;

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

}  // namespace

int main(int argc, char** argv) {
  std::string scheduler;
  std::string sample_url;
  int limit_seconds = 0;
  bool once = false;
  std::string notes;
  CLI::App app("What ./dev needs of the scheduler's API");
  app.require_subcommand(1);
  CLI::App* seed = app.add_subcommand("seed", "adds the sample integrations");
  seed->add_option("--sample-url", sample_url, "URL of the sample API")->required();
  CLI::App* watch = app.add_subcommand("watch", "shows how the integrations are doing");
  watch->add_flag("--once", once, "shows it once");
  watch->add_option("--notes", notes, "file whose text is shown below the table");
  watch->add_option("--until-first-success", limit_seconds,
                    "waits until every sample has succeeded, at most so many seconds");
  for (CLI::App* command : {seed, watch}) {
    command->add_option("--scheduler", scheduler, "address of the scheduler")->required();
  }
  CLI11_PARSE(app, argc, argv);

  ApiClient api(scheduler);
  if (seed->parsed()) return SeedSamples(api, sample_url);
  if (limit_seconds > 0) return WaitForFirstSuccess(api, absl::Seconds(limit_seconds));
  if (once) {
    fmt::print("{}", Look(api));
    return 0;
  }
  return Watch(api, notes);
}
