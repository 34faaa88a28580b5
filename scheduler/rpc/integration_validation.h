// Requests that create and change integrations, checked and decoded: every bad field at once.
#pragma once

#include "absl/status/statusor.h"
#include "common/crypto/credential_cipher.h"
#include "scheduler/core/integration_directory.h"
#include "scheduler/rpc/field_checks.h"
#include "scheduler/rpc/keyed_hash.h"
#include "syncline/v1/integration_service.pb.h"

namespace syncline::scheduler {

// An integration that is not saved yet, all but its name: adds every bad field to `violations`,
// with paths that begin with "integration.". What comes back refers to `given` and `cipher`.
NewIntegration DecodeNew(const v1::Integration& given, const crypto::CredentialCipher& cipher,
                         Violations& violations);

// The field `integration.name`.
void CheckName(const std::string& name, Violations& violations);

// INVALID_FIELDS. What comes back refers to `request` and `cipher`. `hash` makes the hash of the
// arguments, which covers credentials too and is stored: hence a keyed one.
absl::StatusOr<NewIntegration> DecodeCreate(const v1::CreateIntegrationRequest& request,
                                            const crypto::CredentialCipher& cipher,
                                            const KeyedHash& hash);

struct DecodedChange {
  IntegrationRef ref;
  IntegrationChange change;
};

// INVALID_FIELDS when the integration is not named properly; everything else is said by the
// change's own check, together with what can be judged only beside what is stored. What comes back
// refers to `request` and `cipher`.
absl::StatusOr<DecodedChange> DecodeUpdate(const v1::UpdateIntegrationRequest& request,
                                           const crypto::CredentialCipher& cipher);

// INVALID_FIELDS.
absl::StatusOr<DecodedChange> DecodeSettings(const v1::UpdateSyncSettingsRequest& request);

}  // namespace syncline::scheduler
