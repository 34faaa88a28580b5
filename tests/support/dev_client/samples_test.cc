#include "tests/support/dev_client/samples.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <set>

#include "common/connectors/validate_config.h"

namespace syncline::dev_client {
namespace {

TEST(SamplesTest, EachPointsAtTheSampleApiAndWouldBeAccepted) {
  const auto samples = Samples("http://127.0.0.1:18080");
  ASSERT_EQ(samples.size(), 7U);
  for (const v1::Integration& sample : samples) {
    EXPECT_THAT(sample.external_id(), testing::StartsWith("sample-"));
    EXPECT_EQ(sample.config().fields().at("baseUrl").string_value(), "http://127.0.0.1:18080");
    std::string config;
    ASSERT_TRUE(google::protobuf::util::MessageToJsonString(sample.config(), &config).ok());
    std::set<std::string> credentials;
    for (const auto& [name, secret] : sample.credentials()) credentials.insert(name);
    for (const auto& violation :
         connectors::ValidateConfig(connectors::IntegrationType::kRest, config, credentials)) {
      ADD_FAILURE() << sample.external_id() << " " << violation.field << ": "
                    << violation.description;
    }
  }
}

}  // namespace
}  // namespace syncline::dev_client
