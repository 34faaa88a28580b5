#include "common/rpc/grpc_lines.h"

#include <gmock/gmock.h>
#include <grpc/support/log.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "common/base/log.h"

namespace syncline::rpc {
namespace {

TEST(GrpcLines, AreLinesOfOurLog) {
  ConfigureLog("test", LogFormat::kJson, LogLevel::kInfo);
  LogGrpcLines();
  ::testing::internal::CaptureStderr();
  gpr_log("a/path/of/its.cc", 7, GPR_LOG_SEVERITY_ERROR, "two\nlines of %s", "a peer");
  const std::string log = ::testing::internal::GetCapturedStderr();
  gpr_set_log_function(nullptr);
  ConfigureLog("test", LogFormat::kText, LogLevel::kInfo);
  EXPECT_THAT(
      log, ::testing::HasSubstr(R"("level":"error","program":"test","event":"gRPC",)"
                                R"("message":"two\nlines of a peer","file":"its.cc","line":7})"));
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 1) << log;
}

}  // namespace
}  // namespace syncline::rpc
