#include "tests/support/sample_api/record_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <tuple>
#include <utility>

namespace syncline::sample_api {
namespace {

using nlohmann::json;

constexpr int64_t kSecondsPerYear = 365LL * 24 * 3600;

bool KeyLess(const RecordPtr& a, const RecordPtr& b) { return a->key < b->key; }

bool TimeLess(const RecordPtr& a, const RecordPtr& b) {
  return std::tie(a->updated_at, a->key) < std::tie(b->updated_at, b->key);
}

// FNV-1a: stable between builds and machines, unlike std::hash.
uint64_t StableHash(std::string_view text) {
  uint64_t hash = 14695981039346656037ULL;
  for (unsigned char c : text) {
    hash = (hash ^ c) * 1099511628211ULL;
  }
  return hash;
}

absl::Time LastAnniversary(std::string_view key, absl::Time now) {
  const auto moment = static_cast<int64_t>(StableHash(key) % kSecondsPerYear);
  const int64_t now_seconds = absl::ToUnixSeconds(now);
  const int64_t age = (now_seconds - moment) % kSecondsPerYear;
  return absl::FromUnixSeconds(now_seconds - age - 1);
}

}  // namespace

std::string FormatTimestamp(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", time, absl::UTCTimeZone());
}

RecordList::RecordList(std::string key_field, bool timed)
    : key_field_(std::move(key_field)), timed_(timed) {}

absl::Status RecordList::Load(const std::string& path, const std::string& root, absl::Time now) {
  std::ifstream file(path);
  const json document = json::parse(file, nullptr, /*allow_exceptions=*/false);
  if (!document.is_object() || !document.contains(root) || !document[root].is_array()) {
    return absl::NotFoundError(
        fmt::format("{} holds no JSON array \"{}\" (Debian package iso-codes)", path, root));
  }
  std::vector<RecordPtr> records;
  for (const json& object : document[root]) {
    const auto key = object.at(key_field_).get<std::string>();
    records.push_back(Make(key, object, timed_ ? LastAnniversary(key, now) : absl::InfinitePast()));
  }
  {
    std::lock_guard lock(mutex_);
    loaded_ = std::move(records);
  }
  Reset();
  return absl::OkStatus();
}

void RecordList::Reset() {
  std::lock_guard lock(mutex_);
  by_key_ = loaded_;
  std::sort(by_key_.begin(), by_key_.end(), KeyLess);
  by_time_ = loaded_;
  std::sort(by_time_.begin(), by_time_.end(), TimeLess);
}

size_t RecordList::size() const {
  std::lock_guard lock(mutex_);
  return by_key_.size();
}

std::vector<RecordPtr> RecordList::Slice(size_t offset, size_t limit) const {
  std::lock_guard lock(mutex_);
  const size_t begin = std::min(offset, by_key_.size());
  const size_t count = std::min(limit, by_key_.size() - begin);
  const auto first = by_key_.begin() + static_cast<std::ptrdiff_t>(begin);
  return {first, first + static_cast<std::ptrdiff_t>(count)};
}

std::vector<RecordPtr> RecordList::After(const std::optional<Position>& after, absl::Time since,
                                         size_t limit) const {
  std::lock_guard lock(mutex_);
  auto from = std::partition_point(by_time_.begin(), by_time_.end(), [&](const RecordPtr& record) {
    if (record->updated_at < since) return true;
    return after &&
           std::tie(record->updated_at, record->key) <= std::tie(after->updated_at, after->key);
  });
  const auto left = static_cast<size_t>(by_time_.end() - from);
  return {from, from + static_cast<std::ptrdiff_t>(std::min(limit, left))};
}

absl::Status RecordList::Add(const std::string& key, json object, absl::Time now) {
  if (!object.is_object()) return absl::InvalidArgumentError("the body is not a JSON object");
  std::lock_guard lock(mutex_);
  if (Find(key)) return absl::AlreadyExistsError(fmt::format("'{}' is there already", key));
  Insert(Make(key, std::move(object), timed_ ? now : absl::InfinitePast()));
  return absl::OkStatus();
}

absl::Status RecordList::Merge(const std::string& key, const json& patch, absl::Time now) {
  if (!patch.is_object()) return absl::InvalidArgumentError("the body is not a JSON object");
  std::lock_guard lock(mutex_);
  const RecordPtr old = Take(key);
  if (!old) return absl::NotFoundError(fmt::format("there is no '{}'", key));
  json object = json::parse(old->text);
  object.merge_patch(patch);
  Insert(Make(key, std::move(object), timed_ ? now : absl::InfinitePast()));
  return absl::OkStatus();
}

absl::Status RecordList::Remove(const std::string& key) {
  std::lock_guard lock(mutex_);
  if (!Take(key)) return absl::NotFoundError(fmt::format("there is no '{}'", key));
  return absl::OkStatus();
}

RecordPtr RecordList::Make(const std::string& key, json object, absl::Time updated_at) const {
  object[key_field_] = key;
  // Kept to what the text can carry, so that a cursor made from it finds its place again.
  updated_at = absl::FromUnixMillis(absl::ToUnixMillis(updated_at));
  if (timed_) object["updated_at"] = FormatTimestamp(updated_at);
  return std::make_shared<const Record>(Record{key, updated_at, object.dump()});
}

void RecordList::Insert(RecordPtr record) {
  by_key_.insert(std::lower_bound(by_key_.begin(), by_key_.end(), record, KeyLess), record);
  by_time_.insert(std::lower_bound(by_time_.begin(), by_time_.end(), record, TimeLess), record);
}

RecordPtr RecordList::Take(const std::string& key) {
  RecordPtr record = Find(key);
  if (!record) return nullptr;
  by_key_.erase(std::lower_bound(by_key_.begin(), by_key_.end(), record, KeyLess));
  by_time_.erase(std::lower_bound(by_time_.begin(), by_time_.end(), record, TimeLess));
  return record;
}

RecordPtr RecordList::Find(const std::string& key) const {
  auto at = std::partition_point(by_key_.begin(), by_key_.end(),
                                 [&](const RecordPtr& record) { return record->key < key; });
  return at != by_key_.end() && (*at)->key == key ? *at : nullptr;
}

}  // namespace syncline::sample_api
