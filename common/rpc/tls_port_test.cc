// Ports and channels with TLS: who is believed, and certificates that change under way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "common/auth/scratch_file.h"
#include "common/auth/token_list.h"
#include "common/base/errors.h"
#include "common/base/fake_clock.h"
#include "common/rpc/channel.h"
#include "common/rpc/server.h"
#include "common/rpc/status_conversion.h"
#include "syncline/v1/diagnostics_service.grpc.pb.h"
#include "tests/support/test_authority.h"

namespace syncline::rpc {
namespace {

using ::syncline::testing::IssuedCertificate;
using ::syncline::testing::TestAuthority;

constexpr char kNames[] = "DNS:localhost,IP:127.0.0.1";

class Service final : public v1::DiagnosticsService::Service {
  grpc::Status GetQueueStats(grpc::ServerContext*, const v1::GetQueueStatsRequest*,
                             v1::QueueStats* response) override {
    response->set_due(7);
    return grpc::Status::OK;
  }
};

class TlsPortTest : public ::testing::Test {
 protected:
  TlsPortTest() { Write(authority_.Issue(kNames)); }
  ~TlsPortTest() override {
    if (server_ != nullptr) server_->Shutdown(absl::Seconds(1));
  }

  void Write(const IssuedCertificate& issued) {
    certificate_.Write(issued.certificate);
    key_.Write(issued.key);
  }
  void Start(std::shared_ptr<CallGuard> guard = nullptr, const MonotonicClock* clock = nullptr) {
    auto identity = tls::ServerIdentity::Open(certificate_.path(), key_.path(),
                                              clock == nullptr ? &clock_ : clock)
                        .value();
    server_ =
        Server::Start(
            {.address = "127.0.0.1:0", .guard = std::move(guard), .identity = std::move(identity)},
            {&service_})
            .value();
  }
  std::string Target(const std::string& host = "127.0.0.1") const {
    return host + ":" + std::to_string(server_->port());
  }
  // Asks on a connection of its own.
  static grpc::Status Ask(const std::string& target, const ChannelOptions& options) {
    v1::QueueStats stats;
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    const grpc::Status status = v1::DiagnosticsService::NewStub(MakeChannel(target, options))
                                    ->GetQueueStats(&context, {}, &stats);
    EXPECT_EQ(stats.due(), status.ok() ? 7 : 0);
    return status;
  }

  const TestAuthority authority_;
  FakeClock clock_;
  auth::ScratchFile certificate_, key_;
  Service service_;
  std::unique_ptr<Server> server_;
};

TEST_F(TlsPortTest, AClientThatTrustsTheAuthorityFindsItByNameAndByAddress) {
  Start();
  for (const char* host : {"127.0.0.1", "localhost", "dns:///localhost"}) {
    const grpc::Status status = Ask(Target(host), {.trusted_roots = authority_.pem()});
    EXPECT_TRUE(status.ok()) << host << ": " << status.error_message();
  }
  const grpc::Status spread =
      Ask(Target("dns:///localhost"), {.trusted_roots = authority_.pem(), .spread = true});
  EXPECT_TRUE(spread.ok()) << spread.error_message();
}

// Makes each handshake wait, as a distant or busy scheduler does.
class SlowClock final : public MonotonicClock {
 public:
  absl::Duration Now() const override {
    absl::SleepFor(absl::Milliseconds(500));
    return absl::ZeroDuration();
  }
};

TEST_F(TlsPortTest, AHandshakeMayTakeItsTime) {
  const SlowClock slow;
  Start(nullptr, &slow);
  const grpc::Status status = Ask(Target(), {.trusted_roots = authority_.pem()});
  EXPECT_TRUE(status.ok()) << status.error_message();
  server_->Shutdown(absl::Seconds(1));
  server_ = nullptr;
}

TEST_F(TlsPortTest, OthersAreNotBelieved) {
  Write(authority_.Issue("DNS:sync-scheduler"));
  Start();
  const struct {
    const char* name;
    ChannelOptions options;
  } cases[] = {
      {"another authority",
       {.trusted_roots = TestAuthority().pem(), .server_name = "sync-scheduler:50051"}},
      {"another name", {.trusted_roots = authority_.pem()}},
      {"no TLS", {}},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(Ask(Target(), c.options).error_code(), grpc::StatusCode::UNAVAILABLE) << c.name;
  }
  const grpc::Status named =
      Ask(Target(), {.trusted_roots = authority_.pem(), .server_name = "sync-scheduler:50051"});
  EXPECT_TRUE(named.ok()) << named.error_message();
}

TEST_F(TlsPortTest, AnEndedCertificateIsRefused) {
  Write(authority_.Issue(kNames, -60));
  Start();
  EXPECT_EQ(Ask(Target(), {.trusted_roots = authority_.pem()}).error_code(),
            grpc::StatusCode::UNAVAILABLE);
}

TEST_F(TlsPortTest, ANewCertificateIsShownWithoutARestart) {
  Start();
  const TestAuthority next;
  Write(next.Issue(kNames));
  EXPECT_TRUE(Ask(Target(), {.trusted_roots = authority_.pem()}).ok()) << "not looked at yet";
  clock_.Advance(absl::Seconds(1));
  EXPECT_TRUE(Ask(Target(), {.trusted_roots = next.pem()}).ok());
  EXPECT_FALSE(Ask(Target(), {.trusted_roots = authority_.pem()}).ok());
}

TEST_F(TlsPortTest, TheGuardWatchesItToo) {
  const std::string token = auth::NewToken();
  auth::ScratchFile tokens, shown;
  tokens.Write(auth::TokenLine("test", token).value());
  shown.Write(token);
  Start(std::make_shared<CallGuard>(auth::TokenFile::Open(tokens.path(), &clock_).value(), nullptr,
                                    &clock_));
  const grpc::Status without = Ask(Target(), {.trusted_roots = authority_.pem()});
  EXPECT_EQ(ReasonOf(FromGrpc(without)), "MISSING_TOKEN") << without.error_message();
  const grpc::Status with =
      Ask(Target(), {.token = auth::BearerToken::Open(shown.path(), &clock_).value(),
                     .trusted_roots = authority_.pem()});
  EXPECT_TRUE(with.ok()) << with.error_message();
}

// Whether a handshake comes about with a client that knows nothing newer than `newest_version`.
bool Handshakes(int port, int newest_version) {
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_security_level(context, 0);
  SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
  SSL_CTX_set_max_proto_version(context, newest_version);
  BIO* connection = BIO_new_ssl_connect(context);
  SSL* tls = nullptr;
  BIO_get_ssl(connection, &tls);
  const unsigned char alpn[] = {2, 'h', '2'};
  SSL_set_alpn_protos(tls, alpn, sizeof(alpn));
  BIO_set_conn_hostname(connection, ("127.0.0.1:" + std::to_string(port)).c_str());
  const bool made = BIO_do_handshake(connection) == 1;
  BIO_free_all(connection);
  SSL_CTX_free(context);
  return made;
}

TEST_F(TlsPortTest, OldVersionsAreRefused) {
  Start();
  EXPECT_FALSE(Handshakes(server_->port(), TLS1_1_VERSION));
  EXPECT_TRUE(Handshakes(server_->port(), TLS1_2_VERSION));
  EXPECT_TRUE(Handshakes(server_->port(), TLS1_3_VERSION));
}

}  // namespace
}  // namespace syncline::rpc
