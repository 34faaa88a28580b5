// Checks against a real API over real HTTP, without any database: there is none to write to.
#include "executor/app/checks.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "common/base/ids.h"
#include "executor/app/engine_fixture.h"

namespace syncline::executor {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kKeys[] = "k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
constexpr char kFirst[] = "/items";
constexpr char kCanary[] = "CANARY-5d1e";

class ChecksTest : public ::testing::Test {
 public:
  ~ChecksTest() override {
    OnLoop([this] { checks_.DropAll(); });
    compute_.Stop();
    loop_.Stop();
  }

 protected:
  explicit ChecksTest(const std::string& networks = "127.0.0.0/8")
      : http_(HttpClient::Create(&loop_, {.policy = OutboundPolicy::Create(networks).value()})
                  .value()) {
    services_.http = http_.get();
    api_.Set(kFirst, {.body = R"({"data":[{"id":"b"},{"id":"a"}],"next":"p2"})"});
  }
  void OnLoop(const std::function<void()>& task) {
    const auto done = std::make_shared<std::promise<void>>();
    loop_.Post([&task, done] {
      task();
      done->set_value();
    });
    done->get_future().wait();
  }

  // A check of the stream "items", unsaved, with `more` in its config.
  CheckOrder Order(const std::string& more = "") {
    CheckOrder order;
    order.id = NewRandomUuid();
    order.owner_id = order.id;
    order.type = "REST";
    order.stream = "items";
    order.config_json =
        fmt::format(R"({{"baseUrl":"{}","streams":{}{}}})", api_.url(), kItemsAndEvents, more);
    return order;
  }
  // The same with a bearer token.
  CheckOrder WithToken() {
    CheckOrder order = Order(R"(,"auth":{"kind":"bearer","credential":"token"})");
    order.sealed_credentials["token"] = cipher_.Seal(order.owner_id, "token", kCanary).value();
    return order;
  }

  std::future<CheckAnswer> Take(const CheckOrder& order) {
    auto promise = std::make_shared<std::promise<CheckAnswer>>();
    std::future<CheckAnswer> answer = promise->get_future();
    loop_.Post([this, order, promise] {
      checks_.Take(order, [promise](const CheckAnswer& a) { promise->set_value(a); });
    });
    return answer;
  }
  CheckedPage PageOf(const CheckOrder& order) {
    const CheckAnswer answer = Take(order).get();
    EXPECT_EQ(answer.refused, "");
    return answer.page;
  }
  void WaitForMetric(const std::string& line) {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (scrape_.Scrape().find(line + "\n") == std::string::npos) {
      ASSERT_LT(std::chrono::steady_clock::now(), give_up) << line << " in\n" << scrape_.Scrape();
      std::this_thread::yield();
    }
  }

  FakeApi api_;
  const SteadyClock clock_;
  Metrics scrape_{"syncline_executor"};
  ExecutorMetrics metrics_{&scrape_, 1};
  const crypto::CredentialCipher cipher_ = crypto::CredentialCipher::Create(kKeys).value();
  RateLimits rate_limits_;
  ParsedConfigs configs_;
  EventLoop loop_;
  WorkerPool compute_{2, 100};
  std::unique_ptr<HttpClient> http_;
  RunServices services_{.loop = &loop_,
                        .http = nullptr,
                        .store = nullptr,
                        .compute = &compute_,
                        .database = nullptr,
                        .rate_limits = &rate_limits_,
                        .configs = &configs_,
                        .clock = &clock_,
                        .cipher = &cipher_,
                        .metrics = &metrics_};
  Checks checks_{&services_, 3};
};

class PublicChecksTest : public ChecksTest {
 protected:
  PublicChecksTest() : ChecksTest("") {}
};

TEST_F(ChecksTest, FetchesTheFirstPageAndNoOther) {
  const CheckedPage page = PageOf(WithToken());
  EXPECT_EQ(page.error_class, "") << page.error_message;
  EXPECT_EQ(page.http_status, 200);
  EXPECT_EQ(page.fetched, 2);
  EXPECT_EQ(page.rejected, 0);
  EXPECT_THAT(page.records, ElementsAre(R"({"id":"b"})", R"({"id":"a"})"));
  EXPECT_GT(page.latency, absl::ZeroDuration());
  EXPECT_EQ(api_.Requests(kFirst), 1);
  EXPECT_EQ(api_.Requests("/items?after=p2"), 0);
}

TEST_F(ChecksTest, FetchesTheStreamThatIsNamed) {
  api_.Set("/events", {.body = R"({"data":[]})"});
  CheckOrder order = Order();
  order.stream = "events";
  const CheckedPage page = PageOf(order);
  EXPECT_EQ(page.error_class, "") << page.error_message;
  EXPECT_EQ(page.fetched, 0);
  EXPECT_EQ(api_.Requests(kFirst), 0);
}

TEST_F(ChecksTest, WhatIsWrongHasTheClassOfARunAndShowsNoSecret) {
  const std::string sealed_for_another = cipher_.Seal("another", "token", kCanary).value();
  CheckOrder foreign = WithToken();
  foreign.sealed_credentials["token"] = sealed_for_another;
  CheckOrder missing = WithToken();
  missing.sealed_credentials.clear();
  CheckOrder no_stream = Order();
  no_stream.stream = "other";
  const struct {
    const char* row;
    FakeApi::Answer answer;
    CheckOrder order;
    const char* error_class;
    int http_status;
    int requests;
  } kCases[] = {
      {"wrong key", {.status = 401}, WithToken(), "AUTH", 401, 1},
      {"wait", {.status = 429, .headers = {{"Retry-After", "9"}}}, Order(), "RATE_LIMITED", 429, 1},
      {"down", {.status = 503}, Order(), "TRANSIENT", 503, 1},
      {"not there", {.status = 404}, Order(), "CONFIG", 404, 1},
      {"not JSON", {.body = std::string("<p>") + kCanary}, WithToken(), "DATA", 200, 1},
      {"no array", {.body = "{}"}, Order(), "DATA", 200, 1},
      {"rejected", {.body = R"({"data":[{"id":1},{}],"next":null})"}, Order(), "DATA", 200, 1},
      {"sealed for another", {}, foreign, "INTERNAL", 0, 0},
      {"no credential", {}, missing, "CONFIG", 0, 0},
      {"no such stream", {}, no_stream, "CONFIG", 0, 0},
  };
  for (const auto& c : kCases) {
    api_.Set(kFirst, c.answer);
    const int before = api_.Requests(kFirst);
    const CheckedPage page = PageOf(c.order);
    EXPECT_EQ(page.error_class, c.error_class) << c.row << ": " << page.error_message;
    EXPECT_EQ(page.http_status, c.http_status) << c.row;
    EXPECT_EQ(api_.Requests(kFirst) - before, c.requests) << c.row;
    EXPECT_THAT(page.error_message, Not(IsEmpty())) << c.row;
    EXPECT_THAT(page.error_message, Not(HasSubstr("CANARY"))) << c.row;
  }
}

TEST_F(PublicChecksTest, AnAddressThatTheOutboundPolicyRefusesIsNotReached) {
  const CheckedPage page = PageOf(Order());
  EXPECT_EQ(page.error_class, "CONFIG") << page.error_message;
  EXPECT_EQ(api_.Requests(kFirst), 0);
}

TEST_F(ChecksTest, ARemoteThatNeverAnswersEndsWithTheLimit) {
  api_.Hold(kFirst);
  CheckOrder order = Order();
  order.limit = absl::Milliseconds(300);
  const CheckedPage page = PageOf(order);
  EXPECT_EQ(page.error_class, "TIMEOUT") << page.error_message;
  EXPECT_GE(page.latency, absl::Milliseconds(200)) << "limits are kept to a tenth of a second";
}

TEST_F(ChecksTest, KeepsTheIntegrationsOwnRateLimit) {
  const char kLimit[] = R"(,"rateLimit":{"requestsPerSecond":0.001,"burst":1})";
  CheckOrder first = Order(kLimit);
  first.owner_id = "integration";
  CheckOrder second = Order(kLimit);
  second.owner_id = "integration";
  EXPECT_EQ(PageOf(first).error_class, "");
  EXPECT_EQ(PageOf(second).error_class, "RATE_LIMITED");
  EXPECT_EQ(api_.Requests(kFirst), 1);
}

TEST_F(ChecksTest, OneTooManyIsRefusedUntilAnotherEnds) {
  api_.Hold(kFirst);
  std::vector<std::future<CheckAnswer>> held;
  held.reserve(3);
  for (int i = 0; i < 3; ++i) held.push_back(Take(Order()));
  api_.WaitForRequests(kFirst, 3);
  EXPECT_THAT(Take(Order()).get().refused, HasSubstr("too many"));
  api_.Release(kFirst);
  for (auto& answer : held) EXPECT_EQ(answer.get().page.fetched, 2);
  EXPECT_EQ(PageOf(Order()).fetched, 2);
}

TEST_F(ChecksTest, ADroppedOneClosesItsRequestAndSaysNothing) {
  api_.Hold(kFirst);
  const CheckOrder order = Order();
  const std::future<CheckAnswer> answer = Take(order);
  api_.WaitForRequests(kFirst, 1);
  OnLoop([&] { checks_.Drop(order.id); });
  WaitForMetric("syncline_executor_http_requests_total{outcome=\"cancelled\"} 1");
  OnLoop([] {});
  EXPECT_NE(answer.wait_for(std::chrono::seconds(0)), std::future_status::timeout)
      << "its reply is gone: a broken promise";
}

TEST_F(ChecksTest, DrainingGivesBackWhatIsUnderWayAndTakesNothing) {
  api_.Hold(kFirst);
  std::future<CheckAnswer> held = Take(Order());
  api_.WaitForRequests(kFirst, 1);
  OnLoop([&] { checks_.StartDraining(); });
  EXPECT_THAT(held.get().refused, HasSubstr("draining"));
  EXPECT_THAT(Take(Order()).get().refused, HasSubstr("draining"));
}

}  // namespace
}  // namespace syncline::executor
