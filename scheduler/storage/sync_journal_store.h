// Triggers, SyncLogs and records in PostgreSQL.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/postgres/pool.h"
#include "scheduler/core/dropped_claim.h"
#include "scheduler/core/sync_journal.h"
#include "scheduler/storage/trigger_store.h"

namespace syncline::scheduler {

// Any thread. `pool` outlives it.
class SyncJournalStore final : public SyncJournal {
 public:
  // Without a `dispatch`, what is triggered waits for whoever claims it; it outlives the store.
  explicit SyncJournalStore(postgres::Pool* pool, DropListener on_dropped = nullptr,
                            TriggerDispatch* dispatch = nullptr)
      : pool_(*pool), on_dropped_(std::move(on_dropped)), dispatch_(dispatch), triggers_(pool) {}

  absl::StatusOr<TriggeredSync> Trigger(const SyncTrigger& trigger) override;
  absl::StatusOr<SyncLog> Cancel(const std::string& tenant_id, const std::string& log_id) override;
  absl::StatusOr<SyncLog> GetLog(const std::string& tenant_id, const std::string& log_id) override;
  absl::StatusOr<std::vector<SyncLog>> ListLogs(const SyncLogQuery& query) override;
  absl::StatusOr<ListTotal> CountLogs(const SyncLogQuery& query) override;
  absl::StatusOr<std::vector<Record>> ListRecords(const RecordQuery& query) override;

 private:
  postgres::Pool& pool_;
  const DropListener on_dropped_;
  TriggerDispatch* const dispatch_;
  TriggerStore triggers_;
};

}  // namespace syncline::scheduler
