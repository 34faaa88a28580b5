// Finds which integrations changed between two looks at the database, for WatchSyncs. A look sees
// the active runs as they are, and marks of what ended or was changed lately; the same mark is seen
// many times, since a look reaches back over what may have been committed late. Under load those
// are hundreds of thousands: of one that was seen before, nothing but its number is kept.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace syncline::scheduler {

struct IntegrationKey {
  std::string tenant_id, id;
  // NOLINTNEXTLINE(modernize-use-nullptr): a comparison that the compiler makes
  friend auto operator<=>(const IntegrationKey&, const IntegrationKey&) = default;
};

// An active run, as one look saw it.
struct ActiveRun {
  std::int64_t state = 0;     // a digest of everything that counts as its state
  std::int64_t progress = 0;  // differs when its counts do

  friend bool operator==(const ActiveRun&, const ActiveRun&) = default;
};

// What the look before has left for the next one.
struct ChangeCursor {
  absl::Time since;  // from when on events are looked at, as the database's clock has it
  std::vector<std::int64_t> marks;  // of the events that it saw, in ascending order
};

// What one look saw.
struct ChangeScan {
  absl::Time now;  // the database's clock
  std::map<IntegrationKey, ActiveRun> live;
  // Runs that ended and integrations that were changed or deleted lately: each has a mark, a number
  // that no other event has (64 bits of a hash). All marks, in any order; and whose events they are
  // where the look before did not see them.
  std::vector<std::int64_t> marks;
  std::vector<IntegrationKey> changed;

  // Notes an event, after a look that has left `before`; none for the first look, which no event
  // is new to.
  template <typename MakeKey>
  void AddEvent(std::int64_t mark, const ChangeCursor* before, const MakeKey& make_key) {
    marks.push_back(mark);
    if (before != nullptr && !std::binary_search(before->marks.begin(), before->marks.end(), mark))
      changed.push_back(make_key());
  }
};

// Carries looks out. Any thread.
class ChangeSource {
 public:
  virtual ~ChangeSource() = default;
  // `before` is null for the first look, which sees the events of the last 20 s.
  virtual absl::StatusOr<ChangeScan> Scan(const ChangeCursor* before) = 0;
};

// Used by one thread.
class ChangeTracker {
 public:
  // A change of state is told by the look that sees it, progress this long after what was told of
  // the run before: whoever watches wants it to move, not to see every page.
  static constexpr absl::Duration kProgressPeriod = absl::Seconds(1);

  // What the next look goes on from; null before the first.
  const ChangeCursor* cursor() const { return cursor_ ? &*cursor_ : nullptr; }

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

  std::optional<ChangeCursor> cursor_;
  std::map<IntegrationKey, Told> live_;
};

}  // namespace syncline::scheduler
