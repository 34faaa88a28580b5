#include "common/rpc/grpc_lines.h"

#include <grpc/support/log.h>

#include <string_view>

#include "common/base/log.h"

namespace syncline::rpc {
namespace {

LogLevel LevelOf(gpr_log_severity severity) {
  switch (severity) {
    case GPR_LOG_SEVERITY_DEBUG:
      return LogLevel::kDebug;
    case GPR_LOG_SEVERITY_INFO:
      return LogLevel::kInfo;
    case GPR_LOG_SEVERITY_ERROR:
      break;
  }
  return LogLevel::kError;
}

void Write(gpr_log_func_args* line) {
  const std::string_view path = line->file;
  Log(LevelOf(line->severity), "gRPC",
      {{"message", line->message},
       {"file", path.substr(path.rfind('/') + 1)},
       {"line", line->line}});
}

}  // namespace

void LogGrpcLines() { gpr_set_log_function(Write); }

}  // namespace syncline::rpc
