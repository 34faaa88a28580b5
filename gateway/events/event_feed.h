// What one tenant's clients are told: the picture of its integrations as schedulers last told it,
// and the last changes of that picture by number, so that a client which comes back goes on behind
// the last one it saw. Filled by one watch stream, read by any number of clients, none of which
// holds up another: a client that is slower than the changes are many loses its place.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"

namespace syncline::gateway {

// Thread-safe.
class EventFeed {
 public:
  // `name` tells this feed's numbers from those of another life of the gateway. Keeps up to
  // `most_kept` changes and `most_bytes` of them.
  EventFeed(std::string name, std::size_t most_kept, std::size_t most_bytes);

  // From the watch stream. A snapshot replaces the picture: what differs becomes changes.
  void SetConnected(bool connected);
  void BeginSnapshot();
  void EndSnapshot();
  // The stream goes on behind what was told before; a snapshot that was cut off is forgotten.
  void Resume();
  // `state` is the JSON of the integration's state, on one line.
  void Put(const std::string& id, const std::string& state);
  void Remove(const std::string& id);
  // Wakes all readers for good.
  void Close();

  bool connected() const;

  // One client's place. Used by its thread alone; the feed outlives it.
  class Reader {
   public:
    // Only what concerns `only` is told; empty: all. `last_event_id` as the client sent it.
    Reader(EventFeed* feed, std::set<std::string> only, std::string_view last_event_id);

    enum class Outcome {
      kText,     // `text` has events, ready to be sent
      kNothing,  // nothing came in time
      kLost,     // the client is too slow: its place is gone
      kClosed,
    };
    // Waits up to `patience`.
    Outcome Next(absl::Duration patience, std::string& text);

   private:
    void Begin(std::string& text);
    void AppendSnapshot(std::string& text);
    void AppendChanges(std::string& text);

    EventFeed& feed_;
    const std::set<std::string> only_;
    const std::string last_event_id_;
    bool begun_ = false;
    std::optional<bool> told_connected_;
    std::uint64_t seen_ = 0;  // number of the last change that was told or skipped
    // What is left of the snapshot, shared with the feed and all other readers; it goes out bit by
    // bit.
    std::vector<std::shared_ptr<const std::string>> snapshot_;
    bool in_snapshot_ = false;
  };

 private:
  struct Change {
    std::uint64_t number;
    std::string integration_id;
    std::shared_ptr<const std::string> state;  // null: deleted
  };

  // All with the mutex held.
  void Add(const std::string& id, std::shared_ptr<const std::string> state);
  std::string IdOf(std::uint64_t number) const;
  std::optional<std::uint64_t> NumberOf(std::string_view event_id) const;
  std::uint64_t oldest() const { return last_number_ + 1 - changes_.size(); }

  const std::string name_;
  const std::size_t most_kept_;
  const std::size_t most_bytes_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::shared_ptr<const std::string>> picture_;
  bool complete_ = false;  // a snapshot has been seen to its end
  bool connected_ = false;
  bool closed_ = false;
  std::optional<std::set<std::string>> unseen_;  // by the snapshot that is under way
  std::deque<Change> changes_;                   // consecutive, up to last_number_
  std::uint64_t last_number_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace syncline::gateway
