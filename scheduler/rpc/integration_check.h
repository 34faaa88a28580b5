// What CheckIntegration asks of an executor, and what it makes of the answer.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/crypto/credential_cipher.h"
#include "scheduler/core/integration_directory.h"
#include "syncline/internal/v1/executor_service.pb.h"
#include "syncline/v1/integration_service.pb.h"

namespace syncline::scheduler {

// The check of a saved or an unsaved integration, under an id of its own, with its credentials
// sealed: those of an unsaved one for this check alone. Without its limit. Reads from `directory`.
// INVALID_FIELDS, INTEGRATION_NOT_FOUND, MANUAL_INTEGRATION.
absl::StatusOr<internal::v1::Check> MakeCheck(const v1::CheckIntegrationRequest& request,
                                              IntegrationDirectory& directory,
                                              const crypto::CredentialCipher& cipher);

void ToProto(const internal::v1::CheckedPage& page, v1::CheckIntegrationResponse& response);

// DEADLINE_EXCEEDED, CHECK_TIMED_OUT.
absl::Status CheckTimedOut(absl::Duration limit);

}  // namespace syncline::scheduler
