// What the open WatchSyncs streams have still to tell. One thread looks at the database for all of
// them, while there are any; each stream takes what changed for it when its client can take more,
// so what changed twice meanwhile is told once, as it is by then.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scheduler/core/change_tracker.h"

namespace syncline::scheduler {

struct WatchFilter {
  std::string tenant_id;
  std::set<std::string> integration_ids;  // empty: all

  bool Takes(const IntegrationKey& key) const {
    return key.tenant_id == tenant_id &&
           (integration_ids.empty() || integration_ids.contains(key.id));
  }
};

// Called without locks, on any thread; must not block.
struct WatchCalls {
  std::function<void()> on_ready;   // there may be something to take
  std::function<void()> on_closed;  // the hub goes away
};

// How a stream begins.
struct WatchStart {
  bool resumed = false;      // changes follow; else a snapshot must be told first
  std::string resume_token;  // of the moment that the snapshot is newer than
};

// Changed integrations to tell.
struct WatchBatch {
  std::vector<std::string> ids;
  std::string resume_token;  // where a stream that was told them goes on; empty while more wait
};

// Any thread.
class WatchHub {
 public:
  // `source` outlives the hub; `period` is the time from one look to the next.
  WatchHub(ChangeSource* source, absl::Duration period);
  ~WatchHub();

  // RESOURCE_EXHAUSTED TOO_MANY_WATCHES, UNAVAILABLE DRAINING.
  absl::StatusOr<std::int64_t> Open(WatchFilter filter, const std::string& resume_token,
                                    WatchCalls calls);
  void Close(std::int64_t watch);

  // How the stream begins, once the first look is done; nullopt before it. Once a stream.
  std::optional<WatchStart> Begin(std::int64_t watch);
  // At most `most` changed integrations; empty when there are none.
  WatchBatch Take(std::int64_t watch, std::size_t most);

  std::size_t open();  // streams

  // Closes every stream; idempotent.
  void Stop();

 private:
  struct Entry {
    WatchFilter filter;
    WatchCalls calls;
    bool resumed = false;
    bool begun = false;
    std::set<std::string> changed;  // ids to tell
  };
  void Run();
  // Waits for the time of the next look; false at the end.
  bool AwaitTurn(std::unique_lock<std::mutex>& lock);
  void Note(const std::vector<IntegrationKey>& changed);
  void Remember(const IntegrationKey& key);
  void ForgetAll();
  void Resume(Entry& entry, const std::string& resume_token);
  std::string Token() const;

  ChangeSource& source_;
  const absl::Duration period_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::map<std::int64_t, Entry> entries_;
  std::int64_t opened_ = 0;
  // One life of the looking: from its first look on, every change has a number. Named by a random
  // id.
  std::string life_;
  bool looked_ = false;
  std::int64_t last_change_ = 0;
  // What a stream that was cut can go on from: of each integration the newest change alone, since
  // that is all it needs to be told. So a run that is told again and again takes one place.
  std::map<std::int64_t, IntegrationKey> recent_;
  std::map<IntegrationKey, std::int64_t> number_of_;  // of what `recent_` holds
  std::int64_t forgotten_ = 0;                        // the newest change that had to give way
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace syncline::scheduler
