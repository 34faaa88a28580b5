// HttpClient against servers that are broken, slow or out to hurt.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>

#include "executor/http/fetch_fixture.h"
#include "executor/http/scripted_server.h"

namespace syncline::executor {
namespace {

using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// Lines as they are sent; the connection is closed behind them.
struct BrokenAnswer {
  std::string name;
  std::string bytes;
  std::string expected;
};

class BrokenAnswerTest : public testing::TestWithParam<BrokenAnswer> {};

TEST_P(BrokenAnswerTest, IsAnErrorOfItsKindThatQuotesNothing) {
  ScriptedServer server([&](ScriptedConnection& connection) {
    connection.ReadRequest();
    connection.Send(GetParam().bytes);
  });
  const auto client = MakeClient();
  HttpRequest request = RequestTo(server.url("/?key=CANARY"));
  request.redacted_url = server.url("/?key=***");
  const FetchResult result = FetchAndWait(*client, request);
  EXPECT_EQ(OutcomeOf(result), GetParam().expected) << MessageOf(result);
  EXPECT_THAT(MessageOf(result), Not(HasSubstr("CANARY")));
  EXPECT_THAT(MessageOf(result), AnyOf("", StartsWith("127.0.0.1: ")));
}

std::string Headers(int count) {
  std::string headers;
  for (int i = 0; i < count; ++i) headers += fmt::format("X-{}: CANARY\r\n", i);
  return headers;
}

INSTANTIATE_TEST_SUITE_P(
    All, BrokenAnswerTest,
    testing::Values(
        BrokenAnswer{"nothing", "", "connection_lost"},
        BrokenAnswer{"closed_in_headers", "HTTP/1.1 200 OK\r\nX-A: CANARY", "connection_lost"},
        BrokenAnswer{"closed_in_body", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nCANARY",
                     "connection_lost"},
        BrokenAnswer{"closed_in_chunk",
                     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nCANARY",
                     "connection_lost"},
        BrokenAnswer{"closed_before_last_chunk",
                     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nCANARY\r\n",
                     "connection_lost"},
        BrokenAnswer{"bad_chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nCANARY\r\n",
                     "connection_lost"},
        BrokenAnswer{"not_http", "220 CANARY ESMTP ready\r\n", "protocol"},
        BrokenAnswer{"unknown_version", "HTTP/9.9 200 CANARY\r\n\r\n", "protocol"},
        BrokenAnswer{"ended_by_close", "HTTP/1.0 200 OK\r\n\r\nwhole", "response 200"},
        BrokenAnswer{"gzip_whole", Answer(GzipOf("text"), "Content-Encoding: gzip\r\n"),
                     "response 200"},
        BrokenAnswer{"gzip_cut_off",
                     Answer(GzipOf("CANARY text").substr(0, 20), "Content-Encoding: gzip\r\n"),
                     "bad_encoding"},
        BrokenAnswer{"gzip_that_is_not", Answer("CANARY", "Content-Encoding: gzip\r\n"),
                     "bad_encoding"},
        BrokenAnswer{"gzip_twice",
                     Answer(GzipOf(GzipOf("CANARY")), "Content-Encoding: gzip, gzip\r\n"),
                     "bad_encoding"},
        BrokenAnswer{"brotli", Answer("CANARY", "Content-Encoding: br\r\n"), "bad_encoding"},
        BrokenAnswer{"announced_too_large",
                     "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", "too_large"},
        BrokenAnswer{"gzip_bomb",
                     Answer(GzipOf(std::string(64 << 20, '0')), "Content-Encoding: gzip\r\n"),
                     "too_large"},
        BrokenAnswer{"header_count_at_limit", Answer("x", Headers(197)), "response 200"},
        BrokenAnswer{"too_many_headers", Answer("x", Headers(198)), "too_large"},
        BrokenAnswer{"too_large_headers",
                     Answer("x", "X-A: " + std::string(40'000, 'a') +
                                     "\r\nX-B: " + std::string(40'000, 'b') + "\r\n"),
                     "too_large"}),
    [](const auto& param) { return param.param.name; });

// Sends `head` once, then `part` until the client closes or `limit` bytes are out.
class EndlessServer {
 public:
  EndlessServer(std::string head, std::string part, int64_t limit)
      : server_([this, head = std::move(head), part = std::move(part),
                 limit](ScriptedConnection& connection) {
          connection.ReadRequest();
          connection.Send(head);
          while (sent_ < limit && connection.Send(part)) sent_ += static_cast<int64_t>(part.size());
        }) {}
  std::string url() const { return server_.url(); }
  int64_t sent() const { return sent_; }

 private:
  std::atomic<int64_t> sent_ = 0;
  ScriptedServer server_;
};

constexpr int64_t kMegabyte = 1 << 20;

TEST(EndlessAnswerTest, ChunksAreCutAtTheLimit) {
  EndlessServer server("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                       "10000\r\n" + std::string(0x10000, 'x') + "\r\n", 300 * kMegabyte);
  const auto client = MakeClient();
  EXPECT_EQ(OutcomeOf(FetchAndWait(*client, RequestTo(server.url()))), "too_large");
  EXPECT_LT(server.sent(), 100 * kMegabyte);
  EXPECT_LE(client->stats().body_bytes, 64 * kMegabyte);
}

struct EndlessCase {
  std::string name;
  std::string head;
  std::string part;
};

class EndlessHeadTest : public testing::TestWithParam<EndlessCase> {};

TEST_P(EndlessHeadTest, IsCutEarly) {
  EndlessServer server(GetParam().head, GetParam().part, 100 * kMegabyte);
  const auto client = MakeClient();
  EXPECT_EQ(OutcomeOf(FetchAndWait(*client, RequestTo(server.url()))), "too_large");
  EXPECT_LT(server.sent(), 20 * kMegabyte);
}

INSTANTIATE_TEST_SUITE_P(
    All, EndlessHeadTest,
    testing::Values(
        EndlessCase{"headers", "HTTP/1.1 200 OK\r\n", "X-More: yes\r\n"},
        EndlessCase{"one_header_line", "HTTP/1.1 200 OK\r\nX-More: ", std::string(1000, 'x')},
        EndlessCase{"status_line", "HTTP/1.1 200 ", std::string(1000, 'x')},
        EndlessCase{"interim_responses", "", "HTTP/1.1 100 Continue\r\n\r\n"},
        EndlessCase{"trailers",
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n",
                    "X-More: yes\r\n"}),
    [](const auto& param) { return param.param.name; });

// A server that says `head`, then one byte every few milliseconds.
ScriptedServer::Script Drip(std::string head) {
  return [head = std::move(head)](ScriptedConnection& connection) {
    connection.ReadRequest();
    bool open = connection.Send(head);
    while (open) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      open = connection.Send("x");
    }
  };
}

const HttpLimits kShort = {.first_byte_timeout = absl::Milliseconds(300),
                           .stall_time = absl::Milliseconds(300)};

TEST(SlowAnswerTest, NoAnswerAtAll) {
  ScriptedServer server([](ScriptedConnection& connection) { connection.WaitForClose(); });
  const auto client = MakeClient();
  const FetchResult result = FetchAndWait(*client, RequestTo(server.url()), kShort);
  EXPECT_EQ(OutcomeOf(result), "timeout_first_byte");
  EXPECT_EQ(MessageOf(result), "127.0.0.1: no answer within 300ms");
}

TEST(SlowAnswerTest, ABodyThatDrips) {
  ScriptedServer server(Drip("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"));
  const auto client = MakeClient();
  const FetchResult result = FetchAndWait(*client, RequestTo(server.url()), kShort);
  EXPECT_EQ(OutcomeOf(result), "stalled");
  EXPECT_EQ(MessageOf(result), "127.0.0.1: less than 1024 bytes a second for 300ms");
}

TEST(SlowAnswerTest, AHeadThatDripsCountsAsNoAnswerUntilALineIsWhole) {
  ScriptedServer first_line(Drip("HTTP/1.1 200 "));
  const auto client = MakeClient();
  EXPECT_EQ(OutcomeOf(FetchAndWait(*client, RequestTo(first_line.url()), kShort)),
            "timeout_first_byte");
  ScriptedServer later_line(Drip("HTTP/1.1 200 OK\r\nX-More: "));
  EXPECT_EQ(OutcomeOf(FetchAndWait(*client, RequestTo(later_line.url()), kShort)), "stalled");
}

TEST(SlowAnswerTest, ABodyThatStopsInTheMiddle) {
  ScriptedServer server([](ScriptedConnection& connection) {
    connection.ReadRequest();
    connection.Send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" +
                    std::string(500'000, 'x'));
    connection.WaitForClose();
  });
  const auto client = MakeClient();
  EXPECT_EQ(OutcomeOf(FetchAndWait(*client, RequestTo(server.url()), kShort)), "stalled");
}

TEST(SlowAnswerTest, ASlowAnswerThatKeepsTheRateIsTaken) {
  ScriptedServer server([](ScriptedConnection& connection) {
    connection.ReadRequest();
    connection.Send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
    for (int i = 0; i < 100; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      connection.Send(std::string(1000, 'x'));
    }
  });
  const auto client = MakeClient();
  HttpLimits limits = kShort;
  limits.stall_bytes_per_second = 1000;  // A hundredth of what comes: a busy machine is no stall.
  EXPECT_EQ(OutcomeOf(FetchAndWait(*client, RequestTo(server.url()), limits)), "response 200");
}

TEST(SlowAnswerTest, TheTotalTimeEndsAnAnswerThatKeepsTheRate) {
  EndlessServer server("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n",
                       100'000 * kMegabyte);
  const auto client = MakeClient();
  EXPECT_EQ(OutcomeOf(FetchAndWait(*client, RequestTo(server.url()),
                                   {.total_timeout = absl::Milliseconds(300)})),
            "total_timeout");
}

TEST(SlowAnswerTest, TheTotalTimeCoversTheWaitForAConnection) {
  ScriptedServer server([](ScriptedConnection& connection) { connection.WaitForClose(); });
  const auto client = MakeClient("127.0.0.0/8", {.max_in_flight_per_origin = 1});
  PendingFetch first = Start(*client, RequestTo(server.url()));
  EXPECT_EQ(OutcomeOf(FetchAndWait(*client, RequestTo(server.url()),
                                   {.total_timeout = absl::Milliseconds(300)})),
            "total_timeout");
  client->Cancel(first.id);
  EXPECT_EQ(OutcomeOf(first.result.get()), "cancelled");
}

TEST(SlowAnswerTest, ATlsHandshakeThatIsNotAnswered) {
  ScriptedServer server([](ScriptedConnection& connection) { connection.WaitForClose(); });
  const auto client = MakeClient();
  const FetchResult result =
      FetchAndWait(*client, RequestTo(fmt::format("https://127.0.0.1:{}/", server.port())),
                   {.connect_timeout = absl::Milliseconds(300)});
  EXPECT_EQ(OutcomeOf(result), "timeout_connect");
  EXPECT_EQ(MessageOf(result), "127.0.0.1: no connection within 300ms");
}

TEST(SlowAnswerTest, OneSlowServerHoldsUpNoOther) {
  ScriptedServer slow(Drip("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"));
  ScriptedServer quick([](ScriptedConnection& connection) {
    while (!connection.ReadRequest().empty()) connection.Send(Answer("quick"));
  });
  const auto client = MakeClient();
  PendingFetch hanging = Start(*client, RequestTo(slow.url()));
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(OutcomeOf(FetchAndWait(*client, RequestTo(quick.url()))), "response 200");
  }
  client->Cancel(hanging.id);
  EXPECT_EQ(OutcomeOf(hanging.result.get()), "cancelled");
}

}  // namespace
}  // namespace syncline::executor
