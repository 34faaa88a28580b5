#include "common/rpc/channel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace syncline::rpc {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ParseTargets, TakesOneOrSeveralAndPassesOverEmptyOnes) {
  EXPECT_THAT(*ParseTargets("dns:///scheduler:50051"), ElementsAre("dns:///scheduler:50051"));
  EXPECT_THAT(*ParseTargets(",10.0.0.7:50051,,10.0.0.8:50051,"),
              ElementsAre("10.0.0.7:50051", "10.0.0.8:50051"));
}

TEST(ParseTargets, NoSchedulerAtAllIsRefusedInWordsThatNameTheSetting) {
  for (const char* none : {"", ",", ",,"}) {
    EXPECT_THAT(ParseTargets(none).status().message(), HasSubstr("SYNC_SCHEDULER_ADDRESS"));
  }
}

}  // namespace
}  // namespace syncline::rpc
