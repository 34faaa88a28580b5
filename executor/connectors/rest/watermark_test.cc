#include "executor/connectors/rest/watermark.h"

#include <gtest/gtest.h>

#include <vector>

namespace syncline::executor {
namespace {

TEST(Watermark, FindsTheNewestValueInAnyOrder) {
  const struct {
    const char* name;
    std::vector<const char*> values;
    const char* newest;
    ValueOrder order;
  } cases[] = {
      {"times",
       {"2024-01-02T00:00:00Z", "2024-01-03T00:00:00Z", "2024-01-01T00:00:00Z"},
       "2024-01-03T00:00:00Z",
       ValueOrder::kTime},
      {"zones",
       {"2024-01-01T12:00:00+02:00", "2024-01-01T11:00:00Z"},
       "2024-01-01T11:00:00Z",
       ValueOrder::kTime},
      {"fractions",
       {"2024-01-01T00:00:00.9Z", "2024-01-01T00:00:00.10Z"},
       "2024-01-01T00:00:00.9Z",
       ValueOrder::kTime},
      {"dates", {"2024-02-01", "2024-10-01", "2024-09-30"}, "2024-10-01", ValueOrder::kTime},
      {"integers", {"9", "10", "-3"}, "10", ValueOrder::kNumber},
      {"large_integers",
       {"9007199254740993", "9007199254740992"},
       "9007199254740993",
       ValueOrder::kNumber},
      {"fractional_numbers", {"1.5", "1e1", "9.99"}, "1e1", ValueOrder::kNumber},
      {"text", {"b", "a", "B"}, "b", ValueOrder::kText},
      {"time_then_text", {"2024-01-01T00:00:00Z", "yesterday"}, "yesterday", ValueOrder::kText},
      {"number_then_time",
       {"17", "2024-01-01T00:00:00Z"},
       "2024-01-01T00:00:00Z",
       ValueOrder::kText},
      {"not_a_time", {"infinite-future"}, "infinite-future", ValueOrder::kText},
  };
  for (const auto& row : cases) {
    Watermark watermark;
    for (const char* value : row.values) watermark.Observe(value, std::nullopt);
    EXPECT_EQ(watermark.high, row.newest) << row.name;
    EXPECT_EQ(watermark.order, row.order) << row.name;
    EXPECT_EQ(watermark.Since(absl::ZeroDuration()), std::nullopt) << "moved before the end";
    watermark.Advance();
    EXPECT_EQ(watermark.Since(absl::ZeroDuration()), row.newest) << row.name;
  }
}

TEST(Watermark, TakesTheLagOffInTheValuesOwnForm) {
  const struct {
    const char* mark;
    absl::Duration lag;
    const char* since;
  } cases[] = {
      {"2024-01-01T00:00:30Z", absl::Seconds(60), "2023-12-31T23:59:30Z"},
      {"2024-01-01T02:00:00+02:00", absl::Seconds(60), "2023-12-31T23:59:00Z"},
      {"2024-01-01T00:00:00.250Z", absl::Seconds(1), "2023-12-31T23:59:59.25Z"},
      {"2024-01-01T00:00:30", absl::Minutes(1), "2023-12-31T23:59:30"},
      {"2024-01-01 00:00:30", absl::Minutes(1), "2023-12-31 23:59:30"},
      {"2024-03-01", absl::Hours(24), "2024-02-29"},
      {"1704067200", absl::Seconds(60), "1704067140"},
      {"1704067200123", absl::Seconds(60), "1704067140123"},
      {"1704067200.5", absl::Seconds(60), "1704067140.500000"},
      {"-9223372036854775808", absl::Seconds(0.001), "-9223372036854775808.000000"},
      {"2024-01-01T02:00:00+02:00", absl::ZeroDuration(), "2024-01-01T02:00:00+02:00"},
      {"v17", absl::ZeroDuration(), "v17"},
  };
  for (const auto& row : cases) {
    Watermark watermark;
    watermark.Observe(row.mark, std::nullopt);
    watermark.Advance();
    EXPECT_EQ(watermark.Since(row.lag), row.since);
  }
}

TEST(Watermark, LeavesOutTimesThatAreFarAhead) {
  const absl::Time now = absl::FromUnixSeconds(1704067200);  // 2024-01-01
  Watermark watermark;
  watermark.Observe("9999-12-31T00:00:00Z", now);
  EXPECT_TRUE(watermark.high.empty());
  watermark.Observe("2024-01-01T23:00:00Z", now);
  EXPECT_EQ(watermark.high, "2024-01-01T23:00:00Z");
}

}  // namespace
}  // namespace syncline::executor
