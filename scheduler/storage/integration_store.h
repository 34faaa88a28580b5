// Integrations in PostgreSQL: create, read, list, change, delete. Every change of what a run may
// see is one transaction: the integration is locked by a first statement, so that the next ones see
// what is there by then (docs/adr/0002).
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/postgres/pool.h"
#include "scheduler/core/dropped_claim.h"
#include "scheduler/core/integration_directory.h"

namespace syncline::scheduler {

// Any thread. `pool` outlives it.
class IntegrationStore final : public IntegrationDirectory {
 public:
  explicit IntegrationStore(postgres::Pool* pool, DropListener on_dropped = nullptr)
      : pool_(*pool), on_dropped_(std::move(on_dropped)) {}

  absl::StatusOr<Integration> Create(const NewIntegration& integration) override;
  absl::StatusOr<Integration> Get(const IntegrationRef& ref) override;
  absl::StatusOr<IntegrationConnection> GetConnection(const IntegrationRef& ref) override;
  absl::StatusOr<IntegrationPage> List(const IntegrationQuery& query) override;
  absl::StatusOr<ListTotal> Count(const IntegrationQuery& query) override;
  absl::StatusOr<std::vector<Integration>> Read(const std::string& tenant_id,
                                                const std::vector<std::string>& ids) override;
  absl::StatusOr<Integration> Change(const IntegrationRef& ref,
                                     const IntegrationChange& change) override;
  absl::Status Delete(const IntegrationRef& ref, std::int64_t version) override;

  // Removes at most about 2 × `batch` rows of what deleted integrations left behind, in one short
  // statement; any number of schedulers may call it. True while there may be more: call again.
  absl::StatusOr<bool> PurgeDeleted(std::int64_t batch);

 private:
  absl::StatusOr<Integration> ReadRepetition(const NewIntegration& integration,
                                             const absl::Status& clash);

  void TellDropped(const std::vector<DroppedClaim>& dropped) const;

  postgres::Pool& pool_;
  const DropListener on_dropped_;
};

}  // namespace syncline::scheduler
