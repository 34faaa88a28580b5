#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "common/base/errors.h"
#include "scheduler/storage/run_store_fixture.h"
#include "tests/support/concurrent_call.h"

namespace syncline::scheduler {
namespace {

using syncline::testing::ConcurrentCall;
using syncline::testing::OpenOrDie;
using syncline::testing::QueryInt;
using syncline::testing::QueryOrDie;
using ::testing::SizeIs;

using TriggerStoreTest = RunStoreTest;

TEST_F(TriggerStoreTest, AFollowUpIsCarriedThroughRetriesAndStartsAtTheEnd) {
  const std::string id = AddIntegration("a");
  ClaimedRun run = Claim(1).at(0);
  ASSERT_TRUE(store_.Renew({Ref(run)}, absl::Seconds(30)).ok());
  const auto reserved = triggers_.Trigger({"", id, "r1", true});
  ASSERT_TRUE(reserved.ok()) << reserved.status();
  EXPECT_TRUE(reserved->joined);
  EXPECT_NE(reserved->run_id, run.run_id);
  EXPECT_EQ(triggers_.Trigger({"", id, "r2", true})->run_id, reserved->run_id);
  EXPECT_EQ(triggers_.Trigger({"", id, "r3", false})->run_id, run.run_id);
  EXPECT_EQ(QueryInt(*db_,
                     "SELECT count(*) FROM syncline.sync_logs WHERE wait_reason = "
                     "'AFTER_CURRENT_RUN' AND id = '" +
                         reserved->run_id + "'"),
            1);
  FinishDecision retry;
  retry.retry_delay = absl::ZeroDuration();
  EXPECT_EQ(Finish(Failure(run, retry)), FinishOutcome::kEnded);
  run = Claim(1).at(0);
  EXPECT_EQ(run.attempt, 2);
  CommitPages(run, 1, true);
  EXPECT_EQ(Finish(Success(run, 1)), FinishOutcome::kEnded);
  const auto next = Claim(1);
  ASSERT_THAT(next, SizeIs(1));
  EXPECT_EQ(next[0].log_id, reserved->run_id);
  EXPECT_EQ(next[0].run_id, reserved->run_id);
  EXPECT_EQ(next[0].trigger, "MANUAL");
  EXPECT_EQ(next[0].attempt, 1);
}

TEST_F(TriggerStoreTest, TriggersWithOneRequestIdLeaveOneRun) {
  const std::string id = AddIntegration("a", "external_id='ext-1'");
  std::vector<std::thread> callers;
  callers.reserve(50);
  std::mutex mutex;
  std::set<std::string> runs;
  for (int i = 0; i < 50; ++i) {
    callers.emplace_back([&, i] {
      const auto answer = triggers_.Trigger({"", i % 2 == 0 ? id : "ext-1", "same", false});
      ASSERT_TRUE(answer.ok()) << answer.status();
      std::lock_guard lock(mutex);
      runs.insert(answer->run_id);
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(runs.size(), 1U);
  EXPECT_EQ(QueryInt(*db_, "SELECT count(*) FROM syncline.live"), 1);
  EXPECT_EQ(QueryInt(*db_, "SELECT count(*) FROM syncline.trigger_requests"), 1);
}

TEST_F(TriggerStoreTest, ARequestIdIsAnsweredAlikeAfterItsRunHasEnded) {
  const std::string id = AddIntegration("a");
  const auto first = triggers_.Trigger({"", id, "r", false});
  const ClaimedRun run = Claim(1).at(0);
  CommitPages(run, 1, true);
  ASSERT_EQ(Finish(Success(run, 1)), FinishOutcome::kEnded);
  const auto again = triggers_.Trigger({"", id, "r", false});
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->run_id, first->run_id);
  EXPECT_TRUE(again->repeated);
  EXPECT_EQ(QueryInt(*db_, "SELECT count(*) FROM syncline.live"), 0);
}

TEST_F(TriggerStoreTest, ARequestIdStaysWithItsArguments) {
  const std::string id = AddIntegration("a");
  const std::string other = AddIntegration("b");
  ASSERT_TRUE(triggers_.Trigger({"", id, "r", false}).ok());
  EXPECT_EQ(ReasonOf(triggers_.Trigger({"", other, "r", false}).status()), "REQUEST_ID_REUSED");
  EXPECT_EQ(ReasonOf(triggers_.Trigger({"", id, "r", true}).status()), "REQUEST_ID_REUSED");
  EXPECT_EQ(QueryInt(*db_, "SELECT count(*) FROM syncline.live"),
            1);  // the refused call left nothing
  EXPECT_EQ(ReasonOf(triggers_.Trigger({"tenant-2", id, "x", false}).status()),
            "INTEGRATION_NOT_FOUND");
  EXPECT_EQ(ReasonOf(triggers_.Trigger({"", "nobody", "x", false}).status()),
            "INTEGRATION_NOT_FOUND");
  QueryOrDie(*db_,
             "UPDATE syncline.integrations SET type = 'MANUAL', sync_interval = NULL, next_sync_at "
             "= NULL WHERE id = '" +
                 other + "'");
  EXPECT_EQ(ReasonOf(triggers_.Trigger({"", other, "y", false}).status()), "MANUAL_INTEGRATION");
}

TEST_F(TriggerStoreTest, ANewRunIsClaimedAtOnceForAFreeSlot) {
  const std::string id = AddIntegration("a", "blocked_reason, epoch, timeout_seconds='why', 7, 90");
  const TriggerSlot slot{{process_, "executor-1"}, {"REST"}, absl::Seconds(10)};
  const auto answer = triggers_.Trigger({"", id, "r", false}, slot);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_FALSE(answer->joined);
  ASSERT_TRUE(answer->claimed);
  const ClaimedRun& run = *answer->claimed;
  EXPECT_EQ(run.integration_id, id);
  EXPECT_EQ(run.run_id, answer->run_id);
  EXPECT_EQ(run.log_id, answer->run_id);
  EXPECT_EQ(run.type, "REST");
  EXPECT_EQ(run.config_json, "{}");
  EXPECT_EQ(run.epoch, 8);
  EXPECT_EQ(run.remaining, absl::Seconds(90));
  EXPECT_TRUE(answer->equipped);
  EXPECT_THAT(run.sealed_credentials, SizeIs(0));
  EXPECT_THAT(run.state.checkpoints, SizeIs(0));
  EXPECT_EQ(QueryInt(*db_,
                     "SELECT count(*) FROM syncline.live v JOIN syncline.integrations i ON "
                     "i.id = v.integration_id WHERE v.state = 'CLAIMED' AND v.trigger = "
                     "'MANUAL' AND v.epoch = 8 AND i.epoch = 7 AND i.blocked_reason IS NULL "
                     "AND v.timeout_ms = 90000 AND v.executor = 'executor-1' AND "
                     "v.lease_expires_at BETWEEN now() AND now() + interval '10 s' AND "
                     "v.fence = '" +
                         run.fence + "' AND v.process_id = '" + process_ + "'"),
            1);
  EXPECT_THAT(Claim(2), SizeIs(0));
  // The same call again starts nothing.
  const auto again = triggers_.Trigger({"", id, "r", false}, slot);
  EXPECT_EQ(again->run_id, run.run_id);
  EXPECT_FALSE(again->claimed);
  CommitPages(run, 1, true);
  EXPECT_EQ(Finish(Success(run, 1)), FinishOutcome::kEnded);
}

class EquippedTriggerTest : public TriggerStoreTest {
 protected:
  // An integration with two credentials and a checkpoint of an earlier run.
  std::string AddEquipped(const std::string& name) {
    std::string id = AddIntegration(name);
    QueryOrDie(*db_, "INSERT INTO syncline.credentials (integration_id, name, sealed) VALUES ('" +
                         id + "', 'token', '\\x0100'), ('" + id + "', 'key', '\\x02')");
    QueryOrDie(*db_,
               "INSERT INTO syncline.checkpoints (integration_id, stream, definition_hash, cursor, "
               "pass_id, pass_run_id, done_run_id) VALUES ('" +
                   id +
                   "', 'items', 'd1', '{\"n\": 2}', gen_random_uuid(), gen_random_uuid(), "
                   "gen_random_uuid())");
    return id;
  }
  absl::StatusOr<TriggerAnswer> Trigger(const std::string& id) {
    return triggers_.Trigger({"", id, "r", false},
                             TriggerSlot{{process_, "executor-1"}, {"REST"}, absl::Seconds(10)});
  }
  // Triggers while `change` is under way in another session, which commits then.
  TriggerAnswer TriggerBehind(const std::string& id, const std::string& change) {
    const auto other = OpenOrDie(url_);
    EXPECT_TRUE(other->RunScript("BEGIN;" + change).ok());
    TriggerAnswer answer;
    ConcurrentCall caller(*db_, [&] {
      const auto triggered = Trigger(id);
      if (triggered.ok()) answer = *triggered;
    });
    EXPECT_TRUE(caller.waited());
    EXPECT_TRUE(other->RunScript("COMMIT").ok());
    caller.Join();
    EXPECT_TRUE(answer.claimed);
    return answer;
  }
};

TEST_F(EquippedTriggerTest, ARunThatIsClaimedAtOnceHasAllThatItNeeds) {
  const std::string id = AddEquipped("a");
  AddEquipped("another");
  const auto answer = Trigger(id);
  ASSERT_TRUE(answer.ok() && answer->claimed) << answer.status();
  ASSERT_TRUE(answer->equipped);
  std::vector<ClaimedRun> read = {*answer->claimed};
  read[0].sealed_credentials.clear();
  read[0].state.checkpoints.clear();
  ASSERT_TRUE(store_.Equip(read).ok());
  EXPECT_EQ(answer->claimed->sealed_credentials,
            (std::map<std::string, std::string>{{"key", "\2"}, {"token", std::string("\1\0", 2)}}));
  EXPECT_EQ(answer->claimed->sealed_credentials, read[0].sealed_credentials);
  ASSERT_THAT(answer->claimed->state.checkpoints, SizeIs(1));
  const ClaimedCheckpoint& checkpoint = answer->claimed->state.checkpoints[0];
  EXPECT_EQ(checkpoint.stream, "items");
  EXPECT_EQ(checkpoint.definition_hash, "d1");
  EXPECT_EQ(checkpoint.cursor_json, "{\"n\": 2}");
  EXPECT_FALSE(checkpoint.done) << "by an earlier run";
  EXPECT_EQ(read[0].state.checkpoints[0].cursor_json, checkpoint.cursor_json);
}

// Its statement has seen the old credential; what it locked is newer.
TEST_F(EquippedTriggerTest, ACredentialThatChangesWhileATriggerWaitsIsReadAfterIt) {
  const std::string id = AddEquipped("a");
  const TriggerAnswer answer = TriggerBehind(
      id, "UPDATE syncline.integrations SET version = version + 1 WHERE id = '" + id +
              "'; UPDATE syncline.credentials SET sealed = '\\x09' WHERE name = 'token'");
  EXPECT_FALSE(answer.equipped);
  EXPECT_THAT(answer.claimed->sealed_credentials, SizeIs(0));
  std::vector<ClaimedRun> runs = {*answer.claimed};
  ASSERT_TRUE(store_.Equip(runs).ok());
  EXPECT_EQ(runs[0].sealed_credentials.at("token"), "\x09");
}

TEST_F(EquippedTriggerTest, ACheckpointThatMovesBeforeTheRunEndsThatATriggerWaitsForIsReadAfterIt) {
  const std::string id = AddEquipped("a");
  const ClaimedRun run = Claim(1).at(0);
  CommitPages(run, 1, true);
  const auto blocker = OpenOrDie(url_);
  ASSERT_TRUE(blocker
                  ->RunScript("BEGIN; SELECT FROM syncline.integrations WHERE id = '" + id +
                              "' FOR NO KEY UPDATE")
                  .ok());
  FinishOutcome ended = FinishOutcome::kNoSuchFence;
  ConcurrentCall finisher(*db_, [&] { ended = Finish(Success(run, 1)); });
  absl::StatusOr<TriggerAnswer> answer;
  ConcurrentCall caller(*db_, [&] { answer = Trigger(id); });
  EXPECT_TRUE(finisher.waited() && caller.waited());
  QueryOrDie(*db_, "UPDATE syncline.checkpoints SET cursor = '{\"n\": 3}'");
  ASSERT_TRUE(blocker->RunScript("COMMIT").ok());
  finisher.Join();
  caller.Join();
  ASSERT_EQ(ended, FinishOutcome::kEnded);
  ASSERT_TRUE(answer.ok() && answer->claimed) << answer.status();
  EXPECT_FALSE(answer->equipped);
  std::vector<ClaimedRun> runs = {*answer->claimed};
  ASSERT_TRUE(store_.Equip(runs).ok());
  EXPECT_EQ(runs[0].state.checkpoints.at(0).cursor_json, "{\"n\": 3}");
}

// A lock alone, as of a trigger that joined, changes nothing.
TEST_F(EquippedTriggerTest, ALockThatIsGivenBackLeavesWhatWasSeen) {
  const std::string id = AddEquipped("a");
  const TriggerAnswer answer = TriggerBehind(
      id, "SELECT FROM syncline.integrations WHERE id = '" + id + "' FOR NO KEY UPDATE");
  EXPECT_TRUE(answer.equipped);
  EXPECT_THAT(answer.claimed->sealed_credentials, SizeIs(2));
}

TEST_F(TriggerStoreTest, ASlotForOtherTypesAndARunThatIsJoinedClaimNothing) {
  const std::string id = AddIntegration("a");
  const TriggerSlot other{{process_, "executor-1"}, {"GRAPHQL"}, absl::Seconds(10)};
  const TriggerSlot slot{{process_, "executor-1"}, {"GRAPHQL", "REST"}, absl::Seconds(10)};
  EXPECT_FALSE(triggers_.Trigger({"", id, "r1", false}, other)->claimed);
  const auto joined = triggers_.Trigger({"", id, "r2", false}, slot);
  EXPECT_TRUE(joined->joined);
  EXPECT_FALSE(joined->claimed);
  EXPECT_EQ(QueryInt(*db_,
                     "SELECT count(*) FROM syncline.live v JOIN syncline.integrations i ON "
                     "i.id = v.integration_id WHERE v.state = 'PENDING' AND v.fence IS NULL "
                     "AND v.lease_expires_at IS NULL AND i.epoch = 0"),
            1);
  const ClaimedRun run = Claim(1).at(0);
  // A run that begins is joined too, and what is reserved behind it waits for its end.
  const auto reserved = triggers_.Trigger({"", id, "r3", true}, slot);
  EXPECT_NE(reserved->run_id, run.run_id);
  EXPECT_FALSE(reserved->claimed);
  EXPECT_EQ(QueryInt(*db_, "SELECT count(*) FROM syncline.live WHERE fence = '" + run.fence + "'"),
            1);
}

TEST_F(TriggerStoreTest, WhatATriggerMeets) {
  const struct {
    const char* name;
    const char* live;  // SET clause on a PENDING row
    bool moves_forward;
  } cases[] = {
      {"transient backoff", "wait_reason = 'BACKOFF', backoff_class = 'TRANSIENT'", true},
      {"after AUTH", "wait_reason = 'BACKOFF', backoff_class = 'AUTH'", false},
      {"after INTERNAL", "wait_reason = 'BACKOFF', backoff_class = 'INTERNAL'", false},
      {"rate-limited", "wait_reason = 'RATE_LIMIT'", false},
      {"after a loss", "wait_reason = 'EXECUTOR_LOST'", false},
  };
  int n = 0;
  for (const auto& c : cases) {
    const std::string id = AddIntegration(c.name);
    const auto first = triggers_.Trigger({"", id, "first-" + std::to_string(n), false});
    QueryOrDie(*db_, std::string("UPDATE syncline.live SET not_before = now() + interval '1 h', "
                                 "manual_joined = false, ") +
                         c.live + " WHERE integration_id = '" + id + "'");
    const auto second = triggers_.Trigger({"", id, "second-" + std::to_string(n++), false});
    ASSERT_TRUE(second.ok()) << c.name;
    EXPECT_TRUE(second->joined) << c.name;
    EXPECT_EQ(second->run_id, first->run_id) << c.name;
    EXPECT_EQ(QueryInt(*db_,
                       "SELECT (not_before <= now())::int FROM syncline.live WHERE manual_joined "
                       "AND integration_id = '" +
                           id + "'"),
              c.moves_forward)
        << c.name;
  }
}

TEST_F(TriggerStoreTest, ATriggerThatWaitedForADeleteLeavesNoRun) {
  const std::string id = AddIntegration("a");
  const auto remover = OpenOrDie(url_);
  QueryOrDie(*remover, "BEGIN");
  QueryOrDie(*remover,
             "UPDATE syncline.integrations SET deleted_at = now() WHERE id = '" + id + "'");
  absl::Status status;
  ConcurrentCall caller(*db_, [&] { status = triggers_.Trigger({"", id, "r", false}).status(); });
  EXPECT_TRUE(caller.waited());
  QueryOrDie(*remover, "COMMIT");
  caller.Join();
  EXPECT_EQ(ReasonOf(status), "INTEGRATION_NOT_FOUND");
  EXPECT_EQ(QueryInt(*db_, "SELECT count(*) FROM syncline.live"), 0);
}

}  // namespace
}  // namespace syncline::scheduler
