#include "tests/support/sample_api/record_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace syncline::sample_api {
namespace {

using nlohmann::json;

constexpr char kSubdivisions[] = "/usr/share/iso-codes/json/iso_3166-2.json";

class RecordListTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(list_.Load(kSubdivisions, "3166-2", now_).ok()); }

  std::vector<RecordPtr> All() const { return list_.After({}, absl::InfinitePast(), 1'000'000); }

  const absl::Time now_ = absl::FromUnixSeconds(1'750'000'000);
  RecordList list_{"code", /*timed=*/true};
};

TEST_F(RecordListTest, TimesArePastWithinAYearAndOrdered) {
  const auto all = All();
  ASSERT_EQ(all.size(), list_.size());
  for (size_t i = 0; i < all.size(); ++i) {
    EXPECT_LT(all[i]->updated_at, now_);
    EXPECT_GE(all[i]->updated_at, now_ - absl::Hours(24 * 366));
    if (i > 0) {
      EXPECT_LE(all[i - 1]->updated_at, all[i]->updated_at);
    }
    EXPECT_EQ(json::parse(all[i]->text)["updated_at"], FormatTimestamp(all[i]->updated_at));
  }
}

TEST_F(RecordListTest, ALaterStartGivesTheSameTimesButForAnniversaries) {
  RecordList later("code", /*timed=*/true);
  ASSERT_TRUE(later.Load(kSubdivisions, "3166-2", now_ + absl::Hours(24)).ok());
  size_t moved = 0;
  const auto before = list_.Slice(0, list_.size());
  const auto after = later.Slice(0, later.size());
  for (size_t i = 0; i < before.size(); ++i) moved += before[i]->text != after[i]->text ? 1 : 0;
  EXPECT_GT(moved, 0U);
  EXPECT_LT(moved, 60U);  // a day of 365, of 5,127
}

TEST_F(RecordListTest, PagesByPositionCoverEverythingOnce) {
  std::vector<RecordPtr> seen;
  std::optional<Position> after;
  while (true) {
    const auto page = list_.After(after, absl::InfinitePast(), 97);
    if (page.empty()) break;
    seen.insert(seen.end(), page.begin(), page.end());
    after = Position{page.back()->updated_at, page.back()->key};
  }
  EXPECT_EQ(seen, All());
}

TEST_F(RecordListTest, SinceIsInclusive) {
  const auto all = All();
  const auto from_there = list_.After({}, all[100]->updated_at, 1'000'000);
  ASSERT_FALSE(from_there.empty());
  EXPECT_EQ(from_there.front()->updated_at, all[100]->updated_at);
  EXPECT_GE(from_there.size(), all.size() - 100);
}

TEST_F(RecordListTest, ChangesMoveARecordToTheEndAndResetPutsItBack) {
  const auto before = All();
  const std::string first = before.front()->key;
  ASSERT_TRUE(list_.Merge(first, {{"name", "Changed"}}, now_).ok());
  ASSERT_TRUE(list_.Add("ZZ-01", {{"name", "New"}}, now_ + absl::Seconds(1)).ok());
  ASSERT_TRUE(list_.Remove(before[1]->key).ok());

  const auto after = All();
  ASSERT_EQ(after.size(), before.size());
  EXPECT_EQ(after[after.size() - 2]->key, first);
  EXPECT_EQ(json::parse(after[after.size() - 2]->text)["name"], "Changed");
  EXPECT_EQ(json::parse(after.back()->text)["code"], "ZZ-01");
  EXPECT_EQ(after.front()->key, before[2]->key);

  list_.Reset();
  EXPECT_EQ(All(), before);
}

TEST_F(RecordListTest, RefusesWhatCannotBe) {
  EXPECT_TRUE(absl::IsNotFound(list_.Remove("nowhere")));
  EXPECT_TRUE(absl::IsNotFound(list_.Merge("nowhere", json::object(), now_)));
  EXPECT_TRUE(absl::IsAlreadyExists(list_.Add(All().front()->key, json::object(), now_)));
  EXPECT_TRUE(absl::IsInvalidArgument(list_.Add("ZZ-02", json::array(), now_)));
  EXPECT_TRUE(absl::IsNotFound(list_.Load("/nonexistent.json", "3166-2", now_)));
}

}  // namespace
}  // namespace syncline::sample_api
