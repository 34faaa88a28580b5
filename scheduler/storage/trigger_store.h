// TriggerSync in the database: one transaction that leaves exactly one run to point at.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/postgres/pool.h"
#include "scheduler/storage/run_store.h"

namespace syncline::scheduler {

struct TriggerRequest {
  std::string tenant_id;
  std::string integration_id;  // ours (a UUID) or the backend's external id
  std::string request_id;      // 1–128 printable ASCII characters; validated by the caller
  bool after_current = false;
};

struct TriggerAnswer {
  std::string run_id;
  std::string integration_id;  // ours
  bool joined = false;
  bool repeated = false;                             // the request_id had been answered before
  std::optional<ClaimedRun> claimed = std::nullopt;  // began at once, and is to be sent
  bool equipped = false;  // `claimed` has all that it needs; else RunStore::Equip comes first
};

// A free slot that a trigger may fill at once.
struct TriggerSlot {
  Slot slot;
  std::vector<std::string> types;  // that its executor runs
  absl::Duration dispatch_limit;
};

// Where runs go that begin with their trigger. Any thread.
class TriggerDispatch {
 public:
  virtual ~TriggerDispatch() = default;
  // A free slot, kept for the trigger until Settle; none: what it starts has to wait for one.
  virtual std::optional<TriggerSlot> TakeSlot() = 0;
  // The trigger was made, or not: then `answer` is null. Called before the caller's answer is read.
  virtual void Settle(const std::optional<TriggerSlot>& slot, const TriggerAnswer* answer) = 0;
};

// Any thread. `pool` outlives it.
class TriggerStore {
 public:
  explicit TriggerStore(postgres::Pool* pool) : pool_(*pool) {}

  // NOT_FOUND INTEGRATION_NOT_FOUND; ALREADY_EXISTS REQUEST_ID_REUSED; FAILED_PRECONDITION
  // MANUAL_INTEGRATION; UNAVAILABLE: the fate is unknown, the same request_id may be sent again.
  absl::StatusOr<TriggerAnswer> Trigger(const TriggerRequest& request,
                                        const std::optional<TriggerSlot>& slot = std::nullopt);

 private:
  postgres::Pool& pool_;
};

}  // namespace syncline::scheduler
