// HttpClient against servers that behave.
#include "executor/http/http_client.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "executor/http/fetch_fixture.h"
#include "executor/http/scripted_server.h"

namespace syncline::executor {
namespace {

using testing::HasSubstr;
using testing::Not;

// A web server that answers with what it was asked.
class EchoServer {
 public:
  EchoServer() {
    const auto echo = [this](const httplib::Request& request, httplib::Response& response) {
      {
        const std::lock_guard lock(mutex_);
        client_ports_.insert(request.remote_port);
      }
      std::string text = request.method + " " + request.target + "\n";
      for (const auto& [name, value] : request.headers)
        text.append(name).append(": ").append(value).append("\n");
      response.set_header("X-Echo", "yes");
      response.set_content(text + "\n" + request.body, "application/octet-stream");
    };
    server_.Get(".*", echo).Post(".*", echo).Put(".*", echo).Patch(".*", echo).Delete(".*", echo);
    server_.set_keep_alive_max_count(1'000);
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
  }
  ~EchoServer() {
    server_.stop();
    thread_.join();
  }

  std::string url(std::string_view path) const {
    return fmt::format("http://127.0.0.1:{}{}", port_, path);
  }
  // Connections seen.
  size_t connections() {
    const std::lock_guard lock(mutex_);
    return client_ports_.size();
  }

 private:
  httplib::Server server_;
  int port_ = 0;
  std::mutex mutex_;
  std::set<int> client_ports_;
  std::thread thread_;
};

std::vector<PendingFetch> StartMany(LoopedClient& client, int count, const std::string& url) {
  std::vector<PendingFetch> fetches;
  fetches.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) fetches.push_back(Start(client, RequestTo(url)));
  return fetches;
}

TEST(HttpClientTest, SendsTheRequestAndReadsTheResponse) {
  EchoServer server;
  const auto client = MakeClient();
  HttpRequest request = RequestTo(server.url("/v1/items?page=2"));
  request.headers = {{"X-Tenant", " acme "}, {"User-Agent", "custom"}};
  const HttpResponse response = ResponseOf(FetchAndWait(*client, request));
  EXPECT_EQ(response.status, 200);
  ASSERT_NE(response.Header("x-echo"), nullptr);
  EXPECT_EQ(*response.Header("x-echo"), "yes");
  EXPECT_EQ(response.Header("X-Echo"), nullptr);
  EXPECT_THAT(response.body, HasSubstr("GET /v1/items?page=2\n"));
  EXPECT_THAT(response.body, HasSubstr("X-Tenant: acme\n"));
  EXPECT_THAT(response.body, HasSubstr("User-Agent: custom\n"));
  EXPECT_THAT(response.body, HasSubstr("Accept-Encoding: gzip\n"));
}

TEST(HttpClientTest, SendsEmptyHeadersAndNothingOfItsOwnBeyondTheNeedful) {
  std::string received;
  ScriptedServer server([&](ScriptedConnection& connection) {
    received = connection.ReadRequest();
    connection.Send(Answer(""));
  });
  const auto client = MakeClient();
  HttpRequest request = RequestTo(server.url("/x"));
  request.headers = {{"X-Empty", ""}, {"Accept", "application/json"}};
  EXPECT_EQ(OutcomeOf(FetchAndWait(*client, request)), "response 200");
  EXPECT_EQ(received, fmt::format("GET /x HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n"
                                  "User-Agent: syncline/" SYNCLINE_VERSION "\r\n"
                                  "X-Empty:\r\nAccept: application/json\r\n"
                                  "Accept-Encoding: gzip\r\n\r\n",
                                  server.port()));
}

TEST(HttpClientTest, SendsBodiesWithEveryMethod) {
  EchoServer server;
  const auto client = MakeClient();
  for (const char* method : {"POST", "PUT", "PATCH", "DELETE"}) {
    HttpRequest request = RequestTo(server.url("/"));
    request.method = method;
    request.headers = {{"Content-Type", "application/json"}};
    request.body = R"({"large":")" + std::string(2 << 20, 'x') + R"("})";
    const HttpResponse response = ResponseOf(FetchAndWait(*client, request));
    EXPECT_THAT(response.body.substr(0, 1000), HasSubstr(std::string(method) + " /\n"));
    EXPECT_THAT(response.body.substr(0, 1000), HasSubstr("Content-Type: application/json\n"));
    EXPECT_THAT(response.body.substr(0, 1000), Not(HasSubstr("Expect")));
    EXPECT_TRUE(response.body.ends_with(request.body)) << method;
  }
}

TEST(HttpClientTest, APostWithoutBodyHasLengthZeroAndNoType) {
  EchoServer server;
  const auto client = MakeClient();
  HttpRequest request = RequestTo(server.url("/"));
  request.method = "POST";
  const HttpResponse response = ResponseOf(FetchAndWait(*client, request));
  EXPECT_THAT(response.body, HasSubstr("Content-Length: 0\n"));
  EXPECT_THAT(response.body, Not(HasSubstr("Content-Type")));
}

TEST(HttpClientTest, HeadHasNoBody) {
  ScriptedServer server([](ScriptedConnection& connection) {
    connection.ReadRequest();
    connection.Send("HTTP/1.1 200 OK\r\nContent-Length: 999\r\nContent-Encoding: br\r\n\r\n");
  });
  const auto client = MakeClient();
  HttpRequest request = RequestTo(server.url());
  request.method = "HEAD";
  const HttpResponse response = ResponseOf(FetchAndWait(*client, request));
  EXPECT_EQ(*response.Header("content-length"), "999");
  EXPECT_EQ(response.body, "");
}

TEST(HttpClientTest, AnyStatusIsAResponseAndRedirectsAreNotFollowed) {
  std::atomic<int> status = 0;
  std::atomic<int> requests = 0;
  ScriptedServer server([&](ScriptedConnection& connection) {
    while (!connection.ReadRequest().empty()) {
      ++requests;
      connection.Send(Answer("body", "Location: http://169.254.169.254/\r\n",
                             fmt::format("{} Status", status.load())));
    }
  });
  const auto client = MakeClient();
  int asked = 0;
  for (const int code : {200, 301, 302, 303, 307, 308, 401, 404, 429, 500, 503}) {
    status = code;
    HttpRequest request = RequestTo(server.url());
    request.headers = {{"X-Api-Key", "CANARY"}};
    const HttpResponse response = ResponseOf(FetchAndWait(*client, request));
    EXPECT_EQ(response.status, code);
    EXPECT_EQ(response.body, "body");
    EXPECT_EQ(requests, ++asked);
  }
}

TEST(HttpClientTest, GzipIsUnpacked) {
  const std::string text(100'000, 'x');
  ScriptedServer server([&](ScriptedConnection& connection) {
    connection.ReadRequest();
    connection.Send(Answer(GzipOf(text), "Content-Encoding: gzip\r\n"));
  });
  const auto client = MakeClient();
  EXPECT_EQ(ResponseOf(FetchAndWait(*client, RequestTo(server.url()))).body, text);
  const FetchStats stats = client->stats();
  EXPECT_EQ(stats.body_bytes, 100'000);
  EXPECT_LT(stats.received_bytes, 1'000);
}

TEST(HttpClientTest, SequentialRequestsShareOneConnection) {
  EchoServer server;
  const auto client = MakeClient();
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(ResponseOf(FetchAndWait(*client, RequestTo(server.url("/")))).status, 200);
  }
  EXPECT_EQ(server.connections(), 1U);
  const FetchStats stats = client->stats();
  EXPECT_EQ(stats.requests, 10);
  EXPECT_EQ(stats.failures, 0);
  EXPECT_EQ(stats.connections, 1);
  EXPECT_EQ(stats.in_flight, 0);
  EXPECT_EQ(stats.waiting, 0);
}

TEST(HttpClientTest, AConnectionThatTheServerHasClosedIsReplaced) {
  ScriptedServer server([](ScriptedConnection& connection) {
    connection.ReadRequest();
    connection.Send(Answer("one"));  // Says keep-alive, but closes.
  });
  const auto client = MakeClient();
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(ResponseOf(FetchAndWait(*client, RequestTo(server.url()))).body, "one");
  }
  EXPECT_EQ(server.connections(), 5);
}

// Counts requests under way and answers none before `expected` of them are, or told to go on.
class Gathering {
 public:
  explicit Gathering(int expected) : expected_(expected) {}

  void Serve(ScriptedConnection& connection) {
    while (!connection.ReadRequest().empty()) {
      {
        std::unique_lock lock(mutex_);
        peak_ = std::max(peak_, ++present_);
        changed_.notify_all();
        changed_.wait_for(lock, std::chrono::seconds(30), [&] { return peak_ >= expected_; });
        --present_;
      }
      connection.Send(Answer("done"));
    }
  }
  void WaitForPeak(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(30), [&] { return peak_ >= count; });
  }
  void Open() {
    const std::lock_guard lock(mutex_);
    expected_ = 0;
    changed_.notify_all();
  }
  int peak() {
    const std::lock_guard lock(mutex_);
    return peak_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int expected_;
  int present_ = 0;
  int peak_ = 0;
};

TEST(HttpClientTest, TwoHundredRequestsAreUnderWayAtOnce) {
  Gathering gathering(200);
  ScriptedServer server([&](ScriptedConnection& connection) { gathering.Serve(connection); });
  const auto client = MakeClient("127.0.0.0/8", {.max_in_flight_per_origin = 200});
  std::vector<PendingFetch> fetches = StartMany(*client, 200, server.url());
  for (PendingFetch& fetch : fetches) EXPECT_EQ(OutcomeOf(fetch.result.get()), "response 200");
  EXPECT_EQ(gathering.peak(), 200);
}

TEST(HttpClientTest, AFullOriginHoldsUpNoOther) {
  Gathering gathering(5);  // Never reached: four at a time.
  ScriptedServer full([&](ScriptedConnection& connection) { gathering.Serve(connection); });
  EchoServer other;
  const auto client = MakeClient("127.0.0.0/8", {.max_in_flight_per_origin = 4});
  std::vector<PendingFetch> fetches = StartMany(*client, 20, full.url());
  gathering.WaitForPeak(4);
  EXPECT_EQ(OutcomeOf(FetchAndWait(*client, RequestTo(other.url("/")))), "response 200");
  EXPECT_EQ(client->stats().in_flight, 4);
  EXPECT_EQ(client->stats().waiting, 16);
  gathering.Open();
  for (PendingFetch& fetch : fetches) EXPECT_EQ(OutcomeOf(fetch.result.get()), "response 200");
  EXPECT_EQ(gathering.peak(), 4);
  EXPECT_LE(full.connections(), 4);
}

TEST(HttpClientTest, TheTotalIsBoundedToo) {
  Gathering gathering(4);
  ScriptedServer one([&](ScriptedConnection& connection) { gathering.Serve(connection); });
  ScriptedServer two([&](ScriptedConnection& connection) { gathering.Serve(connection); });
  const auto client = MakeClient("127.0.0.0/8", {.max_in_flight = 3});
  std::vector<PendingFetch> fetches;
  fetches.reserve(12);
  for (int i = 0; i < 12; ++i) {
    fetches.push_back(Start(*client, RequestTo(i % 2 == 0 ? one.url() : two.url())));
  }
  gathering.WaitForPeak(3);
  gathering.Open();
  for (PendingFetch& fetch : fetches) EXPECT_EQ(OutcomeOf(fetch.result.get()), "response 200");
  EXPECT_EQ(gathering.peak(), 3);
}

TEST(HttpClientTest, ACancelledFetchIsToldSoOnceAndItsConnectionIsClosed) {
  std::promise<void> asked;
  std::promise<void> closed;
  ScriptedServer server([&](ScriptedConnection& connection) {
    connection.ReadRequest();
    asked.set_value();
    connection.WaitForClose();
    closed.set_value();
  });
  const auto client = MakeClient();
  PendingFetch fetch = Start(*client, RequestTo(server.url()));
  asked.get_future().wait();
  client->Cancel(fetch.id);
  client->Cancel(fetch.id);  // A second call back would break the promise.
  EXPECT_EQ(OutcomeOf(fetch.result.get()), "cancelled");
  closed.get_future().wait();
  client->Cancel(fetch.id);
  client->Cancel(fetch.id + 1000);
  EXPECT_EQ(client->stats().in_flight, 0);
}

TEST(HttpClientTest, AWaitingFetchCanBeCancelled) {
  Gathering gathering(2);
  ScriptedServer server([&](ScriptedConnection& connection) { gathering.Serve(connection); });
  const auto client = MakeClient("127.0.0.0/8", {.max_in_flight_per_origin = 1});
  PendingFetch first = Start(*client, RequestTo(server.url()));
  PendingFetch second = Start(*client, RequestTo(server.url()));
  client->Cancel(second.id);
  EXPECT_EQ(OutcomeOf(second.result.get()), "cancelled");
  gathering.Open();
  EXPECT_EQ(OutcomeOf(first.result.get()), "response 200");
  EXPECT_EQ(server.connections(), 1);
}

TEST(HttpClientTest, TheEndOfTheClientCancelsEverything) {
  ScriptedServer server([](ScriptedConnection& connection) { connection.WaitForClose(); });
  auto client = MakeClient("127.0.0.0/8", {.max_in_flight_per_origin = 3});
  std::vector<PendingFetch> fetches = StartMany(*client, 10, server.url());
  client.reset();
  for (PendingFetch& fetch : fetches) EXPECT_EQ(OutcomeOf(fetch.result.get()), "cancelled");
}

TEST(HttpClientTest, ACallbackMayFetchAndCancel) {
  EchoServer server;
  ScriptedServer silent([](ScriptedConnection& connection) { connection.WaitForClose(); });
  const auto client = MakeClient();
  PendingFetch hanging = Start(*client, RequestTo(silent.url()));
  std::promise<std::string> chained;
  client->Fetch(RequestTo(server.url("/first")), {}, [&](const FetchResult&) {
    client->Cancel(hanging.id);
    client->Fetch(RequestTo(server.url("/second")), {},
                  [&](const FetchResult& result) { chained.set_value(OutcomeOf(result)); });
  });
  EXPECT_EQ(chained.get_future().get(), "response 200");
  EXPECT_EQ(OutcomeOf(hanging.result.get()), "cancelled");
}

// One of libcurl's and one that looks at the bounds in time, while something is always under way.
TEST(HttpClientTest, ManyFetchesLeaveNoTimersBehind) {
  EchoServer server;
  ScriptedServer silent([](ScriptedConnection& connection) { connection.WaitForClose(); });
  const auto client = MakeClient("127.0.0.0/8", {.max_in_flight_per_origin = 4});
  PendingFetch hanging = Start(*client, RequestTo(silent.url()));
  for (int i = 0; i < 5; ++i) {
    std::vector<PendingFetch> fetches = StartMany(*client, 20, server.url("/"));
    for (PendingFetch& fetch : fetches) EXPECT_EQ(OutcomeOf(fetch.result.get()), "response 200");
  }
  EXPECT_LE(client->timers(), 2U);
  client->Cancel(hanging.id);
}

TEST(HttpClientTest, EightCallersNeedEightConnectionsAtMost) {
  EchoServer server;
  const auto client = MakeClient();
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  threads.reserve(8);
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 25; ++j) {
        if (OutcomeOf(FetchAndWait(*client, RequestTo(server.url("/")))) == "response 200") ++good;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 200);
  EXPECT_EQ(client->stats().requests, 200);
  EXPECT_LE(server.connections(), 8U);
}

TEST(HttpClientTest, ProxiesOfTheEnvironmentAreNotUsed) {
  std::atomic<bool> proxied = false;
  ScriptedServer proxy([&](ScriptedConnection&) { proxied = true; });
  const std::vector<std::string> names = {"http_proxy", "https_proxy", "all_proxy", "ALL_PROXY"};
  // No other thread of this test reads the environment now.
  for (const std::string& name : names)
    setenv(name.c_str(), proxy.url().c_str(), 1);  // NOLINT(concurrency-mt-unsafe)
  EchoServer server;
  const auto client = MakeClient();
  EXPECT_EQ(OutcomeOf(FetchAndWait(*client, RequestTo(server.url("/")))), "response 200");
  for (const std::string& name : names) unsetenv(name.c_str());  // NOLINT(concurrency-mt-unsafe)
  EXPECT_FALSE(proxied);
}

}  // namespace
}  // namespace syncline::executor
