// What the API asks of the place where integrations are kept. scheduler/storage carries it out;
// every change is one transaction that locks the integration first, so that what it checks still
// holds when it is written.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "scheduler/core/integration.h"

namespace syncline::scheduler {

// How callers name an integration: `id` is a UUID of ours; what does not parse as one is the
// backend's external id. Found within the tenant only.
struct IntegrationRef {
  std::string tenant_id, id;
};

// Gives the credentials to store as sealed blobs by name, once the id that they are bound to is
// known.
using SealCredentials =
    std::function<absl::StatusOr<std::map<std::string, std::string>>(const std::string& id)>;

struct NewIntegration {
  std::string tenant_id, external_id, name, type, config_json;
  SyncSettings settings;
  SealCredentials seal;    // null: no credentials
  std::string request_id;  // empty: not repeatable
  std::vector<std::string>
      request_hashes;  // of the arguments: the first is stored, any of them recognised
};

struct SettingsChange {
  // The outer optional: whether it changes; the inner one: manual only.
  std::optional<std::optional<absl::Duration>> interval;
  std::optional<bool> enabled;
  std::optional<int> max_retries;
  std::optional<absl::Duration> timeout;

  bool empty() const { return !interval && !enabled && !max_retries && !timeout; }
};

// What an integration would be with a change, for a check under its lock.
struct IntegrationDraft {
  std::string type, config_json;
  std::vector<std::string> credential_names;
};

struct IntegrationChange {
  std::optional<std::string> name;
  std::optional<std::string> external_id;  // empty: none any more
  std::optional<std::string> config_json;
  std::optional<std::vector<std::string>>
      credential_names;  // the new ones; set together with `seal`
  SealCredentials seal;  // null: they stay
  SettingsChange settings;
  std::int64_t version = 0;  // when not 0: only if the integration still has it
  // Refuses the change by its status; null: nothing to check.
  std::function<absl::Status(const IntegrationDraft&)> check;
};

// How many a list holds over all of its pages. Counting ends at kMostCounted.
inline constexpr std::int64_t kMostCounted = 10'000;
struct ListTotal {
  std::int64_t count = 0;
  bool lower_bound = false;  // there are more

  // `counted` up to kMostCounted + 1.
  static ListTotal Of(std::int64_t counted) {
    return {std::min(counted, kMostCounted), counted > kMostCounted};
  }
};

struct IntegrationQuery {
  std::string tenant_id;
  std::string search;                 // part of name or external id, any case; empty: all
  std::vector<std::string> statuses;  // empty: all
  // Behind this one, in the order of (name, id); empty id: from the beginning.
  std::string after_name, after_id;
  int limit = 50;
};

struct IntegrationPage {
  std::vector<Integration> integrations;
  bool more = false;               // there are further ones
  std::string last_name, last_id;  // where the page ends
};

// What is needed to reach an integration's remote.
struct IntegrationConnection {
  std::string id, type, config_json;
  std::map<std::string, std::string> sealed_credentials;  // by name, bound to the id
};

// Any thread. Every call may return UNAVAILABLE (DATABASE_UNAVAILABLE): the fate of a change is
// unknown then.
class IntegrationDirectory {
 public:
  virtual ~IntegrationDirectory() = default;

  // ALREADY_EXISTS EXTERNAL_ID_TAKEN or REQUEST_ID_REUSED. A repetition returns what the first call
  // made.
  virtual absl::StatusOr<Integration> Create(const NewIntegration& integration) = 0;
  // All below: NOT_FOUND INTEGRATION_NOT_FOUND.
  virtual absl::StatusOr<Integration> Get(const IntegrationRef& ref) = 0;
  virtual absl::StatusOr<IntegrationConnection> GetConnection(const IntegrationRef& ref) = 0;
  virtual absl::StatusOr<IntegrationPage> List(const IntegrationQuery& query) = 0;
  // Of all pages, wherever the query begins.
  virtual absl::StatusOr<ListTotal> Count(const IntegrationQuery& query) = 0;
  // Those of `ids` (UUIDs) that are there, by name; never NOT_FOUND.
  virtual absl::StatusOr<std::vector<Integration>> Read(const std::string& tenant_id,
                                                        const std::vector<std::string>& ids) = 0;
  // ABORTED VERSION_MISMATCH; ALREADY_EXISTS EXTERNAL_ID_TAKEN; whatever `check` returns.
  virtual absl::StatusOr<Integration> Change(const IntegrationRef& ref,
                                             const IntegrationChange& change) = 0;
  // `version`: when not 0, only if the integration still has it. ABORTED VERSION_MISMATCH.
  virtual absl::Status Delete(const IntegrationRef& ref, std::int64_t version) = 0;
};

}  // namespace syncline::scheduler
