#include "tests/e2e/language_runs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "tests/e2e/run_checks.h"

namespace syncline::testing {
namespace {

constexpr int kPages = 4;

}  // namespace

std::vector<std::string> CreateLanguageRuns(Stack& stack, int count) {
  std::vector<std::string> ids;
  ids.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    ids.push_back(stack.Create(fmt::format("n{}", i),
                               fmt::format(R"({{"streams": [{{
        "name": "languages", "path": "/languages", "query": {{"tag": "t{}"}}, "records": "/data",
        "key": ["/alpha_3"], "pagination": {{"kind": "page", "sizeParam": "per_page", "size": 2000,
        "totalPages": "/totalPages"}}}}]}})",
                                           i),
                               kFarAway));
  }
  return ids;
}

void ExpectUnharmed(Stack& stack, const std::vector<std::string>& ids, int takeovers) {
  const auto expected = IsoRecords("iso_639-3.json", "639-3", "alpha_3");
  for (const std::string& id : ids) {
    const v1::SyncLog log = stack.AwaitLogs(id, 1);
    EXPECT_EQ(log.status(), v1::SUCCESS) << log.error_message();
    EXPECT_LE(log.counts().takeovers(), takeovers);
    EXPECT_EQ(log.counts().pages(), kPages);
    EXPECT_EQ(log.counts().created(), static_cast<std::int64_t>(expected.size()));
  }
  AwaitOrDie("every run to have ended",
             [&] { return QueryInt(stack.db(), "SELECT count(*) FROM syncline.live") == 0; });
  EXPECT_THAT(BrokenPromises(stack.db()), ::testing::IsEmpty());
  EXPECT_EQ(stack.Records(ids.at(0), "languages"), expected);
  std::map<std::string, int> requests;
  const auto ledger = nlohmann::json::parse(stack.Admin("GET", "/requests?path=/languages"));
  for (const auto& request : ledger) ++requests[request.at("query").get<std::string>()];
  std::map<std::string, int> again;  // by integration
  for (const auto& [query, count] : requests) again[query.substr(query.find("tag="))] += count - 1;
  for (const auto& [tag, count] : again) EXPECT_LE(count, 1) << tag << " was read again";
}

}  // namespace syncline::testing
