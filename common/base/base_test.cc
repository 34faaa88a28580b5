#include <gtest/gtest.h>

#include <set>

#include "common/base/errors.h"
#include "common/base/ids.h"
#include "common/base/log.h"
#include "common/base/text_time.h"

namespace syncline {
namespace {

TEST(Errors, InvalidFieldsListsEveryFieldAtOnce) {
  const std::vector<FieldViolation> fields = {{"a.b", "must be at least 60"},
                                              {"c", "is not \"x\""}};
  const absl::Status status = InvalidFieldsError(fields);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(status), "INVALID_FIELDS");
  EXPECT_EQ(FieldsOf(status), fields);
  EXPECT_EQ(status.message(), "a.b: must be at least 60; c: is not \"x\"");
}

TEST(Errors, PlainStatusHasNoReasonFieldsOrSqlState) {
  const absl::Status status = absl::InternalError("x");
  EXPECT_EQ(ReasonOf(status), "");
  EXPECT_TRUE(FieldsOf(status).empty());
  EXPECT_FALSE(SqlStateOf(status).has_value());
  EXPECT_EQ(SqlStateOf(WithSqlState(status, "23505")), "23505");
}

TEST(Ids, RandomUuidsAreDistinctVersion4) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = NewRandomUuid();
    EXPECT_EQ(ParseUuid(id), id);
    EXPECT_EQ(id[14], '4');
    EXPECT_NE(std::string("89ab").find(id[19]), std::string::npos);
    EXPECT_TRUE(seen.insert(id).second);
  }
}

TEST(Ids, WhatIsNotAUuidIsRefused) {
  EXPECT_EQ(ParseUuid("0190ABCD-0000-7000-8000-00000000000F"),
            "0190abcd-0000-7000-8000-00000000000f");
  for (const char* bad :
       {"", "x", "0190abcd00007000800000000000000f", "0190abcd-0000-7000-8000-00000000000g",
        "{190abcd-0000-7000-8000-00000000000f", "0190abcd-0000-7000-8000-00000000000f "}) {
    EXPECT_FALSE(ParseUuid(bad).has_value()) << bad;
  }
}

TEST(Log, ValuesCannotForgeALineOrAField) {
  const std::string json = FormatLogLine(LogFormat::kJson, "p", "t", LogLevel::kInfo, "run ended",
                                         {{"error", "a\r\nFAKE \"line\"\x1b[31m"}, {"count", 3}});
  EXPECT_EQ(json, R"({"time":"t","level":"info","program":"p","event":"run ended",)"
                  R"("error":"a\r\nFAKE \"line\"\u001b[31m","count":3})");
  const std::string text = FormatLogLine(LogFormat::kText, "p", "t", LogLevel::kInfo, "run ended",
                                         {{"error", "a\nb=c"}});
  EXPECT_EQ(text, R"(t info run ended error="a\nb=c")");
}

TEST(TextTime, PostgresTimesGoBothWays) {
  const std::string text = "2026-01-31 12:00:00.123456+00";
  const auto time = ParsePostgresTime(text);
  ASSERT_TRUE(time.has_value());
  EXPECT_EQ(FormatPostgresTime(*time), text);
  EXPECT_EQ(ParsePostgresTime("2026-01-31 12:00:00+00"), absl::FromUnixSeconds(1769860800));
  EXPECT_FALSE(ParsePostgresTime("2026-01-31 12:00:00+02").has_value());
  EXPECT_FALSE(ParsePostgresTime("infinity").has_value());
}

TEST(TextTime, DurationsNeedAUnit) {
  EXPECT_EQ(ParseDurationText("1h30m"), absl::Minutes(90));
  EXPECT_EQ(ParseDurationText("0"), absl::ZeroDuration());
  for (const char* bad : {"", "30", "5 s", "s", "1d", "1h2"}) {
    EXPECT_FALSE(ParseDurationText(bad).has_value()) << bad;
  }
}

}  // namespace
}  // namespace syncline
