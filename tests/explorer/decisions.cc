#include "tests/explorer/decisions.h"

#include <optional>
#include <vector>

#include "scheduler/core/retry_policy.h"

namespace syncline::explorer {
namespace {

using executor::RunStep;
using scheduler::ErrorClass;

constexpr int kClasses = static_cast<int>(ErrorClass::kInternal) + 1;
constexpr int kMost = 8;  // of every count: more than a path of the explorer reaches

Decided Decide(int error_class, int spent, int internal, int auth, bool enabled, int failures) {
  scheduler::FailedAttempt attempt;
  attempt.error_class = static_cast<ErrorClass>(error_class);
  attempt.message = "failed";
  attempt.retries_spent = spent;
  attempt.internal_retries = internal;
  attempt.auth_retries = auth;
  attempt.sync_enabled = enabled;
  attempt.max_retries = kMaxRetries;
  attempt.failures_in_row = failures;
  const auto decision = scheduler::DecideAfterFailure(attempt, {}, 0.5);
  Decided decided{};
  decided.present = 1;
  decided.error_class = static_cast<Byte>(error_class);
  decided.retry = decision.retry_delay.has_value();
  decided.disable = decision.disable_reason.has_value();
  decided.block = decision.block_reason.has_value();
  decided.failures = static_cast<Byte>(decision.counted_failures);
  return decided;
}

std::size_t FailureRow(int error_class, int spent, int internal, int auth, bool enabled,
                       int failures) {
  std::size_t row = static_cast<std::size_t>(error_class);
  for (const int count : {spent, internal, auth, static_cast<int>(enabled), failures}) {
    row = row * kMost + static_cast<std::size_t>(count);
  }
  return row;
}

std::vector<Decided> FailureTable() {
  std::vector<Decided> table(static_cast<std::size_t>(kClasses) * kMost * kMost * kMost * kMost *
                             kMost);
  for (int error_class = 0; error_class < kClasses; ++error_class)
    for (int spent = 0; spent < kMost; ++spent)
      for (int internal = 0; internal < kMost; ++internal)
        for (int auth = 0; auth < 3; ++auth)
          for (const bool enabled : {false, true})
            for (int failures = 0; failures < kMost; ++failures)
              table[FailureRow(error_class, spent, internal, auth, enabled, failures)] =
                  Decide(error_class, spent, internal, auth, enabled, failures);
  return table;
}

RunStep::Kind Step(bool snapshot_stream, bool complete, bool checkpoint, bool done, bool unclosed) {
  const std::vector<executor::PlannedStream> streams = {
      {.name = "records", .definition_hash = "a", .snapshot = snapshot_stream}};
  executor::RunState state;
  state.complete = complete;
  if (checkpoint) {
    state.checkpoints["records"] = {
        .definition_hash = "a", .cursor_json = "{}", .done = done, .unclosed = unclosed};
  }
  return executor::NextStep(streams, state).kind;
}

std::size_t StepRow(bool snapshot_stream, bool complete, bool checkpoint, bool done,
                    bool unclosed) {
  std::size_t row = 0;
  for (const bool bit : {snapshot_stream, complete, checkpoint, done, unclosed})
    row = row * 2 + static_cast<std::size_t>(bit);
  return row;
}

std::vector<RunStep::Kind> StepTable() {
  std::vector<RunStep::Kind> table(32);
  for (const bool snapshot : {false, true})
    for (const bool complete : {false, true})
      for (const bool checkpoint : {false, true})
        for (const bool done : {false, true})
          for (const bool unclosed : {false, true})
            table[StepRow(snapshot, complete, checkpoint, done, unclosed)] =
                Step(snapshot, complete, checkpoint, done, unclosed);
  return table;
}

}  // namespace

Decided DecideFailure(ErrorClass error_class, const Live& live, const Integration& integration) {
  static const std::vector<Decided> table = FailureTable();
  Decided decided =
      table[FailureRow(static_cast<int>(error_class), live.retries_spent, live.internal_retries,
                       live.auth_retries, integration.enabled != 0, integration.retry_count)];
  decided.settings_version = integration.settings_version;
  return decided;
}

RunStep::Kind NextStepOf(const Executor& executor, bool snapshot_stream) {
  static const std::vector<RunStep::Kind> table = StepTable();
  return table[StepRow(snapshot_stream, executor.complete != 0, executor.checkpoint != 0,
                       executor.done != 0, executor.unclosed != 0)];
}

executor::Doubt ResolvePage(bool found, Byte live_page_seq, Byte sent_page_seq) {
  std::optional<executor::RunState> state;
  if (found) state = executor::RunState{.page_seq = live_page_seq};
  return executor::ResolveDoubt(state, sent_page_seq);
}

}  // namespace syncline::explorer
