#include "gateway/routes/integration_routes.h"

#include <gmock/gmock.h>

#include <map>

#include "common/base/errors.h"
#include "gateway/routes/routes_fixture.h"

namespace syncline::gateway {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kBody[] = R"({"name":"n","type":"REST","config":{"a":1}})";
constexpr char kId[] = "01a21244-0fea-75db-b039-60d1482f1d67";

absl::Status NotFound() {
  return ReasonError(absl::StatusCode::kNotFound, "INTEGRATION_NOT_FOUND", "no integration");
}

class IntegrationRoutesTest : public RoutesTest {
 protected:
  IntegrationRoutesTest() {
    backend_.integration.set_id(kId);
    backend_.integration.set_type(v1::REST);
    backend_.integration.set_version(7);
  }
};

TEST_F(IntegrationRoutesTest, CreatesWithTheCallersKey) {
  const HttpResponse response =
      Send("POST", "/api/integrations", kBody, {{"Idempotency-Key", "k-1"}});
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(HeaderOf(response, "ETag"), "\"7\"");
  EXPECT_EQ(HeaderOf(response, "Location"), std::string("/api/integrations/") + kId);
  EXPECT_THAT(backend_.asked,
              ElementsAre(AllOf(HasSubstr("request_id: \"k-1\""), HasSubstr("name: \"n\""))));
}

TEST_F(IntegrationRoutesTest, MakesAKeyOfItsOwnSoThatItMayAskTwice) {
  Send("POST", "/api/integrations", kBody);
  EXPECT_THAT(backend_.asked, ElementsAre(HasSubstr("request_id: ")));
}

TEST_F(IntegrationRoutesTest, ListsAllMistakesOfBodyHeadersAndParameters) {
  const HttpResponse response =
      Send("POST", "/api/integrations?x=1", R"({"name":1,"what":2})", {{"Idempotency-Key", ""}});
  EXPECT_EQ(response.status, 422);
  const Json errors = Json::parse(response.body).at("errors");
  std::vector<std::string> places;
  for (const Json& error : errors)
    places.push_back(error.contains("pointer")     ? error.at("pointer").get<std::string>()
                     : error.contains("parameter") ? "?" + error.at("parameter").get<std::string>()
                                                   : error.at("header").get<std::string>());
  EXPECT_THAT(places, ElementsAre("?x", "Idempotency-Key", "/name", "/type", "/config", "/what"));
}

// What the gateway cannot read and what the scheduler refuses are told together, and the question
// is one that cannot take effect.
TEST_F(IntegrationRoutesTest, AddsTheSchedulersComplaintsToItsOwn) {
  backend_.status = InvalidFieldsError({{"request_id", "must be printable"},
                                        {"update_mask", "has the unknown path"},
                                        {"tenant_id", "holds a control character"},
                                        {"integration.name", "is required"},
                                        {"integration.config/baseUrl", "must be absolute"}});
  backend_.on_get = [&](const auto&) { return backend_.integration; };
  const std::string body = R"({"name":1,"type":"REST","config":{"baseUrl":"x"}})";
  for (const auto& [method, target] :
       std::map<std::string, std::string>{{"POST", "/api/integrations"},
                                          {"PUT", "/api/integrations/x"},
                                          {"PATCH", "/api/integrations/x"}}) {
    backend_.asked.clear();
    const HttpResponse response = Send(method, target, body);
    EXPECT_EQ(response.status, 422);
    const Json errors = Json::parse(response.body).at("errors");
    EXPECT_THAT(errors.dump(), AllOf(HasSubstr("\"/name\""), HasSubstr("\"/config/baseUrl\""),
                                     Not(HasSubstr("is required")), Not(HasSubstr("update_mask"))))
        << method;
    EXPECT_THAT(backend_.asked.back(),
                ::testing::AnyOf(HasSubstr("request_id: \"\\n\""), HasSubstr("paths: \"none\"")));
  }
  const HttpResponse check =
      Send("POST", "/api/integrations/check", R"({"integration":)" + body + "}");
  EXPECT_THAT(check.body,
              AllOf(HasSubstr("/integration/name"), HasSubstr("/integration/config/baseUrl")));
  EXPECT_THAT(backend_.asked.back(), HasSubstr("tenant_id: \"\\n\""));
}

TEST_F(IntegrationRoutesTest, PlacesTheSchedulersComplaints) {
  backend_.status = InvalidFieldsError({{"integration.config/baseUrl", "must be absolute"},
                                        {"integration.sync_settings.timeout", "is 0 s"}});
  const HttpResponse response = Send("POST", "/api/integrations", kBody);
  EXPECT_EQ(response.status, 422);
  EXPECT_EQ(Json::parse(response.body).at("errors"),
            Json::parse(R"([{"pointer":"/config/baseUrl","detail":"must be absolute"},
                            {"pointer":"/timeout","detail":"is 0 s"}])"));
}

TEST_F(IntegrationRoutesTest, ListsByFilterAndCountsTheFirstPage) {
  backend_.list.set_total(3);
  backend_.list.set_next_page_token("t");
  const HttpResponse first = Send(
      "GET", "/api/integrations?tenantId=a&search=x&status=FAILING&status=DISABLED&pageSize=1000");
  EXPECT_EQ(
      Json::parse(first.body),
      Json::parse(R"({"integrations":[],"total":3,"totalIsLowerBound":false,"nextCursor":"t"})"));
  EXPECT_THAT(
      backend_.asked[0],
      AllOf(HasSubstr("tenant_id: \"a\""), HasSubstr("page_size: 1000"), HasSubstr("search: \"x\""),
            HasSubstr("statuses: FAILING statuses: DISABLED"), HasSubstr("count_total: true")));
  const HttpResponse next = Send("GET", "/api/integrations?cursor=t");
  EXPECT_EQ(Json::parse(next.body).at("total"), nullptr);
  EXPECT_THAT(backend_.asked[1],
              AllOf(HasSubstr("page_token: \"t\""), Not(HasSubstr("count_total"))));
}

TEST_F(IntegrationRoutesTest, RefusesBadParameters) {
  const HttpResponse response =
      Send("GET", "/api/integrations?pageSize=1001&status=SICK&search=a&search=b&Search=c");
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(Json::parse(response.body).at("errors").size(), 4U);
}

TEST_F(IntegrationRoutesTest, ReplacesAllButCredentialsThatAreNotGiven) {
  EXPECT_EQ(
      Send("PUT", std::string("/api/integrations/") + kId, kBody, {{"If-Match", "\"7\""}}).status,
      200);
  EXPECT_THAT(backend_.asked[1],
              AllOf(HasSubstr("version: 7"), HasSubstr("paths: \"sync_settings\""),
                    HasSubstr("paths: \"external_id\""), Not(HasSubstr("paths: \"credentials\""))));
  Send("PUT", "/api/integrations/x", R"({"name":"n","type":"REST","config":{},"credentials":{}})");
  EXPECT_THAT(backend_.asked[3], HasSubstr("paths: \"credentials\""));
}

TEST_F(IntegrationRoutesTest, KeepsTypeAndTenant) {
  const HttpResponse response =
      Send("PUT", "/api/integrations/x", R"({"name":"n","type":"MANUAL","config":{}})");
  EXPECT_EQ(response.status, 422);
  EXPECT_THAT(response.body, HasSubstr("/type"));
  EXPECT_EQ(Send("PUT", "/api/integrations/x?tenantId=a",
                 R"({"name":"n","type":"REST","config":{},"tenantId":"b"})")
                .status,
            422);
  EXPECT_THAT(backend_.asked,
              ::testing::Each(::testing::AnyOf(HasSubstr("Get"), HasSubstr("paths: \"none\""))));
}

TEST_F(IntegrationRoutesTest, CreatesOrReplacesByExternalId) {
  backend_.on_get = [](const auto&) { return NotFound(); };
  const HttpResponse created = Send("PUT", "/api/integrations/by-external-id/crm%2F17", kBody);
  EXPECT_EQ(created.status, 201);
  EXPECT_THAT(backend_.asked[1], AllOf(HasSubstr("Create"), HasSubstr("external_id: \"crm/17\"")));
  backend_.on_get = nullptr;
  EXPECT_EQ(Send("PUT", "/api/integrations/by-external-id/crm%2F17", kBody).status, 200);
  EXPECT_EQ(Send("PUT", std::string("/api/integrations/by-external-id/") + kId, kBody).status, 400);
}

// Somebody else creates it between the look and the creation.
TEST_F(IntegrationRoutesTest, ReplacesWhatTurnsUpMeanwhile) {
  int looks = 0;
  backend_.on_get = [&](const auto&) -> absl::StatusOr<v1::Integration> {
    if (++looks == 1) return NotFound();
    return backend_.integration;
  };
  backend_.on_create = [](const auto&) {
    return ReasonError(absl::StatusCode::kAlreadyExists, "EXTERNAL_ID_TAKEN", "taken");
  };
  EXPECT_EQ(Send("PUT", "/api/integrations/by-external-id/a", kBody).status, 200);
}

TEST_F(IntegrationRoutesTest, DoesNotCreateForAnIfMatch) {
  backend_.on_get = [](const auto&) { return NotFound(); };
  EXPECT_EQ(Send("PUT", "/api/integrations/by-external-id/a", kBody, {{"If-Match", "*"}}).status,
            412);
  EXPECT_THAT(backend_.asked, ElementsAre(HasSubstr("Get")));
}

TEST_F(IntegrationRoutesTest, MergesTheConfigWithWhatIsStored) {
  *backend_.integration.mutable_config() = [] {
    Mistakes none;
    return ToStruct(Json::parse(R"({"keep":1,"drop":2,"deep":{"a":1,"b":2}})"), "", none);
  }();
  v1::Integration sent;
  int tries = 0;
  backend_.on_update =
      [&](const v1::UpdateIntegrationRequest& request) -> absl::StatusOr<v1::Integration> {
    sent = request.integration();
    // Another change came first: merged anew with what it left.
    if (++tries == 1) return ReasonError(absl::StatusCode::kAborted, "VERSION_MISMATCH", "changed");
    return backend_.integration;
  };
  const HttpResponse response =
      Send("PATCH", "/api/integrations/x", R"({"config":{"drop":null,"deep":{"a":9}}})",
           {{"Content-Type", "application/merge-patch+json; charset=utf-8"}});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(tries, 2);
  EXPECT_EQ(sent.version(), 7);
  EXPECT_EQ(FromStruct(sent.config()), Json::parse(R"({"keep":1,"deep":{"a":9,"b":2}})"));
  tries = 0;
  EXPECT_EQ(
      Send("PATCH", "/api/integrations/x", R"({"config":{}})", {{"If-Match", "\"6\""}}).status,
      412);
  EXPECT_EQ(tries, 1);
}

TEST_F(IntegrationRoutesTest, ChangesNothingForAnEmptyPatch) {
  for (const char* path : {"/api/integrations/x", "/api/integrations/x/sync-settings"}) {
    EXPECT_EQ(Send("PATCH", path, "{}").status, 200);
    EXPECT_EQ(Send("PATCH", path, "{}", {{"If-Match", "\"7\""}}).status, 200);
    EXPECT_EQ(Send("PATCH", path, "{}", {{"If-Match", "\"8\""}}).status, 412);
  }
  for (const std::string& call : backend_.asked) EXPECT_THAT(call, HasSubstr("Get"));
}

TEST_F(IntegrationRoutesTest, ReadsIfMatchStrictly) {
  struct Row {
    const char* header;
    const char* version;  // null: refused
  };
  for (const Row& row : {Row{"\"7\"", "version: 7"},
                         {"W/\"7\"", "version: -1"},
                         {"\"0\"", "version: -1"},
                         {"\"x\"", "version: -1"},
                         {"7", nullptr},
                         {"\"7\", \"8\"", nullptr},
                         {"", nullptr}}) {
    backend_.asked.clear();
    const int status = Send("DELETE", "/api/integrations/x", "", {{"If-Match", row.header}}).status;
    EXPECT_EQ(status, row.version == nullptr ? 400 : 204) << row.header;
    if (row.version == nullptr) continue;
    EXPECT_THAT(backend_.asked, ElementsAre(HasSubstr(row.version))) << row.header;
  }
}

TEST_F(IntegrationRoutesTest, ChecksASavedOrAnUnsavedIntegration) {
  EXPECT_EQ(Send("POST", "/api/integrations/check",
                 R"({"integrationId":"x","stream":"s","tenantId":"t"})")
                .status,
            200);
  EXPECT_THAT(backend_.asked[0], AllOf(HasSubstr("integration_id: \"x\""),
                                       HasSubstr("stream: \"s\""), HasSubstr("tenant_id: \"t\"")));
  EXPECT_EQ(
      Send("POST", "/api/integrations/check", R"({"integration":{"type":"REST","config":{}}})")
          .status,
      200);
  for (const char* bad :
       {"{}", R"({"integrationId":"x","integration":{"type":"REST","config":{}}})", "[]", "null"})
    EXPECT_EQ(Send("POST", "/api/integrations/check", bad).status, 422) << bad;
  backend_.status = InvalidFieldsError(
      {{"integration.config/streams", "needs at least 1"}, {"stream", "is none"}});
  EXPECT_THAT(
      Send("POST", "/api/integrations/check", R"({"integration":{"type":"REST","config":{}}})")
          .body,
      AllOf(HasSubstr("\"/integration/config/streams\""), HasSubstr("\"/stream\"")));
}

}  // namespace
}  // namespace syncline::gateway
