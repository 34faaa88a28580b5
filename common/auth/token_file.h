// The bearer tokens that a port accepts, kept in a file (token_list.h) that is read again when it
// changes. A changed file that is bad leaves the tokens as they were and is told once in the log.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/auth/token_list.h"
#include "common/auth/watched_file.h"
#include "common/base/clock.h"

namespace syncline::auth {

// Any thread.
class TokenFile {
 public:
  // `clock` outlives it. An error says in one line what is wrong with the file, all bad lines at
  // once.
  static absl::StatusOr<std::unique_ptr<TokenFile>> Open(const std::string& path,
                                                         const MonotonicClock* clock);

  // Whose token it is; nullopt for nobody's. A change of the file counts a second later at most.
  std::optional<std::string> NameOf(std::string_view token);

 private:
  TokenFile(const std::string& path, const MonotonicClock* clock) : file_(path, clock) {}
  absl::Status Read();

  std::mutex mutex_;
  WatchedFile file_;
  std::shared_ptr<const TokenList> tokens_;
};

}  // namespace syncline::auth
