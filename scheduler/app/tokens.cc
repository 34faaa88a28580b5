#include "scheduler/app/tokens.h"

#include <fmt/format.h>

#include <utility>

#include "common/auth/token_list.h"
#include "common/base/errors.h"
#include "common/base/status_macros.h"
#include "common/config/flags.h"

namespace syncline::scheduler {
namespace {

// Null without a path.
absl::StatusOr<std::unique_ptr<auth::TokenFile>> OpenTokens(const char* setting,
                                                            const std::string& path,
                                                            const MonotonicClock* clock) {
  if (path.empty()) return nullptr;
  auto tokens = auth::TokenFile::Open(path, clock);
  if (tokens.ok()) return tokens;
  return MakeStatus(tokens.status().code(),
                    fmt::format("{}: {}", setting, std::string(tokens.status().message())));
}

}  // namespace

absl::StatusOr<std::shared_ptr<rpc::CallGuard>> MakeGuard(const SchedulerOptions& options,
                                                          const MonotonicClock* clock) {
  ASSIGN_OR_RETURN(auto api, OpenTokens("SYNC_API_TOKENS", options.api_tokens, clock));
  ASSIGN_OR_RETURN(auto executors,
                   OpenTokens("SYNC_EXECUTOR_TOKENS", options.executor_tokens, clock));
  return std::make_shared<rpc::CallGuard>(std::move(api), std::move(executors), clock);
}

int PrintNewToken(const std::string& name) {
  const std::string token = auth::NewToken();
  const auto line = auth::TokenLine(name, token);
  if (!line.ok()) return FailStart("sync-scheduler", std::string(line.status().message()));
  fmt::print("token: {}\nline: {}\n", token, *line);
  return 0;
}

}  // namespace syncline::scheduler
