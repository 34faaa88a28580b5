// Makes an assignment ready to run: parses its config and opens its credentials.
#pragma once

#include <functional>
#include <memory>

#include "common/crypto/credential_cipher.h"
#include "executor/app/parsed_configs.h"
#include "executor/connectors/connector.h"
#include "executor/core/assignment.h"
#include "executor/core/sync_error.h"

namespace syncline::executor {

struct PreparedRun {
  std::shared_ptr<const ParsedConfig> parsed;
  Credentials credentials;
};

// CONFIG: a type that this executor does not run, a config that does not parse, a credential that
// is not stored. INTERNAL: a credential that cannot be opened, which is our operator's fault and
// not the customer's. Any thread.
SyncResult<PreparedRun> PrepareRun(const Assignment& assignment,
                                   const crypto::CredentialCipher& cipher, ParsedConfigs* configs);

// How an executor makes assignments ready: PrepareRun. The bench's own executor has another, which
// knows a connector that does nothing (tests/bench); no shipped program has.
using Preparation = std::function<SyncResult<PreparedRun>(
    const Assignment&, const crypto::CredentialCipher&, ParsedConfigs*)>;

}  // namespace syncline::executor
