// The port over real sockets: what it bounds, where requests end, how it stops.
#include "gateway/http/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>

#include "gateway/http/raw_client.h"

namespace syncline::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kHost[] = "Host: localhost\r\n";

// Answers with the method, the path and the body's size.
HttpResponse Echo(const HttpRequest& request) {
  HttpResponse response;
  response.content_type = "text/plain";
  response.body = request.method;
  for (const std::string& segment : request.path) response.body += "|" + segment;
  response.body += " body " + std::to_string(request.body.size());
  return response;
}

HttpResponse Refuse(int status, const std::string& reason, const std::string&) {
  HttpResponse response;
  response.status = status;
  response.content_type = "text/plain";
  response.body = reason;
  return response;
}

std::unique_ptr<HttpServer> Start(HttpServerOptions options = {},
                                  HttpServer::Handler handler = Echo) {
  options.address = "127.0.0.1:0";
  auto server = HttpServer::Start(options, std::move(handler), Refuse);
  EXPECT_TRUE(server.ok()) << server.status();
  return *std::move(server);
}

std::string Exchange(const HttpServer& server, const std::string& request) {
  RawClient client(server.port());
  client.Send(request);
  return client.ReadAll();
}

std::string Get(const std::string& target) {
  return "GET " + target + " HTTP/1.1\r\n" + kHost + "Connection: close\r\n\r\n";
}

TEST(HttpServer, HandsOverWhatWasAsked) {
  const auto server = Start();
  EXPECT_THAT(Exchange(*server, Get("/a%2Fb/c?x=1")), HasSubstr("GET|a/b|c body 0"));
  EXPECT_THAT(Exchange(*server,
                       std::string("DELETE /a HTTP/1.1\r\nConnection: close\r\n") + kHost + "\r\n"),
              HasSubstr("DELETE|a body 0"));
  EXPECT_THAT(
      Exchange(*server,
               std::string("PUT /a HTTP/1.1\r\nContent-Length: 3\r\nConnection: close\r\n") +
                   kHost + "\r\nabc"),
      HasSubstr("PUT|a body 3"));
  EXPECT_THAT(
      Exchange(
          *server,
          std::string("POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n") +
              kHost + "\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"),
      HasSubstr("POST|a body 5"));
  const std::string traced =
      Exchange(*server, std::string("TRACE /a HTTP/1.1\r\nConnection: close\r\n") + kHost + "\r\n");
  EXPECT_THAT(traced, HasSubstr("TRACE|a body 0"));
}

TEST(HttpServer, HandsOverMethodsAndHeadersThatTheLibraryDrops) {
  const auto server = Start({}, [](const HttpRequest& request) {
    HttpResponse response = Echo(request);
    response.body += request.HasHeader("If-Match") ? " [" + request.Header("If-Match") + "]" : "";
    return response;
  });
  EXPECT_THAT(
      Exchange(*server, std::string("QUERY /a HTTP/1.1\r\nIf-Match:\r\nConnection: close\r\n") +
                            kHost + "\r\n"),
      HasSubstr("QUERY|a body 0 []"));
  EXPECT_THAT(
      Exchange(*server,
               std::string("GET /a HTTP/1.1\r\nif-match:  \"7\" \r\nConnection: close\r\n") +
                   kHost + "\r\n"),
      HasSubstr("GET|a body 0 [\"7\"]"));
}

TEST(HttpServer, RefusesWhatCannotBeRead) {
  const auto server = Start();
  struct Row {
    const char* name;
    std::string request;
    const char* status;
  };
  const std::string post = std::string("POST /a HTTP/1.1\r\n") + kHost;
  const std::vector<Row> rows = {
      {"no HTTP", "hello\r\n\r\n", "400"},
      {"a blank in a header's name",
       std::string("POST / HTTP/1.1\r\nContent-Length : 5\r\n") + kHost + "\r\nabcde", "400"},
      {"no host", "GET / HTTP/1.1\r\nConnection: close\r\n\r\n", "400"},
      {"bad encoding", Get("/%zz"), "400"},
      {"long target", Get("/" + std::string(9000, 'a')), "414"},
      {"many headers",
       "GET / HTTP/1.1\r\n" +
           [] {
             std::string headers;
             for (int i = 0; i < 2000; ++i)
               headers += "X-Header-" + std::to_string(i) + ": 12345678901234567890\r\n";
             return headers;
           }() +
           "\r\n",
       "431"},
      {"two lengths", post + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", "400"},
      {"length and chunks",
       post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"},
      {"negative length", post + "Content-Length: -3\r\n\r\nabc", "400"},
      {"length in words", post + "Content-Length: three\r\n\r\nabc", "400"},
      {"another encoding", post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "400"},
      {"announced too large", post + "Content-Length: 1048577\r\n\r\n", "413"},
      {"multipart",
       post + "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 3\r\n\r\nabc",
       "415"},
      {"cut chunks", post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", "400"},
      {"bad range", std::string("GET / HTTP/1.1\r\nRange: lines=1\r\n") + kHost + "\r\n", "400"},
  };
  for (const Row& row : rows)
    EXPECT_THAT(Exchange(*server, row.request), StartsWith(std::string("HTTP/1.1 ") + row.status))
        << row.name;
}

TEST(HttpServer, BoundsAChunkedBodyThatNeverEnds) {
  const auto server = Start({.max_body_bytes = 10'000});
  RawClient client(server->port());
  client.Send(std::string("POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n") + kHost + "\r\n");
  const std::string chunk = "400\r\n" + std::string(1024, 'x') + "\r\n";
  for (int i = 0; i < 64; ++i) {
    if (!client.Send(chunk)) break;
  }
  EXPECT_THAT(client.ReadAll(), StartsWith("HTTP/1.1 413"));
}

// What a GET brings as a body must not be read as the next request.
TEST(HttpServer, ReadsNoRequestOutOfABody) {
  std::atomic<int> calls = 0;
  const auto server = Start({}, [&](const HttpRequest& request) {
    ++calls;
    return Echo(request);
  });
  const std::string inner = std::string("DELETE /secret HTTP/1.1\r\n") + kHost + "\r\n";
  const std::string answer =
      Exchange(*server, std::string("GET /a HTTP/1.1\r\n") + kHost +
                            "Content-Length: " + std::to_string(inner.size()) + "\r\n\r\n" + inner);
  EXPECT_THAT(answer, HasSubstr("GET|a"));
  EXPECT_THAT(answer, Not(HasSubstr("secret")));
  EXPECT_EQ(calls, 1);
}

TEST(HttpServer, KeepsAConnectionForTheNextRequest) {
  const auto server = Start();
  RawClient client(server->port());
  for (int i = 0; i < 3; ++i) {
    client.Send(std::string("GET /") + std::to_string(i) + " HTTP/1.1\r\n" + kHost + "\r\n");
    EXPECT_THAT(client.ReadUntil("body 0"), HasSubstr("GET|" + std::to_string(i)));
    client.Forget();
  }
}

// A request that drips a byte at a time never runs into a timeout of a single read.
TEST(HttpServer, CutsARequestThatDrips) {
  const auto server = Start({.request_timeout = absl::Milliseconds(300)});
  RawClient client(server->port());
  const auto began = std::chrono::steady_clock::now();
  client.Send("GET / HTTP/1.1\r\nX-Slow: ");
  while (client.Send("x") && std::chrono::steady_clock::now() - began < std::chrono::seconds(15))
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(10));
}

TEST(HttpServer, TellsFurtherConnectionsThatItIsFull) {
  const auto server = Start({.max_connections = 2});
  RawClient first(server->port());
  RawClient second(server->port());
  for (RawClient* client : {&first, &second}) {
    client->Send(std::string("GET / HTTP/1.1\r\n") + kHost + "\r\n");
    client->ReadUntil("body 0");
  }
  EXPECT_THAT(RawClient(server->port()).ReadAll(), StartsWith("HTTP/1.1 503"));
  EXPECT_EQ(server->connections(), 2);
}

TEST(HttpServer, AnswersWhatIsUnderWayWhenItDrains) {
  std::promise<void> entered;
  std::promise<void> leave;
  const auto server = Start({}, [&](const HttpRequest& request) {
    entered.set_value();
    leave.get_future().wait();
    return Echo(request);
  });
  RawClient idle(server->port());
  RawClient busy(server->port());
  busy.Send(std::string("GET /busy HTTP/1.1\r\n") + kHost + "\r\n");
  entered.get_future().wait();
  std::thread drain([&] { server->Drain(absl::Seconds(20)); });
  EXPECT_EQ(idle.ReadAll(), "");
  leave.set_value();
  EXPECT_THAT(busy.ReadAll(), HasSubstr("GET|busy"));
  drain.join();
}

TEST(HttpServer, StreamsUntilTheClientGoes) {
  std::atomic<bool> ended = false;
  const auto server = Start({}, [&](const HttpRequest&) {
    HttpResponse response;
    response.content_type = "text/event-stream";
    response.stream = [&](StreamSink& sink) {
      while (sink.Connected() && sink.Write("data: x\n\n"))
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
      ended = true;
    };
    return response;
  });
  {
    RawClient client(server->port());
    client.Send(std::string("GET / HTTP/1.1\r\n") + kHost + "\r\n");
    EXPECT_THAT(client.ReadUntil("data: x"), HasSubstr("text/event-stream"));
  }
  while (!ended) std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

TEST(HttpServer, AnswersAThrowingHandlerAndGoesOn) {
  const auto server = Start({}, [](const HttpRequest& request) -> HttpResponse {
    if (request.path == std::vector<std::string>{"bad"}) throw std::runtime_error("oops");
    return Echo(request);
  });
  EXPECT_THAT(Exchange(*server, Get("/bad")),
              ::testing::AllOf(StartsWith("HTTP/1.1 500"), Not(HasSubstr("oops"))));
  EXPECT_THAT(Exchange(*server, Get("/good")), HasSubstr("GET|good"));
}

TEST(HttpServer, DoesNotShareItsPort) {
  const auto server = Start();
  const auto second =
      HttpServer::Start({.address = "127.0.0.1:" + std::to_string(server->port())}, Echo, Refuse);
  EXPECT_TRUE(absl::IsUnavailable(second.status())) << second.status();
}

}  // namespace
}  // namespace syncline::gateway
