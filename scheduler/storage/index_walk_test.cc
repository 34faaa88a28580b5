// What is asked every second about `live` does not cost more for every run that has ended since
// autovacuum was there.
#include "scheduler/storage/index_walk.h"

#include <gtest/gtest.h>

#include <functional>

#include "scheduler/storage/database_fixture.h"
#include "scheduler/storage/fleet_store.h"
#include "scheduler/storage/run_store.h"

namespace syncline::scheduler {
namespace {

constexpr int kEnded = 5000;

class IndexWalkTest : public DatabaseFixture {
 protected:
  IndexWalkTest() : session_(AsTheScheduler(), 1), runs_(&session_), fleet_(&session_) {}

  postgres::ConnectionOptions AsTheScheduler() const {
    postgres::ConnectionOptions options = Options();
    options.plan_for_indexes = true;
    return options;
  }

  // Runs that were held and have ended.
  void EndRuns() {
    Query(
        "INSERT INTO syncline.live (integration_id, run_id, tenant_id, trigger, state, fence,"
        " lease_expires_at, process_id)"
        " SELECT gen_random_uuid(), gen_random_uuid(), '', 'SCHEDULE', 'CLAIMED',"
        " gen_random_uuid(), now() + interval '1 h', gen_random_uuid()"
        " FROM generate_series(1, " +
        std::to_string(kEnded) + ")");
    Query("DELETE FROM syncline.live");
  }

  // Looks twice, and tells how much the second time finds that has died before the first. The
  // session's plan is made for a new table.
  std::int64_t FoundAgain(const std::function<absl::Status()>& look) {
    Query("ALTER TABLE syncline.live SET (autovacuum_enabled = off)");
    EXPECT_TRUE(look().ok());
    EndRuns();
    EXPECT_TRUE(look().ok());
    const std::int64_t before = Found();
    EXPECT_TRUE(look().ok());
    return Found() - before;
  }

  // Index entries of held runs that were found so far.
  std::int64_t Found() {
    static constexpr char kFlush[] = "SELECT pg_stat_force_next_flush()";
    EXPECT_TRUE(session_.Run(kFlush).ok());
    return Int("SELECT idx_tup_read FROM pg_stat_user_indexes WHERE indexrelname = 'live_held'");
  }

  postgres::Pool session_;
  RunStore runs_;
  FleetStore fleet_;
};

TEST_F(IndexWalkTest, TheReaperFindsDeadRowsOnce) {
  EXPECT_LT(FoundAgain([&] { return runs_.Reap(absl::Seconds(30)).status(); }), kEnded / 10);
}

TEST_F(IndexWalkTest, TheLookForOverdueRunsFindsDeadRowsOnce) {
  EXPECT_LT(FoundAgain([&] { return runs_.Overdue(absl::Seconds(10)).status(); }), kEnded / 10);
}

TEST_F(IndexWalkTest, TheQueuesFiguresFindDeadRowsOnce) {
  EXPECT_LT(FoundAgain([&] { return fleet_.Queue(absl::Seconds(30)).status(); }), kEnded / 10);
}

}  // namespace
}  // namespace syncline::scheduler
