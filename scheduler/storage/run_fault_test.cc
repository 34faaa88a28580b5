// Statements of runs that come late, meet others, fail half-way, or are asked by a machine whose
// clock is wrong.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scheduler/storage/run_store_fixture.h"
#include "tests/support/concurrent_call.h"

namespace syncline::scheduler {
namespace {

using syncline::testing::ConcurrentCall;
using syncline::testing::OpenOrDie;
using syncline::testing::QueryInt;
using syncline::testing::QueryOrDie;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using RunFaultTest = RunStoreTest;

TEST_F(RunFaultTest, AClaimAndItsTickAreDoneTogetherOrNotAtAll) {
  AddIntegration("a");
  const std::string refused[] = {"INSERT ON syncline.live", "DELETE ON syncline.ticks"};
  for (const std::string& half : refused) {
    QueryOrDie(*db_,
               "CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS "
               "$$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '53100'; END $$");
    QueryOrDie(*db_, "CREATE TRIGGER refuse BEFORE " + half +
                         " FOR EACH ROW EXECUTE FUNCTION public.refuse()");
    EXPECT_FALSE(store_.Claim(SlotsOf(process_), {"REST"}, absl::Seconds(10)).ok()) << half;
    EXPECT_EQ(QueryInt(*db_, "SELECT count(*) FROM syncline.live"), 0) << half;
    EXPECT_EQ(QueryInt(*db_,
                       "SELECT count(*) FROM syncline.integrations i JOIN syncline.ticks k ON "
                       "k.integration_id = i.id AND k.due_at = i.next_sync_at "
                       "WHERE i.next_sync_at <= now() AND i.epoch = 0"),
              1)
        << half;
    QueryOrDie(*db_, "DROP FUNCTION public.refuse CASCADE");
  }
  EXPECT_THAT(Claim(1), SizeIs(1));
}

TEST_F(RunFaultTest, AFinishUnderAStaleFenceEndsNothing) {
  AddIntegration("a");
  const ClaimedRun old_claim = Claim(1).at(0);
  ASSERT_THAT(*store_.Release({{Ref(old_claim), ReleaseKind::kReturn, {}, ""}}), SizeIs(1));
  const ClaimedRun claim = Claim(1).at(0);
  CommitPages(claim, 2, true);
  const auto live = [&] {
    return QueryOrDie(*db_, "SELECT v::text AS row FROM syncline.live v")[0].String("row");
  };
  const std::string before = live();
  FinishDecision retry;
  retry.retry_delay = absl::Seconds(60);
  for (const FinishEvent& late : {Success(old_claim, 2), Failure(old_claim, retry)}) {
    EXPECT_EQ(Finish(late), FinishOutcome::kNoSuchFence);
    EXPECT_EQ(QueryInt(*db_, "SELECT count(*) FROM syncline.sync_history"), 0);
    ASSERT_EQ(QueryInt(*db_, "SELECT count(*) FROM syncline.live"), 1);
    EXPECT_EQ(live(), before);
  }
  EXPECT_EQ(Finish(Success(claim, 2)), FinishOutcome::kEnded);
}

TEST_F(RunFaultTest, AReaperThatMeetsARenewalTakesNothing) {
  AddIntegration("a");
  const ClaimedRun run = Claim(1).at(0);
  ASSERT_THAT(*store_.Renew({Ref(run)}, absl::Seconds(30)), SizeIs(1));
  QueryOrDie(*db_, "UPDATE syncline.live SET lease_expires_at = now() - interval '1 s'");
  const auto page = OpenOrDie(url_);
  QueryOrDie(*page, "BEGIN");
  QueryOrDie(*page,
             "UPDATE syncline.live SET page_seq = 1, lease_expires_at = now() + interval '30 s'");
  std::vector<ReapedRun> reaped;
  ConcurrentCall reaper(*db_, [&] { reaped = store_.Reap(absl::Milliseconds(1)).value(); });
  EXPECT_FALSE(reaper.waited());
  QueryOrDie(*page, "COMMIT");
  reaper.Join();
  EXPECT_THAT(reaped, IsEmpty());
  EXPECT_EQ(
      QueryInt(*db_, "SELECT count(*) FROM syncline.live WHERE state = 'RUNNING' AND fence = '" +
                         run.fence + "'"),
      1);
}

// The database of a test runs on the test's own machine. Its clock differs here because the
// session finds clock functions of ours before PostgreSQL's.
TEST_F(RunFaultTest, OnlyTheDatabasesClockDecidesAboutALease) {
  for (const std::string skew : {"-1 hour", "1 hour"}) {
    QueryOrDie(*db_, "DROP SCHEMA IF EXISTS skew CASCADE");
    QueryOrDie(*db_, "CREATE SCHEMA skew");
    for (const std::string clock : {"clock_timestamp", "pg_postmaster_start_time"}) {
      QueryOrDie(*db_, fmt::format("CREATE FUNCTION skew.{0}() RETURNS timestamptz LANGUAGE sql "
                                   "VOLATILE AS $$ SELECT pg_catalog.{0}() + interval '{1}' $$",
                                   clock, skew));
    }
    postgres::Pool pool(Options(), 1);
    ASSERT_TRUE(pool.With([](postgres::Connection& session) {
                      return session.RunScript("SET search_path = skew, pg_catalog");
                    })
                    .ok());
    RunStore store(&pool);
    const std::string id = AddIntegration(skew);
    QueryOrDie(*db_, "UPDATE syncline.integrations SET next_sync_at = now() - interval '2 h'");
    const auto runs = store.Claim(SlotsOf(process_), {"REST"}, absl::Seconds(10));
    ASSERT_TRUE(runs.ok()) << runs.status();
    ASSERT_THAT(*runs, SizeIs(1)) << skew;
    ASSERT_THAT(*store.Renew({Ref(runs->at(0))}, absl::Seconds(30)), SizeIs(1)) << skew;
    EXPECT_THAT(*store.Reap(absl::Milliseconds(1)), IsEmpty()) << skew;
    QueryOrDie(*db_,
               "UPDATE syncline.live SET lease_expires_at = skew.clock_timestamp() - interval '1 "
               "ms'");
    EXPECT_THAT(*store.Reap(absl::Milliseconds(1)), SizeIs(1)) << skew;
    QueryOrDie(*db_, "DELETE FROM syncline.live");
    QueryOrDie(*db_, "DELETE FROM syncline.integrations");
  }
}

// A row that is deleted and made anew is lost to whoever waits for its lock; one that is changed
// in place is not.
TEST_F(RunFaultTest, WhoWaitsForARunThatIsRetriedStillFindsIt) {
  AddIntegration("a");
  const ClaimedRun run = Claim(1).at(0);
  // An uncommitted row with the key of the attempt's history row holds up the finish after it has
  // locked its rows.
  const auto history = OpenOrDie(url_);
  QueryOrDie(*history, "BEGIN");
  QueryOrDie(*history,
             "INSERT INTO syncline.sync_history (log_id, created_at, run_id, integration_id, "
             "tenant_id, attempt, trigger, status, epoch, ended_at, duration_ms, fetched, created, "
             "updated, unchanged, deleted, rejected, pages, takeovers, rejected_reasons, executor) "
             "SELECT log_id, created_at, run_id, integration_id, tenant_id, attempt, trigger, "
             "'SUCCESS', epoch, now(), 0, 0, 0, 0, 0, 0, 0, 0, 0, '{}', executor FROM "
             "syncline.live");
  FinishDecision retry;
  retry.retry_delay = absl::Seconds(60);
  FinishOutcome outcome = FinishOutcome::kNoSuchFence;
  ConcurrentCall finisher(*db_, [&] { outcome = Finish(Failure(run, retry)); });
  ASSERT_TRUE(finisher.waited());
  const auto other = OpenOrDie(url_);
  std::int64_t attempt = 0;
  ConcurrentCall waiter(*db_, [&] {
    static constexpr char kLock[] = "SELECT attempt FROM syncline.live FOR UPDATE";
    const auto rows = other->Run(kLock);
    if (rows.ok() && !rows->empty()) attempt = (*rows)[0].Int("attempt");
  });
  ASSERT_TRUE(waiter.waited());
  QueryOrDie(*history, "ROLLBACK");
  finisher.Join();
  waiter.Join();
  EXPECT_EQ(outcome, FinishOutcome::kEnded);
  EXPECT_EQ(attempt, 2);
}

}  // namespace
}  // namespace syncline::scheduler
