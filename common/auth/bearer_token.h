// The one token that a program shows to another, kept in a file that is read again when it changes.
// A changed file that is bad leaves the token as it was and is told once in the log.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "absl/status/statusor.h"
#include "common/auth/watched_file.h"
#include "common/base/clock.h"
#include "common/crypto/secret.h"

namespace syncline::auth {

// Any thread.
class BearerToken {
 public:
  // `clock` outlives it. An error says in one line what is wrong with the file, and never what
  // stands there.
  static absl::StatusOr<std::unique_ptr<BearerToken>> Open(const std::string& path,
                                                           const MonotonicClock* clock);

  // The token as the file has it, a second old at most.
  crypto::Secret Get();

 private:
  BearerToken(const std::string& path, const MonotonicClock* clock) : file_(path, clock) {}
  absl::Status Read();

  std::mutex mutex_;
  WatchedFile file_;
  crypto::Secret token_;
};

}  // namespace syncline::auth
