#include "common/auth/watched_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "common/base/errors.h"

namespace syncline::auth {
namespace {

absl::Status CannotRead(const std::string& path, int error) {
  const auto code = error == ENOENT ? absl::StatusCode::kNotFound : absl::StatusCode::kUnavailable;
  return MakeStatus(code, fmt::format("cannot read {}: {}", path, std::strerror(error)));
}

absl::StatusOr<std::string> ReadAll(int file, const std::string& path) {
  std::string text(WatchedFile::kLargestBytes + 1, '\0');
  std::size_t length = 0;
  while (length < text.size()) {
    const ssize_t count = read(file, text.data() + length, text.size() - length);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return CannotRead(path, errno);
    if (count == 0) break;
    length += static_cast<std::size_t>(count);
  }
  if (length == text.size()) {
    return MakeStatus(absl::StatusCode::kFailedPrecondition,
                      fmt::format("{} is larger than 1 MiB", path));
  }
  text.resize(length);
  return text;
}

}  // namespace

bool WatchedFile::Mark::operator==(const Mark& other) const {
  return error == other.error && device == other.device && inode == other.inode &&
         size == other.size && changed.tv_sec == other.changed.tv_sec &&
         changed.tv_nsec == other.changed.tv_nsec;
}

WatchedFile::Mark WatchedFile::ToMark(const struct stat& state) {
  return {0, state.st_dev, state.st_ino, state.st_size, state.st_mtim};
}

WatchedFile::WatchedFile(std::string path, const MonotonicClock* clock)
    : path_(std::move(path)), clock_(*clock) {}

absl::StatusOr<std::optional<std::string>> WatchedFile::ReadIfChanged() {
  const absl::Duration now = clock_.Now();
  if (looked_at_ && now - *looked_at_ < kLookPeriod) return std::nullopt;
  looked_at_ = now;
  struct stat state = {};
  const Mark seen = stat(path_.c_str(), &state) == 0 ? ToMark(state) : Mark{.error = errno};
  if (mark_ == seen) return std::nullopt;
  mark_ = seen;
  if (seen.error != 0) return CannotRead(path_, seen.error);
  if (!S_ISREG(state.st_mode)) {
    return MakeStatus(absl::StatusCode::kFailedPrecondition,
                      fmt::format("{} is not a file", path_));
  }
  const int file = open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    mark_ = Mark{.error = errno};
    return CannotRead(path_, mark_->error);
  }
  const absl::Cleanup closing = [file] { close(file); };
  // Of the file that is read: it may have been replaced since the look.
  if (fstat(file, &state) == 0) mark_ = ToMark(state);
  return ReadAll(file, path_);
}

}  // namespace syncline::auth
