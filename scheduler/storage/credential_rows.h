// The parts that creating and changing an integration share.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "common/postgres/connection.h"
#include "scheduler/core/integration_directory.h"

namespace syncline::scheduler {

// Seals and stores the credentials of an integration in place of those it had, in the caller's
// transaction.
absl::Status ReplaceCredentials(postgres::Connection& connection, const std::string& id,
                                const SealCredentials& seal);

// ALREADY_EXISTS, EXTERNAL_ID_TAKEN.
absl::Status ExternalIdTaken(const std::string& external_id);

}  // namespace syncline::scheduler
