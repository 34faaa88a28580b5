#include "gateway/json/integration_json.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

namespace syncline::gateway {
namespace {

using google::protobuf::util::MessageDifferencer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(ReadIntegration, GivesWhatIsAbsentItsDefault) {
  Mistakes mistakes;
  const IntegrationInput input =
      ReadIntegration(Json::parse(R"({"name":"n","type":"REST","config":{}})"), "", true, mistakes);
  EXPECT_THAT(mistakes, IsEmpty());
  const v1::SyncSettings& settings = input.integration.sync_settings();
  EXPECT_EQ(settings.sync_interval().seconds(), 3600);
  EXPECT_TRUE(settings.sync_enabled());
  EXPECT_EQ(settings.max_retries(), 3);
  EXPECT_EQ(settings.timeout().seconds(), 3600);
  EXPECT_FALSE(input.has_credentials);
}

TEST(ReadIntegration, TakesNullForManualOnly) {
  Mistakes mistakes;
  const IntegrationInput input = ReadIntegration(
      Json::parse(
          R"({"name":"n","type":"REST","config":{},"syncInterval":null,"syncEnabled":false,"externalId":null})"),
      "", true, mistakes);
  EXPECT_THAT(mistakes, IsEmpty());
  EXPECT_FALSE(input.integration.sync_settings().has_sync_interval());
  EXPECT_FALSE(input.integration.sync_settings().sync_enabled());
}

// An answer can be changed and sent back.
TEST(ReadIntegration, ReadsWhatToJsonWrote) {
  v1::Integration integration;
  integration.set_name("n");
  integration.set_external_id("x");
  integration.set_type(v1::REST);
  (*integration.mutable_config()->mutable_fields())["baseUrl"].set_string_value("u");
  integration.mutable_sync_settings()->mutable_sync_interval()->set_seconds(300);
  integration.mutable_sync_settings()->set_sync_enabled(false);
  integration.mutable_sync_settings()->set_max_retries(7);
  integration.mutable_sync_settings()->mutable_timeout()->set_seconds(9);
  Mistakes mistakes;
  const IntegrationInput input =
      ReadIntegration(ToJson(integration, Detail::kFull), "", true, mistakes);
  EXPECT_THAT(mistakes, IsEmpty());
  EXPECT_TRUE(MessageDifferencer::Equals(input.integration, integration))
      << input.integration.DebugString();
}

TEST(ReadIntegration, ListsAllThatIsWrong) {
  Mistakes mistakes;
  ReadIntegration(
      Json::parse(
          R"({"name":1,"type":"SOAP","config":[],"syncInterval":59,"timeout":null,"credentials":{"k":1},"nextSyncAtt":1})"),
      "/integration", true, mistakes);
  std::vector<std::string> places;
  for (const Mistake& mistake : mistakes) places.push_back(mistake.where);
  EXPECT_THAT(places, ElementsAre("/integration/name", "/integration/type", "/integration/config",
                                  "/integration/credentials", "/integration/syncInterval",
                                  "/integration/timeout", "/integration/nextSyncAtt"));
}

TEST(ReadIntegration, ShowsNoSecretInAComplaint) {
  Mistakes mistakes;
  ReadIntegration(
      Json::parse(
          R"({"name":"n","type":"REST","config":{},"credentials":{"CANARY secret!":1,"token":["CANARY"]}})"),
      "", true, mistakes);
  ASSERT_EQ(mistakes.size(), 2U);
  for (const Mistake& mistake : mistakes) {
    EXPECT_THAT(mistake.where + mistake.detail, Not(HasSubstr("CANARY")));
  }
}

TEST(ReadIntegrationPatch, NamesWhatIsThere) {
  Mistakes mistakes;
  const IntegrationPatch patch = ReadIntegrationPatch(
      Json::parse(
          R"({"name":"n","externalId":null,"config":{"a":null},"syncInterval":null,"maxRetries":null,"credentials":null})"),
      mistakes);
  EXPECT_THAT(mistakes, IsEmpty());
  EXPECT_THAT(patch.paths, ElementsAre("name", "external_id", "credentials",
                                       "sync_settings.sync_interval", "sync_settings.max_retries"));
  EXPECT_EQ(patch.config, Json::parse(R"({"a":null})"));
  EXPECT_FALSE(patch.values.sync_settings().has_sync_interval());
  EXPECT_EQ(patch.values.sync_settings().max_retries(), 3);
}

TEST(ReadIntegrationPatch, DoesNotRemoveWhatIsNeeded) {
  Mistakes mistakes;
  ReadIntegrationPatch(Json::parse(R"({"name":null,"config":null,"type":null})"), mistakes);
  EXPECT_EQ(mistakes.size(), 3U);
}

TEST(ReadSettingsPatch, TakesOnlySettings) {
  Mistakes mistakes;
  const SettingsPatch patch =
      ReadSettingsPatch(Json::parse(R"({"syncInterval":1800,"name":"n"})"), mistakes);
  EXPECT_THAT(patch.paths, ElementsAre("sync_interval"));
  EXPECT_EQ(patch.values.sync_interval().seconds(), 1800);
  ASSERT_EQ(mistakes.size(), 1U);
  EXPECT_EQ(mistakes[0].where, "/name");
}

}  // namespace
}  // namespace syncline::gateway
