#include "tests/support/dev_client/load.h"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include <atomic>
#include <cmath>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/time/clock.h"

namespace syncline::dev_client {
namespace {

// So many calls may wait for an answer before the load falls behind its rate.
constexpr int kCallers = 64;
constexpr absl::Duration kPause = absl::Milliseconds(200);  // before a call is made again

// What changed upstream in a day and a half: some twenty records in three or four pages, so that a
// run lives through something and hundreds of them a minute are no load for the upstream.
constexpr absl::Duration kRecent = absl::Hours(36);
constexpr char kConfig[] = R"({{
  "baseUrl": "{}",
  "streams": [{{
    "name": "subdivisions", "path": "/subdivisions", "query": {{"limit": 8, "updated_since": "{}"}},
    "records": "/data", "key": ["/code"],
    "pagination": {{"kind": "cursor", "cursor": "/meta/next", "param": "after"}}}}]}})";

std::string ExternalId(int number) { return fmt::format("load-{}", number); }

// Whether an ordinary client makes the call again: what a restart may answer with. CANCELLED,
// though nobody cancelled: gRPC's server drops calls so that come after it began to shut down and
// before the client has heard of it.
bool MayPass(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsCancelled(status);
}

class Tally {
 public:
  void Count(const absl::Status& status, int repeated) {
    const std::lock_guard lock(mutex_);
    result_.repeated += repeated;
    if (status.ok()) {
      ++result_.accepted;
      return;
    }
    if (result_.failed++ == 0) result_.first_failure = status.ToString();
  }
  LoadResult Take() { return std::move(result_); }

 private:
  std::mutex mutex_;
  LoadResult result_;
};

void TriggerUntilAnswered(ApiClient& api, const LoadPlan& plan, int number, Tally& tally) {
  const absl::Time end = absl::Now() + plan.patience;
  const std::string request_id = fmt::format("{}-{}", plan.name, number);
  for (int repeated = 0;; ++repeated) {
    const auto run = api.Trigger(ExternalId(number % plan.integrations + 1), request_id);
    if (run.ok() || !MayPass(run.status()) || absl::Now() > end)
      return tally.Count(run.status(), repeated);
    absl::SleepFor(kPause);
  }
}

}  // namespace

absl::Status CreateLoad(ApiClient& api, const LoadPlan& plan) {
  v1::Integration integration;
  integration.set_type(v1::REST);
  const std::string since =
      absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::Now() - kRecent, absl::UTCTimeZone());
  const auto parsed = google::protobuf::util::JsonStringToMessage(
      fmt::format(kConfig, plan.sample_url, since), integration.mutable_config());
  if (!parsed.ok()) std::abort();  // a constant, an address and a time
  // By triggers, and once at creation, since no test lasts a day.
  integration.mutable_sync_settings()->mutable_sync_interval()->set_seconds(86400);
  for (int number = 1; number <= plan.integrations; ++number) {
    integration.set_external_id(ExternalId(number));
    integration.set_name(fmt::format("Load {}", number));
    const auto found = api.Get(ExternalId(number));
    if (found.ok()) continue;
    const absl::Status created =
        api.Create(integration, ExternalId(number) + "@" + plan.sample_url).status();
    if (!created.ok()) return created;
  }
  return absl::OkStatus();
}

LoadResult RunLoad(ApiClient& api, const LoadPlan& plan) {
  const int triggers = static_cast<int>(std::ceil(absl::ToDoubleSeconds(plan.length) * plan.rate));
  const absl::Time start = absl::Now();
  std::atomic<int> next{0};
  Tally tally;
  std::vector<std::thread> callers;
  callers.reserve(kCallers);
  for (int i = 0; i < kCallers; ++i) {
    callers.emplace_back([&] {
      for (int number = next++; number < triggers; number = next++) {
        absl::SleepFor(start + absl::Seconds(number / plan.rate) - absl::Now());
        TriggerUntilAnswered(api, plan, number, tally);
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  return tally.Take();
}

}  // namespace syncline::dev_client
