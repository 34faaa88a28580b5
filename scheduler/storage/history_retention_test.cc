#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scheduler/storage/executor_store.h"
#include "scheduler/storage/run_store_fixture.h"

namespace syncline::scheduler {
namespace {

using syncline::testing::QueryInt;
using syncline::testing::QueryOrDie;
using ::testing::AnyOf;

constexpr absl::Duration kDay = absl::Hours(24);

class HistoryRetentionTest : public RunStoreTest {
 protected:
  // Rows of an integration's history, so many days old each.
  void AddHistory(const std::string& integration, const std::vector<int>& ages_in_days) {
    for (const int days : ages_in_days) {
      QueryOrDie(*db_,
                 "INSERT INTO syncline.sync_history SELECT syncline.uuid_v7(), at, "
                 "gen_random_uuid(), '" +
                     integration +
                     "', '', 1, 'SCHEDULE', 'SUCCESS', 0, NULL, at, at, 1, 0, 0, 0, 0, 0, 0, 1, 0, "
                     "'{}', NULL, NULL, NULL, 'e1' FROM (SELECT now() - interval '1 day' * " +
                     std::to_string(days) + " AS at) AS time");
    }
  }
  // A partition from so many days ago to one day later.
  void AddPartition(int days_ago) {
    const std::string days = std::to_string(days_ago);
    QueryOrDie(*db_,
               "DO $$ BEGIN EXECUTE format('CREATE TABLE syncline.sync_history_d" + days +
                   " PARTITION OF syncline.sync_history FOR VALUES FROM (%L) TO (%L)', now() - "
                   "interval '" +
                   days + " days', now() - interval '" + days +
                   " days' + interval '1 day'); END $$");
  }
  std::int64_t Logs() { return QueryInt(*db_, "SELECT count(*) FROM syncline.sync_history"); }
  std::int64_t Partitions(const std::string& where) {
    return QueryInt(*db_, "SELECT count(*) FROM syncline.history_partitions() WHERE " + where);
  }

  ExecutorStore chores_{&pool_};
};

TEST_F(HistoryRetentionTest, PartitionsAreMadeAheadOnceAndTakeWhatEnds) {
  ASSERT_TRUE(chores_.KeepHouse(90 * kDay).ok());
  EXPECT_EQ(Partitions("ends > now() + interval '28 days'"), 1);
  EXPECT_EQ(Partitions("true"), 5);
  ASSERT_TRUE(chores_.KeepHouse(90 * kDay).ok());
  EXPECT_EQ(Partitions("true"), 5);
  EXPECT_EQ(
      QueryInt(*db_,
               "SELECT count(*) FROM pg_inherits JOIN pg_class ON oid = inhrelid WHERE inhparent = "
               "'syncline.sync_history'::regclass AND 'autovacuum_analyze_scale_factor=1' = "
               "ANY (reloptions)"),
      6)
      << "the default one, too";
  AddHistory(AddIntegration("a"), {0});
  EXPECT_EQ(Logs(), 1);
  EXPECT_EQ(QueryInt(*db_, "SELECT count(*) FROM syncline.sync_history_default"), 0);
}

// A short retention has narrow partitions; a longer one later begins where those end.
TEST_F(HistoryRetentionTest, PartitionsFollowTheSetting) {
  ASSERT_TRUE(chores_.KeepHouse(absl::Hours(12)).ok());
  // Four, and one of now, which a full second that passes in between takes away.
  EXPECT_THAT(Partitions("ends < now() + interval '5 hours'"), AnyOf(4, 5));
  ASSERT_TRUE(chores_.KeepHouse(90 * kDay).ok());
  EXPECT_EQ(Partitions("ends > now() + interval '28 days'"), 1);
}

// What the default partition took while nobody made others stays there, and hinders nobody.
TEST_F(HistoryRetentionTest, PartitionsBeginAfterWhatTheDefaultOneHolds) {
  AddHistory(AddIntegration("a"), {-1});
  ASSERT_TRUE(chores_.KeepHouse(90 * kDay).ok());
  EXPECT_EQ(Partitions("ends > now() + interval '28 days'"), 1);
  EXPECT_EQ(Logs(), 1);
}

TEST_F(HistoryRetentionTest, WhatIsPastItsTimeGoesAndTheSummaryStays) {
  const std::string id = AddIntegration("a", "last_status='SUCCESS'");
  AddPartition(20);
  AddPartition(10);
  AddPartition(9);
  AddHistory(id, {30, 20, 10, 9, 7, 0});
  ASSERT_EQ(Logs(), 6);
  ASSERT_TRUE(chores_.KeepHouse(9 * kDay).ok());
  // Of 10 days ago the last row is exactly 9 days old now, of 9 days ago none is.
  EXPECT_EQ(Partitions("name IN ('sync_history_d20', 'sync_history_d10')"), 0);
  EXPECT_EQ(Partitions("name = 'sync_history_d9'"), 1);
  EXPECT_EQ(Logs(), 3);
  EXPECT_EQ(QueryInt(*db_,
                     "SELECT count(*) FROM syncline.integrations WHERE last_status = "
                     "'SUCCESS'"),
            1);
}

// A long query must not make everybody queue behind a drop that waits for it.
TEST_F(HistoryRetentionTest, GivesUpWhileTheHistoryIsRead) {
  AddPartition(20);
  AddHistory(AddIntegration("a"), {20});
  const auto reader = testing::OpenOrDie(url_);
  QueryOrDie(*reader, "BEGIN");
  EXPECT_EQ(QueryInt(*reader, "SELECT count(*) FROM syncline.sync_history"), 1);
  EXPECT_FALSE(chores_.KeepHouse(9 * kDay).value());
  EXPECT_EQ(Logs(), 1);
  QueryOrDie(*reader, "COMMIT");
  EXPECT_TRUE(chores_.KeepHouse(9 * kDay).value());
  EXPECT_EQ(Logs(), 0);
}

// A drop locks all of the history before it waits for its partition.
TEST_F(HistoryRetentionTest, BeginsNoDropOfAPartitionThatIsInUse) {
  AddPartition(20);
  QueryOrDie(*db_, "CREATE SEQUENCE public.drops START 0 MINVALUE 0");
  QueryOrDie(*db_,
             "CREATE FUNCTION public.count_drop() RETURNS event_trigger LANGUAGE plpgsql AS"
             " $$ BEGIN PERFORM nextval('public.drops'); END $$");
  QueryOrDie(*db_,
             "CREATE EVENT TRIGGER count_drop ON ddl_command_start WHEN TAG IN ('DROP TABLE')"
             " EXECUTE FUNCTION public.count_drop()");
  const auto begun = [&] {
    return QueryInt(*db_, "SELECT last_value + is_called::integer FROM public.drops");
  };
  const auto vacuum = testing::OpenOrDie(url_);
  QueryOrDie(*vacuum, "BEGIN");
  QueryOrDie(*vacuum, "LOCK TABLE syncline.sync_history_d20 IN SHARE UPDATE EXCLUSIVE MODE");
  EXPECT_FALSE(chores_.KeepHouse(9 * kDay).value());
  EXPECT_EQ(begun(), 0);
  QueryOrDie(*vacuum, "COMMIT");
  EXPECT_TRUE(chores_.KeepHouse(9 * kDay).value());
  EXPECT_EQ(begun(), 1);
}

}  // namespace
}  // namespace syncline::scheduler
