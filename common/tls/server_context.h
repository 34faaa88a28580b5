// TLS for ports that OpenSSL serves, which are all but gRPC's.
#pragma once

#include <openssl/ssl.h>

#include "common/tls/server_identity.h"

namespace syncline::tls {

// Sets `context` up to serve TLS 1.2 and newer with what `identity` has when a handshake begins.
// `identity` outlives the context's connections. False when OpenSSL refuses, which it does for want
// of memory only.
bool SetUpServerContext(SSL_CTX* context, ServerIdentity* identity);

}  // namespace syncline::tls
