#include "executor/http/request_check.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/status/status.h"

namespace syncline::executor {
namespace {

HttpRequest Request(std::string url) {
  HttpRequest request;
  request.url = std::move(url);
  return request;
}

struct UrlCase {
  std::string name;
  std::string url;
  std::string origin;  // Empty: refused.
};

class UrlTest : public testing::TestWithParam<UrlCase> {};

TEST_P(UrlTest, IsTakenOrRefused) {
  const auto target = CheckRequest(Request(GetParam().url));
  ASSERT_EQ(target.ok(), !GetParam().origin.empty()) << target.status();
  if (target.ok()) {
    EXPECT_EQ(target->origin, GetParam().origin);
  } else {
    EXPECT_TRUE(absl::IsInvalidArgument(target.status()));
    EXPECT_EQ(target.status().message().find("CANARY"), absl::string_view::npos);
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, UrlTest,
    testing::Values(
        UrlCase{"plain", "http://api.example.com/v1", "http://api.example.com:80"},
        UrlCase{"tls", "https://API.Example.com/v1?x=1", "https://api.example.com:443"},
        UrlCase{"port", "https://api.example.com:8443", "https://api.example.com:8443"},
        UrlCase{"upper_scheme", "HTTPS://api.example.com", "https://api.example.com:443"},
        UrlCase{"ipv6", "http://[2001:DB8::1]/", "http://[2001:db8::1]:80"},
        UrlCase{"hex_is_normalised", "http://0x7f000001/", "http://127.0.0.1:80"},
        UrlCase{"decimal_is_normalised", "http://2130706433/", "http://127.0.0.1:80"},
        UrlCase{"octal_is_normalised", "http://0177.0.0.1/", "http://127.0.0.1:80"},
        UrlCase{"short_is_normalised", "http://127.1/", "http://127.0.0.1:80"},
        UrlCase{"empty", "", ""}, UrlCase{"relative", "/v1/CANARY", ""},
        UrlCase{"no_scheme", "api.example.com/CANARY", ""},
        UrlCase{"file", "file:///etc/CANARY", ""}, UrlCase{"ftp", "ftp://example.com/", ""},
        UrlCase{"gopher", "gopher://example.com/", ""}, UrlCase{"dict", "dict://example.com/", ""},
        UrlCase{"ldap", "ldap://example.com/", ""}, UrlCase{"smb", "smb://example.com/", ""},
        UrlCase{"unknown", "unix://example.com/", ""},
        UrlCase{"user", "https://CANARY@example.com/", ""},
        UrlCase{"user_and_password", "https://good:CANARY@evil.example.com/", ""},
        UrlCase{"user_behind_backslash", "https://good.example.com\\@evil.example.com/", ""},
        UrlCase{"space", "http://example.com/a CANARY", ""},
        UrlCase{"tab", "http://example.com/a\tCANARY", ""},
        UrlCase{"line_end", "http://example.com/a\r\nX-Injected: CANARY", ""},
        UrlCase{"nul", std::string("http://example.com/a\0CANARY", 27), ""},
        UrlCase{"encoded_nul_in_host", "http://example.com%00.evil.example.com/", ""},
        UrlCase{"port_out_of_range", "http://example.com:65536/", ""},
        UrlCase{"port_not_a_number", "http://example.com:http/", ""},
        UrlCase{"no_host", "http://:80/CANARY", ""}),
    [](const auto& param) { return param.param.name; });

struct HeaderCase {
  std::string name;
  std::string header;
  std::string value;
  bool good;
};

class HeaderTest : public testing::TestWithParam<HeaderCase> {};

TEST_P(HeaderTest, IsTakenOrRefusedWithoutItsValue) {
  HttpRequest request = Request("http://api.example.com/");
  request.headers = {{"Accept", "application/json"}, {GetParam().header, GetParam().value}};
  const absl::Status status = CheckRequest(request).status();
  EXPECT_EQ(status.ok(), GetParam().good) << status;
  EXPECT_EQ(status.message().find("CANARY"), absl::string_view::npos) << status;
}

INSTANTIATE_TEST_SUITE_P(
    All, HeaderTest,
    testing::Values(HeaderCase{"plain", "X-Tenant", "a b\tc", true},
                    HeaderCase{"empty_value", "X-Tenant", "", true},
                    HeaderCase{"utf8", "X-Tenant", "z\xc3\xbc", true},
                    HeaderCase{"symbols_in_name", "X_Tenant!~", "a", true},
                    HeaderCase{"line_end", "X-Tenant", "CANARY\r\nX-Injected: yes", false},
                    HeaderCase{"cr", "X-Tenant", "CANARY\r", false},
                    HeaderCase{"lf", "X-Tenant", "\nCANARY", false},
                    HeaderCase{"nul", "X-Tenant", std::string("CANARY\0", 7), false},
                    HeaderCase{"escape", "X-Tenant", "CANARY\x1b[2J", false},
                    HeaderCase{"delete", "X-Tenant", "CANARY\x7f", false},
                    HeaderCase{"no_name", "", "CANARY", false},
                    HeaderCase{"colon_in_name", "X:CANARY", "a", false},
                    HeaderCase{"space_in_name", "X CANARY", "a", false},
                    HeaderCase{"line_end_in_name", "X\r\nCANARY", "a", false},
                    HeaderCase{"nul_in_name", std::string("X\0CANARY", 8), "a", false},
                    HeaderCase{"host", "Host", "CANARY", false},
                    HeaderCase{"content_length", "content-length", "5", false},
                    HeaderCase{"transfer_encoding", "Transfer-Encoding", "chunked", false},
                    HeaderCase{"connection", "Connection", "close", false},
                    HeaderCase{"accept_encoding", "Accept-Encoding", "br", false}),
    [](const auto& param) { return param.param.name; });

TEST(CheckRequestTest, TheMethodMustBeAToken) {
  HttpRequest request = Request("http://api.example.com/");
  for (const char* method : {"", "GET /", "GET\r\nX: y", "G:T"}) {
    request.method = method;
    EXPECT_FALSE(CheckRequest(request).ok()) << method;
  }
  request.method = "PROPFIND";
  EXPECT_TRUE(CheckRequest(request).ok());
}

TEST(HostToShowTest, ShowsTheHostAlone) {
  EXPECT_EQ(HostToShow("https://api.example.com:8443/v1?key=***"), "api.example.com");
  EXPECT_EQ(HostToShow("https://user:CANARY@api.example.com/"), "api.example.com");
  EXPECT_EQ(HostToShow(""), "the server");
  EXPECT_EQ(HostToShow("no url CANARY"), "the server");
}

}  // namespace
}  // namespace syncline::executor
