// The life of runs in the database: claim, renew, finish, release, reap. Every call is one batch
// and one statement (a claim reads credentials and state in a second one); each carries out what
// scheduler/core decided.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/postgres/pool.h"
#include "scheduler/core/retry_policy.h"
#include "scheduler/core/slot_plan.h"

namespace syncline::scheduler {

// A free slot.
struct Slot {
  std::string process_id;
  std::string executor_name;
};

// Where a stream of a claimed run goes on.
struct ClaimedCheckpoint {
  std::string stream, definition_hash, cursor_json;
  bool done = false;      // by this run
  bool unclosed = false;  // with `done`: delete marks are still to be made
};

// Where a run stands, read under its claim: only its executor can move it from here.
struct ClaimedState {
  std::int64_t page_seq = 0;
  bool complete = false;
  std::vector<ClaimedCheckpoint> checkpoints;
};

struct ClaimedRun {
  std::string integration_id, log_id, run_id, tenant_id, trigger, fence, process_id, type,
      config_json;
  int attempt = 1;
  std::int64_t epoch = 0;
  bool alone = false;                                     // the executor takes nothing else
  absl::Duration remaining;                               // RUNNING time that is left
  std::map<std::string, std::string> sealed_credentials;  // by name
  ClaimedState state;
};

// A row of read_claimed.sql, or of trigger_run.sql: a credential of the run's, or where a stream of
// it goes on.
void AddEquipment(const postgres::Row& row, ClaimedRun& run);

// A claim as its holder names it. An empty fence: a PENDING run that nobody holds. With a
// `process_id` it counts only for the process that the claim was made for.
struct RunRef {
  std::string integration_id, log_id, fence;
  std::string process_id = {};
  // What names it in a batch.
  const std::string& key() const { return fence.empty() ? log_id : fence; }
};

// What a failure's decision is made from; see retry_policy.h.
struct FailedRun {
  FailedAttempt attempt;
  std::int64_t settings_version = 0;
};

struct FinishEvent {
  RunRef run;
  bool success = false;
  std::int64_t page_seq = 0;  // SUCCESS: pages that the executor saw committed,
  bool nothing_left = false;  //   and whether no page was left to say that they were the last
  std::string error_class, error_message;
  int http_status = 0;
  FinishDecision decision;  // FAILED
  std::int64_t settings_version = 0;
};

enum class FinishOutcome { kEnded, kResume, kRedecide, kNoSuchFence };

struct FinishResult {
  FinishOutcome outcome = FinishOutcome::kNoSuchFence;
  absl::Duration ran;  // RUNNING in all its spans
};

enum class ReleaseKind { kPark, kReturn, kRefuse };

struct ReleaseEvent {
  RunRef run;
  ReleaseKind kind = ReleaseKind::kReturn;
  absl::Duration delay;
  std::string detail;
};

// What became of a fence that a statement did not find.
struct FenceFate {
  bool held = false;                        // the row was locked; try again
  std::optional<std::string> ended_status;  // "SUCCESS", "FAILED"
};

// A PENDING run that two executors died of.
struct SuspectRun {
  RunRef run;
  bool condemned = false;  // two more died of it while it ran alone
};

struct ReapedRun {
  std::string integration_id, log_id, executor;
  std::int64_t epoch = 0;
  bool was_running = false;  // else its dispatch limit had passed
};

// Any thread. `pool` outlives it. All return UNAVAILABLE when the fate is unknown: everything may
// be sent again.
class RunStore {
 public:
  explicit RunStore(postgres::Pool* pool) : pool_(*pool) {}

  // At most one run a slot, manual ones first, on executors that all run `types`.
  absl::StatusOr<std::vector<ClaimedRun>> Claim(const SlotPlan& plan,
                                                const std::vector<std::string>& types,
                                                absl::Duration dispatch_limit);
  // At most one run that two executors died of, for an executor that holds nothing.
  absl::StatusOr<std::vector<ClaimedRun>> ClaimAlone(const Slot& slot,
                                                     const std::vector<std::string>& types,
                                                     absl::Duration dispatch_limit);
  // The fences that were renewed; the others are locked, ended or lost.
  absl::StatusOr<std::vector<std::string>> Renew(const std::vector<RunRef>& runs,
                                                 absl::Duration lease);
  absl::StatusOr<std::map<std::string, FenceFate>> LookUp(const std::vector<RunRef>& runs);
  // By key, the rows that are still so; `attempt.error_class` and `.message` are left to the
  // caller.
  absl::StatusOr<std::map<std::string, FailedRun>> ReadFailed(const std::vector<RunRef>& runs);
  // One result an event, in their order; one event a key.
  absl::StatusOr<std::vector<FinishResult>> Finish(std::span<const FinishEvent> events);
  // The integrations that were given back.
  absl::StatusOr<std::vector<std::string>> Release(const std::vector<ReleaseEvent>& events);
  // Nothing in the database server's first `lease`.
  absl::StatusOr<std::vector<ReapedRun>> Reap(absl::Duration lease);
  absl::StatusOr<std::vector<RunRef>> Overdue(absl::Duration grace);
  absl::StatusOr<std::vector<SuspectRun>> Suspects();
  // Rate-limited runs that have waited for longer than `limit` and than four of their intervals.
  absl::StatusOr<std::vector<RunRef>> WaitedTooLong(absl::Duration limit);
  // Until the next thing becomes due; nullopt when nothing is scheduled.
  absl::StatusOr<std::optional<absl::Duration>> NextWake();

  // Reads what the runs of a claim need beside their rows: credentials, and where they stand.
  absl::Status Equip(std::vector<ClaimedRun>& runs);

 private:
  // `give` fills in what the claim's caller knows of the run of a row.
  absl::StatusOr<std::vector<ClaimedRun>> ClaimWith(
      std::string_view sql, const postgres::Params& params,
      absl::FunctionRef<void(const postgres::Row&, ClaimedRun&)> give);
  static absl::Status Equip(postgres::Connection& connection, std::vector<ClaimedRun>& runs);
  postgres::Pool& pool_;
};

}  // namespace syncline::scheduler
