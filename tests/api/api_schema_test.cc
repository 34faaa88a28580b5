// Schemathesis makes up requests from the API's description, good and bad, sends them to a whole
// stack, and holds every answer to the description: no server error, no undocumented answer, on
// every operation. SYNC_API_EXAMPLES is how many it makes up for each operation beside the cases
// that it derives.
#include <gtest/gtest.h>
#include <unistd.h>

#include <fmt/format.h>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "tests/e2e/rest_client.h"

namespace syncline::testing {
namespace {

constexpr char kCountries[] =
    R"({"streams": [{"name": "countries", "path": "/all/countries", "records": "/data", "key": ["/alpha_2"]}]})";
constexpr char kFewExamples[] = "4";

std::string Contents(const std::string& file) {
  std::stringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

TEST(ApiSchema, ServerAndDescriptionHoldEachOther) {
  ASSERT_EQ(access(SCHEMATHESIS, X_OK), 0) << "Schemathesis is not there; ./dev test installs it";
  Stack stack({.slots = 8, .lease = "5s"});
  Program& gateway = stack.StartGateway();
  stack.AwaitReady(gateway);
  const std::string id = stack.Create("real", kCountries);
  const std::string log = stack.AwaitLogs(id, 1).id();
  ASSERT_EQ(
      CallRest(gateway, "PATCH", "/api/integrations/" + id, R"({"externalId":"real/1"})").status,
      200);

  const char* examples = std::getenv("SYNC_API_EXAMPLES");
  const std::string folder = std::string(SYNCLINE_SOURCE_DIR) + "/tests/api";
  const std::string report = stack.directory() + "/schemathesis.log";
  ChildProcess schemathesis(
      {.command = {SCHEMATHESIS, "--config-file", folder + "/schemathesis.toml", "run",
                   fmt::format("http://127.0.0.1:{}/api/openapi.json", gateway.http_port),
                   "--no-color", "--seed", "1", "--phases", "coverage,fuzzing", "--max-examples",
                   examples == nullptr ? kFewExamples : examples},
       .environment = {{"SCHEMATHESIS_HOOKS", "hooks"},
                       {"PYTHONPATH", folder},
                       {"PYTHONDONTWRITEBYTECODE", "1"},
                       {"SYNC_TEST_INTEGRATION", id},
                       {"SYNC_TEST_EXTERNAL_ID", "real/1"},
                       {"SYNC_TEST_SYNC_LOG", log}},
       .log_file = report,
       .run_as = {}});
  const auto status = schemathesis.Wait(absl::Minutes(14));
  const std::string told = Contents(report);
  ASSERT_TRUE(status) << "Schemathesis does not end";
  EXPECT_EQ(*status, 0) << told;
  const std::size_t summary = told.find("== SUMMARY ==");
  ASSERT_NE(summary, std::string::npos) << told;
  std::printf("%s\n", told.substr(summary).c_str());
  // None was left out.
  const auto api = CallRest(gateway, "GET", "/api/openapi.json").body;
  std::size_t operations = 0;
  for (const auto& [path, methods] : api.at("paths").items()) operations += methods.size();
  EXPECT_NE(told.find(fmt::format("Selected: {}/{}", operations, operations)), std::string::npos)
      << told;
  EXPECT_EQ(Stack::ReadyStatus(gateway), 200);
}

}  // namespace
}  // namespace syncline::testing
