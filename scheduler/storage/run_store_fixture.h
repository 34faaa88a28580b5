// The stores of the scheduler on a fresh database, for storage tests.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "common/base/ids.h"
#include "scheduler/storage/run_store.h"
#include "scheduler/storage/slots_fixture.h"
#include "scheduler/storage/trigger_store.h"
#include "tests/support/test_cluster.h"

namespace syncline::scheduler {

class RunStoreTest : public ::testing::Test {
 protected:
  RunStoreTest()
      : url_(testing::TestCluster::Get().NewDatabase()),
        db_(testing::OpenOrDie(url_)),
        pool_(Options(), 8),
        store_(&pool_),
        triggers_(&pool_) {}

  postgres::ConnectionOptions Options() const {
    postgres::ConnectionOptions options;
    options.url = url_;
    return options;
  }

  // A due integration with an interval of 300 s; its id.
  std::string AddIntegration(const std::string& name, const std::string& more = "") {
    return testing::QueryOrDie(
               *db_,
               "INSERT INTO syncline.integrations (name, type, sync_interval, next_sync_at, "
               "grid_anchor" +
                   std::string(more.empty() ? "" : ", " + more.substr(0, more.find('='))) +
                   ") VALUES ('" + name + "', 'REST', 300, now(), now() - interval '10 s'" +
                   (more.empty() ? "" : ", " + more.substr(more.find('=') + 1)) +
                   ") RETURNING id")[0]
        .String("id");
  }

  std::vector<ClaimedRun> Claim(int slots) {
    auto runs = store_.Claim(SlotsOf(process_, static_cast<std::size_t>(slots)), {"REST"},
                             absl::Seconds(10));
    EXPECT_TRUE(runs.ok()) << runs.status();
    return runs.ok() ? *runs : std::vector<ClaimedRun>{};
  }

  static RunRef Ref(const ClaimedRun& run) { return {run.integration_id, run.log_id, run.fence}; }

  // As the executor's pages would.
  void CommitPages(const ClaimedRun& run, int pages, bool complete) {
    testing::QueryOrDie(
        *db_, "UPDATE syncline.live SET page_seq = page_seq + " + std::to_string(pages) +
                  ", pages = pages + " + std::to_string(pages) +
                  ", fetched = fetched + 10, created = created + 7, unchanged = unchanged + 3" +
                  ", complete = " + (complete ? "true" : "false") +
                  ", change_no = change_no + 1 WHERE fence = '" + run.fence + "'");
  }

  FinishEvent Success(const ClaimedRun& run, std::int64_t page_seq) {
    FinishEvent event;
    event.run = Ref(run);
    event.success = true;
    event.page_seq = page_seq;
    return event;
  }

  FinishEvent Failure(const ClaimedRun& run, FinishDecision decision,
                      std::int64_t settings_version = 1) {
    FinishEvent event;
    event.run = Ref(run);
    event.error_class = "TRANSIENT";
    event.error_message = "no";
    event.http_status = 500;
    event.decision = std::move(decision);
    event.settings_version = settings_version;
    return event;
  }

  FinishOutcome Finish(const FinishEvent& event) {
    const auto outcomes = store_.Finish({&event, 1});
    EXPECT_TRUE(outcomes.ok()) << outcomes.status();
    return outcomes.ok() ? outcomes->at(0).outcome : FinishOutcome::kNoSuchFence;
  }

  std::string url_;
  std::unique_ptr<postgres::Connection> db_;
  postgres::Pool pool_;
  RunStore store_;
  TriggerStore triggers_;
  const std::string process_ = NewRandomUuid();
};

}  // namespace syncline::scheduler
