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

// An active run, as one look saw it.
struct ActiveRun {
  std::int64_t state = 0;     // a digest of everything that counts as its state
  std::int64_t progress = 0;  // differs when its counts do

  friend bool operator==(const ActiveRun&, const ActiveRun&) = default;
};

// What one look saw.
struct ChangeScan {
  absl::Time now;  // the database's clock
  std::map<IntegrationKey, ActiveRun> live;
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
  // A change of state is told by the look that sees it, progress this long after what was told of
  // the run before: whoever watches wants it to move, not to see every page.
  static constexpr absl::Duration kProgressPeriod = absl::Seconds(1);

  // From when on the next look must see events; nullopt before the first.
  std::optional<absl::Time> since() const { return since_; }

  // The integrations that changed since the scan before; none for the first one. Each once, in
  // order.
  std::vector<IntegrationKey> Update(ChangeScan scan);

 private:
  // An active run, as it was last told.
  struct Told {
    ActiveRun run;
    absl::Time at;
  };

  // Whether a look that sees `run` is to tell it.
  static bool IsNews(const Told& told, const ActiveRun& run, absl::Time now);

  std::optional<absl::Time> since_;
  std::map<IntegrationKey, Told> live_;
  std::set<std::string> events_;  // of the scan before
};

}  // namespace syncline::scheduler
