// CheckIntegration up to the executor's stream: what is asked of an executor, what its answer
// becomes, and what happens when there is none.
#include <gmock/gmock.h>

#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>

#include "common/base/ids.h"
#include "tests/integration/api_fixture.h"

namespace syncline {
namespace {

using internal::v1::Check;
using internal::v1::ReportCheckRequest;
using internal::v1::StreamAssignmentsResponse;
using ::testing::HasSubstr;
using ::testing::Not;

// An executor's stream whose other end is the test.
class TestSink final : public scheduler::AssignmentSink {
 public:
  bool Send(StreamAssignmentsResponse message) override {
    std::lock_guard lock(mutex_);
    sent_.push_back(std::move(message));
    changed_.notify_all();
    return true;
  }
  void Close(const std::string&) override {}

  StreamAssignmentsResponse Next(StreamAssignmentsResponse::MessageCase kind) {
    std::unique_lock lock(mutex_);
    StreamAssignmentsResponse found;
    EXPECT_TRUE(changed_.wait_for(lock, std::chrono::seconds(30),
                                  [&] {
                                    for (auto message = sent_.begin(); message != sent_.end();
                                         ++message) {
                                      if (message->message_case() != kind) continue;
                                      found = *message;
                                      sent_.erase(message);
                                      return true;
                                    }
                                    return false;
                                  }))
        << "no message of kind " << kind;
    return found;
  }
  Check NextCheck() { return Next(StreamAssignmentsResponse::kCheck).check(); }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<StreamAssignmentsResponse> sent_;
};

class CheckApiTest : public ApiFixture {
 protected:
  std::shared_ptr<TestSink> Connect(const std::string& process_id) {
    auto sink = std::make_shared<TestSink>();
    internal::v1::StreamAssignmentsRequest hello;
    hello.set_process_id(process_id);
    hello.set_slots(4);
    hello.add_connector_types("REST");
    registry_.Open(hello, sink, {});
    return sink;
  }

  struct Answer {
    absl::Status status;
    v1::CheckIntegrationResponse response;
  };
  Answer CallCheck(const v1::CheckIntegrationRequest& request) {
    Answer answer;
    answer.status = Call(integrations_, &v1::IntegrationService::Stub::CheckIntegration, request,
                         &answer.response);
    return answer;
  }
  std::future<Answer> StartCheck(const v1::CheckIntegrationRequest& request) {
    return std::async(std::launch::async, [this, request] { return CallCheck(request); });
  }

  static v1::CheckIntegrationRequest Unsaved() {
    v1::CheckIntegrationRequest request;
    *request.mutable_integration() = GoodCreate("").integration();
    return request;
  }
  static v1::CheckIntegrationRequest Saved(const std::string& id) {
    v1::CheckIntegrationRequest request;
    request.set_integration_id(id);
    return request;
  }
  static ReportCheckRequest Report(const std::string& process, const Check& check) {
    ReportCheckRequest report;
    report.set_process_id(process);
    report.set_check_id(check.check_id());
    return report;
  }
  static ReportCheckRequest Good(const std::string& process, const Check& check) {
    ReportCheckRequest report = Report(process, check);
    report.mutable_page()->set_http_status(200);
    report.mutable_page()->add_records_json(R"({"id":7,"name":"x"})");
    report.mutable_page()->set_fetched(1);
    report.mutable_page()->mutable_latency()->set_nanos(5'000'000);
    return report;
  }

  const std::string executor_ = NewRandomUuid();
};

TEST_F(CheckApiTest, AnUnsavedOneIsSealedForThisCheckAlone) {
  const auto sink = Connect(executor_);
  auto answer = StartCheck(Unsaved());
  const Check check = sink->NextCheck();
  EXPECT_EQ(check.owner_id(), check.check_id());
  EXPECT_EQ(check.type(), "REST");
  EXPECT_EQ(check.stream(), "invoices");
  EXPECT_EQ(check.limit().seconds(), absl::ToInt64Seconds(kCheckLimit));
  EXPECT_THAT(check.config_json(), HasSubstr("api.example.com"));
  EXPECT_THAT(check.SerializeAsString(), Not(HasSubstr(kCanary)));
  const std::string& sealed = check.sealed_credentials().at("token");
  EXPECT_EQ(cipher_.Open(check.check_id(), "token", sealed)->Reveal(), kCanary);
  EXPECT_FALSE(cipher_.Open(NewRandomUuid(), "token", sealed).ok());
  checks_.OnReport(Good(executor_, check));
  const Answer got = answer.get();
  ASSERT_TRUE(got.status.ok()) << got.status;
  EXPECT_TRUE(got.response.ok());
  EXPECT_EQ(got.response.http_status(), 200);
  EXPECT_EQ(got.response.fetched(), 1);
  EXPECT_EQ(got.response.latency().nanos(), 5'000'000);
  EXPECT_EQ(got.response.error_class(), v1::ERROR_CLASS_UNSPECIFIED);
  ASSERT_EQ(got.response.records_size(), 1);
  EXPECT_EQ(got.response.records(0).fields().at("id").number_value(), 7);
  EXPECT_EQ(Int("SELECT count(*) FROM syncline.integrations"), 0);
  EXPECT_EQ(Int("SELECT count(*) FROM syncline.credentials"), 0);
}

TEST_F(CheckApiTest, ASavedOneIsFoundByEitherNameWithItsCredentials) {
  v1::CreateIntegrationRequest create = GoodCreate("a");
  create.mutable_integration()->set_tenant_id("t1");
  create.mutable_integration()->set_external_id("crm-1");
  v1::Integration made;
  ASSERT_TRUE(Create(create, &made).ok());
  const auto sink = Connect(executor_);
  for (const std::string& name : {made.id(), std::string("crm-1")}) {
    v1::CheckIntegrationRequest request = Saved(name);
    EXPECT_EQ(ReasonOf(CallCheck(request).status), "INTEGRATION_NOT_FOUND") << "another tenant";
    request.set_tenant_id("t1");
    request.set_stream("invoices");
    auto answer = StartCheck(request);
    const Check check = sink->NextCheck();
    EXPECT_EQ(check.owner_id(), made.id());
    EXPECT_EQ(check.tenant_id(), "t1");
    EXPECT_EQ(cipher_.Open(made.id(), "token", check.sealed_credentials().at("token"))->Reveal(),
              kCanary);
    ReportCheckRequest report = Report(executor_, check);
    report.mutable_page()->set_error_class("AUTH");
    report.mutable_page()->set_error_message("refused");
    report.mutable_page()->set_http_status(401);
    checks_.OnReport(report);
    const Answer got = answer.get();
    ASSERT_TRUE(got.status.ok()) << got.status;
    EXPECT_FALSE(got.response.ok());
    EXPECT_EQ(got.response.error_class(), v1::AUTH);
    EXPECT_EQ(got.response.error_message(), "refused");
  }
}

TEST_F(CheckApiTest, OneWithoutCredentialsIsFoundToo) {
  v1::CreateIntegrationRequest create = GoodCreate("a");
  create.mutable_integration()->clear_credentials();
  create.mutable_integration()->mutable_config()->mutable_fields()->erase("auth");
  v1::Integration made;
  ASSERT_TRUE(Create(create, &made).ok());
  const auto sink = Connect(executor_);
  auto answer = StartCheck(Saved(made.id()));
  const Check check = sink->NextCheck();
  EXPECT_TRUE(check.sealed_credentials().empty());
  checks_.OnReport(Good(executor_, check));
  EXPECT_TRUE(answer.get().response.ok());
}

TEST_F(CheckApiTest, EveryBadFieldAtOnce) {
  Connect(executor_);
  v1::CheckIntegrationRequest request = Unsaved();
  request.set_stream("invoice");
  ExpectBadFields("stream", CallCheck(request).status, {{"stream", "it has invoices"}});
  request.set_tenant_id("a");
  request.mutable_integration()->set_tenant_id("b");
  request.mutable_integration()->set_external_id(NewRandomUuid());
  request.mutable_integration()->clear_credentials();
  request.mutable_integration()->mutable_sync_settings()->set_max_retries(21);
  (*request.mutable_integration()->mutable_config()->mutable_fields())["baseUrl"].set_string_value(
      "/relative");
  ExpectBadFields("all", CallCheck(request).status,
                  {{"stream", "it has invoices"},
                   {"tenant_id", "leave one of them empty"},
                   {"integration.external_id", "UUID"},
                   {"integration.sync_settings.max_retries", "0 to 20"},
                   {"integration.config/baseUrl", "http"},
                   {"integration.config/auth/credential", "send it in credentials"}});
  v1::CheckIntegrationRequest empty;
  empty.mutable_integration();
  ExpectBadFields("empty", CallCheck(empty).status,
                  {{"integration.type", ""}, {"integration.config", ""}});
  ExpectBadFields("nothing", CallCheck({}).status, {{"integration_id", "or integration"}});
  v1::CheckIntegrationRequest saved = Saved(MustCreate("a").id());
  saved.set_stream("nothing");
  ExpectBadFields("saved", CallCheck(saved).status, {{"stream", "it has invoices"}});
  ExpectBadFields("no id", CallCheck(Saved("")).status, {{"integration_id", "is required"}});
}

TEST_F(CheckApiTest, AManualOneHasNoRemote) {
  v1::CheckIntegrationRequest request;
  request.mutable_integration()->set_type(v1::MANUAL);
  const absl::Status unsaved = CallCheck(request).status;
  EXPECT_EQ(unsaved.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonOf(unsaved), "MANUAL_INTEGRATION");
  const std::string id = MustCreate("a").id();
  Query(
      "UPDATE syncline.integrations SET type = 'MANUAL', sync_interval = NULL, next_sync_at = "
      "NULL");
  EXPECT_EQ(ReasonOf(CallCheck(Saved(id)).status), "MANUAL_INTEGRATION");
}

TEST_F(CheckApiTest, WithoutAnExecutorItSaysSoAtOnce) {
  const absl::Status none = CallCheck(Unsaved()).status;
  EXPECT_EQ(none.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ReasonOf(none), "NO_EXECUTOR");
  Connect(executor_);
  registry_.Reconcile(executor_, {}, 0, /*draining=*/true);
  EXPECT_EQ(ReasonOf(CallCheck(Unsaved()).status), "NO_EXECUTOR");
}

TEST_F(CheckApiTest, AnExecutorThatSaysNothingTimesOutAndItsLateAnswerCountsForNothing) {
  const auto sink = Connect(executor_);
  auto answer = StartCheck(Unsaved());
  const Check check = sink->NextCheck();
  const absl::Status late = answer.get().status;
  EXPECT_EQ(late.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(ReasonOf(late), "CHECK_TIMED_OUT");
  const auto stop = sink->Next(StreamAssignmentsResponse::kStopCheck).stop_check();
  EXPECT_EQ(stop.check_id(), check.check_id());
  checks_.OnReport(Good(executor_, check));
}

TEST_F(CheckApiTest, ACallerThatHangsUpStopsTheCheck) {
  const auto sink = Connect(executor_);
  grpc::ClientContext context;
  v1::CheckIntegrationResponse response;
  std::thread caller([&] {
    EXPECT_EQ(integrations_->CheckIntegration(&context, Unsaved(), &response).error_code(),
              grpc::StatusCode::CANCELLED);
  });
  const Check check = sink->NextCheck();
  context.TryCancel();
  caller.join();
  EXPECT_EQ(sink->Next(StreamAssignmentsResponse::kStopCheck).stop_check().check_id(),
            check.check_id());
}

TEST_F(CheckApiTest, ARefusedOneGoesToAnotherExecutorAndChecksSpread) {
  const std::string other = NewRandomUuid();
  std::map<std::string, std::shared_ptr<TestSink>> sinks = {{executor_, Connect(executor_)},
                                                            {other, Connect(other)}};
  const std::string& first = std::min(executor_, other);
  const std::string& second = std::max(executor_, other);
  auto held = StartCheck(Unsaved());
  const Check on_first = sinks[first]->NextCheck();
  auto next = StartCheck(Unsaved());
  const Check on_second = sinks[second]->NextCheck();  // it has fewer checks
  ReportCheckRequest refusal = Report(second, on_second);
  refusal.mutable_refused()->set_reason("too many checks are under way");
  checks_.OnReport(refusal);
  const Check again = sinks[first]->NextCheck();
  EXPECT_EQ(again.check_id(), on_second.check_id());
  checks_.OnReport(refusal);                  // resent: counts for nothing
  checks_.OnReport(Good(second, on_second));  // it does not have it any more
  checks_.OnReport(Good(first, again));
  EXPECT_TRUE(next.get().response.ok());
  refusal = Report(first, on_first);
  refusal.mutable_refused()->set_reason("draining");
  checks_.OnReport(refusal);
  EXPECT_EQ(sinks[second]->NextCheck().check_id(), on_first.check_id());
  refusal.set_process_id(second);
  checks_.OnReport(refusal);
  const absl::Status overloaded = held.get().status;
  EXPECT_EQ(overloaded.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReasonOf(overloaded), "OVERLOADED");
  EXPECT_THAT(std::string(overloaded.message()), HasSubstr("draining"));
}

TEST_F(CheckApiTest, ManyWaitingChecksOccupyNoThread) {
  const auto sink = Connect(executor_);
  std::vector<std::future<Answer>> answers;
  std::vector<Check> checks;
  answers.reserve(40);
  checks.reserve(40);
  for (int i = 0; i < 40; ++i) answers.push_back(StartCheck(Unsaved()));
  for (int i = 0; i < 40; ++i) checks.push_back(sink->NextCheck());
  EXPECT_FALSE(Get("nobody").ok());  // other calls are answered meanwhile, by the same 12 workers
  for (const Check& check : checks) checks_.OnReport(Good(executor_, check));
  for (auto& answer : answers) EXPECT_TRUE(answer.get().response.ok());
}

TEST_F(CheckApiTest, ASchedulerThatGoesAwayEndsItsChecks) {
  const auto sink = Connect(executor_);
  auto answer = StartCheck(Unsaved());
  sink->NextCheck();
  checks_.Close();
  EXPECT_EQ(ReasonOf(answer.get().status), "DRAINING");
  EXPECT_EQ(ReasonOf(CallCheck(Unsaved()).status), "DRAINING");
}

}  // namespace
}  // namespace syncline
