// What HttpClient does not send, and where it does not connect to.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "executor/http/fetch_fixture.h"
#include "executor/http/scripted_server.h"

namespace syncline::executor {
namespace {

using testing::HasSubstr;
using testing::Not;

ScriptedServer::Script Polite() {
  return [](ScriptedConnection& connection) {
    while (!connection.ReadRequest().empty()) connection.Send(Answer("reached"));
  };
}

struct HostCase {
  std::string name;
  std::string host;
};

// Every spelling that this machine understands as itself, or as another place not to go to.
class ForbiddenHostTest : public testing::TestWithParam<HostCase> {};

TEST_P(ForbiddenHostTest, IsNotConnectedTo) {
  ScriptedServer server(Polite());
  const auto client = MakeClient("");
  const FetchResult result = FetchAndWait(
      *client, RequestTo(fmt::format("http://{}:{}/", GetParam().host, server.port())));
  EXPECT_EQ(OutcomeOf(result), "refused_by_policy") << MessageOf(result);
  EXPECT_THAT(MessageOf(result), HasSubstr("may not be reached, its address is "));
  EXPECT_EQ(server.connections(), 0);
  EXPECT_EQ(client->stats().connections, 0);
}

INSTANTIATE_TEST_SUITE_P(
    All, ForbiddenHostTest,
    testing::Values(
        HostCase{"loopback", "127.0.0.1"}, HostCase{"short_form", "127.1"},
        HostCase{"three_parts", "127.0.1"}, HostCase{"hex", "0x7f000001"},
        HostCase{"hex_parts", "0x7f.0.0.0x1"}, HostCase{"decimal", "2130706433"},
        HostCase{"octal", "0177.0.0.1"}, HostCase{"octal_whole", "017700000001"},
        HostCase{"any", "0.0.0.0"}, HostCase{"any_short", "0"}, HostCase{"localhost", "localhost"},
        HostCase{"localhost_upper", "LOCALHOST"}, HostCase{"percent_encoded", "127.0.0.%31"},
        HostCase{"any_v6", "[::]"}, HostCase{"loopback_v6", "[::1]"},
        HostCase{"loopback_v6_long", "[0:0:0:0:0:0:0:1]"}, HostCase{"mapped", "[::ffff:127.0.0.1]"},
        HostCase{"mapped_hex", "[::ffff:7f00:1]"}, HostCase{"mapped_any", "[::ffff:0.0.0.0]"},
        HostCase{"compatible", "[::127.0.0.1]"}, HostCase{"translated", "[64:ff9b::7f00:1]"},
        HostCase{"translated_local", "[64:ff9b:1::1]"}, HostCase{"six_to_four", "[2002:7f00:1::]"},
        HostCase{"teredo", "[2001:0::1]"}, HostCase{"link_local", "[fe80::1]"},
        HostCase{"link_local_zone", "[fe80::1%25lo]"}, HostCase{"unique_local", "[fd00:ec2::254]"},
        HostCase{"metadata", "169.254.169.254"}, HostCase{"metadata_decimal", "2852039166"},
        HostCase{"metadata_public", "168.63.129.16"},
        HostCase{"metadata_shared", "100.100.100.200"}, HostCase{"private_10", "10.0.0.1"},
        HostCase{"private_172", "172.16.0.1"}, HostCase{"private_192", "192.168.0.1"},
        HostCase{"multicast", "224.0.0.1"}, HostCase{"reserved", "240.0.0.1"},
        HostCase{"broadcast", "255.255.255.255"}),
    [](const auto& param) { return param.param.name; });

// Spellings of which the verdict may differ by machine (locale, resolver), but which never connect.
TEST(ForbiddenHostTest, OddSpellingsNeverConnect) {
  ScriptedServer server(Polite());
  const auto client = MakeClient("");
  for (const char* host : {"１２７.０.０.１", "ⓛocalhost", "127。0。0。1", "127.0.0.1.",
                           "localhost.", "good.example.com\\@127.0.0.1", "good@127.0.0.1",
                           "127.0.0.1%00", "127.0.0.1%2f", "local\thost"}) {
    const FetchResult result =
        FetchAndWait(*client, RequestTo(fmt::format("http://{}:{}/", host, server.port())));
    EXPECT_THAT(OutcomeOf(result), testing::AnyOf("refused_by_policy", "dns", "bad_request"))
        << host << " " << MessageOf(result);
  }
  EXPECT_EQ(server.connections(), 0);
}

TEST(AllowedHostTest, WhatIsListedIsReachedInEverySpelling) {
  ScriptedServer server(Polite());
  const auto client = MakeClient("127.0.0.1/32");
  for (const char* host : {"127.0.0.1", "127.1", "0x7f000001", "localhost", "[::ffff:127.0.0.1]"}) {
    const FetchResult result =
        FetchAndWait(*client, RequestTo(fmt::format("http://{}:{}/", host, server.port())));
    EXPECT_EQ(OutcomeOf(result), "response 200") << host << " " << MessageOf(result);
  }
  EXPECT_EQ(OutcomeOf(FetchAndWait(*client,
                                   RequestTo(fmt::format("http://127.0.0.2:{}/", server.port())))),
            "refused_by_policy");
}

TEST(AllowedHostTest, AnAllowedAddressWhereNobodyListensIsNoRefusal) {
  int port = 0;
  {
    ScriptedServer gone(Polite());
    port = gone.port();
  }
  const auto client = MakeClient("127.0.0.1/32");
  // localhost also stands for ::1, which is not listed; the address that was tried counts.
  for (const char* host : {"127.0.0.1", "localhost"}) {
    EXPECT_EQ(OutcomeOf(FetchAndWait(*client, RequestTo(fmt::format("http://{}:{}/", host, port)))),
              "connect")
        << host;
  }
}

TEST(RefusedRequestTest, IsCalledBackAndNotSent) {
  ScriptedServer server(Polite());
  const auto client = MakeClient();
  HttpRequest injected = RequestTo(server.url());
  injected.headers = {{"X-Tenant", "CANARY\r\nX-Injected: yes"}};
  HttpRequest method = RequestTo(server.url());
  method.method = "GET / HTTP/1.1\r\nX-Injected: CANARY\r\n\r\n";
  for (const HttpRequest& request :
       {injected, method, RequestTo("ftp://127.0.0.1/CANARY"), RequestTo("file:///CANARY"),
        RequestTo("http://user:CANARY@127.0.0.1/"), RequestTo("CANARY")}) {
    const FetchResult result = FetchAndWait(*client, request);
    EXPECT_EQ(OutcomeOf(result), "bad_request");
    EXPECT_THAT(MessageOf(result), Not(HasSubstr("CANARY")));
  }
  EXPECT_EQ(server.connections(), 0);
}

TEST(RefusedRequestTest, AnUnknownNameIsADnsError) {
  const auto client = MakeClient();
  // Reserved so that it never exists (RFC 6761).
  const FetchResult result = FetchAndWait(*client, RequestTo("http://api.syncline.invalid/"));
  EXPECT_EQ(OutcomeOf(result), "dns") << MessageOf(result);
  EXPECT_THAT(MessageOf(result), HasSubstr("api.syncline.invalid: "));
}

}  // namespace
}  // namespace syncline::executor
