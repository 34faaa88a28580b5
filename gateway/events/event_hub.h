// The feeds of all tenants that somebody listens to. A feed begins with its first client and ends a
// while after its last one, so that a browser that reloads finds it still filled.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gateway/events/event_feed.h"
#include "gateway/events/feed_filler.h"
#include "gateway/events/watch_source.h"

namespace syncline::gateway {

struct TenantFeed;

struct EventHubOptions {
  std::size_t most_clients = 256;
  std::size_t most_feeds = 64;
  std::size_t most_kept = 10'000;                  // changes a feed
  std::size_t most_bytes = std::size_t{16} << 20;  // of them
  absl::Duration keep_unused = absl::Seconds(60);  // a feed that nobody listens to
};

// Thread-safe.
class EventHub {
 public:
  EventHub(EventHubOptions options, OpenWatch open);
  ~EventHub();

  // A client's hold on its tenant's feed; the hub outlives it.
  class Client {
   public:
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    EventFeed* feed();

   private:
    friend class EventHub;
    Client(EventHub* hub, std::shared_ptr<TenantFeed> tenant)
        : hub_(*hub), tenant_(std::move(tenant)) {}
    EventHub& hub_;
    std::shared_ptr<TenantFeed> tenant_;
  };

  // RESOURCE_EXHAUSTED, reason TOO_MANY_CLIENTS.
  absl::StatusOr<std::unique_ptr<Client>> Join(const std::string& tenant_id);

  // Ends every client's reading for good; none can join any more.
  void Close();

  std::size_t clients() const;
  // Tenants that somebody listens to, or did a moment ago, and those of them whose watch is open.
  std::size_t feeds() const;
  std::size_t connected_feeds() const;

 private:
  void Leave(TenantFeed& tenant);
  void RemoveUnused();

  const EventHubOptions options_;
  const OpenWatch open_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::map<std::string, std::shared_ptr<TenantFeed>> tenants_;
  std::size_t clients_ = 0;
  bool closed_ = false;
  std::thread sweeper_;
};

}  // namespace syncline::gateway
