#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/errors.h"
#include "common/base/ids.h"
#include "scheduler/storage/executor_store.h"
#include "scheduler/storage/run_store_fixture.h"

namespace syncline::scheduler {
namespace {

using syncline::testing::QueryInt;
using syncline::testing::QueryOrDie;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class LossesTest : public RunStoreTest {
 protected:
  // A process that said hello a while ago, and is never heard of again unless told otherwise.
  std::string AddProcess(const std::string& name) {
    std::string id = NewRandomUuid();
    QueryOrDie(*db_,
               "INSERT INTO syncline.executors (process_id, name, version, slots, connector_types, "
               "last_heard) VALUES ('" +
                   id + "', '" + name + "', '1', 4, '{REST}', now() - interval '1 min')");
    return id;
  }

  std::vector<ClaimedRun> ClaimFor(const std::vector<std::string>& processes) {
    SlotPlan slots;
    for (const std::string& process : processes) {
      slots.slots.push_back(slots.executors.size());
      slots.executors.push_back({.process_id = process, .name = process});
    }
    auto runs = store_.Claim(slots, {"REST"}, absl::Seconds(10));
    EXPECT_TRUE(runs.ok()) << runs.status();
    return runs.ok() ? *runs : std::vector<ClaimedRun>{};
  }

  std::vector<ClaimedRun> ClaimAlone(const std::string& process) {
    auto runs = store_.ClaimAlone({process, process}, {"REST"}, absl::Seconds(10));
    EXPECT_TRUE(runs.ok()) << runs.status();
    return runs.ok() ? *runs : std::vector<ClaimedRun>{};
  }

  // The holder of everything that is held dies.
  void Lose(bool running = true) {
    if (running)
      QueryOrDie(*db_,
                 "UPDATE syncline.live SET state = 'RUNNING', started_at = now(), running_since = "
                 "now() WHERE state = 'CLAIMED'");
    QueryOrDie(*db_,
               "UPDATE syncline.live SET lease_expires_at = now() - interval '1 s' WHERE state <> "
               "'PENDING'");
    ASSERT_TRUE(store_.Reap(absl::Milliseconds(1)).ok());
    QueryOrDie(*db_, "UPDATE syncline.live SET not_before = now()");
  }
};

TEST_F(LossesTest, AfterTwoDeathsARunIsAloneAndAfterTwoMoreItIsBlocked) {
  const std::string id = AddIntegration("poison");
  ASSERT_THAT(ClaimFor({AddProcess("e1")}), SizeIs(1));
  Lose();
  ASSERT_THAT(ClaimFor({AddProcess("e2")}), SizeIs(1));
  EXPECT_THAT(*store_.Suspects(), IsEmpty());
  Lose(false);  // a death before the acceptance counts too
  AddIntegration("neighbour");
  const std::string e3 = AddProcess("e3");
  const auto others = ClaimFor({e3, e3});
  ASSERT_THAT(others, SizeIs(1));
  EXPECT_NE(others[0].integration_id, id);
  QueryOrDie(*db_, "DELETE FROM syncline.live WHERE integration_id <> '" + id + "'");

  auto suspects = *store_.Suspects();
  ASSERT_THAT(suspects, SizeIs(1));
  EXPECT_FALSE(suspects[0].condemned);
  for (const char* name : {"e4", "e5"}) {
    const auto alone = ClaimAlone(AddProcess(name));
    ASSERT_THAT(alone, SizeIs(1));
    EXPECT_TRUE(alone[0].alone);
    EXPECT_EQ(alone[0].attempt, 1);
    Lose();
  }
  EXPECT_THAT(ClaimAlone(AddProcess("e6")), IsEmpty());
  suspects = *store_.Suspects();
  ASSERT_THAT(suspects, SizeIs(1));
  EXPECT_TRUE(suspects[0].condemned);

  FinishEvent verdict;
  verdict.run = suspects[0].run;
  verdict.error_class = "LEASE_LOST";
  verdict.error_message = "executors died";
  verdict.decision.block_reason = "executors died";
  verdict.settings_version = 1;
  EXPECT_EQ(Finish(verdict), FinishOutcome::kEnded);
  EXPECT_EQ(QueryInt(*db_,
                     "SELECT count(*) FROM syncline.sync_history WHERE error_class = 'LEASE_LOST' "
                     "AND takeovers = 3 AND attempt = 1 AND closing_fence IS NULL"),
            1);
  EXPECT_EQ(QueryInt(*db_,
                     "SELECT count(*) FROM syncline.integrations WHERE blocked_reason = 'executors "
                     "died' AND sync_enabled AND retry_count = 0 AND id = '" +
                         id + "'"),
            1);
  QueryOrDie(*db_, "UPDATE syncline.integrations SET next_sync_at = now()");
  for (const ClaimedRun& run : ClaimFor({e3, e3})) EXPECT_NE(run.integration_id, id);
  ASSERT_TRUE(triggers_.Trigger({"", id, "again", false}).ok());  // unblocks
  EXPECT_THAT(ClaimFor({e3}), SizeIs(1));
}

TEST_F(LossesTest, AProcessThatIsHeardOfAgainDidNotDie) {
  AddIntegration("a");
  const std::string frozen = AddProcess("frozen");
  ClaimFor({frozen});
  Lose();
  ClaimFor({AddProcess("e2")});
  Lose();
  ASSERT_THAT(*store_.Suspects(), SizeIs(1));
  QueryOrDie(*db_,
             "UPDATE syncline.executors SET last_heard = clock_timestamp() WHERE process_id "
             "= '" +
                 frozen + "'");
  EXPECT_THAT(*store_.Suspects(), IsEmpty());
  EXPECT_THAT(ClaimAlone(frozen), IsEmpty());
  EXPECT_THAT(ClaimFor({frozen}), SizeIs(1));
}

TEST_F(LossesTest, ARunHeldAgainMeanwhileIsNotEndedByAVerdict) {
  AddIntegration("a");
  const ClaimedRun run = ClaimFor({AddProcess("e1")}).at(0);
  FinishEvent verdict;
  verdict.run = {run.integration_id, run.log_id, ""};
  verdict.error_class = "LEASE_LOST";
  verdict.settings_version = 1;
  EXPECT_EQ(Finish(verdict), FinishOutcome::kNoSuchFence);
  EXPECT_EQ(QueryInt(*db_, "SELECT count(*) FROM syncline.live WHERE state = 'CLAIMED'"), 1);
}

TEST_F(LossesTest, AnotherExecutorIsPreferredAfterALossOrARefusal) {
  const std::string first = AddProcess("first");
  const std::string second = AddProcess("second");
  for (int i = 0; i < 3; ++i) AddIntegration("n" + std::to_string(i));
  for (const ClaimedRun& run : ClaimFor({first, first, first})) {
    ASSERT_TRUE(store_.Release({{Ref(run), ReleaseKind::kRefuse, {}, "no free slot"}}).ok());
  }
  QueryOrDie(*db_, "UPDATE syncline.live SET not_before = now()");
  AddIntegration("fresh");
  int of_second = 0;
  for (const ClaimedRun& run : ClaimFor({first, second, first, second, second})) {
    of_second += run.process_id == second ? 1 : 0;
  }
  EXPECT_EQ(of_second, 3);  // all that were refused; the fresh one went to the first
  Lose();
  // It is a preference: where there is no other, the same one gets them.
  EXPECT_THAT(ClaimFor({second, second, second, second}), SizeIs(4));
}

TEST_F(LossesTest, ARunThatWaitedTooLongInAllIsFound) {
  for (int i = 0; i < 3; ++i) AddIntegration("n" + std::to_string(i));
  const auto runs = Claim(3);
  std::vector<ReleaseEvent> parks;
  parks.reserve(runs.size());
  for (const ClaimedRun& run : runs)
    parks.push_back({Ref(run), ReleaseKind::kPark, absl::Seconds(1), "429"});
  ASSERT_TRUE(store_.Release(parks).ok());
  EXPECT_THAT(*store_.WaitedTooLong(absl::Hours(24)), IsEmpty());
  QueryOrDie(*db_,
             "UPDATE syncline.live SET waited_since = now() - interval '20 h', waited_ms = 5 * "
             "3600000 WHERE log_id IN ('" +
                 runs[0].log_id + "', '" + runs[1].log_id + "')");
  QueryOrDie(*db_, "UPDATE syncline.integrations SET sync_interval = 8 * 3600 WHERE id = '" +
                       runs[1].integration_id + "'");  // four intervals are 32 h
  const auto found = store_.WaitedTooLong(absl::Hours(24));
  ASSERT_THAT(*found, SizeIs(1));
  EXPECT_EQ((*found)[0].log_id, runs[0].log_id);
  // Waits that are over are kept in mind, and running time is no wait.
  QueryOrDie(*db_, "UPDATE syncline.live SET not_before = now()");
  Claim(3);
  EXPECT_EQ(QueryInt(*db_, "SELECT waited_ms / 3600000 FROM syncline.live WHERE log_id = '" +
                               runs[0].log_id + "' AND waited_since IS NULL"),
            25);
}

TEST_F(LossesTest, AHelloIsNewsWhenNothingWasHeardOfTheProcessForALease) {
  ExecutorStore executors(&pool_);
  const ExecutorHello hello = {NewRandomUuid(), "e", "1", 8, 0, {"REST"}};
  EXPECT_EQ(executors.SayHello(hello, absl::Seconds(30)).value(), true);
  EXPECT_EQ(executors.SayHello(hello, absl::Seconds(30)).value(), false);
  QueryOrDie(*db_, "UPDATE syncline.executors SET last_heard = now() - interval '31 s'");
  EXPECT_EQ(executors.SayHello(hello, absl::Seconds(30)).value(), true);
}

}  // namespace
}  // namespace syncline::scheduler
