#include "gateway/events/event_hub.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "common/base/errors.h"
#include "common/base/ids.h"

namespace syncline::gateway {

using Clock = std::chrono::steady_clock;

struct TenantFeed {
  TenantFeed(const EventHubOptions& options, const std::string& tenant_id, const OpenWatch& open)
      : feed(NewRandomUuid().substr(0, 8), options.most_kept, options.most_bytes),
        filler(&feed, tenant_id, open) {}

  EventFeed feed;
  FeedFiller filler;
  // Under the hub's mutex.
  std::size_t clients = 0;
  Clock::time_point unused_since;
};

EventHub::Client::~Client() { hub_.Leave(*tenant_); }

EventFeed* EventHub::Client::feed() { return &tenant_->feed; }

EventHub::EventHub(EventHubOptions options, OpenWatch open)
    : options_(options), open_(std::move(open)) {
  sweeper_ = std::thread([this] { RemoveUnused(); });
}

EventHub::~EventHub() {
  Close();
  wake_.notify_all();
  sweeper_.join();
}

absl::StatusOr<std::unique_ptr<EventHub::Client>> EventHub::Join(const std::string& tenant_id) {
  std::lock_guard lock(mutex_);
  if (closed_) {
    return ReasonError(absl::StatusCode::kUnavailable, "DRAINING",
                       "this gateway is going away; connect again");
  }
  const auto found = tenants_.find(tenant_id);
  if (clients_ >= options_.most_clients ||
      (found == tenants_.end() && tenants_.size() >= options_.most_feeds)) {
    return ReasonError(absl::StatusCode::kResourceExhausted, "TOO_MANY_CLIENTS",
                       "as many clients listen as this gateway takes; try again later");
  }
  auto& tenant = found == tenants_.end() ? tenants_[tenant_id] : found->second;
  if (tenant == nullptr) tenant = std::make_shared<TenantFeed>(options_, tenant_id, open_);
  ++tenant->clients;
  ++clients_;
  return std::unique_ptr<Client>(new Client(this, tenant));
}

void EventHub::Leave(TenantFeed& tenant) {
  std::lock_guard lock(mutex_);
  --clients_;
  if (--tenant.clients == 0) tenant.unused_since = Clock::now();
}

void EventHub::RemoveUnused() {
  const auto keep = absl::ToChronoNanoseconds(options_.keep_unused);
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, keep / 4, [this] { return closed_; })) {
    std::vector<std::shared_ptr<TenantFeed>> gone;
    for (auto it = tenants_.begin(); it != tenants_.end();) {
      const TenantFeed& tenant = *it->second;
      if (tenant.clients == 0 && Clock::now() - tenant.unused_since >= keep) {
        gone.push_back(std::move(it->second));
        it = tenants_.erase(it);
      } else {
        ++it;
      }
    }
    lock.unlock();
    gone.clear();  // joins their threads, which takes a moment
    lock.lock();
  }
}

void EventHub::Close() {
  std::lock_guard lock(mutex_);
  closed_ = true;
  for (const auto& [id, tenant] : tenants_) tenant->feed.Close();
  wake_.notify_all();
}

std::size_t EventHub::clients() const {
  std::lock_guard lock(mutex_);
  return clients_;
}

std::size_t EventHub::feeds() const {
  std::lock_guard lock(mutex_);
  return tenants_.size();
}

std::size_t EventHub::connected_feeds() const {
  std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(
      std::count_if(tenants_.begin(), tenants_.end(),
                    [](const auto& tenant) { return tenant.second->feed.connected(); }));
}

}  // namespace syncline::gateway
