#include "tests/support/dev_client/sync_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace syncline::dev_client {
namespace {

using testing::HasSubstr;
using testing::Not;

const absl::Time kNow = absl::FromUnixSeconds(1'750'000'000);

v1::Integration Named(const std::string& name) {
  v1::Integration integration;
  integration.set_name(name);
  integration.set_external_id("sample-" + name);
  integration.set_status(v1::NEVER_SYNCED);
  return integration;
}

TEST(SyncTableTest, ShowsWhatEachDoes) {
  v1::Integration fresh = Named("fresh");

  v1::Integration running = Named("running");
  running.mutable_active_sync()->set_status(v1::RUNNING);
  running.mutable_active_sync()->mutable_counts()->set_fetched(1500);

  v1::Integration done = Named("done");
  done.mutable_next_sync_at()->set_seconds(1'750'000'000 + 252);
  done.mutable_last_sync()->set_status(v1::SUCCESS);
  done.mutable_last_sync()->mutable_duration()->set_nanos(700'000'000);
  done.mutable_last_sync()->mutable_counts()->set_created(249);

  const std::string table = RenderTable({fresh, running, done}, kNow, 10);
  EXPECT_THAT(table, testing::ContainsRegex("fresh +NEVER_SYNCED +- "));
  EXPECT_THAT(table, testing::ContainsRegex("running +RUNNING .* 1500 "));
  EXPECT_THAT(table, testing::ContainsRegex("done +SUCCESS +in 4:12 min +0.7s .* 249 "));
}

TEST(SyncTableTest, SaysWhyASyncFailedOrWaitsAndWhyOneIsSwitchedOff) {
  v1::Integration failed = Named("failed");
  failed.set_status(v1::DISABLED);
  failed.mutable_last_sync()->set_status(v1::FAILED);
  failed.mutable_last_sync()->set_error_class(v1::AUTH);
  failed.mutable_last_sync()->set_error_message("the remote answered 401");
  failed.set_disabled_reason("reconnect needed");
  v1::Integration waiting = Named("waiting");
  waiting.mutable_active_sync()->set_status(v1::PENDING);
  waiting.mutable_active_sync()->set_attempt(2);
  waiting.mutable_active_sync()->set_wait_detail("retry 1 of 3");
  const std::string table = RenderTable({failed, waiting}, kNow, 10);
  EXPECT_THAT(table, testing::ContainsRegex("failed +DISABLED"));
  EXPECT_THAT(table, HasSubstr("failed: AUTH: the remote answered 401"));
  EXPECT_THAT(table, HasSubstr("failed: switched off: reconnect needed"));
  EXPECT_THAT(table, HasSubstr("waiting: attempt 2 waits: retry 1 of 3"));
}

TEST(SyncTableTest, CutsALongList) {
  const std::string table = RenderTable({Named("a"), Named("b"), Named("c")}, kNow, 2);
  EXPECT_THAT(table, HasSubstr("and 1 more"));
  EXPECT_THAT(table, Not(HasSubstr("\nc ")));
}

TEST(SyncTableTest, FirstSuccessNeedsEverySampleThatCanSucceed) {
  EXPECT_FALSE(AllSamplesSucceeded({}));
  v1::Integration languages = Named("languages");
  v1::Integration countries = Named("countries");
  const v1::Integration failing = Named("always-failing");
  const v1::Integration other = Named("mine");
  EXPECT_FALSE(AllSamplesSucceeded({failing, other}));
  languages.mutable_last_success_at()->set_seconds(1);
  EXPECT_FALSE(AllSamplesSucceeded({languages, countries, failing, other}));
  countries.mutable_last_success_at()->set_seconds(1);
  EXPECT_TRUE(AllSamplesSucceeded({languages, countries, failing, other}));
}

}  // namespace
}  // namespace syncline::dev_client
