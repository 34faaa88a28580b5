#include "scheduler/core/change_tracker.h"

#include <set>
#include <utility>

namespace syncline::scheduler {
namespace {

// How much later than its own time a change may be committed: statements are ended after 10 s,
// waits for a lock after 5 s.
constexpr absl::Duration kLatestCommit = absl::Seconds(20);

}  // namespace

bool ChangeTracker::IsNews(const Told& told, const ActiveRun& run, absl::Time now) {
  if (run.state != told.run.state) return true;
  if (run.progress == told.run.progress) return false;
  // After a failover the clock may be behind what was told.
  return now - told.at >= kProgressPeriod || now < told.at;
}

std::vector<IntegrationKey> ChangeTracker::Update(ChangeScan scan) {
  std::set<IntegrationKey> changed(scan.changed.begin(), scan.changed.end());
  std::map<IntegrationKey, Told> live;
  for (const auto& [key, run] : scan.live) {
    const auto before = live_.find(key);
    const bool news = before == live_.end() || IsNews(before->second, run, scan.now);
    if (news) changed.insert(key);
    live.emplace_hint(live.end(), key, news ? Told{run, scan.now} : before->second);
  }
  for (const auto& [key, told] : live_) {
    if (!live.contains(key)) changed.insert(key);
  }
  const bool first = !cursor_;
  std::sort(scan.marks.begin(), scan.marks.end());
  cursor_ = ChangeCursor{scan.now - kLatestCommit, std::move(scan.marks)};
  live_ = std::move(live);
  if (first) return {};
  return {changed.begin(), changed.end()};
}

}  // namespace syncline::scheduler
