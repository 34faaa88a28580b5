// Rows of read_integrations.sql as Integrations, and how an integration is found by the name a
// caller has for it.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/postgres/connection.h"
#include "common/postgres/row.h"
#include "scheduler/core/integration.h"
#include "scheduler/core/integration_directory.h"

namespace syncline::scheduler {

Integration ToIntegration(const postgres::Row& row);

// NOT_FOUND, INTEGRATION_NOT_FOUND.
absl::Status NoSuchIntegration(const std::string& id);

// The UUID that `ref` names. A UUID is taken as it is, whether or not it names something; an
// external id must name an integration that is not deleted, else NOT_FOUND.
absl::StatusOr<std::string> ResolveIntegration(postgres::Connection& connection,
                                               const IntegrationRef& ref);

// The integration with this UUID, as it is now. NOT_FOUND.
absl::StatusOr<Integration> ReadIntegration(postgres::Connection& connection,
                                            const std::string& tenant_id, const std::string& id);

}  // namespace syncline::scheduler
