#include "executor/app/run_engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/rpc/proto_time.h"
#include "executor/app/engine_fixture.h"

namespace syncline::executor {
namespace {

using internal::v1::Assignment;
using internal::v1::RunReport;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kFirst[] = "/items";
constexpr char kSecond[] = "/items?after=p2";

class RunEngineTest : public EngineTest {
 protected:
  RunEngineTest() : EngineTest(absl::Seconds(5)) {
    api_.Set(kFirst, {.body = R"({"data":[{"id":"a"},{"id":"b"}],"next":"p2"})"});
    api_.Set(kSecond, {.body = R"({"data":[{"id":"c"}],"next":null})"});
    api_.Set("/events", {.body = R"({"data":[{"id":"e1","at":"2026-01-01T00:00:00Z"}]})"});
  }
};

TEST_F(RunEngineTest, ARunReadsItsStreamsPageByPageAndEndsInSuccess) {
  StartEngine();
  const Assignment run = NewAssignment(kItemsAndEvents);
  scheduler_.Assign(run);
  scheduler_.WaitFor(run.fence(), RunReport::kAccepted);
  const RunReport finish = scheduler_.WaitFor(run.fence(), RunReport::kFinished);
  EXPECT_EQ(finish.finished().status(), "SUCCESS") << finish.ShortDebugString();
  EXPECT_EQ(finish.finished().page_seq(), 4) << "two pages, the closing one, one page";
  EXPECT_FALSE(finish.finished().nothing_left()) << "the last page has completed it";
  EXPECT_EQ(Live(run, "page_seq, complete, pages, fetched, created, unchanged"), "(4,t,3,4,4,0)");
  EXPECT_EQ(Records(run), "events:e1 items:a items:b items:c");
  WaitForMetric("syncline_executor_busy_slots 0");
  EXPECT_THAT(metrics_.Scrape(), HasSubstr("syncline_executor_pages_total 3\n"));
  EXPECT_THAT(metrics_.Scrape(),
              HasSubstr("syncline_executor_records_total{outcome=\"created\"} 4\n"));
  EXPECT_THAT(metrics_.Scrape(),
              HasSubstr("syncline_executor_http_requests_total{outcome=\"2xx\"} 3\n"));
}

TEST_F(RunEngineTest, APassOfOnePageMakesItsDeleteMarksWithIt) {
  StartEngine();
  api_.Set(kFirst, {.body = R"({"data":[{"id":"a"},{"id":"b"}],"next":null})"});
  Assignment run = NewAssignment(kItems);
  scheduler_.Assign(run);
  EXPECT_EQ(scheduler_.WaitFor(run.fence(), RunReport::kFinished).finished().page_seq(), 1);
  EXPECT_EQ(Live(run, "page_seq, complete, pages, created, deleted"), "(1,t,1,2,0)");
  api_.Set(kFirst, {.body = R"({"data":[{"id":"b"}],"next":null})"});
  testing::QueryOrDie(*connection_,
                      "UPDATE syncline.live SET run_id = gen_random_uuid(), complete = false");
  run = ClaimAgain(run);
  scheduler_.Assign(run);
  EXPECT_EQ(scheduler_.WaitFor(run.fence(), RunReport::kFinished).finished().status(), "SUCCESS");
  EXPECT_EQ(Live(run, "complete, pages, created, unchanged, deleted"), "(t,2,2,1,1)");
  EXPECT_EQ(Records(run), "items:b");
  WaitForMetric("syncline_executor_records_total{outcome=\"deleted\"} 1");
}

// Records may move between pages that are counted, so that one pass proves nothing.
TEST_F(RunEngineTest, APassOfOnePageByOffsetIsClosedByAPageOfItsOwn) {
  StartEngine();
  api_.Set("/items?offset=0&limit=5", {.body = R"({"data":[{"id":"a"},{"id":"b"}]})"});
  const Assignment run = NewAssignment(
      R"([{"name":"items","path":"/items","records":"/data","key":["/id"],"pagination":)"
      R"({"kind":"offset","param":"offset","sizeParam":"limit","size":5}}])");
  scheduler_.Assign(run);
  const RunReport finish = scheduler_.WaitFor(run.fence(), RunReport::kFinished);
  EXPECT_EQ(finish.finished().status(), "SUCCESS") << finish.ShortDebugString();
  EXPECT_EQ(Live(run, "page_seq, complete, pages, created"), "(2,t,1,2)");
}

// A crash repeats one page at most, its request too.
TEST_F(RunEngineTest, NoPageIsAskedForBeforeTheOneBeforeIsCommitted) {
  StartEngine();
  const auto blocker = testing::OpenOrDie(url_);
  const Assignment run = NewAssignment(kItems);
  ASSERT_TRUE(blocker->RunScript("BEGIN; SELECT FROM syncline.live FOR UPDATE").ok());
  scheduler_.Assign(run);
  while (testing::QueryInt(*connection_,
                           "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
                           "AND datname = current_database()") == 0)
    std::this_thread::yield();
  EXPECT_EQ(api_.Requests(kSecond), 0);
  ASSERT_TRUE(blocker->RunScript("ROLLBACK").ok());
  EXPECT_EQ(scheduler_.WaitFor(run.fence(), RunReport::kFinished).finished().status(), "SUCCESS");
  EXPECT_EQ(Live(run, "page_seq, complete, pages, created"), "(3,t,2,3)");
}

// As when a record is added at the front of a list while it is read by offset.
TEST_F(RunEngineTest, ARecordThatAFirstPassMeetsTwiceIsStoredOnceAndCountedAsWhatItIs) {
  api_.Set(kSecond, {.body = R"({"data":[{"id":"b"},{"id":"a","v":2},{"id":"c"}],"next":"p3"})"});
  api_.Set("/items?after=p3", {.body = R"({"data":[{"id":"c"},{"id":"d"}],"next":null})"});
  StartEngine();
  const Assignment run = NewAssignment(kItems);
  scheduler_.Assign(run);
  const RunReport finish = scheduler_.WaitFor(run.fence(), RunReport::kFinished);
  EXPECT_EQ(finish.finished().status(), "SUCCESS") << finish.ShortDebugString();
  EXPECT_EQ(Records(run), "items:a items:b items:c items:d");
  EXPECT_EQ(Live(run, "page_seq, pages, fetched, created, updated, unchanged"), "(4,3,7,4,1,2)");
}

TEST_F(RunEngineTest, AStoppedRunIsDroppedInMidPageAndTheNextClaimGoesOnFromItsCheckpoint) {
  StartEngine();
  api_.Hold(kSecond);
  const Assignment run = NewAssignment(kItems);
  scheduler_.Assign(run);
  WaitUntilBetweenPages(run, kSecond);
  scheduler_.SendStop(run.fence());
  // The connection is closed though the API never answered.
  WaitForMetric("syncline_executor_http_requests_total{outcome=\"cancelled\"} 1");
  scheduler_.WaitUntilNotHeld(run.fence());
  EXPECT_EQ(Records(run), "items:a items:b");
  EXPECT_EQ(scheduler_.Count(run.fence(), RunReport::kFinished), 0);
  const Assignment again = ClaimAgain(run);
  api_.Release(kSecond);
  scheduler_.Assign(again);
  EXPECT_EQ(scheduler_.WaitFor(again.fence(), RunReport::kFinished).finished().status(), "SUCCESS");
  EXPECT_EQ(api_.Requests(kFirst), 1) << "a committed page is not read again";
  EXPECT_EQ(Live(run, "page_seq, pages, created"), "(3,2,3)");
}

// However it comes about: every stream is done, and no page has said that it was the last.
TEST_F(RunEngineTest, ARunWithNothingLeftSaysSoWithoutAStatement) {
  StartEngine();
  api_.Hold("/events");
  const Assignment run = NewAssignment(kItemsAndEvents);
  scheduler_.Assign(run);
  api_.WaitForRequests("/events", 1);
  scheduler_.SendStop(run.fence());
  scheduler_.WaitUntilNotHeld(run.fence());
  Assignment again = ClaimAgain(run);
  again.set_config_json(NewAssignment(kItems).config_json());
  again.set_takes_nothing_left(false);
  scheduler_.Assign(again);
  const RunReport refusal = scheduler_.WaitFor(again.fence(), RunReport::kRefused);
  EXPECT_THAT(refusal.refused().reason(), HasSubstr("too old"))
      << "it would resume the run for ever";
  WaitForMetric("syncline_executor_busy_slots 0");
  again = ClaimAgain(again);
  again.set_takes_nothing_left(true);
  scheduler_.Assign(again);
  const RunReport finish = scheduler_.WaitFor(again.fence(), RunReport::kFinished);
  EXPECT_EQ(finish.finished().status(), "SUCCESS") << finish.ShortDebugString();
  EXPECT_TRUE(finish.finished().nothing_left());
  EXPECT_EQ(finish.finished().page_seq(), 3) << "two pages and the closing one, before this claim";
  EXPECT_EQ(Live(again, "page_seq, complete, state"), "(3,f,CLAIMED)");
  EXPECT_EQ(api_.Requests(kFirst), 1);
}

TEST_F(RunEngineTest, ALostLeaseEndsTheRunAndItsPageWritesNothing) {
  StartEngine();
  api_.Hold(kSecond);
  const Assignment run = NewAssignment(kItems);
  scheduler_.Assign(run);
  WaitUntilBetweenPages(run, kSecond);
  const Assignment other =
      ClaimAgain(run);  // somebody else has it now, and nobody has told this executor
  api_.Release(kSecond);
  WaitForMetric("syncline_executor_refused_writes_total 1");
  WaitForMetric("syncline_executor_busy_slots 0");
  scheduler_.WaitUntilNotHeld(run.fence());
  EXPECT_EQ(scheduler_.refused_writes(), 1);
  EXPECT_EQ(Records(run), "items:a items:b");
  EXPECT_EQ(Live(other, "page_seq, state"), "(1,CLAIMED)");
}

TEST_F(RunEngineTest, LeaseLostInAnAnswerDropsTheRunAtOnce) {
  StartEngine();
  api_.Hold(kFirst);
  const Assignment run = NewAssignment(kItems);
  scheduler_.SetOrder(run.fence(), internal::v1::Directive::LEASE_LOST);
  scheduler_.Assign(run);
  WaitForMetric("syncline_executor_runs_total{outcome=\"lost\"} 1");
  WaitForMetric("syncline_executor_busy_slots 0");
}

TEST_F(RunEngineTest, TwoRunsOnOneHostRunAtTheSameTime) {
  StartEngine();
  api_.Hold(kFirst);
  const Assignment one = NewAssignment(kItems);
  const Assignment two = NewAssignment(kItems);
  scheduler_.Assign(one);
  scheduler_.Assign(two);
  api_.WaitForRequests(kFirst, 2);
  api_.Release(kFirst);
  EXPECT_EQ(scheduler_.WaitFor(one.fence(), RunReport::kFinished).finished().status(), "SUCCESS");
  EXPECT_EQ(scheduler_.WaitFor(two.fence(), RunReport::kFinished).finished().status(), "SUCCESS");
}

TEST_F(RunEngineTest, AnAssignmentThatComesTwiceRunsOnceAndOneTooManyIsRefused) {
  StartEngine(/*slots=*/1);
  api_.Hold(kFirst);
  const Assignment run = NewAssignment(kItems);
  scheduler_.Assign(run);
  scheduler_.Assign(run);
  api_.WaitForRequests(kFirst, 1);
  const Assignment extra = NewAssignment(kItems);
  scheduler_.Assign(extra);
  EXPECT_EQ(scheduler_.WaitFor(extra.fence(), RunReport::kRefused).refused().reason(),
            "no free slot");
  api_.Release(kFirst);
  EXPECT_EQ(scheduler_.WaitFor(run.fence(), RunReport::kFinished).finished().status(), "SUCCESS");
  EXPECT_EQ(api_.Requests(kFirst), 1);
}

// The end is committed before it is answered, and whoever claims next may be faster.
TEST_F(RunEngineTest, ANewClaimIsTakenBeforeTheEndOfTheOneBeforeIsAnswered) {
  StartEngine(1);
  const Assignment run = NewAssignment(kItems);
  scheduler_.SetDeaf(true);
  scheduler_.Assign(run);
  WaitForMetric("syncline_executor_runs_total{outcome=\"success\"} 1");
  const Assignment again = ClaimAgain(run);
  scheduler_.Assign(again);
  WaitForMetric("syncline_executor_runs_total{outcome=\"success\"} 2");
  scheduler_.SetDeaf(false);
  for (const Assignment& ended : {run, again}) {
    EXPECT_EQ(scheduler_.WaitFor(ended.fence(), RunReport::kFinished).finished().status(),
              "SUCCESS");
  }
  WaitForMetric("syncline_executor_busy_slots 0");
  EXPECT_EQ(scheduler_.Count(again.fence(), RunReport::kRefused), 0);
}

TEST_F(RunEngineTest, AnHtmlPageFailsTheRunWithItsPlaceAndTheGoodPagesStay) {
  StartEngine();
  api_.Set(kSecond, {.body = "<html><body>Log in</body></html>", .content_type = "text/html"});
  const Assignment run = NewAssignment(kItems);
  scheduler_.Assign(run);
  const RunReport finish = scheduler_.WaitFor(run.fence(), RunReport::kFinished);
  EXPECT_EQ(finish.finished().status(), "FAILED");
  EXPECT_EQ(finish.finished().error_class(), "DATA");
  EXPECT_THAT(finish.finished().error_message(), HasSubstr("stream items, page 2: "));
  EXPECT_EQ(finish.finished().http_status(), 200);
  EXPECT_EQ(Records(run), "items:a items:b");
  const Assignment next =
      NewAssignment(R"([{"name":"e","path":"/events","records":"/data","key":["/id"]}])");
  scheduler_.Assign(next);
  EXPECT_EQ(scheduler_.WaitFor(next.fence(), RunReport::kFinished).finished().status(), "SUCCESS");
}

TEST_F(RunEngineTest, ARemoteThatAsksToWaitParksTheRun) {
  StartEngine();
  api_.Set(kSecond, {.status = 429, .body = "", .headers = {{"Retry-After", "90"}}});
  const Assignment run = NewAssignment(kItems);
  scheduler_.Assign(run);
  const RunReport park = scheduler_.WaitFor(run.fence(), RunReport::kParked);
  EXPECT_EQ(rpc::FromProto(park.parked().delay()), absl::Seconds(90));
  EXPECT_THAT(park.parked().detail(), HasSubstr("stream items, page 2: "));
  WaitForMetric("syncline_executor_busy_slots 0");
}

struct BadAssignment {
  const char* name;
  std::function<void(Assignment&)> change;
  const char* error_class;
  const char* message;
};

TEST_F(RunEngineTest, AnAssignmentThatCannotRunFailsWithItsReason) {
  StartEngine();
  const std::string bearer =
      R"({"baseUrl":"https://a.example","auth":{"kind":"bearer","credential":"token"},"streams":)" +
      std::string(kItems) + "}";
  const BadAssignment cases[] = {
      {"no JSON", [](Assignment& a) { a.set_config_json("{"); }, "CONFIG", "config"},
      {"unknown type", [](Assignment& a) { a.set_type("GRAPHQL"); }, "CONFIG", "GRAPHQL"},
      {"missing credential", [&](Assignment& a) { a.set_config_json(bearer); }, "CONFIG",
       "\"token\""},
      {"damaged credential",
       [&](Assignment& a) {
         a.set_config_json(bearer);
         (*a.mutable_sealed_credentials())["token"] = "CANARY";
       },
       "INTERNAL", "\"token\""},
      {"private address",
       [&](Assignment& a) {
         a.set_config_json(R"({"baseUrl":"http://10.1.2.3","streams":)" + std::string(kItems) +
                           "}");
       },
       "CONFIG", "10.1.2.3"},
      {"out of time",
       [](Assignment& a) { *a.mutable_remaining() = rpc::ToProto(absl::ZeroDuration()); },
       "TIMEOUT", "time"}};
  for (const BadAssignment& bad : cases) {
    Assignment run = NewAssignment(kItems);
    bad.change(run);
    scheduler_.Assign(run);
    const RunReport finish = scheduler_.WaitFor(run.fence(), RunReport::kFinished);
    EXPECT_EQ(finish.finished().error_class(), bad.error_class)
        << bad.name << finish.ShortDebugString();
    EXPECT_THAT(finish.finished().error_message(), HasSubstr(bad.message)) << bad.name;
    EXPECT_THAT(finish.finished().error_message(), Not(HasSubstr("CANARY"))) << bad.name;
  }
}

TEST_F(RunEngineTest, ARunOutOfTimeInMidRequestEndsAsTimeout) {
  StartEngine();
  api_.Hold(kSecond);
  Assignment run = NewAssignment(kItems);
  *run.mutable_remaining() = rpc::ToProto(absl::Milliseconds(500));
  scheduler_.Assign(run);
  const RunReport finish = scheduler_.WaitFor(run.fence(), RunReport::kFinished);
  EXPECT_EQ(finish.finished().error_class(), "TIMEOUT");
  EXPECT_THAT(finish.finished().error_message(), HasSubstr("stream items, page 2"));
  EXPECT_EQ(Records(run), "items:a items:b");
}

TEST_F(RunEngineTest, ARateLimitIsKept) {
  StartEngine();
  Assignment run = NewAssignment(kItems);
  run.set_config_json(R"({"baseUrl":")" + api_.url() +
                      R"(","rateLimit":{"requestsPerSecond":4,"burst":1},"streams":)" + kItems +
                      "}");
  const auto begin = std::chrono::steady_clock::now();
  scheduler_.Assign(run);
  EXPECT_EQ(scheduler_.WaitFor(run.fence(), RunReport::kFinished).finished().status(), "SUCCESS");
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(250))
      << "two requests, four a second";
}

TEST_F(RunEngineTest, ADrainRefusesWhatIsNewAndReturnsWhatDoesNotEnd) {
  StartEngine();
  api_.Hold(kSecond);
  const Assignment run = NewAssignment(kItems);
  scheduler_.Assign(run);
  WaitUntilBetweenPages(run, kSecond);
  std::thread drain([&] { EXPECT_TRUE(engine_->Drain(absl::Seconds(1))); });
  while (!scheduler_.saw_draining()) std::this_thread::yield();
  EXPECT_EQ(engine_->Problem(), "draining");
  const Assignment late = NewAssignment(kItems);
  scheduler_.Assign(late);
  EXPECT_EQ(scheduler_.WaitFor(late.fence(), RunReport::kRefused).refused().reason(), "draining");
  scheduler_.WaitFor(run.fence(), RunReport::kReturned);
  drain.join();
  EXPECT_EQ(Records(run), "items:a items:b");
}

TEST_F(RunEngineTest, ADrainWaitsForRunsThatEndInTime) {
  StartEngine();
  api_.Hold(kSecond);
  const Assignment run = NewAssignment(kItems);
  scheduler_.Assign(run);
  WaitUntilBetweenPages(run, kSecond);
  std::thread drain([&] { EXPECT_TRUE(engine_->Drain(absl::Seconds(30))); });
  while (!scheduler_.saw_draining()) std::this_thread::yield();
  api_.Release(kSecond);
  EXPECT_EQ(scheduler_.WaitFor(run.fence(), RunReport::kFinished).finished().status(), "SUCCESS");
  drain.join();
}

TEST_F(RunEngineTest, ACheckNeedsNoSlotAndItsAnswerIsSentUntilItArrives) {
  StartEngine(/*slots=*/1);
  api_.Hold(kSecond);
  const Assignment run = NewAssignment(kItems);
  scheduler_.Assign(run);
  WaitUntilBetweenPages(run, kSecond);  // the only slot is taken
  scheduler_.SetDeaf(true);
  internal::v1::Check check;
  check.set_check_id("c0ffee00-0000-4000-8000-000000000001");
  check.set_owner_id(check.check_id());
  check.set_type("REST");
  check.set_config_json(run.config_json());
  check.set_stream("items");
  *check.mutable_limit() = rpc::ToProto(absl::Seconds(30));
  scheduler_.SendCheck(check);
  scheduler_.WaitForDeafCheckCalls(2);
  scheduler_.SetDeaf(false);
  const internal::v1::ReportCheckRequest answer = scheduler_.WaitForCheck(check.check_id());
  EXPECT_EQ(answer.process_id(), engine_->process_id());
  EXPECT_EQ(answer.page().error_class(), "") << answer.ShortDebugString();
  EXPECT_EQ(answer.page().fetched(), 2);
  EXPECT_EQ(answer.page().records_json_size(), 2);
  EXPECT_EQ(Live(run, "page_seq, fetched"), "(1,2)") << "the run's own page and nothing else";
  api_.Release(kSecond);
  scheduler_.WaitFor(run.fence(), RunReport::kFinished);
}

}  // namespace
}  // namespace syncline::executor
