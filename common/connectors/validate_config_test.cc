#include "common/connectors/validate_config.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>
#include <vector>

#include "common/connectors/config_schema.h"

namespace syncline::connectors {
namespace {

using nlohmann::json;
using testing::HasSubstr;

const std::set<std::string> kStored = {"token", "user"};

// The example of the design document.
json Sample() {
  return json::parse(R"({ "baseUrl": "https://api.example.com/v1",
  "auth": {"kind": "bearer", "credential": "token"},
  "headers": {"Accept": "application/json"},
  "rateLimit": {"requestsPerSecond": 5, "burst": 10, "concurrent": 2},
  "streams": [ {
    "name": "invoices", "path": "/invoices", "query": {"status": "open"},
    "records": "/data", "key": ["/id"],
    "pagination": {"kind": "cursor", "cursor": "/meta/next", "param": "after"},
    "incremental": {"field": "/updated_at", "param": "updated_since", "lag": "60s"},
    "fields": {"total": "/amounts/total", "customer": "/customer/name"} } ] })");
}

bool ValijsonAccepts(const json& value) {
  static const valijson::Schema* schema = [] {
    static const json text = json::parse(ConfigSchemaText(IntegrationType::kRest));
    auto* parsed = new valijson::Schema;
    valijson::SchemaParser parser;
    parser.populateSchema(valijson::adapters::NlohmannJsonAdapter(text), *parsed);
    return parsed;
  }();
  valijson::Validator validator;
  return validator.validate(*schema, valijson::adapters::NlohmannJsonAdapter(value), nullptr);
}

// One change of the sample and what it must be answered with.
struct BadCase {
  const char* name;
  const char* pointer;  // where to put `value`
  const char* value;    // JSON; "-" removes the member
  const char* field;    // path of the expected violation
  const char* words;    // part of its description
};

json Changed(const BadCase& row) {
  json config = Sample();
  const json::json_pointer place(row.pointer);
  if (std::string(row.value) == "-") {
    config[place.parent_pointer()].erase(place.back());
  } else {
    config[place] = json::parse(row.value);
  }
  return config;
}

// What plain JSON Schema sees too.
const BadCase kSchemaCases[] = {
    {"unknown_key", "/baseURL", R"("x")", "config/baseURL", "did you mean baseUrl?"},
    {"unknown_key_far", "/zzzzzzzzz", "1", "config/zzzzzzzzz", "known here: auth, baseUrl"},
    {"unknown_key_escaped", "/a~1b", "1", "config/a~1b", "not a known setting"},
    {"unknown_in_stream", "/streams/0/keys", R"(["/id"])", "config/streams/0/keys", "mean key?"},
    {"unknown_in_auth", "/auth/token", R"("x")", "config/auth/token", "known here"},
    {"unknown_in_pagination", "/streams/0/pagination/parm", R"("x")",
     "config/streams/0/pagination/parm", "mean param?"},
    {"unknown_in_incremental", "/streams/0/incremental/fields", R"("/x")",
     "config/streams/0/incremental/fields", "mean field?"},
    {"unknown_in_rate_limit", "/rateLimit/rps", "5", "config/rateLimit/rps", "not a known"},
    {"base_url_missing", "/baseUrl", "-", "config/baseUrl", "is required"},
    {"base_url_number", "/baseUrl", "5", "config/baseUrl", "must be a string, not an integer"},
    {"streams_missing", "/streams", "-", "config/streams", "is required"},
    {"streams_empty", "/streams", "[]", "config/streams", "at least 1"},
    {"streams_object", "/streams", "{}", "config/streams", "must be an array, not an object"},
    {"name_missing", "/streams/0/name", "-", "config/streams/0/name", "is required"},
    {"name_charset", "/streams/0/name", R"("a b")", "config/streams/0/name", "only letters"},
    {"name_empty", "/streams/0/name", R"("")", "config/streams/0/name", "must not be empty"},
    {"path_missing", "/streams/0/path", "-", "config/streams/0/path", "is required"},
    {"key_missing", "/streams/0/key", "-", "config/streams/0/key", "is required"},
    {"key_empty", "/streams/0/key", "[]", "config/streams/0/key", "at least 1"},
    {"key_text", "/streams/0/key", R"("/id")", "config/streams/0/key", "must be an array"},
    {"key_twice", "/streams/0/key", R"(["/id","/id"])", "config/streams/0/key/1", "twice"},
    {"query_object_value", "/streams/0/query/status", "{}", "config/streams/0/query/status",
     "must be a string or an integer or a boolean, not an object"},
    {"header_number", "/headers/Accept", "1", "config/headers/Accept", "must be a string"},
    {"rate_zero", "/rateLimit/requestsPerSecond", "0", "config/rateLimit/requestsPerSecond",
     "must be over 0"},
    {"rate_negative", "/rateLimit/requestsPerSecond", "-5", "config/rateLimit/requestsPerSecond",
     "must be over 0"},
    {"rate_high", "/rateLimit/requestsPerSecond", "10001", "config/rateLimit/requestsPerSecond",
     "at most 10000"},
    {"burst_zero", "/rateLimit/burst", "0", "config/rateLimit/burst", "at least 1"},
    {"burst_high", "/rateLimit/burst", "100001", "config/rateLimit/burst", "at most 100000"},
    {"burst_fraction", "/rateLimit/burst", "1.5", "config/rateLimit/burst",
     "must be an integer, not a number"},
    {"concurrent_zero", "/rateLimit/concurrent", "0", "config/rateLimit/concurrent", "at least 1"},
    {"concurrent_high", "/rateLimit/concurrent", "101", "config/rateLimit/concurrent",
     "at most 100"},
    {"auth_kind_missing", "/auth", "{}", "config/auth/kind", "is required: one of none, bearer"},
    {"auth_kind_unknown", "/auth/kind", R"("barer")", "config/auth/kind", "did you mean bearer?"},
    {"auth_text", "/auth", R"("bearer")", "config/auth", "must be an object, not a string"},
    {"oauth2_client", "/auth", R"({"kind":"oauth2_client_credentials"})", "config/auth/kind",
     "not available yet"},
    {"oauth2_refresh", "/auth", R"({"kind":"oauth2_refresh_token"})", "config/auth/kind",
     "not available yet"},
    {"bearer_without_credential", "/auth/credential", "-", "config/auth/credential", "is required"},
    {"api_key_place", "/auth",
     R"({"kind":"api_key","credential":"token","name":"X-K","in":"cookie"})", "config/auth/in",
     "must be one of header, query"},
    {"api_key_without_name", "/auth", R"({"kind":"api_key","credential":"token"})",
     "config/auth/name", "is required"},
    {"pagination_kind", "/streams/0/pagination/kind", R"("curser")",
     "config/streams/0/pagination/kind", "did you mean cursor?"},
    {"cursor_without_param", "/streams/0/pagination/param", "-",
     "config/streams/0/pagination/param", "is required"},
    {"offset_without_size", "/streams/0/pagination", R"({"kind":"offset"})",
     "config/streams/0/pagination/size", "is required"},
    {"offset_size_zero", "/streams/0/pagination", R"({"kind":"offset","size":0})",
     "config/streams/0/pagination/size", "at least 1"},
    {"page_with_cursor", "/streams/0/pagination", R"({"kind":"page","cursor":"/x"})",
     "config/streams/0/pagination/cursor", "not a known setting"},
    {"next_url_without_next", "/streams/0/pagination", R"({"kind":"next_url"})",
     "config/streams/0/pagination/next", "is required"},
    {"incremental_without_field", "/streams/0/incremental/field", "-",
     "config/streams/0/incremental/field", "is required"},
    {"incremental_without_param", "/streams/0/incremental/param", "-",
     "config/streams/0/incremental/param", "is required"},
    {"fields_empty", "/streams/0/fields", "{}", "config/streams/0/fields", "must not be empty"},
};

// What lies beyond it.
const BadCase kMeaningCases[] = {
    {"base_url_relative", "/baseUrl", R"("/v1")", "config/baseUrl", "absolute"},
    {"base_url_ftp", "/baseUrl", R"("ftp://example.com")", "config/baseUrl", "http:// or https://"},
    {"base_url_one_slash", "/baseUrl", R"("https:/example.com")", "config/baseUrl", "absolute"},
    {"base_url_user", "/baseUrl", R"("https://me:pw@example.com")", "config/baseUrl", "user name"},
    {"base_url_evil_user", "/baseUrl", R"("https://good.com@evil.com/")", "config/baseUrl",
     "user name"},
    {"base_url_fragment", "/baseUrl", R"("https://example.com/#a")", "config/baseUrl", "fragment"},
    {"base_url_query", "/baseUrl", R"("https://example.com/?a=1")", "config/baseUrl", "no query"},
    {"base_url_crlf", "/baseUrl", R"("https://example.com/\r\nX: y")", "config/baseUrl",
     "percent-encode"},
    {"base_url_tab", "/baseUrl", R"("https://exa\tmple.com/")", "config/baseUrl", "percent-encode"},
    {"base_url_backslash", "/baseUrl", R"("https://good.com\\@evil.com")", "config/baseUrl",
     "percent-encode"},
    {"base_url_unicode", "/baseUrl", R"("https://exämple.com")", "config/baseUrl",
     "percent-encode"},
    {"base_url_port", "/baseUrl", R"("https://example.com:99999")", "config/baseUrl", "port"},
    {"base_url_port_zero", "/baseUrl", R"("https://example.com:0")", "config/baseUrl", "port"},
    {"base_url_no_host", "/baseUrl", R"("https:///v1")", "config/baseUrl", "URL"},
    {"base_url_nul_host", "/baseUrl", R"("https://a%00b.com")", "config/baseUrl", "URL"},
    {"path_absolute", "/streams/0/path", R"("https://evil.com/")", "config/streams/0/path",
     "path below baseUrl"},
    {"path_network", "/streams/0/path", R"("//evil.com/")", "config/streams/0/path",
     "path below baseUrl"},
    {"path_fragment", "/streams/0/path", R"("/a#b")", "config/streams/0/path", "fragment"},
    {"path_space", "/streams/0/path", R"("/a b")", "config/streams/0/path", "percent-encode"},
    {"path_percent", "/streams/0/path", R"("/a%2")", "config/streams/0/path", "hex digits"},
    {"path_secret", "/streams/0/path", R"("/a?api_key=x")", "config/streams/0/path", "secret"},
    {"records_pointer", "/streams/0/records", R"("data")", "config/streams/0/records",
     "not a JSON Pointer"},
    {"key_pointer", "/streams/0/key", R"(["/id","/a~2"])", "config/streams/0/key/1",
     "not a JSON Pointer"},
    {"field_pointer", "/streams/0/incremental/field", R"("updated_at")",
     "config/streams/0/incremental/field", "not a JSON Pointer"},
    {"fields_pointer", "/streams/0/fields/total", R"("a/b")", "config/streams/0/fields/total",
     "not a JSON Pointer"},
    {"cursor_pointer", "/streams/0/pagination/cursor", R"("$.meta")",
     "config/streams/0/pagination/cursor", "not a JSON Pointer"},
    {"lag_text", "/streams/0/incremental/lag", R"("soon")", "config/streams/0/incremental/lag",
     "duration"},
    {"lag_number", "/streams/0/incremental/lag", R"("60")", "config/streams/0/incremental/lag",
     "duration"},
    {"lag_negative", "/streams/0/incremental/lag", R"("-1s")", "config/streams/0/incremental/lag",
     "duration"},
    {"lag_long", "/streams/0/incremental/lag", R"("8785h")", "config/streams/0/incremental/lag",
     "8784h"},
    {"lag_infinite", "/streams/0/incremental/lag", R"("inf")", "config/streams/0/incremental/lag",
     "duration"},
    {"header_name", "/headers/X Bad", R"("x")", "config/headers/X Bad", "not a header name"},
    {"header_crlf_name", "/headers/X:\r\nY", R"("x")", "config/headers/X:\r\nY",
     "not a header name"},
    {"header_crlf_value", "/headers/X-Tenant", R"("a\r\nX-Injected: yes")",
     "config/headers/X-Tenant", "one line"},
    {"header_nul_value", "/headers/X-Tenant", R"("a\u0000b")", "config/headers/X-Tenant",
     "one line"},
    {"header_host", "/headers/host", R"("evil")", "config/headers/host", "overridden"},
    {"header_length", "/headers/Content-Length", R"("5")", "config/headers/Content-Length",
     "overridden"},
    {"header_te", "/headers/Transfer-Encoding", R"("chunked")", "config/headers/Transfer-Encoding",
     "overridden"},
    {"header_connection", "/headers/Connection", R"("close")", "config/headers/Connection",
     "overridden"},
    {"header_authorization", "/headers/authorization", R"("Bearer x")",
     "config/headers/authorization", "use 'auth'"},
    {"header_cookie", "/headers/Cookie", R"("s=1")", "config/headers/Cookie", "use 'auth'"},
    {"header_twice", "/headers/accept", R"("text/html")", "config/headers/accept", "twice"},
    {"query_secret", "/streams/0/query/access_token", R"("x")",
     "config/streams/0/query/access_token", "secret"},
    {"query_twice", "/streams/0/path", R"("/invoices?status=paid")",
     "config/streams/0/query/status", "config/streams/0/path sets too"},
    {"query_is_page_param", "/streams/0/query/after", R"("x")", "config/streams/0/pagination/param",
     "query/after sets too"},
    {"page_and_incremental_param", "/streams/0/incremental/param", R"("after")",
     "config/streams/0/incremental/param", "pagination/param sets too"},
    {"offset_limit_in_query", "/streams/0",
     R"({"name":"a","path":"/","key":["/id"],"query":{"limit":5},
         "pagination":{"kind":"offset","size":5}})",
     "config/streams/0/pagination/sizeParam", "query/limit sets too"},
    {"auth_query_name_taken", "/auth",
     R"({"kind":"api_key","credential":"token","in":"query","name":"status"})",
     "config/streams/0/query/status", "config/auth/name"},
    {"auth_header_taken", "/auth", R"({"kind":"api_key","credential":"token","name":"accept"})",
     "config/headers/Accept", "set by auth"},
    {"auth_header_reserved", "/auth", R"({"kind":"api_key","credential":"token","name":"Host"})",
     "config/auth/name", "X-API-Key"},
    {"auth_header_bad", "/auth", R"({"kind":"api_key","credential":"token","name":"X\r\nY"})",
     "config/auth/name", "X-API-Key"},
    {"basic_without_user", "/auth", R"({"kind":"basic","credential":"token"})",
     "config/auth/username", "exactly one"},
    {"basic_two_users", "/auth",
     R"({"kind":"basic","credential":"token","username":"a","usernameCredential":"user"})",
     "config/auth/username", "exactly one"},
    {"basic_colon", "/auth", R"({"kind":"basic","credential":"token","username":"a:b"})",
     "config/auth/username", "colon"},
    {"credential_missing", "/auth/credential", R"("other")", "config/auth/credential",
     "stored are: token, user"},
    {"cursor_two_places", "/streams/0/pagination/cursorHeader", R"("X-Next")",
     "config/streams/0/pagination/cursor", "exactly one"},
    {"cursor_no_place", "/streams/0/pagination/cursor", "-", "config/streams/0/pagination/cursor",
     "exactly one"},
    {"cursor_header_name", "/streams/0/pagination",
     R"({"kind":"cursor","param":"p","cursorHeader":"a b"})",
     "config/streams/0/pagination/cursorHeader", "not a header name"},
    {"size_param_without_size", "/streams/0/pagination", R"({"kind":"page","sizeParam":"n"})",
     "config/streams/0/pagination/size", "together with sizeParam"},
    {"burst_without_rate", "/rateLimit/requestsPerSecond", "-",
     "config/rateLimit/requestsPerSecond", "together with burst"},
    {"stream_name_twice", "/streams/1", R"({"name":"invoices","path":"/x","key":["/id"]})",
     "config/streams/1/name", "also the name of config/streams/0"},
};

std::string Listed(const std::vector<FieldViolation>& violations) {
  std::string text;
  for (const auto& violation : violations) {
    text += violation.field + ": " + violation.description + "\n";
  }
  return text;
}

void ExpectOneViolation(const BadCase& row) {
  SCOPED_TRACE(row.name);
  const auto violations = ValidateConfig(IntegrationType::kRest, Changed(row).dump(), kStored);
  ASSERT_EQ(violations.size(), 1) << Listed(violations);
  EXPECT_EQ(violations[0].field, row.field);
  EXPECT_THAT(violations[0].description, HasSubstr(row.words));
}

TEST(ValidateConfig, AcceptsTheSampleOfTheDesign) {
  EXPECT_EQ(Listed(ValidateConfig(IntegrationType::kRest, Sample().dump(), kStored)), "");
  EXPECT_TRUE(ValijsonAccepts(Sample()));
}

TEST(ValidateConfig, NamesEachFieldThatTheSchemaRefuses) {
  for (const BadCase& row : kSchemaCases) {
    ExpectOneViolation(row);
    EXPECT_FALSE(ValijsonAccepts(Changed(row))) << row.name << ": valijson disagrees";
  }
}

TEST(ValidateConfig, NamesEachFieldWhoseMeaningIsWrong) {
  for (const BadCase& row : kMeaningCases) {
    ExpectOneViolation(row);
    EXPECT_TRUE(ValijsonAccepts(Changed(row))) << row.name << " could be said in the schema";
  }
}

TEST(ValidateConfig, ListsAllBadFieldsAtOnce) {
  json config = Sample();
  config["baseUrl"] = "/v1";
  config["baseURL"] = "https://api.example.com";
  config["streams"][0]["key"] = {"/id", "nope"};
  config["streams"][0]["incremental"]["lag"] = "soon";
  config["auth"]["credential"] = "gone";
  EXPECT_EQ(ValidateConfig(IntegrationType::kRest, config.dump(), kStored).size(), 5);
}

TEST(ValidateConfig, AcceptsEveryKindOfPaginationAndAuth) {
  for (const char* pagination :
       {R"({"kind":"none"})", R"({"kind":"page"})",
        R"({"kind":"page","param":"p","start":0,"sizeParam":"n","size":50,"totalPages":"/pages"})",
        R"({"kind":"offset","size":100,"total":"/total"})",
        R"({"kind":"cursor","cursorHeader":"X-Next","param":"c"})", R"({"kind":"link_header"})",
        R"({"kind":"next_url","next":"/links/next"})"}) {
    json config = Sample();
    config["streams"][0]["pagination"] = json::parse(pagination);
    EXPECT_EQ(Listed(ValidateConfig(IntegrationType::kRest, config.dump(), kStored)), "");
    EXPECT_TRUE(ValijsonAccepts(config)) << pagination;
  }
  for (const char* auth :
       {R"({"kind":"none"})", R"({"kind":"api_key","credential":"token","name":"X-API-Key"})",
        R"({"kind":"api_key","credential":"token","in":"query","name":"key"})",
        R"({"kind":"basic","username":"me","credential":"token"})",
        R"({"kind":"basic","usernameCredential":"user","credential":"token"})"}) {
    json config = Sample();
    config["auth"] = json::parse(auth);
    EXPECT_EQ(Listed(ValidateConfig(IntegrationType::kRest, config.dump(), kStored)), "");
    EXPECT_TRUE(ValijsonAccepts(config)) << auth;
  }
}

TEST(ValidateConfig, RefusesTextThatIsNoConfig) {
  const std::string deep(100'000, '[');
  const struct {
    const char* name;
    std::string text;
    const char* words;
  } cases[] = {
      {"empty", "", "is not JSON"},
      {"cut", R"({"baseUrl":"secret)", "near byte"},
      {"trailing", "{} x", "is not JSON"},
      {"array", "[]", "must be an object, not an array"},
      {"null", "null", "must be an object, not null"},
      {"unclosed_depth", deep, "is not JSON"},
      {"deep", deep + std::string(100'000, ']'), "levels deep"},
      {"large", std::string(kMaxConfigBytes + 1, ' '), "at most 262144"},
      {"invalid_utf8", "{\"a\":\"\xff\"}", "is not JSON"},
      {"member_twice", R"({"baseUrl":"https://a.b","baseUrl":"https://c.d",
        "streams":[{"name":"a","path":"","key":["/id"]}]})",
       "\"baseUrl\" twice"},
  };
  for (const auto& row : cases) {
    SCOPED_TRACE(row.name);
    const auto violations = ValidateConfig(IntegrationType::kRest, row.text, kStored);
    ASSERT_EQ(violations.size(), 1) << Listed(violations);
    EXPECT_EQ(violations[0].field, "config");
    EXPECT_THAT(violations[0].description, HasSubstr(row.words));
    EXPECT_THAT(violations[0].description, Not(HasSubstr("secret")));
  }
}

TEST(ValidateConfig, TakesAtMostAHundredStreams) {
  json config = Sample();
  config["streams"] = json::array();
  for (int i = 0; i < 101; ++i) {
    config["streams"].push_back({{"name", fmt::format("s{}", i)}, {"path", ""}, {"key", {"/id"}}});
  }
  const auto violations = ValidateConfig(IntegrationType::kRest, config.dump(), kStored);
  ASSERT_EQ(violations.size(), 1) << Listed(violations);
  EXPECT_EQ(violations[0].field, "config/streams");
  config["streams"].erase(100);
  EXPECT_EQ(Listed(ValidateConfig(IntegrationType::kRest, config.dump(), kStored)), "");
}

TEST(ValidateConfig, OtherTypesComeLater) {
  for (const auto type : {IntegrationType::kGraphql, IntegrationType::kManual}) {
    const auto violations = ValidateConfig(type, "{}", {});
    ASSERT_EQ(violations.size(), 1);
    EXPECT_EQ(violations[0].field, "type");
    EXPECT_THAT(violations[0].description, HasSubstr("comes in a later round"));
  }
}

}  // namespace
}  // namespace syncline::connectors
