// gRPC asks a processor of call metadata before it looks for a method, so that no service, not even
// a built-in or an unknown one, is reached without it. The C++ wrapper offers it for TLS only; the
// C library beneath has it for plain ports too, and asks for the certificate before each handshake.
#include <grpc/grpc.h>
#include <grpc/grpc_security.h>
#include <grpcpp/security/server_credentials.h>

#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "common/base/errors.h"
#include "common/rpc/call_guard.h"
#include "common/rpc/status_conversion.h"

namespace syncline::rpc {
namespace {

constexpr std::string_view kAuthorization = "authorization";
constexpr std::string_view kPath = ":path";

std::string_view View(const grpc_slice& slice) {
  return {reinterpret_cast<const char*>(GRPC_SLICE_START_PTR(slice)), GRPC_SLICE_LENGTH(slice)};
}

// What one port refers to. It goes with the port's credentials.
struct Port {
  std::shared_ptr<CallGuard> guard;
  std::shared_ptr<tls::ServerIdentity> identity;
  std::mutex mutex;
  std::shared_ptr<const tls::Certificate> given;  // to gRPC, the last time
};

void Process(void* state, grpc_auth_context*, const grpc_metadata* metadata, std::size_t count,
             grpc_process_auth_metadata_done_cb done, void* done_argument) {
  const Port& port = *static_cast<Port*>(state);
  if (port.guard == nullptr) {
    done(done_argument, nullptr, 0, nullptr, 0, GRPC_STATUS_OK, nullptr);
    return;
  }
  CallerClaim claim;
  std::vector<grpc_metadata> tokens;  // handlers do not get to see them
  for (std::size_t i = 0; i < count; ++i) {
    const std::string_view key = View(metadata[i].key);
    if (key == kPath) claim.method = View(metadata[i].value);
    if (key == kAuthorization) tokens.push_back(metadata[i]);
  }
  // gRPC joins what comes twice, but nothing here may depend on it: two tokens are no token.
  if (tokens.size() == 1) claim.authorization = View(tokens.front().value);
  if (tokens.size() > 1) claim.authorization = "";
  const absl::Status status = port.guard->Check(claim);
  done(done_argument, tokens.data(), tokens.size(), nullptr, 0,
       static_cast<grpc_status_code>(status.code()), GuardMessage(status).c_str());
}

void Destroy(void* state) { delete static_cast<Port*>(state); }

// Asked once at the start and then before each handshake.
grpc_ssl_certificate_config_reload_status FetchCertificate(
    void* state, grpc_ssl_server_certificate_config** config) {
  Port& port = *static_cast<Port*>(state);
  std::lock_guard lock(port.mutex);
  auto current = port.identity->Current();
  if (current == port.given) return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_UNCHANGED;
  const std::string key(current->key_pem().Reveal());
  const grpc_ssl_pem_key_cert_pair pair{key.c_str(), current->chain_pem().c_str()};
  // The first argument: authorities of clients, which are never asked for a certificate. gRPC
  // insists on having some.
  *config = grpc_ssl_server_certificate_config_create(pair.cert_chain, &pair, 1);
  port.given = std::move(current);
  return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_NEW;
}

grpc_server_credentials* CreateCredentials(Port* port) {
  if (port->identity == nullptr) return grpc_insecure_server_credentials_create();
  return grpc_ssl_server_credentials_create_with_options(
      grpc_ssl_server_credentials_create_options_using_config_fetcher(
          GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE, FetchCertificate, port));
}

class GuardedPort final : public grpc::ServerCredentials {
 public:
  GuardedPort(std::shared_ptr<CallGuard> guard, std::shared_ptr<tls::ServerIdentity> identity)
      : guard_(std::move(guard)), identity_(std::move(identity)) {}

  // The guard is the processor, and there can be one only.
  void SetAuthMetadataProcessor(const std::shared_ptr<grpc::AuthMetadataProcessor>&) override {}

 private:
  int AddPortToServer(const std::string& address, grpc_server* server) override {
    auto* port = new Port;  // the processor's, and so the credentials'
    port->guard = guard_;
    port->identity = identity_;
    grpc_server_credentials* credentials = CreateCredentials(port);
    grpc_server_credentials_set_auth_metadata_processor(credentials, {Process, Destroy, port});
    // NOLINTNEXTLINE(clang-analyzer-cplusplus.NewDeleteLeaks): Destroy deletes the port.
    const int number = grpc_server_add_http2_port(server, address.c_str(), credentials);
    grpc_server_credentials_release(credentials);
    return number;
  }

  const std::shared_ptr<CallGuard> guard_;
  const std::shared_ptr<tls::ServerIdentity> identity_;
};

}  // namespace

std::shared_ptr<grpc::ServerCredentials> GuardedCredentials(
    std::shared_ptr<CallGuard> guard, std::shared_ptr<tls::ServerIdentity> identity) {
  if (guard == nullptr && identity == nullptr) return grpc::InsecureServerCredentials();
  return std::make_shared<GuardedPort>(std::move(guard), std::move(identity));
}

}  // namespace syncline::rpc
