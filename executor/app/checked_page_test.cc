#include "executor/app/checked_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace syncline::executor {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Page PageOf(const std::vector<std::string>& records) {
  Page page;
  for (const std::string& data : records) page.records.push_back({.key = "k", .data = data});
  page.fetched = static_cast<std::int64_t>(records.size());
  return page;
}

TEST(CheckedPage, ShowsTheFirstTenRecordsAndCountsAll) {
  std::vector<std::string> records;
  records.reserve(25);
  for (int i = 0; i < 25; ++i) records.push_back(std::to_string(i));
  Page page = PageOf(records);
  page.fetched = 26;
  page.duplicates = 1;
  const CheckedPage shown = ShowPage(page, 200, {});
  EXPECT_THAT(shown.records, ElementsAre("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"));
  EXPECT_EQ(shown.fetched, 26);
  EXPECT_EQ(shown.rejected, 0);
  EXPECT_EQ(shown.http_status, 200);
  EXPECT_EQ(shown.error_class + shown.error_message, "");
}

TEST(CheckedPage, StopsBeforeTheRecordsTogetherAreTooLarge) {
  const std::string half(kMostCheckedBytes / 2, 'x');
  EXPECT_THAT(ShowPage(PageOf({half, half}), 200, {}).records, SizeIs(2));
  EXPECT_THAT(ShowPage(PageOf({half, half, "1"}), 200, {}).records, SizeIs(2));
  EXPECT_THAT(ShowPage(PageOf({half, half + "x"}), 200, {}).records, SizeIs(1));
  const CheckedPage huge = ShowPage(PageOf({half + half + "x"}), 200, {});
  EXPECT_THAT(huge.records, IsEmpty());
  EXPECT_EQ(huge.fetched, 1);
  EXPECT_EQ(huge.error_class, "");
}

TEST(CheckedPage, ARecordThatHoldsACredentialIsNotShown) {
  const Credentials credentials = {{"token", "CANARY/1\"x"}, {"user", "me"}};
  const Page page = PageOf({R"({"echo":"CANARY/1\"x"})", R"({"url":"/?k=CANARY%2F1%22x"})",
                            R"({"name":"somebody like me"})"});
  EXPECT_THAT(ShowPage(page, 200, credentials).records,
              ElementsAre(R"({"name":"somebody like me"})"))
      << "values of two letters are in every text";
}

TEST(CheckedPage, ARejectedRecordIsDataWithItsReason) {
  Page page = PageOf({"{}"});
  page.fetched = 3;
  page.rejected = 2;
  page.reject_reasons = {"record 1: has no key: /id is missing", "record 2: is null"};
  const CheckedPage shown = ShowPage(page, 200, {{"t", "CANARY"}});
  EXPECT_EQ(shown.error_class, "DATA");
  EXPECT_EQ(shown.error_message,
            "a record would be rejected: record 1: has no key: /id is missing");
  EXPECT_THAT(shown.records, SizeIs(1));
  EXPECT_EQ(shown.rejected, 2);
  page.reject_reasons = {"record 0: key \"CANARY\": holds NUL"};
  EXPECT_EQ(ShowPage(page, 200, {{"t", "CANARY"}}).error_message, "a record would be rejected");
}

TEST(CheckedPage, AnErrorKeepsItsClassWordsAndStatus) {
  const CheckedPage shown = ShowError({ErrorClass::kAuth, "refused", 401, std::nullopt});
  EXPECT_EQ(shown.error_class, "AUTH");
  EXPECT_EQ(shown.error_message, "refused");
  EXPECT_EQ(shown.http_status, 401);
}

}  // namespace
}  // namespace syncline::executor
