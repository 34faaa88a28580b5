#include "scheduler/rpc/watch_hub.h"

#include <charconv>
#include <chrono>
#include <utility>

#include "common/base/errors.h"
#include "common/base/ids.h"
#include "common/base/log.h"

namespace syncline::scheduler {
namespace {

constexpr std::size_t kMostWatches = 1000;
constexpr std::size_t kMostRecent = 20'000;  // changed integrations that a stream can go on from
// How long it goes on looking without a stream, so that one that was cut can go on.
constexpr std::chrono::seconds kLinger{60};

absl::Status GoingAway() {
  return ReasonError(absl::StatusCode::kUnavailable, "DRAINING",
                     "this scheduler is going away; open the stream again");
}

}  // namespace

WatchHub::WatchHub(ChangeSource* source, absl::Duration period)
    : source_(*source), period_(period), thread_([this] { Run(); }) {}

WatchHub::~WatchHub() { Stop(); }

std::string WatchHub::Token() const { return life_ + "." + std::to_string(last_change_); }

void WatchHub::Resume(Entry& entry, const std::string& resume_token) {
  if (!looked_ || !resume_token.starts_with(life_ + ".")) return;
  const char* begin = resume_token.data() + life_.size() + 1;
  const char* end = resume_token.data() + resume_token.size();
  std::int64_t known = -1;
  const auto parsed = std::from_chars(begin, end, known);
  if (parsed.ec != std::errc() || parsed.ptr != end || known < forgotten_ || known > last_change_)
    return;
  entry.resumed = true;
  for (auto change = recent_.upper_bound(known); change != recent_.end(); ++change) {
    if (entry.filter.Takes(change->second)) entry.changed.insert(change->second.id);
  }
}

absl::StatusOr<std::int64_t> WatchHub::Open(WatchFilter filter, const std::string& resume_token,
                                            WatchCalls calls) {
  std::lock_guard lock(mutex_);
  if (stopping_) return GoingAway();
  if (entries_.size() >= kMostWatches) {
    return ReasonError(absl::StatusCode::kResourceExhausted, "TOO_MANY_WATCHES",
                       "1000 streams watch this scheduler already");
  }
  Entry& entry = entries_[++opened_];
  entry.filter = std::move(filter);
  entry.calls = std::move(calls);
  Resume(entry, resume_token);
  wake_.notify_all();
  return opened_;
}

void WatchHub::Close(std::int64_t watch) {
  std::lock_guard lock(mutex_);
  entries_.erase(watch);
}

std::size_t WatchHub::open() {
  std::lock_guard lock(mutex_);
  return entries_.size();
}

std::optional<WatchStart> WatchHub::Begin(std::int64_t watch) {
  std::lock_guard lock(mutex_);
  const auto entry = entries_.find(watch);
  if (!looked_ || entry == entries_.end() || entry->second.begun) return std::nullopt;
  entry->second.begun = true;
  if (!entry->second.resumed) entry->second.changed.clear();  // the snapshot tells it
  return WatchStart{entry->second.resumed, Token()};
}

WatchBatch WatchHub::Take(std::int64_t watch, std::size_t most) {
  WatchBatch batch;
  std::lock_guard lock(mutex_);
  const auto entry = entries_.find(watch);
  if (entry == entries_.end()) return batch;
  std::set<std::string>& changed = entry->second.changed;
  while (!changed.empty() && batch.ids.size() < most)
    batch.ids.push_back(std::move(changed.extract(changed.begin()).value()));
  if (changed.empty()) batch.resume_token = Token();
  return batch;
}

void WatchHub::Stop() {
  std::map<std::int64_t, Entry> closed;
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    closed.swap(entries_);
  }
  wake_.notify_all();
  for (const auto& [watch, entry] : closed) entry.calls.on_closed();
  if (thread_.joinable()) thread_.join();
}

bool WatchHub::AwaitTurn(std::unique_lock<std::mutex>& lock) {
  const auto wanted = [this] { return stopping_ || !entries_.empty(); };
  wake_.wait_for(lock, absl::ToChronoNanoseconds(period_), [this] { return stopping_; });
  if (!entries_.empty() || wake_.wait_for(lock, kLinger, wanted)) return !stopping_;
  // Nobody has watched for a while: the next stream begins a new life.
  looked_ = false;
  ForgetAll();
  wake_.wait(lock, wanted);
  return !stopping_;
}

void WatchHub::Run() {
  ChangeTracker tracker;
  while (true) {
    {
      std::unique_lock lock(mutex_);
      if (!AwaitTurn(lock)) return;
      if (!looked_) tracker = ChangeTracker();
    }
    auto scan = source_.Scan(tracker.cursor());
    if (!scan.ok()) {
      LogDebug("a look for changes failed and is made again", {{"error", scan.status()}});
      continue;
    }
    Note(tracker.Update(*std::move(scan)));
  }
}

void WatchHub::Remember(const IntegrationKey& key) {
  std::int64_t& number = number_of_[key];
  recent_.erase(number);  // numbers begin at 1
  number = ++last_change_;
  recent_.emplace_hint(recent_.end(), number, key);
  if (recent_.size() <= kMostRecent) return;
  const auto oldest = recent_.begin();
  forgotten_ = oldest->first;
  number_of_.erase(oldest->second);
  recent_.erase(oldest);
}

void WatchHub::ForgetAll() {
  recent_.clear();
  number_of_.clear();
  forgotten_ = 0;
}

void WatchHub::Note(const std::vector<IntegrationKey>& changed) {
  std::vector<std::function<void()>> ready;
  {
    std::lock_guard lock(mutex_);
    if (!looked_) {
      looked_ = true;
      life_ = NewRandomUuid();
      last_change_ = 0;
    }
    for (const IntegrationKey& key : changed) Remember(key);
    for (auto& [watch, entry] : entries_) {
      for (const IntegrationKey& key : changed) {
        if (entry.filter.Takes(key)) entry.changed.insert(key.id);
      }
      if (!entry.begun || !entry.changed.empty()) ready.push_back(entry.calls.on_ready);
    }
  }
  for (const auto& call : ready) call();
}

}  // namespace syncline::scheduler
