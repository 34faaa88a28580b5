#include "common/tls/server_context.h"

namespace syncline::tls {
namespace {

int UseCertificate(SSL* connection, void* argument) {
  const auto current = static_cast<ServerIdentity*>(argument)->Current();
  // The connection takes references of its own.
  if (SSL_use_certificate(connection, current->chain()[0].get()) != 1 ||
      SSL_use_PrivateKey(connection, current->key()) != 1) {
    return 0;
  }
  for (std::size_t i = 1; i < current->chain().size(); ++i) {
    if (SSL_add1_chain_cert(connection, current->chain()[i].get()) != 1) return 0;
  }
  return 1;
}

}  // namespace

bool SetUpServerContext(SSL_CTX* context, ServerIdentity* identity) {
  if (context == nullptr || SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1)
    return false;
  SSL_CTX_set_options(
      context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_cert_cb(context, UseCertificate, identity);
  return true;
}

}  // namespace syncline::tls
