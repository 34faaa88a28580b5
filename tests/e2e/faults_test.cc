// Processes that die or leave: their runs go on elsewhere, nothing is lost, doubled or charged to
// the integration.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "tests/e2e/stack.h"

namespace syncline::testing {
namespace {

constexpr int kRuns = 20;

std::string Config(int tag) {
  return R"({"streams": [{"name": "languages", "path": "/languages", "query": {"tag": "t)" +
         std::to_string(tag) +
         R"("}, "records": "/data", "key": ["/alpha_3"],
            "pagination": {"kind": "page", "sizeParam": "per_page", "size": 2000, "totalPages": "/totalPages"}}]})";
}

// Twenty runs of which each is held in the middle of its third page, with two committed.
std::vector<std::string> HoldRunsInMidPage(Stack& stack) {
  stack.Admin("POST", "/gates", R"({"path": "/languages", "match": {"page": "3"}})");
  std::vector<std::string> ids;
  for (int i = 0; i < kRuns; ++i)
    ids.push_back(stack.Create("n" + std::to_string(i), Config(i), kFarAway));
  AwaitOrDie("all runs in mid-page", [&] {
    return nlohmann::json::parse(stack.Admin("GET", "/gates")).at("waiting") == kRuns &&
           QueryInt(stack.db(), "SELECT count(*) FROM syncline.live WHERE page_seq = 2") == kRuns;
  });
  return ids;
}

void ExpectAllComplete(Stack& stack, const std::vector<std::string>& ids, int takeovers) {
  const auto expected = IsoRecords("iso_639-3.json", "639-3", "alpha_3");
  for (const std::string& id : ids) {
    const v1::SyncLog log = stack.AwaitLogs(id, 1);
    EXPECT_EQ(log.status(), v1::SUCCESS) << log.error_message();
    EXPECT_EQ(log.attempt(), 1);
    EXPECT_EQ(log.counts().takeovers(), takeovers);
    EXPECT_EQ(log.counts().created(), static_cast<std::int64_t>(expected.size()));
    EXPECT_EQ(stack.Records(id, "languages"), expected);
  }
  EXPECT_EQ(QueryInt(stack.db(), "SELECT count(*) FROM syncline.sync_history"), kRuns);
  EXPECT_EQ(
      QueryInt(
          stack.db(),
          "SELECT count(*) FROM syncline.integrations WHERE retry_count > 0 OR NOT sync_enabled"),
      0);
  // At most one page of each was read twice.
  std::map<std::string, int> requests;
  const nlohmann::json ledger =
      nlohmann::json::parse(stack.Admin("GET", "/requests?path=/languages"));
  for (const auto& request : ledger) {
    ++requests[request.at("query").dump()];
  }
  std::map<std::string, int> read_again;
  for (const auto& [query, count] : requests) {
    EXPECT_LE(count, 2) << query;
    if (count > 1) ++read_again[query.substr(query.find("tag"))];
  }
  EXPECT_LE(read_again.size(), static_cast<std::size_t>(kRuns));
}

TEST(Faults, AKilledExecutorsRunsGoOnElsewhereWithinTheLeaseAndTwoSeconds) {
  Stack stack({.schedulers = 1, .executors = 1, .slots = 64, .lease = "3s"});
  const std::vector<std::string> ids = HoldRunsInMidPage(stack);
  const std::int64_t first_pages = QueryInt(stack.db(), "SELECT min(page_seq) FROM syncline.live");
  EXPECT_EQ(first_pages, 2);
  stack.AwaitReady(stack.StartExecutor());
  stack.executors()[0]->process.Kill();
  const absl::Time killed = absl::Now();
  AwaitOrDie("all runs RUNNING on the other executor", [&] {
    return QueryInt(stack.db(),
                    "SELECT count(*) FROM syncline.live WHERE state = 'RUNNING' AND executor = "
                    "'executor-2'") == kRuns;
  });
  const absl::Duration took = absl::Now() - killed;
  RecordProperty("takeover_ms", static_cast<int>(absl::ToInt64Milliseconds(took)));
  std::printf("all %d runs were RUNNING elsewhere %.2f s after the kill (lease 3 s)\n", kRuns,
              absl::ToDoubleSeconds(took));
  EXPECT_LE(took, absl::Seconds(5));
  stack.Admin("POST", "/gates/release");
  ExpectAllComplete(stack, ids, 1);
}

TEST(Faults, ADrainedExecutorReturnsItsRunsWithoutALoss) {
  Stack stack({.schedulers = 1, .executors = 1, .slots = 64, .lease = "30s"});
  const std::vector<std::string> ids = HoldRunsInMidPage(stack);
  stack.AwaitReady(stack.StartExecutor());
  stack.executors()[0]->process.Signal(SIGTERM);
  EXPECT_EQ(stack.executors()[0]->process.Wait(absl::Seconds(20)), 0);
  stack.Admin("POST", "/gates/release");
  ExpectAllComplete(stack, ids, 0);
}

TEST(Faults, AKilledSchedulerIsMissedByNobody) {
  Stack stack({.schedulers = 1, .executors = 1, .slots = 64, .lease = "10s"});
  const std::vector<std::string> ids = HoldRunsInMidPage(stack);
  stack.schedulers()[0]->process.Kill();
  stack.Admin("POST", "/gates/release");
  AwaitOrDie("pages to go on without a scheduler", [&] {
    return QueryInt(stack.db(), "SELECT count(*) FROM syncline.live WHERE complete") == kRuns;
  });
  stack.Restart(*stack.schedulers()[0]);
  ExpectAllComplete(stack, ids, 0);
}

}  // namespace
}  // namespace syncline::testing
