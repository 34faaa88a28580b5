// Finds which integrations changed between two looks at the database, for WatchSyncs. A look sees
// the active runs as they are, and marks of what ended or was changed lately; the same mark may be
// seen many times, since a look reaches back over what may have been committed late.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace syncline::scheduler {

struct IntegrationKey {
  std::string tenant_id, id;
  friend auto operator<=>(const IntegrationKey&, const IntegrationKey&) = default;
};

// What one look saw.
struct ChangeScan {
  absl::Time now;  // the database's clock
  // Active runs: the integration, and a digest of everything that counts as its state.
  std::map<IntegrationKey, std::int64_t> live;
  // Runs that ended and integrations that were changed or deleted lately: each with a text that no
  // other event has.
  std::vector<std::pair<IntegrationKey, std::string>> events;
};

// Carries looks out. Any thread.
class ChangeSource {
 public:
  virtual ~ChangeSource() = default;
  // Events from `since` on, as the database's clock has it; nullopt: of the last 20 s.
  virtual absl::StatusOr<ChangeScan> Scan(std::optional<absl::Time> since) = 0;
};

// Used by one thread.
class ChangeTracker {
 public:
  // From when on the next look must see events; nullopt before the first.
  std::optional<absl::Time> since() const { return since_; }

  // The integrations that changed since the scan before; none for the first one. Each once, in
  // order.
  std::vector<IntegrationKey> Update(ChangeScan scan);

 private:
  std::optional<absl::Time> since_;
  std::map<IntegrationKey, std::int64_t> live_;
  std::set<std::string> events_;  // of the scan before
};

}  // namespace syncline::scheduler
