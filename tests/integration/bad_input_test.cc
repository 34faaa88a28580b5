// Every mistake a caller can make with an integration: refused with the path of the field, what is
// wrong and what would be right.
#include <cmath>
#include <cstdint>
#include <functional>

#include "tests/integration/api_fixture.h"

namespace syncline {
namespace {

using BadInputTest = ApiFixture;

google::protobuf::Value& Config(v1::Integration& integration, const std::string& name) {
  return (*integration.mutable_config()->mutable_fields())[name];
}
google::protobuf::Value& FirstStream(v1::Integration& integration, const std::string& name) {
  auto& streams = *Config(integration, "streams").mutable_list_value();
  return (*streams.mutable_values(0)->mutable_struct_value()->mutable_fields())[name];
}
google::protobuf::Duration& Interval(v1::Integration& integration) {
  return *integration.mutable_sync_settings()->mutable_sync_interval();
}

TEST_F(BadInputTest, OfCreateIntegration) {
  using Break = std::function<void(v1::CreateIntegrationRequest&, v1::Integration&)>;
  const auto credential = [](const std::string& name, const std::string& value) -> Break {
    return [=](auto&, v1::Integration& i) { (*i.mutable_credentials())[name] = value; };
  };
  const auto interval = [](std::int64_t seconds, int nanos = 0) -> Break {
    return [=](auto&, v1::Integration& i) {
      Interval(i).set_seconds(seconds);
      Interval(i).set_nanos(nanos);
    };
  };
  const std::string kInterval = "integration.sync_settings.sync_interval";
  const struct {
    const char* row;
    Break apply;
    std::vector<BadField> bad;
  } kCases[] = {
      {"no name",
       [](auto&, auto& i) { i.clear_name(); },
       {{"integration.name", "is required: 1 to 200"}}},
      {"blank name",
       [](auto&, auto& i) { i.set_name("   "); },
       {{"integration.name", "is required"}}},
      {"long name",
       [](auto&, auto& i) { i.set_name(std::string(201, 'x')); },
       {{"integration.name", "has 201 characters, at most 200"}}},
      {"NUL in the name",
       [](auto&, auto& i) { i.set_name(std::string("a\0b", 3)); },
       {{"integration.name", "control character"}}},
      {"line end in the name",
       [](auto&, auto& i) { i.set_name("a\nb"); },
       {{"integration.name", "control character"}}},
      {"C1 control in the name",
       [](auto&, auto& i) { i.set_name("a\xC2\x85"); },
       {{"integration.name", "control character"}}},
      {"external id like ours",
       [](auto&, auto& i) { i.set_external_id("0197B2C4-0000-7000-8000-00000000000A"); },
       {{"integration.external_id", "looks like a UUID"}}},
      {"long external id",
       [](auto&, auto& i) { i.set_external_id(std::string(201, 'x')); },
       {{"integration.external_id", "at most 200"}}},
      {"long tenant",
       [](auto&, auto& i) { i.set_tenant_id(std::string(201, 'x')); },
       {{"integration.tenant_id", "at most 200"}}},
      {"no type",
       [](auto&, auto& i) { i.clear_type(); },
       {{"integration.type", "is required: REST"}}},
      {"unknown type",
       [](auto&, auto& i) { i.set_type(static_cast<v1::IntegrationType>(9)); },
       {{"integration.type", "use REST"}}},
      {"a type of later",
       [](auto&, auto& i) { i.set_type(v1::GRAPHQL); },
       {{"integration.type", "use REST"}}},
      {"no config",
       [](auto&, auto& i) { i.clear_config(); },
       {{"integration.config", "is required"}}},
      {"unknown config key",
       [](auto&, auto& i) { Config(i, "baseURL").set_string_value("x"); },
       {{"integration.config/baseURL", "baseUrl"}}},
      {"relative URL",
       [](auto&, auto& i) { Config(i, "baseUrl").set_string_value("/v1"); },
       {{"integration.config/baseUrl", "http"}}},
      {"pointer that does not parse",
       [](auto&, auto& i) {
         FirstStream(i, "key").mutable_list_value()->mutable_values(0)->set_string_value("id");
       },
       {{"integration.config/streams/0/key/0", "/"}}},
      {"stream name twice",
       [](auto&, auto& i) {
         auto& streams = *Config(i, "streams").mutable_list_value();
         *streams.add_values() = streams.values(0);
       },
       {{"integration.config/streams/1/name", "names must differ"}}},
      {"missing credential",
       [](auto&, auto& i) { i.clear_credentials(); },
       {{"integration.config/auth/credential", "send it in credentials"}}},
      {"NUL in the config",
       [](auto&, auto& i) { FirstStream(i, "path").set_string_value(std::string("/a\0", 3)); },
       {{"integration.config/streams/0/path", "NUL"}, {"integration.config/streams/0/path", ""}}},
      {"infinite number",
       [](auto&, auto& i) {
         Config(i, "rateLimit")
             .mutable_struct_value()
             ->mutable_fields()
             ->insert({"requestsPerSecond", [] {
                         google::protobuf::Value v;
                         v.set_number_value(INFINITY);
                         return v;
                       }()});
       },
       {{"integration.config/rateLimit/requestsPerSecond", "not a number that JSON has"},
        {"integration.config/rateLimit/requestsPerSecond", "number"}}},
      {"credential name",
       credential(std::string(kCanary) + " in the name", "x"),
       {{"integration.credentials", "names are 1 to 64 of A-Z"}}},
      {"empty credential",
       credential("b", ""),
       {{"integration.credentials/b", "has 0 bytes; 1 to 16384"}}},
      {"long credential",
       credential("b", std::string(16385, 'x')),
       {{"integration.credentials/b", "has 16385 bytes"}}},
      {"NUL in a credential",
       credential("b", std::string(kCanary) + std::string("\0", 1)),
       {{"integration.credentials/b", "NUL"}}},
      {"many credentials",
       [](auto&, auto& i) {
         for (int n = 0; n < 20; ++n) (*i.mutable_credentials())["c" + std::to_string(n)] = "x";
       },
       {{"integration.credentials", "has 21 entries, at most 20"}}},
      {"interval 0", interval(0), {{kInterval, "is 0 s; use whole seconds from 60 s to 366 days"}}},
      {"interval -5", interval(-5), {{kInterval, "is -5 s"}}},
      {"interval 59", interval(59), {{kInterval, "is 59 s"}}},
      {"interval over 366 days", interval(366 * 86400 + 1), {{kInterval, "is 31622401 s"}}},
      {"interval beyond every Duration",
       interval(INT64_MAX),
       {{kInterval, "leave it out for manual only"}}},
      {"part of a second",
       interval(90, 500'000'000),
       {{kInterval, "is 90.5 s; use whole seconds"}}},
      {"retries below 0",
       [](auto&, auto& i) { i.mutable_sync_settings()->set_max_retries(-1); },
       {{"integration.sync_settings.max_retries", "is -1; use 0 to 20"}}},
      {"retries over 20",
       [](auto&, auto& i) { i.mutable_sync_settings()->set_max_retries(21); },
       {{"integration.sync_settings.max_retries", "is 21; use 0 to 20"}}},
      {"timeout 0",
       [](auto&, auto& i) { i.mutable_sync_settings()->mutable_timeout(); },
       {{"integration.sync_settings.timeout", "is 0 s; use whole seconds from 1 s to 7 days"}}},
      {"timeout over 7 days",
       [](auto&, auto& i) { i.mutable_sync_settings()->mutable_timeout()->set_seconds(604801); },
       {{"integration.sync_settings.timeout", "is 604801 s"}}},
      {"request id with a line end",
       [](auto& r, auto&) { r.set_request_id("a\n"); },
       {{"request_id", "1 to 128 printable"}}},
      {"request id with an umlaut",
       [](auto& r, auto&) { r.set_request_id("\xC3\xA4"); },
       {{"request_id", "printable ASCII"}}},
      {"long request id",
       [](auto& r, auto&) { r.set_request_id(std::string(129, 'x')); },
       {{"request_id", "1 to 128"}}},
      {"everything at once",
       [](auto& r, auto& i) {
         r.set_request_id("\t");
         i.clear_name();
         i.clear_credentials();
         Interval(i).set_seconds(59);
         FirstStream(i, "records").set_string_value("data");
       },
       {{"request_id", ""},
        {"integration.name", ""},
        {"integration.config/auth/credential", ""},
        {kInterval, ""},
        {"integration.config/streams/0/records", ""}}},
      {"nothing at all",
       [](auto& r, auto&) { r.Clear(); },
       {{"integration.name", ""}, {"integration.type", ""}, {"integration.config", ""}}},
  };
  for (const auto& c : kCases) {
    v1::CreateIntegrationRequest request = GoodCreate("a");
    c.apply(request, *request.mutable_integration());
    v1::Integration made;
    ExpectBadFields(c.row, Create(request, &made), c.bad);
  }
  EXPECT_EQ(Int("SELECT count(*) FROM syncline.integrations"), 0);
}

TEST_F(BadInputTest, OfUpdateIntegration) {
  const v1::Integration made = MustCreate("a");
  const struct {
    const char* row;
    std::vector<std::string> paths;
    std::function<void(v1::Integration&)> apply;
    std::vector<BadField> bad;
  } kCases[] = {
      {"no mask", {}, [](auto&) {}, {{"update_mask", "is required"}}},
      {"unknown path",
       {"nmae", "status"},
       [](auto&) {},
       {{"update_mask", "unknown path 'nmae'; use name,"},
        {"update_mask", "unknown path 'status'"}}},
      {"unknown setting",
       {"sync_settings.interval"},
       [](auto&) {},
       {{"update_mask", "sync_settings.interval"}}},
      {"what cannot change",
       {"type", "tenant_id"},
       [](auto&) {},
       {{"integration.type", "cannot be changed"}, {"integration.tenant_id", "cannot be changed"}}},
      {"empty name",
       {"name"},
       [](auto& i) { i.clear_name(); },
       {{"integration.name", "is required"}}},
      {"no id",
       {"name"},
       [](auto& i) {
         i.clear_id();
         i.set_name("b");
       },
       {{"integration.id", "is required"}}},
      {"external id as a name for itself",
       {"external_id"},
       [](auto& i) {
         i.clear_id();
         i.set_external_id("x");
       },
       {{"integration.id", "is required when external_id changes"}}},
      {"credential that the config needs goes",
       {"credentials"},
       [](auto&) {},
       {{"integration.config/auth/credential", "none are stored"}}},
      {"config names another credential",
       {"config", "name"},
       [](auto& i) {
         (*Config(i, "auth").mutable_struct_value()->mutable_fields())["credential"]
             .set_string_value("x");
         i.set_name("\n");
       },
       {{"integration.config/auth/credential", "stored are: token"},
        {"integration.name", "control"}}},
      {"no config",
       {"config"},
       [](auto& i) { i.clear_config(); },
       {{"integration.config", "is required"}}},
      {"no settings",
       {"sync_settings"},
       [](auto& i) { i.clear_sync_settings(); },
       {{"integration.sync_settings", "is required"}}},
      {"bad setting",
       {"sync_settings.sync_interval"},
       [](auto& i) { Interval(i).set_seconds(59); },
       {{"integration.sync_settings.sync_interval", "is 59 s"}}},
  };
  for (const auto& c : kCases) {
    v1::UpdateIntegrationRequest request;
    *request.mutable_integration() = made;
    for (const std::string& path : c.paths) request.mutable_update_mask()->add_paths(path);
    c.apply(*request.mutable_integration());
    v1::Integration changed;
    const absl::Status status = Update(request, &changed);
    ExpectBadFields(c.row, status, c.bad);
  }
  EXPECT_EQ(Int("SELECT version FROM syncline.integrations"), 1);
}

TEST_F(BadInputTest, OfUpdateSyncSettings) {
  const std::string id = MustCreate("a").id();
  const auto request = [&](const std::string& text) {
    v1::UpdateSyncSettingsRequest parsed;
    EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(text, &parsed).ok()) << text;
    return parsed;
  };
  const struct {
    std::string text;
    std::vector<BadField> bad;
  } kCases[] = {
      {R"({})", {{"integration_id", "is required"}, {"sync_settings", "changes nothing"}}},
      {R"({"integrationId": "ID"})", {{"sync_settings", "changes nothing"}}},
      {R"({"integrationId": "ID", "syncSettings": {"syncInterval": "0s"}})",
       {{"sync_settings.sync_interval", "is 0 s"}}},
      {R"({"integrationId": "ID", "syncSettings": {"syncInterval": "59s", "maxRetries": 99, "timeout": "0.5s"}})",
       {{"sync_settings.sync_interval", "is 59 s"},
        {"sync_settings.max_retries", "is 99"},
        {"sync_settings.timeout", "is 0.5 s"}}},
      {R"({"integrationId": "ID", "updateMask": "interval"})",
       {{"update_mask", "unknown path 'interval'; use sync_interval"}}},
  };
  for (const auto& c : kCases) {
    std::string text = c.text;
    if (const auto at = text.find("ID\""); at != std::string::npos) text.replace(at, 2, id);
    v1::Integration changed;
    ExpectBadFields(c.text, UpdateSettings(request(text), &changed), c.bad);
  }
}

}  // namespace
}  // namespace syncline
