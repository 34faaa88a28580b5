#include "gateway/events/event_feed.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <utility>

#include "gateway/json/json_text.h"

namespace syncline::gateway {
namespace {

// A client is sent so much at once, so that its thread looks up now and then.
constexpr std::size_t kBatchBytes = std::size_t{64} << 10;

void AppendEvent(std::string& text, std::string_view id, std::string_view name,
                 std::string_view data) {
  if (!id.empty()) text.append("id: ").append(id).append("\n");
  text.append("event: ").append(name).append("\ndata: ").append(data).append("\n\n");
}

}  // namespace

EventFeed::EventFeed(std::string name, std::size_t most_kept, std::size_t most_bytes)
    : name_(std::move(name)), most_kept_(most_kept), most_bytes_(most_bytes) {}

void EventFeed::SetConnected(bool connected) {
  std::lock_guard lock(mutex_);
  if (connected_ == connected) return;
  connected_ = connected;
  changed_.notify_all();
}

void EventFeed::BeginSnapshot() {
  std::lock_guard lock(mutex_);
  unseen_.emplace();
  for (const auto& [id, state] : picture_) unseen_->insert(id);
}

void EventFeed::EndSnapshot() {
  std::lock_guard lock(mutex_);
  if (unseen_) {
    for (const std::string& id : *unseen_) {
      picture_.erase(id);
      Add(id, nullptr);
    }
    unseen_.reset();
  }
  complete_ = true;
  changed_.notify_all();
}

void EventFeed::Resume() {
  std::lock_guard lock(mutex_);
  unseen_.reset();
}

bool EventFeed::connected() const {
  std::lock_guard lock(mutex_);
  return connected_;
}

void EventFeed::Put(const std::string& id, const std::string& state) {
  auto shared = std::make_shared<const std::string>(state);
  std::lock_guard lock(mutex_);
  if (unseen_) unseen_->erase(id);
  auto& known = picture_[id];
  if (known != nullptr && *known == *shared) return;
  known = shared;
  // Before the first snapshot is complete nobody has been told anything that could change.
  if (complete_) Add(id, std::move(shared));
}

void EventFeed::Remove(const std::string& id) {
  std::lock_guard lock(mutex_);
  if (unseen_) unseen_->erase(id);
  if (picture_.erase(id) > 0 && complete_) Add(id, nullptr);
}

void EventFeed::Close() {
  std::lock_guard lock(mutex_);
  closed_ = true;
  changed_.notify_all();
}

void EventFeed::Add(const std::string& id, std::shared_ptr<const std::string> state) {
  bytes_ += state == nullptr ? 0 : state->size();
  changes_.push_back({++last_number_, id, std::move(state)});
  while (changes_.size() > most_kept_ || (bytes_ > most_bytes_ && changes_.size() > 1)) {
    const auto& first = changes_.front().state;
    bytes_ -= first == nullptr ? 0 : first->size();
    changes_.pop_front();
  }
  changed_.notify_all();
}

std::string EventFeed::IdOf(std::uint64_t number) const {
  return name_ + "-" + std::to_string(number);
}

std::optional<std::uint64_t> EventFeed::NumberOf(std::string_view event_id) const {
  if (!event_id.starts_with(name_) || event_id.size() <= name_.size() + 1 ||
      event_id[name_.size()] != '-') {
    return std::nullopt;
  }
  event_id.remove_prefix(name_.size() + 1);
  std::uint64_t number = 0;
  const auto [end, error] =
      std::from_chars(event_id.data(), event_id.data() + event_id.size(), number);
  if (error != std::errc() || end != event_id.data() + event_id.size()) return std::nullopt;
  return number;
}

EventFeed::Reader::Reader(EventFeed* feed, std::set<std::string> only,
                          std::string_view last_event_id)
    : feed_(*feed), only_(std::move(only)), last_event_id_(last_event_id) {}

void EventFeed::Reader::Begin(std::string& text) {
  begun_ = true;
  const auto last = feed_.NumberOf(last_event_id_);
  if (last && *last + 1 >= feed_.oldest() && *last <= feed_.last_number_) {
    seen_ = *last;
    AppendEvent(text, last_event_id_, "resumed", "{}");
    return;
  }
  seen_ = feed_.last_number_;
  in_snapshot_ = true;
  for (const auto& [id, state] : feed_.picture_) {
    if (only_.empty() || only_.contains(id)) snapshot_.push_back(state);
  }
  AppendEvent(text, "", "snapshot-begin", "{}");
}

void EventFeed::Reader::AppendSnapshot(std::string& text) {
  while (!snapshot_.empty() && text.size() < kBatchBytes) {
    AppendEvent(text, "", "integration", *snapshot_.back());
    snapshot_.pop_back();
  }
  if (!snapshot_.empty()) return;
  in_snapshot_ = false;
  snapshot_.shrink_to_fit();
  // Only now is there a place to go on from.
  AppendEvent(text, feed_.IdOf(seen_), "snapshot-end", "{}");
}

void EventFeed::Reader::AppendChanges(std::string& text) {
  while (seen_ < feed_.last_number_ && text.size() < kBatchBytes) {
    const Change& change = feed_.changes_[seen_ + 1 - feed_.oldest()];
    seen_ = change.number;
    if (!only_.empty() && !only_.contains(change.integration_id)) continue;
    const std::string id = feed_.IdOf(change.number);
    if (change.state != nullptr) {
      AppendEvent(text, id, "integration", *change.state);
    } else {
      const Json deleted = {{"id", change.integration_id}};
      AppendEvent(text, id, "deleted", deleted.dump());
    }
  }
}

EventFeed::Reader::Outcome EventFeed::Reader::Next(absl::Duration patience, std::string& text) {
  text.clear();
  const auto end = std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(patience);
  std::unique_lock lock(feed_.mutex_);
  while (!feed_.closed_) {
    if (told_connected_ != feed_.connected_) {
      told_connected_ = feed_.connected_;
      AppendEvent(text, "", "upstream",
                  feed_.connected_ ? R"({"connected":true})" : R"({"connected":false})");
    }
    if (!begun_ && feed_.complete_) Begin(text);
    if (in_snapshot_) {
      lock.unlock();  // what a snapshot holds never changes
      AppendSnapshot(text);
      return Outcome::kText;
    }
    if (begun_) {
      if (seen_ + 1 < feed_.oldest()) return Outcome::kLost;
      AppendChanges(text);
    }
    if (!text.empty()) return Outcome::kText;
    if (feed_.changed_.wait_until(lock, end) == std::cv_status::timeout) return Outcome::kNothing;
  }
  return Outcome::kClosed;
}

}  // namespace syncline::gateway
