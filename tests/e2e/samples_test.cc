// The main job on real input: the samples of ./dev up, compared with the installed ISO files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/e2e/stack.h"

namespace syncline::testing {
namespace {

using Records = std::map<std::string, std::string>;

// Subdivisions carry an updated_at of the sample API beside the file's members.
Records WithoutUpdatedAt(const Records& records) {
  Records without;
  for (const auto& [key, text] : records) {
    nlohmann::json json = nlohmann::json::parse(text);
    json.erase("updated_at");
    without[key] = json.dump();
  }
  return without;
}

void MakeDue(Stack& stack, const std::string& id) {
  QueryOrDie(stack.db(),
             "UPDATE syncline.integrations SET next_sync_at = now() WHERE id = '" + id + "'");
  QueryOrDie(stack.db(), "SELECT pg_notify('syncline_hints', 'test')");
}

class SamplesTest : public ::testing::Test {
 protected:
  // What the first, scheduled run must bring: every record of the file, once.
  std::string FirstRun(const std::string& sample, const Records& expected) {
    const std::string id = stack_.CreateSample(sample);
    const v1::SyncLog log = stack_.AwaitLogs(id, 1);
    EXPECT_EQ(log.status(), v1::SUCCESS) << log.error_message();
    EXPECT_EQ(log.trigger(), v1::SyncLog::SCHEDULE);
    EXPECT_EQ(log.counts().created(), static_cast<std::int64_t>(expected.size()));
    EXPECT_EQ(log.counts().fetched(), log.counts().created());
    return id;
  }

  Stack stack_;
};

TEST_F(SamplesTest, LanguagesByPagesAreExactlyTheFileAndThenUnchanged) {
  const Records expected = IsoRecords("iso_639-3.json", "639-3", "alpha_3");
  const std::string id = FirstRun("languages", expected);
  EXPECT_EQ(stack_.Records(id, "languages"), expected);
  MakeDue(stack_, id);
  const v1::SyncLog again = stack_.AwaitLogs(id, 2);
  EXPECT_EQ(again.status(), v1::SUCCESS) << again.error_message();
  EXPECT_EQ(again.trigger(), v1::SyncLog::SCHEDULE);
  EXPECT_EQ(again.counts().unchanged(), static_cast<std::int64_t>(expected.size()));
  EXPECT_EQ(again.counts().created() + again.counts().updated() + again.counts().deleted(), 0);
}

TEST_F(SamplesTest, SubdivisionsByCursorAreTheFileAndThenOnlyTheLagWindow) {
  const Records expected = IsoRecords("iso_3166-2.json", "3166-2", "code");
  const std::string id = FirstRun("subdivisions", expected);
  EXPECT_EQ(WithoutUpdatedAt(stack_.Records(id, "subdivisions")), expected);
  MakeDue(stack_, id);
  const v1::SyncLog again = stack_.AwaitLogs(id, 2);
  EXPECT_EQ(again.status(), v1::SUCCESS) << again.error_message();
  EXPECT_EQ(again.counts().created(), 0);
  EXPECT_GE(again.counts().unchanged(),
            1);  // the newest record, at least, lies in its own lag window
  EXPECT_LT(again.counts().fetched(), 100);  // 60 s of a year of 5,127
}

TEST_F(SamplesTest, CountriesByLinkHeaderNeedTheKeyAndAreExactlyTheFile) {
  const Records expected = IsoRecords("iso_3166-1.json", "3166-1", "alpha_2");
  const std::string id = FirstRun("countries", expected);
  EXPECT_EQ(stack_.Records(id, "countries"), expected);
  EXPECT_EQ(stack_.SyncNow(id).counts().unchanged(), static_cast<std::int64_t>(expected.size()));

  stack_.Admin("PUT", "/countries/AW", R"({"name": "Aruba, renamed"})");
  stack_.Admin("POST", "/countries/ZZ",
               R"({"alpha_2": "ZZ", "alpha_3": "ZZZ", "name": "Nowhere", "numeric": "999"})");
  stack_.Admin("DELETE", "/countries/DE");
  const v1::SyncLog log = stack_.SyncNow(id);
  EXPECT_EQ(log.status(), v1::SUCCESS) << log.error_message();
  EXPECT_EQ(log.counts().updated(), 1);
  EXPECT_EQ(log.counts().created(), 1);
  EXPECT_EQ(log.counts().deleted(), 1);
  EXPECT_EQ(log.counts().unchanged(), static_cast<std::int64_t>(expected.size()) - 2);
  const Records now = stack_.Records(id, "countries");
  EXPECT_EQ(now.size(), expected.size());
  EXPECT_EQ(nlohmann::json::parse(now.at("AW")).at("name"), "Aruba, renamed");
  EXPECT_FALSE(now.contains("DE"));

  // The change feed tells the same three changes.
  v1::ListRecordsRequest request;
  request.set_integration_id(id);
  request.set_changed_after(
      QueryInt(stack_.db(),
               "SELECT max(change_no) FROM syncline.records WHERE key NOT IN ('AW', 'ZZ', 'DE')"));
  grpc::ClientContext context;
  v1::ListRecordsResponse changes;
  ASSERT_TRUE(stack_.syncs().ListRecords(&context, request, &changes).ok());
  std::map<std::string, bool> deleted;
  for (const v1::Record& record : changes.records()) deleted[record.key()] = record.deleted();
  EXPECT_EQ(deleted, (std::map<std::string, bool>{{"AW", false}, {"DE", true}, {"ZZ", false}}));
}

TEST_F(SamplesTest, ARecordMissingFromPagesIsDeletedAfterTheSecondPass) {
  const std::string id = stack_.CreateSample("languages");
  stack_.AwaitLogs(id, 1);
  stack_.Admin("DELETE", "/languages/deu");
  EXPECT_EQ(stack_.SyncNow(id).counts().deleted(),
            0);  // under pages a record may have slipped between two of them
  EXPECT_EQ(stack_.SyncNow(id).counts().deleted(), 1);
  EXPECT_FALSE(stack_.Records(id, "languages").contains("deu"));
}

}  // namespace
}  // namespace syncline::testing
