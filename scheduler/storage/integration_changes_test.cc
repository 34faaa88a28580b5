// Changes of integrations against runs that are active at the same time: every "(!)" of the
// protocol that a change can break.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "common/base/errors.h"
#include "common/base/ids.h"
#include "scheduler/storage/database_fixture.h"
#include "scheduler/storage/integration_store.h"
#include "scheduler/storage/run_store.h"
#include "scheduler/storage/slots_fixture.h"

namespace syncline::scheduler {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class IntegrationChangesTest : public DatabaseFixture {
 protected:
  IntegrationChangesTest() : store_(&pool_), runs_(&pool_) {
    NewIntegration given;
    given.name = "a";
    given.type = "REST";
    given.config_json = "{}";
    given.settings.interval = absl::Seconds(300);
    id_ = store_.Create(given)->id;
  }

  // A claimed, accepted run that has committed pages.
  ClaimedRun StartRun() {
    const auto claimed = runs_.Claim(SlotsOf(NewRandomUuid()), {"REST"}, absl::Seconds(10));
    EXPECT_TRUE(claimed.ok() && claimed->size() == 1U) << claimed.status();
    EXPECT_THAT(*runs_.Renew({Ref(claimed->at(0))}, absl::Seconds(30)), SizeIs(1));
    Query(
        "UPDATE syncline.live SET page_seq = 2, pages = 2, fetched = 20, created = 15, unchanged = "
        "5, complete = true,"
        " running_since = clock_timestamp() - interval '2 s', change_no = 2");
    Query(
        "INSERT INTO syncline.checkpoints (integration_id, stream, definition_hash, pass_id, "
        "pass_run_id, done_run_id)"
        " SELECT integration_id, 's', '', gen_random_uuid(), run_id, run_id FROM syncline.live");
    return claimed->at(0);
  }

  static RunRef Ref(const ClaimedRun& run) { return {run.integration_id, run.log_id, run.fence}; }

  void InsertLive(postgres::Connection& session, const std::string& columns,
                  const std::string& values) {
    testing::QueryOrDie(session, "INSERT INTO syncline.live (integration_id, run_id, tenant_id, " +
                                     columns + ") VALUES ('" + id_ + "', gen_random_uuid(), '', " +
                                     values + ")");
  }

  // Runs `change` so that it waits for the integration's lock while a claim makes a live row, then
  // lets both go.
  template <typename Change>
  void WhileAClaimIsUnderWay(const std::string& trigger, Change change) {
    const auto claim = testing::OpenOrDie(url_);
    testing::QueryOrDie(*claim, "BEGIN");
    testing::QueryOrDie(
        *claim, "SELECT FROM syncline.integrations WHERE id = '" + id_ + "' FOR NO KEY UPDATE");
    std::thread changer(change);
    AwaitLockWait();
    InsertLive(
        *claim, "trigger, state, fence, lease_expires_at",
        "'" + trigger + "', 'CLAIMED', gen_random_uuid(), clock_timestamp() + interval '5 s'");
    testing::QueryOrDie(*claim, "COMMIT");
    changer.join();
  }

  absl::StatusOr<Integration> Change(const IntegrationChange& change) {
    return store_.Change({"", id_}, change);
  }
  static IntegrationChange NewConfig() {
    IntegrationChange change;
    change.config_json = R"({"new": 1})";
    return change;
  }
  static IntegrationChange Enabled(bool enabled) {
    IntegrationChange change;
    change.settings.enabled = enabled;
    return change;
  }

  IntegrationStore store_;
  RunStore runs_;
  std::string id_;
};

TEST_F(IntegrationChangesTest, ANewConfigTakesTheFenceAndTheRunBeginsAgainFromItsCheckpoint) {
  const ClaimedRun run = StartRun();
  ASSERT_TRUE(Change(NewConfig()).ok());
  EXPECT_THAT(*runs_.Renew({Ref(run)}, absl::Seconds(30)), IsEmpty());
  EXPECT_EQ(
      Int("SELECT count(*) FROM syncline.live WHERE state = 'PENDING' AND wait_reason = "
          "'CONFIG_CHANGED'"
          " AND not_before <= clock_timestamp() AND running_ms >= 2000 AND NOT complete AND "
          "page_seq = 2"
          " AND fetched = 20 AND created = 15 AND unchanged = 5 AND lease_expires_at IS NULL"),
      1);
  EXPECT_EQ(Int("SELECT count(*) FROM syncline.checkpoints WHERE done_run_id IS NULL"), 1);
  const auto again = runs_.Claim(SlotsOf(NewRandomUuid()), {"REST"}, absl::Seconds(10));
  ASSERT_THAT(*again, SizeIs(1));
  EXPECT_EQ(again->at(0).log_id, run.log_id);
  EXPECT_EQ(again->at(0).config_json, R"({"new": 1})");
  EXPECT_NE(again->at(0).fence, run.fence);
}

TEST_F(IntegrationChangesTest, NewCredentialsTakeTheFenceButUndoNothing) {
  const ClaimedRun run = StartRun();
  IntegrationChange change;
  change.credential_names = {"token"};
  change.seal = [](const std::string&) {
    return std::map<std::string, std::string>{{"token", "2"}};
  };
  ASSERT_TRUE(Change(change).ok());
  EXPECT_THAT(*runs_.Renew({Ref(run)}, absl::Seconds(30)), IsEmpty());
  EXPECT_EQ(Int("SELECT count(*) FROM syncline.live WHERE fence IS NULL AND complete"), 1);
  EXPECT_EQ(Int("SELECT count(*) FROM syncline.checkpoints WHERE done_run_id IS NOT NULL"), 1);
  EXPECT_EQ(Int("SELECT config_version FROM syncline.integrations"), 2);
}

TEST_F(IntegrationChangesTest, OtherChangesLeaveTheRunAlone) {
  const ClaimedRun run = StartRun();
  IntegrationChange change;
  change.name = "b";
  change.settings.max_retries = 7;
  change.settings.interval = absl::Seconds(600);
  ASSERT_TRUE(Change(change).ok());
  EXPECT_THAT(*runs_.Renew({Ref(run)}, absl::Seconds(30)), SizeIs(1));
  EXPECT_EQ(Int("SELECT settings_version * 100 + version * 10 + config_version FROM "
                "syncline.integrations"),
            221);
}

TEST_F(IntegrationChangesTest, AClaimMadeWhileANewConfigWaitsForTheLockLosesItsFenceToo) {
  WhileAClaimIsUnderWay("SCHEDULE", [&] { EXPECT_TRUE(Change(NewConfig()).ok()); });
  EXPECT_EQ(Int("SELECT count(*) FROM syncline.live WHERE fence IS NULL AND wait_reason = "
                "'CONFIG_CHANGED'"),
            1);
}

TEST_F(IntegrationChangesTest, ARunMadeWhileADeletionWaitsForTheLockIsClosedToo) {
  WhileAClaimIsUnderWay("MANUAL", [&] { EXPECT_TRUE(store_.Delete({"", id_}, 0).ok()); });
  EXPECT_EQ(Int("SELECT count(*) FROM syncline.live"), 0);
  EXPECT_EQ(Int("SELECT count(*) FROM syncline.sync_history WHERE error_class = 'CANCELLED'"
                " AND closing_fence IS NOT NULL AND trigger = 'MANUAL'"),
            1);
}

TEST_F(IntegrationChangesTest, ARunMadeWhileADisablingWaitsForTheLockIsClosedToo) {
  WhileAClaimIsUnderWay("SCHEDULE", [&] { EXPECT_TRUE(Change(Enabled(false)).ok()); });
  EXPECT_EQ(Int("SELECT count(*) FROM syncline.live"), 0);
  EXPECT_EQ(Int("SELECT count(*) FROM syncline.sync_history WHERE error_class = 'CANCELLED'"), 1);
}

TEST_F(IntegrationChangesTest, CredentialsStoredWhileAConfigWaitsForTheLockAreSeenByItsCheck) {
  const auto other = testing::OpenOrDie(url_);
  testing::QueryOrDie(*other, "BEGIN");
  testing::QueryOrDie(
      *other, "SELECT FROM syncline.integrations WHERE id = '" + id_ + "' FOR NO KEY UPDATE");
  std::vector<std::string> seen;
  std::thread changer([&] {
    IntegrationChange change = NewConfig();
    change.check = [&](const IntegrationDraft& draft) {
      seen = draft.credential_names;
      return absl::OkStatus();
    };
    EXPECT_TRUE(Change(change).ok());
  });
  AwaitLockWait();
  testing::QueryOrDie(*other,
                      "INSERT INTO syncline.credentials VALUES ('" + id_ + "', 'token', '\\x01')");
  testing::QueryOrDie(*other, "COMMIT");
  changer.join();
  EXPECT_THAT(seen, ::testing::ElementsAre("token"));
}

TEST_F(IntegrationChangesTest, ADeletionCountsThePageThatItWaitedFor) {
  const ClaimedRun run = StartRun();
  const auto page = testing::OpenOrDie(url_);
  testing::QueryOrDie(*page, "BEGIN");
  testing::QueryOrDie(
      *page, "UPDATE syncline.live SET pages = 3, fetched = 30, created = 25 WHERE fence = '" +
                 run.fence + "'");
  std::thread deleter([&] { EXPECT_TRUE(store_.Delete({"", id_}, 0).ok()); });
  AwaitLockWait();
  testing::QueryOrDie(*page, "COMMIT");
  deleter.join();
  EXPECT_EQ(Int("SELECT count(*) FROM syncline.sync_history WHERE fetched = 30 AND created = 25 "
                "AND duration_ms >= 2000"
                " AND closing_fence = '" +
                run.fence + "'"),
            1);
  EXPECT_EQ(runs_.LookUp({Ref(run)})->at(run.fence).ended_status, "FAILED");
}

TEST_F(IntegrationChangesTest, ADeletionClosesRunAndFollowUpAndErasesCredentials) {
  Query("INSERT INTO syncline.credentials VALUES ('" + id_ + "', 'token', '\\x01')");
  InsertLive(*db_, "trigger, follow_up_id, follow_up_at",
             "'MANUAL', gen_random_uuid(), clock_timestamp()");
  const std::string follow_up = Text("SELECT follow_up_id FROM syncline.live");
  ASSERT_TRUE(store_.Delete({"", id_}, 0).ok());
  EXPECT_EQ(Int("SELECT count(*) FROM syncline.sync_history WHERE status = 'FAILED' AND "
                "error_class = 'CANCELLED'"),
            2);
  EXPECT_EQ(Int("SELECT count(*) FROM syncline.sync_history WHERE run_id = '" + follow_up +
                "' AND trigger = 'MANUAL'"),
            1);
  EXPECT_EQ(Int("SELECT count(*) FROM syncline.credentials"), 0);
  EXPECT_EQ(ReasonOf(store_.Get({"", id_}).status()), "INTEGRATION_NOT_FOUND");
  EXPECT_EQ(ReasonOf(store_.Delete({"", id_}, 0)), "INTEGRATION_NOT_FOUND");
  EXPECT_EQ(ReasonOf(Change(NewConfig()).status()), "INTEGRATION_NOT_FOUND");
}

TEST_F(IntegrationChangesTest, OfTwoChangesFromTheSameVersionOneIsRefused) {
  std::vector<absl::Status> results(8);
  std::vector<std::thread> threads;
  for (absl::Status& result : results) {
    threads.emplace_back([&] {
      IntegrationChange change;
      change.name = "b";
      change.version = 1;
      result = Change(change).status();
    });
  }
  for (std::thread& thread : threads) thread.join();
  int accepted = 0;
  for (const absl::Status& result : results) {
    accepted += result.ok() ? 1 : 0;
    EXPECT_TRUE(result.ok() || ReasonOf(result) == "VERSION_MISMATCH") << result;
  }
  EXPECT_EQ(accepted, 1);
  EXPECT_EQ(Int("SELECT version FROM syncline.integrations"), 2);
}

TEST_F(IntegrationChangesTest, DisablingClosesOnlyWhatNobodyAskedForAndDoesNotRunYet) {
  const struct {
    const char* row;
    const char* values;
    bool closed;
  } kCases[] = {
      {"scheduled, waits", "'SCHEDULE', 'PENDING', NULL, NULL, NULL, NULL, false", true},
      {"retry, waits", "'RETRY', 'PENDING', NULL, NULL, NULL, NULL, false", true},
      {"retry, on its way", "'RETRY', 'CLAIMED', gen_random_uuid(), now(), NULL, NULL, false",
       true},
      {"scheduled, parked", "'SCHEDULE', 'PENDING', NULL, NULL, now(), NULL, false", true},
      {"scheduled, running", "'SCHEDULE', 'RUNNING', gen_random_uuid(), now(), now(), now(), false",
       false},
      {"manual, waits", "'MANUAL', 'PENDING', NULL, NULL, NULL, NULL, false", false},
      {"scheduled, joined by hand", "'SCHEDULE', 'PENDING', NULL, NULL, NULL, NULL, true", false},
  };
  for (const auto& c : kCases) {
    ASSERT_TRUE(Change(Enabled(true)).ok());
    Query("DELETE FROM syncline.live");
    Query("DELETE FROM syncline.sync_history");
    InsertLive(*db_,
               "trigger, state, fence, lease_expires_at, started_at, running_since, manual_joined",
               c.values);
    const std::string closed_log = Text("SELECT log_id FROM syncline.live");
    const auto disabled = Change(Enabled(false));
    ASSERT_TRUE(disabled.ok()) << disabled.status();
    EXPECT_EQ(Int("SELECT count(*) FROM syncline.live"), c.closed ? 0 : 1) << c.row;
    EXPECT_EQ(Int("SELECT count(*) FROM syncline.sync_history WHERE error_class = 'CANCELLED'"),
              c.closed ? 1 : 0)
        << c.row;
    EXPECT_EQ(disabled->active_sync.has_value(), !c.closed) << c.row;
    EXPECT_EQ(disabled->last_sync && disabled->last_sync->log_id == closed_log, c.closed) << c.row;
    EXPECT_EQ(disabled->next_sync_at, std::nullopt) << c.row;
  }
}

TEST_F(IntegrationChangesTest, EnablingForgetsMissedTicksReasonAndFailures) {
  Query(
      "UPDATE syncline.integrations SET sync_enabled = false, disabled_reason = 'failed 4 times', "
      "retry_count = 4,"
      " blocked_reason = 'x', next_sync_at = now() - interval '1 day'");
  const auto enabled = Change(Enabled(true));
  ASSERT_TRUE(enabled.ok()) << enabled.status();
  EXPECT_EQ(enabled->disabled_reason, "");
  EXPECT_EQ(enabled->retry_count, 0);
  EXPECT_EQ(enabled->blocked_reason, "x");  // until a config change or a manual trigger
  EXPECT_EQ(Int("SELECT count(*) FROM syncline.integrations WHERE next_sync_at > clock_timestamp()"
                " AND mod(extract(epoch FROM next_sync_at - grid_anchor), 300) = 0"),
            1);
  Query("UPDATE syncline.integrations SET retry_count = 2");
  EXPECT_EQ(Change(Enabled(true))->retry_count, 2);  // it was on already
  EXPECT_EQ(Change(NewConfig())->blocked_reason, "");
}

TEST_F(IntegrationChangesTest, ANewIntervalBeginsANewGridAndTheSameOneDoesNot) {
  const std::string anchor = Text("SELECT grid_anchor FROM syncline.integrations");
  IntegrationChange change;
  change.settings.interval = absl::Seconds(300);
  ASSERT_TRUE(Change(change).ok());
  EXPECT_EQ(Text("SELECT grid_anchor FROM syncline.integrations"), anchor);
  change.settings.interval = absl::Seconds(86400);
  ASSERT_TRUE(Change(change).ok());
  EXPECT_EQ(Int("SELECT count(*) FROM syncline.integrations WHERE sync_interval = 86400"
                " AND grid_anchor = updated_at + syncline.grid_shift(id, 86400)"
                " AND next_sync_at = syncline.next_tick(grid_anchor, 86400, updated_at)"
                " AND next_sync_at > updated_at"),
            1);
  change.settings.interval = std::optional<absl::Duration>();
  const auto manual = Change(change);
  ASSERT_TRUE(manual.ok()) << manual.status();
  EXPECT_EQ(manual->settings.interval, std::nullopt);
  EXPECT_EQ(manual->next_sync_at, std::nullopt);
}

}  // namespace
}  // namespace syncline::scheduler
