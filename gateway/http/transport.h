// The bytes of a connection, with TLS or without, over a socket that never blocks.
#pragma once

#include <openssl/ssl.h>
#include <sys/types.h>

#include <cstddef>
#include <memory>

namespace syncline::gateway {

// One thread at a time. Does not own the socket, which must be non-blocking and outlive it.
class Transport {
 public:
  // Of one attempt. 0 bytes received: the peer has ended its side.
  struct Result {
    ssize_t bytes = -1;  // -1: none
    short wait_for = 0;  // with -1: the poll event to try again after; 0: the connection is dead
  };

  // `context` null: without TLS. Else it outlives this.
  Transport(int socket, SSL_CTX* context);
  ~Transport();
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  int socket() const { return socket_; }

  // Must have succeeded (1 byte) before anything else is done with TLS.
  Result Handshake();
  Result Receive(char* data, std::size_t size);
  Result Send(const char* data, std::size_t size);

  // Whether bytes were received that nobody has taken yet.
  bool Pending() const;
  // Whether the peer's side is still open, as far as can be known without waiting.
  bool PeerConnected() const;
  // Tells the peer that nothing more comes; receiving goes on.
  void EndSending();

 private:
  struct FreeSsl {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };

  // Of an SSL_… call that returned `returned`.
  Result ResultOf(int returned);

  const int socket_;
  const std::unique_ptr<SSL, FreeSsl> tls_;
  bool dead_ = false;  // after an error that TLS does not survive
};

}  // namespace syncline::gateway
