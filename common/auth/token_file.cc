#include "common/auth/token_file.h"

#include <fmt/format.h>

#include <utility>

#include "common/base/errors.h"
#include "common/base/log.h"
#include "common/base/status_macros.h"

namespace syncline::auth {

absl::StatusOr<std::unique_ptr<TokenFile>> TokenFile::Open(const std::string& path,
                                                           const MonotonicClock* clock) {
  std::unique_ptr<TokenFile> file(new TokenFile(path, clock));
  RETURN_IF_ERROR(file->Read());
  return file;
}

absl::Status TokenFile::Read() {
  ASSIGN_OR_RETURN(const auto text, file_.ReadIfChanged());
  if (!text) return absl::OkStatus();
  auto tokens = TokenList::Parse(*text);
  if (!tokens.ok()) {
    return MakeStatus(tokens.status().code(),
                      fmt::format("{}: {}", file_.path(), std::string(tokens.status().message())));
  }
  if (tokens_ != nullptr)
    LogInfo("tokens were read again", {{"file", file_.path()}, {"tokens", tokens->size()}});
  tokens_ = std::make_shared<const TokenList>(*std::move(tokens));
  return absl::OkStatus();
}

std::optional<std::string> TokenFile::NameOf(std::string_view token) {
  std::shared_ptr<const TokenList> tokens;
  {
    std::lock_guard lock(mutex_);
    if (const absl::Status read = Read(); !read.ok())
      LogError("a changed token file is bad; the tokens stay as they were", {{"error", read}});
    tokens = tokens_;
  }
  return tokens->NameOf(token);
}

}  // namespace syncline::auth
