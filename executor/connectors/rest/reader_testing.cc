#include "executor/connectors/rest/reader_testing.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "common/connectors/config.h"
#include "executor/connectors/rest/rest_stream_reader.h"

namespace syncline::executor {

const Credentials& TestCredentials() {
  static const Credentials credentials = {{"token", "CANARY-token"}, {"user", "CANARY-user"}};
  return credentials;
}

std::string ConfigWith(const std::string& stream_members, const std::string& members) {
  return fmt::format(R"({{"baseUrl":"https://api.example.com/v1"{},
      "streams":[{{"name":"items","path":"/items","key":["/id"]{}}}]}})",
                     members, stream_members);
}

std::unique_ptr<StreamReader> ReaderOf(const std::string& config, const std::string& cursor) {
  const auto parsed = connectors::ParseRestConfig(config);
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  auto reader = MakeRestStreamReader(*parsed, 0, TestCredentials(), cursor);
  EXPECT_TRUE(reader.ok()) << reader.error().message;
  return *std::move(reader);
}

HttpResponse Ok(const std::string& body) {
  return {200, {{"content-type", "application/json"}}, body};
}

std::string Items(int n, int first) {
  std::string items;
  for (int i = first; i < first + n; ++i)
    items += fmt::format("{}{{\"id\":{}}}", i > first ? "," : "", i);
  return "[" + items + "]";
}

}  // namespace syncline::executor
