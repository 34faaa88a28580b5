// One list of the sample API: JSON objects, each with a key, in two orders.
//
// Thread safety: every method may be called from any thread; an answer is a consistent snapshot.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace syncline::sample_api {

struct Record {
  std::string key;
  absl::Time updated_at;  // absl::InfinitePast() in a list without times
  std::string text;       // the object as JSON, ready to be sent
};
using RecordPtr = std::shared_ptr<const Record>;

// A place in the order (updated_at, key).
struct Position {
  absl::Time updated_at;
  std::string key;
};

// RFC 3339 in UTC with milliseconds, as "updated_at" is written.
std::string FormatTimestamp(absl::Time time);

class RecordList {
 public:
  // `key_field` names the member that holds a record's key. With `timed`, each record carries an
  // "updated_at": at load, the last anniversary before `now` of a moment of the year that is
  // derived from the key, so it is in the past, spread over a year and the same at every start.
  RecordList(std::string key_field, bool timed);

  // Reads the array `root` of the JSON file at `path` and makes it the list's content.
  absl::Status Load(const std::string& path, const std::string& root, absl::Time now);

  // Puts back what Load read.
  void Reset();

  size_t size() const;

  // Up to `limit` records from `offset` on, ordered by key.
  std::vector<RecordPtr> Slice(size_t offset, size_t limit) const;

  // Up to `limit` records strictly after `after`, not older than `since`, ordered by
  // (updated_at, key).
  std::vector<RecordPtr> After(const std::optional<Position>& after, absl::Time since,
                               size_t limit) const;

  // Adds an object under `key`. ALREADY_EXISTS, or INVALID_ARGUMENT when it is no object.
  absl::Status Add(const std::string& key, nlohmann::json object, absl::Time now);

  // Merges `patch` (RFC 7396) into the object under `key`. NOT_FOUND, INVALID_ARGUMENT.
  absl::Status Merge(const std::string& key, const nlohmann::json& patch, absl::Time now);

  // NOT_FOUND when there is none.
  absl::Status Remove(const std::string& key);

 private:
  RecordPtr Make(const std::string& key, nlohmann::json object, absl::Time updated_at) const;
  void Insert(RecordPtr record);
  RecordPtr Take(const std::string& key);
  RecordPtr Find(const std::string& key) const;

  const std::string key_field_;
  const bool timed_;
  mutable std::mutex mutex_;
  std::vector<RecordPtr> loaded_;
  std::vector<RecordPtr> by_key_;
  std::vector<RecordPtr> by_time_;
};

}  // namespace syncline::sample_api
