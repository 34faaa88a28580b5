#include "scheduler/core/change_tracker.h"

namespace syncline::scheduler {
namespace {

// How much later than its own time a change may be committed: statements are ended after 10 s,
// waits for a lock after 5 s.
constexpr absl::Duration kLatestCommit = absl::Seconds(20);

}  // namespace

std::vector<IntegrationKey> ChangeTracker::Update(ChangeScan scan) {
  std::set<IntegrationKey> changed;
  std::set<std::string> events;
  for (auto& [key, event] : scan.events) {
    if (!events_.contains(event)) changed.insert(key);
    events.insert(std::move(event));
  }
  for (const auto& [key, digest] : scan.live) {
    const auto before = live_.find(key);
    if (before == live_.end() || before->second != digest) changed.insert(key);
  }
  for (const auto& [key, digest] : live_) {
    if (!scan.live.contains(key)) changed.insert(key);
  }
  const bool first = !since_;
  since_ = scan.now - kLatestCommit;
  live_ = std::move(scan.live);
  events_ = std::move(events);
  if (first) return {};
  return {changed.begin(), changed.end()};
}

}  // namespace syncline::scheduler
