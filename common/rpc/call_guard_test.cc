#include "common/rpc/call_guard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/auth/scratch_file.h"
#include "common/base/errors.h"
#include "common/base/fake_clock.h"

namespace syncline::rpc {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kGet[] = "/syncline.v1.IntegrationService/GetIntegration";
constexpr char kDelete[] = "/syncline.v1.IntegrationService/DeleteIntegration";
constexpr char kReport[] = "/syncline.internal.v1.ExecutorService/Report";

class CallGuardTest : public ::testing::Test {
 protected:
  CallGuardTest() {
    api_file_.Write(auth::TokenLine("billing", api_).value());
    executor_file_.Write(auth::TokenLine("fleet", executor_).value());
  }
  std::unique_ptr<auth::TokenFile> Open(const auth::ScratchFile& file) {
    return auth::TokenFile::Open(file.path(), &clock_).value();
  }
  static std::string Reason(CallGuard& guard, std::string_view method,
                            std::optional<std::string> authorization) {
    const absl::Status status = guard.Check({method, authorization});
    EXPECT_TRUE(status.ok() || status.code() == absl::StatusCode::kUnauthenticated);
    return status.ok() ? "passes" : ReasonOf(status);
  }

  FakeClock clock_;
  const std::string api_ = auth::NewToken();
  const std::string executor_ = auth::NewToken();
  auth::ScratchFile api_file_, executor_file_;
};

TEST_F(CallGuardTest, EachKindOfServiceHasItsKindOfToken) {
  CallGuard guard(Open(api_file_), Open(executor_file_), &clock_);
  const struct {
    const char* what;
    const char* method;
    std::optional<std::string> authorization;
    const char* expected;
  } cases[] = {
      {"API with its token", kGet, "Bearer " + api_, "passes"},
      {"the scheme's case does not count", kGet, "bearer " + api_, "passes"},
      {"API with an executor's", kGet, "Bearer " + executor_, "INVALID_TOKEN"},
      {"API without", kGet, std::nullopt, "MISSING_TOKEN"},
      {"API with two tokens or an empty one", kGet, "", "INVALID_TOKEN"},
      {"another scheme", kGet, "Basic " + api_, "INVALID_TOKEN"},
      {"the token alone", kGet, api_, "INVALID_TOKEN"},
      {"space behind it", kGet, "Bearer " + api_ + " ", "INVALID_TOKEN"},
      {"executors with their token", kReport, "Bearer " + executor_, "passes"},
      {"executors with an API token", kReport, "Bearer " + api_, "INVALID_TOKEN"},
      {"executors without", kReport, std::nullopt, "MISSING_TOKEN"},
      {"health", "/grpc.health.v1.Health/Check", std::nullopt, "passes"},
      {"watching health", "/grpc.health.v1.Health/Watch", std::nullopt, "MISSING_TOKEN"},
      {"reflection", "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", std::nullopt,
       "MISSING_TOKEN"},
      {"channelz", "/grpc.channelz.v1.Channelz/GetServers", "Bearer " + executor_, "INVALID_TOKEN"},
      {"a service nobody knows", "/no.Such/Thing", std::nullopt, "MISSING_TOKEN"},
      {"no method", "", std::nullopt, "MISSING_TOKEN"},
  };
  for (const auto& c : cases)
    EXPECT_EQ(Reason(guard, c.method, c.authorization), c.expected) << c.what;
}

TEST_F(CallGuardTest, AKindWithoutAFileIsOpen) {
  CallGuard open(nullptr, nullptr, &clock_);
  EXPECT_EQ(Reason(open, kGet, std::nullopt), "passes");
  EXPECT_EQ(Reason(open, kReport, std::nullopt), "passes");
  CallGuard half(Open(api_file_), nullptr, &clock_);
  EXPECT_EQ(Reason(half, kGet, std::nullopt), "MISSING_TOKEN");
  EXPECT_EQ(Reason(half, kReport, std::nullopt), "passes");
}

TEST_F(CallGuardTest, TheLogSaysWhoChangedSomethingAndNeverTheToken) {
  CallGuard guard(Open(api_file_), Open(executor_file_), &clock_);
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(Reason(guard, kDelete, "Bearer " + api_), "passes");
  EXPECT_EQ(Reason(guard, kGet, "Bearer " + api_), "passes");
  EXPECT_EQ(Reason(guard, kDelete, "Bearer CANARY" + executor_), "INVALID_TOKEN");
  const std::string log = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, HasSubstr("billing"));
  EXPECT_THAT(log, HasSubstr(kDelete));
  EXPECT_THAT(log, Not(HasSubstr(kGet)));
  for (const std::string& secret : {api_, executor_, std::string("CANARY")})
    EXPECT_THAT(log, Not(HasSubstr(secret)));
}

TEST_F(CallGuardTest, AFloodOfRefusalsIsTwoLines) {
  CallGuard guard(Open(api_file_), Open(executor_file_), &clock_);
  ::testing::internal::CaptureStderr();
  for (int i = 0; i < 1000; ++i) Reason(guard, kGet, std::nullopt);
  clock_.Advance(absl::Seconds(1));
  Reason(guard, kGet, std::nullopt);
  const std::string log = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 2) << log;
  EXPECT_THAT(log, HasSubstr("999"));
}

}  // namespace
}  // namespace syncline::rpc
