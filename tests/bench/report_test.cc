#include "tests/bench/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace syncline::bench {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Series Rate(const std::string& name, std::vector<double> values, std::string reference = "") {
  return {.part = "control",
          .name = name,
          .unit = "cycles/s",
          .more_is_better = true,
          .values = std::move(values),
          .reference = std::move(reference)};
}

TEST(MedianTest, IsTheMiddleValue) {
  EXPECT_EQ(Median({}), 0);
  EXPECT_EQ(Median({3, 1, 2}), 2);
  EXPECT_EQ(Median({4, 1, 2, 3}), 2.5);
}

TEST(QuantileTest, IsTheNearestRank) {
  EXPECT_EQ(Quantile({}, 0.5), 0);
  EXPECT_EQ(Quantile({1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 0.99), 10);
  EXPECT_EQ(Quantile({1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 0.5), 5);
}

TEST(ReportTest, ComparesWithTheReferencesOfTheSameRun) {
  Report report;
  report.Add(Rate("ceiling", {20'000, 24'000, 28'000}));
  Series ours = Rate("syncline", {12'000, 18'000, 15'000}, "ceiling");
  ours.more_references = {"absent"};
  report.Add(ours);
  EXPECT_THAT(report.Table(), HasSubstr("0.625x ceiling, ? absent"));
}

TEST(ReportTest, SaysWhichGoalsAreMet) {
  Report report;
  report.Add(Rate("one", {10, 20, 30}));
  report.Add(Rate("two", {24, 25, 26}));
  EXPECT_EQ(report.Ratio("control", "two", "one"), 1.25);
  EXPECT_EQ(report.Ratio("control", "two", "absent"), 0);
  report.Goal("control", "cost", 1.25, 1.3);
  report.Goal("control", "memory", 200, 150);
  EXPECT_EQ(report.Goals(),
            "goal: control: cost: 1.250, at most 1.300: met\n"
            "goal: control: memory: 200.0, at most 150.0: missed\n");
  EXPECT_THAT(report.ToJson(), HasSubstr(R"("what": "memory")"));
}

TEST(ReportTest, AddsValuesToOneSeries) {
  Report report;
  report.AddValue(Rate("a", {}), 1);
  report.AddValue(Rate("b", {}), 5);
  report.AddValue(Rate("a", {}), 2);
  ASSERT_EQ(report.series().size(), 2u);
  EXPECT_EQ(report.series()[0].values, (std::vector<double>{1, 2}));
}

TEST(ReportTest, ReadsWhatItWrote) {
  Report report;
  report.Add(Rate("ceiling", {1.5, 2.5}));
  const auto again = Report::FromJson(report.ToJson());
  ASSERT_TRUE(again.ok());
  ASSERT_EQ(again->series().size(), 1u);
  EXPECT_EQ(again->series()[0].values, (std::vector<double>{1.5, 2.5}));
  EXPECT_EQ(again->series()[0].unit, "cycles/s");
}

TEST(ReportTest, RefusesWhatIsNoReport) {
  for (const char* text :
       {"", "[]", "{}", R"({"series":[{}]})", R"({"series":[{"values":["a"]}]})"})
    EXPECT_FALSE(Report::FromJson(text).ok()) << text;
}

TEST(ReportTest, CallsAChangeOnlyWhatLeavesTheSpread) {
  Report before;
  before.Add(Rate("steady", {10, 12, 14}));
  before.Add(Rate("faster", {10, 11, 12}));
  Report now;
  now.Add(Rate("steady", {13, 15, 16}));
  now.Add(Rate("faster", {20, 21, 22}));
  now.Add(Rate("new", {1}));
  const std::string text = now.Against(before);
  EXPECT_THAT(text, HasSubstr("within the spread"));
  EXPECT_THAT(text, HasSubstr("better"));
  EXPECT_THAT(text, Not(HasSubstr("new")));
}

}  // namespace
}  // namespace syncline::bench
