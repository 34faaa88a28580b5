// The port with TLS: requests, streams, drains and peers that do not speak it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <chrono>
#include <csignal>
#include <future>
#include <thread>

#include "common/base/clock.h"
#include "gateway/http/http_server.h"
#include "gateway/http/raw_client.h"
#include "tests/support/test_authority.h"

namespace syncline::gateway {
namespace {

HttpResponse Text(int status, const std::string& body) {
  HttpResponse response;
  response.status = status;
  response.content_type = "text/plain";
  response.body = body;
  return response;
}

class HttpServerTlsTest : public ::testing::Test {
 protected:
  HttpServerTlsTest() {
    std::signal(SIGPIPE, SIG_IGN);  // as every program of ours does
  }

  void Start(HttpServer::Handler handler, HttpServerOptions options = {}) {
    options.address = "127.0.0.1:0";
    options.identity =
        tls::ServerIdentity::Open(files_.certificate(), files_.key(), &clock_).value();
    server_ = HttpServer::Start(options, std::move(handler),
                                [](int status, const std::string& reason, const std::string&) {
                                  return Text(status, reason);
                                })
                  .value();
  }
  std::unique_ptr<httplib::SSLClient> Client() {
    auto client = std::make_unique<httplib::SSLClient>("127.0.0.1", server_->port());
    client->set_ca_cert_path(authority_.path().c_str());
    client->set_keep_alive(true);
    client->set_read_timeout(20);
    return client;
  }

  const SteadyClock clock_;
  const syncline::testing::TestAuthority authority_;
  const syncline::testing::CertificateFiles files_{authority_.Issue("DNS:localhost,IP:127.0.0.1")};
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpServerTlsTest, CarriesLargeBodiesBothWaysOverOneConnection) {
  const std::string large(std::size_t{3} << 20, 'x');
  Start([&](const HttpRequest& request) {
    return Text(200, request.body.empty() ? large : std::to_string(request.body.size()));
  });
  const auto client = Client();
  const std::string sent(std::size_t{1} << 20, 'y');
  const auto posted = client->Post("/", sent, "text/plain");
  ASSERT_TRUE(posted) << httplib::to_string(posted.error());
  EXPECT_EQ(posted->body, std::to_string(sent.size()));
  const auto got = client->Get("/");
  ASSERT_TRUE(got) << httplib::to_string(got.error());
  EXPECT_EQ(got->body, large);
  EXPECT_EQ(server_->connections(), 1);
}

TEST_F(HttpServerTlsTest, AStreamNoticesThatItsClientHasGone) {
  std::promise<void> gone;
  Start([&](const HttpRequest&) {
    HttpResponse response;
    response.content_type = "text/event-stream";
    response.stream = [&gone](StreamSink& sink) {
      sink.Write("data: 1\n\n");
      while (sink.Connected()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
      gone.set_value();
    };
    return response;
  });
  {
    const auto client = Client();
    client->Get("/", [](const char* data, std::size_t size) {
      EXPECT_EQ(std::string(data, size), "data: 1\n\n");
      return false;  // hangs up
    });
  }
  EXPECT_EQ(gone.get_future().wait_for(std::chrono::seconds(20)), std::future_status::ready);
}

TEST_F(HttpServerTlsTest, PlainTextAndSilenceAreCut) {
  HttpServerOptions options;
  options.handshake_timeout = absl::Milliseconds(200);
  Start(
      [](const HttpRequest&) {
        ADD_FAILURE() << "a request without TLS was heard";
        return HttpResponse();
      },
      options);
  RawClient plain(server_->port());
  plain.Send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(plain.ReadAll().find("HTTP/1.1"), std::string::npos);
  RawClient silent(server_->port());
  EXPECT_EQ(silent.ReadAll(), "");
}

TEST_F(HttpServerTlsTest, ADrainEndsWhatIsIdleAndWaitsForAnswers) {
  std::promise<void> asked, answer;
  Start([&, released = answer.get_future().share()](const HttpRequest& request) {
    if (request.path.front() == "slow") {
      asked.set_value();
      released.wait();
    }
    return Text(200, "done");
  });
  const auto idle = Client();
  EXPECT_EQ(idle->Get("/quick")->status, 200);
  auto slow = std::async(std::launch::async, [&] { return Client()->Get("/slow"); });
  asked.get_future().wait();
  auto drained = std::async(std::launch::async, [&] { server_->Drain(absl::Seconds(20)); });
  answer.set_value();
  EXPECT_EQ(slow.get()->body, "done");
  drained.get();
  EXPECT_EQ(server_->connections(), 0);
}

}  // namespace
}  // namespace syncline::gateway
