// TriggerSync in the database: one transaction that leaves exactly one run to point at.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "common/postgres/pool.h"

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
  bool repeated = false;  // the request_id had been answered before
};

// Any thread. `pool` outlives it.
class TriggerStore {
 public:
  explicit TriggerStore(postgres::Pool* pool) : pool_(*pool) {}

  // NOT_FOUND INTEGRATION_NOT_FOUND; ALREADY_EXISTS REQUEST_ID_REUSED; FAILED_PRECONDITION
  // MANUAL_INTEGRATION; UNAVAILABLE: the fate is unknown, the same request_id may be sent again.
  absl::StatusOr<TriggerAnswer> Trigger(const TriggerRequest& request);

 private:
  postgres::Pool& pool_;
};

}  // namespace syncline::scheduler
