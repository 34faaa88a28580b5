#include "scheduler/app/finisher.h"

#include <map>
#include <numeric>
#include <utility>

#include "common/base/errors.h"
#include "common/base/log.h"
#include "common/base/status_macros.h"

namespace syncline::scheduler {
namespace {

// Settings that change this often under one batch would be a fault of ours.
constexpr int kMostDecisions = 10;
constexpr char kUnstorable[] =
    "the result of the run could not be stored; the server's log has the details";

// Whether PostgreSQL refused a value (class 22) or a constraint (class 23), rather than being
// unwell.
bool BlamesARow(const absl::Status& status) {
  const auto state = SqlStateOf(status);
  return state && (state->starts_with("22") || state->starts_with("23"));
}

}  // namespace

Finisher::Finisher(RunStore* store, RetryScale scale, std::function<double()> random,
                   Metrics* metrics)
    : store_(*store),
      scale_(scale),
      random_(std::move(random)),
      metrics_(*metrics),
      run_seconds_(metrics->Seconds("syncline_scheduler_run_seconds",
                                    "RUNNING time of attempts that ended.")),
      resumed_(metrics->Counter(
          "syncline_scheduler_resumed_finishes_total",
          "SUCCESS reports that did not match what was committed; the run went on.")) {}

absl::Status Finisher::Decide(std::span<FinishEvent> events) {
  std::vector<RunRef> failing;
  for (const FinishEvent& event : events) {
    if (!event.success) failing.push_back(event.run);
  }
  if (failing.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(auto found, store_.ReadFailed(failing));
  for (FinishEvent& event : events) {
    const auto run = found.find(event.run.key());
    if (event.success || run == found.end()) continue;  // an unknown one changes nothing
    FailedAttempt& attempt = run->second.attempt;
    attempt.error_class = ParseErrorClass(event.error_class).value_or(ErrorClass::kInternal);
    attempt.message = event.error_message;
    event.decision = DecideAfterFailure(attempt, scale_, random_());
    event.settings_version = run->second.settings_version;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<FinishResult>> Finisher::Apply(std::span<FinishEvent> events) {
  auto outcomes = store_.Finish(events);
  if (outcomes.ok() || !BlamesARow(outcomes.status())) return outcomes;
  if (events.size() > 1) {
    ASSIGN_OR_RETURN(auto first, Apply(events.first(events.size() / 2)));
    ASSIGN_OR_RETURN(const auto second, Apply(events.subspan(events.size() / 2)));
    first.insert(first.end(), second.begin(), second.end());
    return first;
  }
  LogError("a result cannot be stored", {{"integration", events[0].run.integration_id},
                                         {"log", events[0].run.log_id},
                                         {"error", outcomes.status()}});
  events[0].success = false;
  events[0].error_class = ErrorClassName(ErrorClass::kInternal);
  events[0].error_message = kUnstorable;
  RETURN_IF_ERROR(Decide(events));
  return store_.Finish(events);
}

absl::StatusOr<std::vector<FinishOutcome>> Finisher::Finish(std::span<FinishEvent> events) {
  std::vector<FinishOutcome> outcomes(events.size());
  std::vector<std::size_t> places(events.size());  // of those that are left, in `outcomes`
  std::iota(places.begin(), places.end(), 0);
  std::vector<FinishEvent> left;
  for (int round = 0; round < kMostDecisions && !events.empty(); ++round) {
    RETURN_IF_ERROR(Decide(events));
    ASSIGN_OR_RETURN(const auto applied, Apply(events));
    std::vector<FinishEvent> again;
    std::vector<std::size_t> places_again;
    std::map<std::string, int> ended;  // by class, empty for SUCCESS
    for (std::size_t i = 0; i < events.size(); ++i) {
      const auto [outcome, ran] = applied[i];
      if (outcome == FinishOutcome::kRedecide) {
        again.push_back(events[i]);
        places_again.push_back(places[i]);
        continue;
      }
      if (outcome == FinishOutcome::kEnded) {
        Tell(events[i], ran);
        ++ended[events[i].error_class];
      }
      if (outcome == FinishOutcome::kResume) resumed_.Increment();
      outcomes[places[i]] = outcome;
    }
    left = std::move(again);
    events = left;
    places = std::move(places_again);
    for (const auto& [error_class, runs] : ended) {
      metrics_
          .Counter("syncline_scheduler_finished_runs_total",
                   "Attempts that ended, by status and class.",
                   {{"status", error_class.empty() ? "SUCCESS" : "FAILED"},
                    {"error_class", error_class}})
          .Increment(runs);
    }
  }
  if (!events.empty()) return absl::AbortedError("the settings kept changing under a finish");
  return outcomes;
}

void Finisher::Tell(const FinishEvent& event, absl::Duration ran) {
  run_seconds_.Observe(absl::ToDoubleSeconds(ran));
  if (event.success) {
    LogInfo("run succeeded", {{"integration", event.run.integration_id},
                              {"log", event.run.log_id},
                              {"pages", event.page_seq}});
    return;
  }
  LogInfo("run failed", {{"integration", event.run.integration_id},
                         {"log", event.run.log_id},
                         {"error_class", event.error_class},
                         {"error", event.error_message},
                         {"http_status", event.http_status},
                         {"next", event.decision.reason}});
}

}  // namespace syncline::scheduler
