// A small text file that may be replaced while the program runs: read again when it has changed.
#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/clock.h"

namespace syncline::auth {

// Used by one thread at a time.
class WatchedFile {
 public:
  static constexpr std::size_t kLargestBytes = 1 << 20;
  // The shortest time between two looks at the file.
  static constexpr absl::Duration kLookPeriod = absl::Seconds(1);

  // `clock` outlives it.
  WatchedFile(std::string path, const MonotonicClock* clock);

  const std::string& path() const { return path_; }

  // The text when it is new since the last call, the first one included; nullopt when it is not, or
  // was looked at less than kLookPeriod ago. A file that cannot be read is an error once, until it
  // changes again: NOT_FOUND, FAILED_PRECONDITION (no file, too large), UNAVAILABLE.
  absl::StatusOr<std::optional<std::string>> ReadIfChanged();

 private:
  // What tells one content from another without reading it; `error` when it cannot be looked at.
  struct Mark {
    int error = 0;
    dev_t device = 0;
    ino_t inode = 0;
    off_t size = 0;
    timespec changed = {};
    bool operator==(const Mark& other) const;
  };
  static Mark ToMark(const struct stat& state);

  const std::string path_;
  const MonotonicClock& clock_;
  std::optional<absl::Duration> looked_at_;
  std::optional<Mark> mark_;
};

}  // namespace syncline::auth
