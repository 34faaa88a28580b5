// Lost answers, lost connections, lost servers: what the engine does about each.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "executor/app/engine_fixture.h"
#include "tests/support/tcp_gate.h"

namespace syncline::executor {
namespace {

using internal::v1::Assignment;
using internal::v1::RunReport;

constexpr char kFirst[] = "/items";
constexpr char kSecond[] = "/items?after=p2";

class FaultTest : public EngineTest {
 protected:
  explicit FaultTest(absl::Duration lease = absl::Seconds(30), const std::string& url = "")
      : EngineTest(lease, url) {
    api_.Set(kFirst, {.body = R"({"data":[{"id":"a"},{"id":"b"}],"next":"p2"})"});
    api_.Set(kSecond, {.body = R"({"data":[{"id":"c"}],"next":null})"});
  }
};

TEST_F(FaultTest, APageWhoseBackendIsKilledIsWrittenOnceInTheEnd) {
  StartEngine();
  api_.Hold(kSecond);
  const Assignment run = NewAssignment(kItems);
  scheduler_.Assign(run);
  WaitUntilBetweenPages(run, kSecond);
  const auto blocker = testing::OpenOrDie(url_);
  ASSERT_TRUE(blocker->RunScript("BEGIN; SELECT FROM syncline.live FOR UPDATE").ok());
  api_.Release(kSecond);
  std::int64_t pid = 0;
  while (pid == 0) {
    pid =
        testing::QueryInt(*connection_,
                          "SELECT coalesce((SELECT min(pid) FROM pg_stat_activity WHERE datname = "
                          "current_database() AND wait_event_type = 'Lock'), 0)");
  }
  testing::QueryOrDie(*connection_, fmt::format("SELECT pg_terminate_backend({})", pid));
  ASSERT_TRUE(blocker->RunScript("ROLLBACK").ok());
  EXPECT_EQ(scheduler_.WaitFor(run.fence(), RunReport::kFinished).finished().status(), "SUCCESS");
  EXPECT_EQ(Live(run, "page_seq, pages, fetched, created"), "(3,2,3,3)");
  EXPECT_EQ(api_.Requests(kSecond), 1) << "the same bytes go again without another fetch";
}

// Between engine and database.
struct OwnGate {
  testing::TcpGate gate{testing::TestCluster::Get().port()};
  std::string NewDatabase() {
    std::string url = testing::TestCluster::Get().NewDatabase();
    const std::string port = fmt::format(":{}/", testing::TestCluster::Get().port());
    return url.replace(url.find(port), port.size(), fmt::format(":{}/", gate.port()));
  }
};
class GatedTest : public OwnGate, public FaultTest {
 public:
  GatedTest() : FaultTest(absl::Seconds(30), NewDatabase()) {}
  ~GatedTest() override { engine_->Stop(); }
};

TEST_F(GatedTest, TheLastPageAndItsDeleteMarksAreWrittenOnceWhicheverOfThemIsCut) {
  StartEngine();
  int requests = 0;
  for (const char* statement : {"/* write_page ", "/* close_snapshot "}) {
    for (const auto cut : {testing::TcpGate::Cut::kAnswer, testing::TcpGate::Cut::kRequest}) {
      api_.Hold(kSecond);
      const Assignment run = NewAssignment(kItems);
      scheduler_.Assign(run);
      api_.WaitForRequests(kSecond, ++requests);
      while (Live(run, "page_seq") == "0") std::this_thread::yield();
      gate.CutAt(statement, cut);
      api_.Release(kSecond);
      EXPECT_EQ(scheduler_.WaitFor(run.fence(), RunReport::kFinished).finished().page_seq(), 3)
          << statement;
      EXPECT_EQ(Live(run, "page_seq, pages, fetched, created, complete"), "(3,2,3,3,t)")
          << statement;
      EXPECT_EQ(gate.cuts(), requests) << statement;
      EXPECT_EQ(api_.Requests(kSecond), requests) << "the same bytes go again";
    }
  }
}

// The third page of these runs is that of the delete marks, which follows the second at once.
void BeforeEachPage(postgres::Connection& db, const std::string& body) {
  ASSERT_TRUE(
      db.RunScript("CREATE FUNCTION public.before_page() RETURNS trigger LANGUAGE plpgsql AS"
                   " $$ BEGIN " +
                   body +
                   " RETURN NEW; END $$;"
                   "CREATE TRIGGER before_page BEFORE UPDATE ON syncline.live FOR EACH ROW"
                   " EXECUTE FUNCTION public.before_page()")
          .ok());
}

TEST_F(FaultTest, DeleteMarksAreNotWrittenWhenTheFenceGoesWithThePageBefore) {
  BeforeEachPage(*connection_,
                 "IF NEW.page_seq = 2 THEN NEW.fence := NULL; NEW.state := 'PENDING'; END IF;");
  StartEngine();
  const Assignment run = NewAssignment(kItems);
  scheduler_.Assign(run);
  WaitForMetric("syncline_executor_runs_total{outcome=\"lost\"} 1");
  EXPECT_EQ(Live(run, "page_seq, pages, complete"), "(2,2,f)");
  EXPECT_EQ(scheduler_.Count(run.fence(), RunReport::kFinished), 0);
}

TEST_F(FaultTest, DeleteMarksThatTheDatabaseRefusesFailTheRunByTheirName) {
  BeforeEachPage(*connection_,
                 "IF NEW.page_seq = 3 THEN RAISE 'no' USING ERRCODE = 'data_exception'; END IF;");
  StartEngine();
  const Assignment run = NewAssignment(kItems);
  scheduler_.Assign(run);
  const auto finished = scheduler_.WaitFor(run.fence(), RunReport::kFinished).finished();
  EXPECT_EQ(finished.error_class(), "INTERNAL");
  EXPECT_THAT(finished.error_message(), ::testing::HasSubstr("delete marks"));
  EXPECT_EQ(Live(run, "page_seq, pages, complete"), "(2,2,f)");
}

TEST_F(FaultTest, AnUnansweredFinishIsSentAgainUntilItIsAnswered) {
  StartEngine();
  api_.Hold(kSecond);
  const Assignment run = NewAssignment(kItems);
  scheduler_.Assign(run);
  WaitUntilBetweenPages(run, kSecond);
  scheduler_.WaitFor(run.fence(), RunReport::kAccepted);
  scheduler_.SetDeaf(true);
  api_.Release(kSecond);
  while (scheduler_.deaf_calls() < 3) std::this_thread::yield();
  scheduler_.SetDeaf(false);
  EXPECT_EQ(scheduler_.WaitFor(run.fence(), RunReport::kFinished).finished().status(), "SUCCESS");
  WaitForMetric("syncline_executor_busy_slots 0");
  EXPECT_EQ(scheduler_.Count(run.fence(), RunReport::kFinished), 1);
}

TEST_F(FaultTest, ALostStreamIsOpenedAgainAndTheRunGoesOn) {
  StartEngine();
  api_.Hold(kSecond);
  const Assignment run = NewAssignment(kItems);
  scheduler_.Assign(run);
  WaitUntilBetweenPages(run, kSecond);
  scheduler_.CutStream();
  scheduler_.WaitForStreams(2);
  const auto hellos = scheduler_.hellos();
  EXPECT_EQ(hellos[0].held_size(), 0);
  ASSERT_EQ(hellos[1].held_size(), 1);
  EXPECT_EQ(hellos[1].held(0).fence(), run.fence());
  EXPECT_EQ(hellos[1].process_id(), hellos[0].process_id());
  api_.Release(kSecond);
  EXPECT_EQ(scheduler_.WaitFor(run.fence(), RunReport::kFinished).finished().status(), "SUCCESS");
}

class ShortLeaseTest : public FaultTest {
 protected:
  ShortLeaseTest() : FaultTest(absl::Seconds(1)) {}
};

TEST_F(ShortLeaseTest, PastTheTrustWindowTheRunPausesAndGoesOnWhenItIsHeardAgain) {
  StartEngine();
  api_.Hold(kSecond);
  const Assignment run = NewAssignment(kItems);
  scheduler_.Assign(run);
  WaitUntilBetweenPages(run, kSecond);
  scheduler_.WaitFor(run.fence(), RunReport::kHeartbeat);
  scheduler_.SetDeaf(true);
  WaitForMetric("syncline_executor_http_requests_total{outcome=\"cancelled\"} 1");
  EXPECT_EQ(api_.Requests(kSecond), 1);
  api_.Release(kSecond);
  scheduler_.SetDeaf(false);
  EXPECT_EQ(scheduler_.WaitFor(run.fence(), RunReport::kFinished).finished().status(), "SUCCESS");
  EXPECT_EQ(api_.Requests(kSecond), 2);
}

TEST_F(ShortLeaseTest, BusyAnswersExtendNothing) {
  StartEngine();
  api_.Hold(kFirst);
  Assignment run = NewAssignment(kItems);
  run.mutable_dispatch_limit()->set_seconds(1);
  scheduler_.SetOrder(run.fence(), internal::v1::Directive::BUSY);
  scheduler_.Assign(run);
  WaitForMetric("syncline_executor_http_requests_total{outcome=\"cancelled\"} 1");
  EXPECT_GE(scheduler_.Count(run.fence(), RunReport::kAccepted), 2)
      << "an acceptance that met a lock is sent again";
}

struct OwnCluster {
  testing::TestCluster cluster;
};
class OutageTest : public OwnCluster, public FaultTest {
 protected:
  OutageTest() : FaultTest(absl::Seconds(30), cluster.NewDatabase()) {}
};

TEST_F(OutageTest, ADatabaseThatGoesAwayPausesTheRunAndFailsNothing) {
  StartEngine();
  api_.Hold(kSecond);
  const Assignment run = NewAssignment(kItems);
  scheduler_.Assign(run);
  WaitUntilBetweenPages(run, kSecond);
  cluster.Stop(SIGINT);
  api_.Release(kSecond);
  while (engine_->Problem() != "the database does not answer") std::this_thread::yield();
  cluster.Start();
  EXPECT_EQ(scheduler_.WaitFor(run.fence(), RunReport::kFinished).finished().status(), "SUCCESS");
  connection_ = testing::OpenOrDie(url_);
  EXPECT_EQ(Live(run, "page_seq, pages, created"), "(3,2,3)");
  while (!engine_->Problem().empty()) std::this_thread::yield();
}

}  // namespace
}  // namespace syncline::executor
