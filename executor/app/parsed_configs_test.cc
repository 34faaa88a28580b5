#include "executor/app/parsed_configs.h"

#include <gtest/gtest.h>

#include <string>

#include "common/base/errors.h"

namespace syncline::executor {
namespace {

std::string ConfigOf(const std::string& stream) {
  return R"({"baseUrl": "https://api.example.com", "streams": [{"name": ")" + stream +
         R"(", "path": "/items", "records": "/data", "key": ["/id"]}]})";
}

TEST(ParsedConfigs, TheSameTextIsParsedOnce) {
  ParsedConfigs configs;
  const auto first = configs.Get(ConfigOf("a"));
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ((*first)->config.streams[0].name, "a");
  EXPECT_EQ((*first)->streams[0].name, "a");
  EXPECT_TRUE((*first)->streams[0].snapshot);
  EXPECT_EQ(*configs.Get(ConfigOf("a")), *first);
  const auto other = configs.Get(ConfigOf("b"));
  ASSERT_TRUE(other.ok());
  EXPECT_EQ((*other)->streams[0].name, "b");
}

TEST(ParsedConfigs, WhatDoesNotParseFailsEachTimeAlike) {
  ParsedConfigs configs;
  for (int i = 0; i < 2; ++i) {
    const auto parsed = configs.Get(R"({"streams": []})");
    EXPECT_EQ(parsed.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_FALSE(FieldsOf(parsed.status()).empty());
  }
}

TEST(ParsedConfigs, KeepsNoMoreThanItMayAndNoLongText) {
  ParsedConfigs configs(2, 1000);
  const auto a = *configs.Get(ConfigOf("a"));
  const auto b = *configs.Get(ConfigOf("b"));
  const auto c = *configs.Get(ConfigOf("c"));
  EXPECT_EQ(*configs.Get(ConfigOf("c")), c);
  // Nobody but this test holds those that made room.
  EXPECT_EQ(a.use_count() + b.use_count(), 2);
  const std::string padded = ConfigOf("a") + std::string(1000, ' ');
  const auto padded_once = *configs.Get(padded);
  EXPECT_NE(*configs.Get(padded), padded_once);
}

}  // namespace
}  // namespace syncline::executor
