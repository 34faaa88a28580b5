// The check would notice: each forbidden include is found, each allowed one is not.
#include "tests/repo/include_rules.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace syncline::repo {
namespace {

struct Row {
  const char* file;
  const char* include;
  bool allowed;
};

TEST(IncludeRulesTest, JudgesIncludes) {
  const Row rows[] = {
      {"scheduler/core/a.h", "\"common/base/clock.h\"", true},
      {"scheduler/core/a.h", "\"absl/time/time.h\"", true},
      {"scheduler/core/a.h", "<vector>", true},
      {"scheduler/core/a.h", "\"scheduler/core/b.h\"", true},
      {"scheduler/core/a.h", "\"scheduler/storage/b.h\"", false},
      {"scheduler/core/a.h", "\"common/postgres/pool.h\"", false},
      {"scheduler/core/a.h", "\"executor/core/b.h\"", false},
      {"scheduler/core/a.h", "\"syncline/v1/sync_log.pb.h\"", false},
      {"scheduler/core/a.h", "<nlohmann/json.hpp>", false},
      {"scheduler/core/a.h", "<grpcpp/grpcpp.h>", false},
      {"scheduler/core/a.h", "<unistd.h>", false},
      {"scheduler/core/a_test.cc", "<gtest/gtest.h>", true},
      {"scheduler/core/a_test.cc", "\"scheduler/storage/b.h\"", false},
      {"scheduler/storage/a.cc", "\"common/postgres/pool.h\"", true},
      {"scheduler/storage/a.cc", "\"scheduler/core/b.h\"", true},
      {"scheduler/storage/a.cc", "\"scheduler/rpc/b.h\"", false},
      {"scheduler/storage/a.cc", "<pqxx/pqxx>", false},
      {"scheduler/storage/a.cc", "\"tests/support/test_cluster.h\"", false},
      {"scheduler/storage/a_test.cc", "\"tests/support/test_cluster.h\"", true},
      {"scheduler/storage/a_fixture.h", "\"tests/support/test_cluster.h\"", true},
      {"scheduler/rpc/a.cc", "\"scheduler/storage/b.h\"", false},
      {"scheduler/rpc/a.cc", "\"syncline/v1/sync_log.pb.h\"", true},
      {"scheduler/rpc/a.cc", "\"common/connectors/validate_config.h\"", true},
      {"scheduler/app/a.cc", "\"scheduler/storage/b.h\"", true},
      {"scheduler/app/a.cc", "\"executor/core/b.h\"", false},
      {"scheduler/main.cc", "\"scheduler/app/b.h\"", true},
      {"scheduler/main.cc", "\"scheduler/storage/b.h\"", false},
      {"executor/connectors/rest/a.cc", "\"executor/http/fetch.h\"", true},
      {"executor/connectors/rest/a.cc", "\"executor/storage/b.h\"", false},
      {"executor/connectors/rest/a.cc", "<curl/curl.h>", false},
      {"executor/http/a.cc", "<curl/curl.h>", true},
      {"executor/app/a.cc", "\"scheduler/core/b.h\"", false},
      {"common/base/a.h", "\"common/postgres/pool.h\"", false},
      {"common/postgres/a.cc", "<pqxx/pqxx>", true},
      {"common/rpc/a.cc", "\"common/postgres/pool.h\"", false},
      {"gateway/routes/a.cc", "\"gateway/rpc/backend.h\"", true},
      {"gateway/routes/a.cc", "\"scheduler/core/b.h\"", false},
      {"gateway/routes/a.cc", "<httplib.h>", false},
      {"gateway/json/a.cc", "\"gateway/http/message.h\"", false},
      {"gateway/main.cc", "\"gateway/app/gateway.h\"", true},
      {"tests/e2e/a_test.cc", "\"executor/core/b.h\"", true},
      {"executor/secret_layer/a.h", "<vector>", false},
  };
  for (const Row& row : rows) {
    const SourceFile file{row.file, fmt::format("#include {}\n", row.include)};
    EXPECT_EQ(CheckIncludes(file).empty(), row.allowed) << row.file << " includes " << row.include;
  }
}

TEST(IncludeRulesTest, SaysWhereAndWhat) {
  EXPECT_THAT(CheckIncludes({"scheduler/core/a.h", "\n#include \"executor/core/b.h\"\n"}),
              testing::ElementsAre(
                  "scheduler/core/a.h:2: scheduler/core may not include executor/core/b.h"));
}

}  // namespace
}  // namespace syncline::repo
