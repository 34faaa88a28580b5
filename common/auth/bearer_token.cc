#include "common/auth/bearer_token.h"

#include <fmt/format.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/string_view.h"
#include "common/auth/token_list.h"
#include "common/base/errors.h"
#include "common/base/log.h"
#include "common/base/status_macros.h"

namespace syncline::auth {

absl::StatusOr<std::unique_ptr<BearerToken>> BearerToken::Open(const std::string& path,
                                                               const MonotonicClock* clock) {
  std::unique_ptr<BearerToken> token(new BearerToken(path, clock));
  RETURN_IF_ERROR(token->Read());
  return token;
}

absl::Status BearerToken::Read() {
  ASSIGN_OR_RETURN(const auto text, file_.ReadIfChanged());
  if (!text) return absl::OkStatus();
  const auto token = absl::StripAsciiWhitespace(*text);
  const bool graphic = std::all_of(token.begin(), token.end(), [](char c) {
    return absl::ascii_isgraph(static_cast<unsigned char>(c));
  });
  if (!graphic || token.size() < kShortestToken || token.size() > kLongestToken) {
    return MakeStatus(absl::StatusCode::kInvalidArgument,
                      fmt::format("{} does not hold a token; expected one line with {} to {} "
                                  "printable characters and no spaces",
                                  file_.path(), kShortestToken, kLongestToken));
  }
  token_ = crypto::Secret(std::string_view(token.data(), token.size()));
  return absl::OkStatus();
}

crypto::Secret BearerToken::Get() {
  std::lock_guard lock(mutex_);
  if (const absl::Status read = Read(); !read.ok())
    LogError("a changed token file is bad; the token stays as it was", {{"error", read}});
  return token_;
}

}  // namespace syncline::auth
