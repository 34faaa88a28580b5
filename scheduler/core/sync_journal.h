// What the API asks of runs and their results: trigger one, read SyncLogs, read records.
// scheduler/storage carries it out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scheduler/core/integration_directory.h"
#include "scheduler/core/sync_log.h"

namespace syncline::scheduler {

struct SyncTrigger {
  IntegrationRef integration;
  std::string request_id;  // 1 to 128 printable ASCII characters
  bool after_current = false;
};

struct TriggeredSync {
  std::string run_id;
  bool joined = false;
  std::optional<SyncLog> log;  // the run's newest; none when history no longer has it
};

struct SyncLogQuery {
  std::string tenant_id;
  std::string integration_id;   // ours or the backend's; empty: the whole tenant
  std::string run_id;           // a UUID; empty: any
  std::string status, trigger;  // empty: any
  std::optional<absl::Time> created_from, created_before;
  // Behind (older than) this one, in the order of (created_at, id) downwards; empty id: from the
  // newest.
  absl::Time after_created_at;
  std::string after_id;
  int skip = 0;  // how many of them to leave out before the page begins
  int limit = 50;
};

struct Record {
  std::string stream, key, data_json;
  std::int64_t change_no = 0;
  bool deleted = false;
  absl::Time created_at, updated_at;
};

struct RecordQuery {
  IntegrationRef integration;
  std::string stream;      // empty: all
  std::string key_prefix;  // without `changed_after`
  std::optional<std::int64_t>
      changed_after;  // set: changes in their order, deletions too; else by stream and key
  // Behind this one; `after_key` is set with them, `after_change_no` counts with `changed_after`
  // only.
  std::string after_stream;
  std::optional<std::string> after_key;
  std::int64_t after_change_no = 0;
  int limit = 100;
};

// Any thread. Every call may return UNAVAILABLE (DATABASE_UNAVAILABLE).
class SyncJournal {
 public:
  virtual ~SyncJournal() = default;

  // NOT_FOUND INTEGRATION_NOT_FOUND; ALREADY_EXISTS REQUEST_ID_REUSED; FAILED_PRECONDITION
  // MANUAL_INTEGRATION.
  virtual absl::StatusOr<TriggeredSync> Trigger(const SyncTrigger& trigger) = 0;
  // Ends the run of a SyncLog (or of its own id) as FAILED, CANCELLED; returns its newest SyncLog.
  // Repeatable. NOT_FOUND SYNC_LOG_NOT_FOUND; FAILED_PRECONDITION SYNC_ENDED when it ended before.
  virtual absl::StatusOr<SyncLog> Cancel(const std::string& tenant_id,
                                         const std::string& log_id) = 0;
  // NOT_FOUND SYNC_LOG_NOT_FOUND.
  virtual absl::StatusOr<SyncLog> GetLog(const std::string& tenant_id,
                                         const std::string& log_id) = 0;
  // NOT_FOUND INTEGRATION_NOT_FOUND when it names one that neither is nor ever ran.
  virtual absl::StatusOr<std::vector<SyncLog>> ListLogs(const SyncLogQuery& query) = 0;
  // Of all pages, wherever the query begins. Nothing is 0, not NOT_FOUND.
  virtual absl::StatusOr<ListTotal> CountLogs(const SyncLogQuery& query) = 0;
  // NOT_FOUND INTEGRATION_NOT_FOUND.
  virtual absl::StatusOr<std::vector<Record>> ListRecords(const RecordQuery& query) = 0;
};

}  // namespace syncline::scheduler
