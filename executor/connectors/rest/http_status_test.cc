#include "executor/connectors/rest/http_status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace syncline::executor {
namespace {

using testing::HasSubstr;
using testing::Not;

HttpRequest Request() {
  HttpRequest request;
  request.url = "https://api.example.com/v1/items?key=CANARY";
  request.redacted_url = "https://api.example.com/v1/items?key=REDACTED";
  return request;
}

TEST(StatusError, MapsEachStatusToItsClass) {
  const struct {
    int status;
    ErrorClass cls;
    ErrorClass with_retry_after;
  } cases[] = {
      {400, ErrorClass::kConfig, ErrorClass::kConfig},
      {401, ErrorClass::kAuth, ErrorClass::kAuth},
      {402, ErrorClass::kConfig, ErrorClass::kConfig},
      {403, ErrorClass::kAuth, ErrorClass::kRateLimited},
      {404, ErrorClass::kConfig, ErrorClass::kConfig},
      {405, ErrorClass::kConfig, ErrorClass::kConfig},
      {408, ErrorClass::kTransient, ErrorClass::kTransient},
      {409, ErrorClass::kTransient, ErrorClass::kTransient},
      {410, ErrorClass::kConfig, ErrorClass::kConfig},
      {422, ErrorClass::kConfig, ErrorClass::kConfig},
      {423, ErrorClass::kTransient, ErrorClass::kTransient},
      {425, ErrorClass::kTransient, ErrorClass::kTransient},
      {429, ErrorClass::kRateLimited, ErrorClass::kRateLimited},
      {500, ErrorClass::kTransient, ErrorClass::kTransient},
      {502, ErrorClass::kTransient, ErrorClass::kTransient},
      {503, ErrorClass::kTransient, ErrorClass::kRateLimited},
      {504, ErrorClass::kTransient, ErrorClass::kTransient},
      {599, ErrorClass::kTransient, ErrorClass::kTransient},
      {301, ErrorClass::kConfig, ErrorClass::kConfig},
      {308, ErrorClass::kConfig, ErrorClass::kConfig},
      {300, ErrorClass::kData, ErrorClass::kData},
      {304, ErrorClass::kData, ErrorClass::kData},
      {101, ErrorClass::kData, ErrorClass::kData},
      {999, ErrorClass::kData, ErrorClass::kData},
  };
  for (const auto& row : cases) {
    const auto error = StatusError(Request(), {row.status, {}, "body"});
    ASSERT_TRUE(error.has_value()) << row.status;
    EXPECT_EQ(error->cls, row.cls) << row.status;
    EXPECT_EQ(error->http_status, row.status);
    EXPECT_THAT(error->message, HasSubstr("api.example.com/v1/items answered"));
    EXPECT_THAT(error->message, Not(HasSubstr("CANARY")));
    EXPECT_THAT(error->message, Not(HasSubstr("body")));
    const auto waiting = StatusError(Request(), {row.status, {{"retry-after", "7"}}, ""});
    EXPECT_EQ(waiting->cls, row.with_retry_after) << row.status;
    const bool told = row.with_retry_after == ErrorClass::kRateLimited;
    EXPECT_EQ(waiting->retry_after.has_value(), told) << row.status;
  }
  for (const int status : {200, 201, 203, 204, 206, 299}) {
    EXPECT_FALSE(StatusError(Request(), {status, {}, ""}).has_value()) << status;
  }
}

TEST(StatusError, NamesTheHostOfARedirectAndNoMore) {
  const struct {
    const char* location;
    const char* target;
  } cases[] = {
      {"https://new.example.com/secret/path?token=x", "https://new.example.com;"},
      {"/v2/items", "https://api.example.com;"},
      {"ftp://x", "cannot be read"},
      {"https://a\r\nb", "cannot be read"},
  };
  for (const auto& row : cases) {
    const auto error = StatusError(Request(), {302, {{"location", row.location}}, ""});
    EXPECT_THAT(error->message, HasSubstr(row.target)) << row.location;
    EXPECT_THAT(error->message, Not(HasSubstr("secret")));
  }
  EXPECT_THAT(StatusError(Request(), {302, {}, ""})->message, HasSubstr("cannot be read"));
}

TEST(RetryAfter, ReadsSecondsAndDates) {
  constexpr char kNow[] = "Wed, 01 May 2024 10:00:00 GMT";
  const struct {
    const char* name;
    const char* value;
    const char* date;  // null: the response has none
    std::optional<absl::Duration> wait;
  } cases[] = {
      {"seconds", "120", nullptr, absl::Seconds(120)},
      {"zero", "0", nullptr, absl::ZeroDuration()},
      {"over_a_day", "86401", nullptr, absl::Hours(24)},
      {"beyond_64_bits", "99999999999999999999999", nullptr, absl::Hours(24)},
      {"negative", "-5", nullptr, std::nullopt},
      {"fraction", "1.5", nullptr, std::nullopt},
      {"empty", "", nullptr, std::nullopt},
      {"garbage", "soon", kNow, std::nullopt},
      {"date", "Wed, 01 May 2024 10:00:30 GMT", kNow, absl::Seconds(30)},
      {"date_of_rfc850", "Wednesday, 01-May-24 10:01:00 GMT", kNow, absl::Minutes(1)},
      {"date_of_asctime", "Wed May  1 11:00:00 2024", kNow, absl::Hours(1)},
      {"date_without_now", "Wed, 01 May 2024 10:00:30 GMT", nullptr, std::nullopt},
      {"date_with_broken_now", "Wed, 01 May 2024 10:00:30 GMT", "today", std::nullopt},
      {"date_passed", "Wed, 01 May 2024 09:59:59 GMT", kNow, std::nullopt},
      {"date_far", "Fri, 01 May 2099 10:00:00 GMT", kNow, absl::Hours(24)},
      {"date_infinite", "infinite-future", kNow, std::nullopt},
  };
  for (const auto& row : cases) {
    HttpResponse response{429, {{"retry-after", row.value}}, ""};
    if (row.date != nullptr) response.headers.emplace_back("date", row.date);
    EXPECT_EQ(RetryAfter(response), row.wait) << row.name;
  }
  EXPECT_EQ(RetryAfter({429, {}, ""}), std::nullopt);
}

}  // namespace
}  // namespace syncline::executor
