#include "gateway/http/transport.h"

#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <climits>

namespace syncline::gateway {
namespace {

bool MayTryAgain(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

Transport::Result FromSystem(ssize_t bytes, short event) {
  if (bytes >= 0) return {bytes, 0};
  return {-1, MayTryAgain(errno) ? event : static_cast<short>(0)};
}

int Bounded(std::size_t size) { return static_cast<int>(std::min<std::size_t>(size, INT_MAX)); }

}  // namespace

Transport::Transport(int socket, SSL_CTX* context)
    : socket_(socket), tls_(context == nullptr ? nullptr : SSL_new(context)) {
  if (context == nullptr) return;
  dead_ = tls_ == nullptr || SSL_set_fd(tls_.get(), socket) != 1;
  if (!dead_) SSL_set_accept_state(tls_.get());
}

Transport::~Transport() { EndSending(); }

Transport::Result Transport::ResultOf(int returned) {
  if (returned > 0) return {returned, 0};
  const int error = SSL_get_error(tls_.get(), returned);
  ERR_clear_error();
  switch (error) {
    case SSL_ERROR_WANT_READ:
      return {-1, POLLIN};
    case SSL_ERROR_WANT_WRITE:
      return {-1, POLLOUT};
    case SSL_ERROR_ZERO_RETURN:
      return {0, 0};
    default:
      dead_ = true;
      return {-1, 0};
  }
}

Transport::Result Transport::Handshake() {
  if (dead_) return {};
  if (tls_ == nullptr) return {1, 0};
  ERR_clear_error();
  return ResultOf(SSL_do_handshake(tls_.get()));
}

Transport::Result Transport::Receive(char* data, std::size_t size) {
  if (dead_) return {};
  if (tls_ == nullptr) return FromSystem(recv(socket_, data, size, 0), POLLIN);
  ERR_clear_error();
  return ResultOf(SSL_read(tls_.get(), data, Bounded(size)));
}

// OpenSSL writes without MSG_NOSIGNAL: the program ignores SIGPIPE (common/base/shutdown.h).
Transport::Result Transport::Send(const char* data, std::size_t size) {
  if (dead_) return {};
  if (tls_ == nullptr) return FromSystem(send(socket_, data, size, MSG_NOSIGNAL), POLLOUT);
  ERR_clear_error();
  const Result result = ResultOf(SSL_write(tls_.get(), data, Bounded(size)));
  if (result.bytes == 0) return {};  // the peer has said goodbye
  return result;
}

bool Transport::Pending() const { return tls_ != nullptr && SSL_pending(tls_.get()) > 0; }

bool Transport::PeerConnected() const {
  char byte = 0;
  if (dead_) return false;
  if (tls_ != nullptr) {
    // To the socket a goodbye is bytes like others.
    ERR_clear_error();
    const int peeked = SSL_peek(tls_.get(), &byte, 1);
    const int error = SSL_get_error(tls_.get(), peeked);
    ERR_clear_error();
    return peeked > 0 || error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
  }
  const ssize_t got = recv(socket_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got > 0 || (got < 0 && MayTryAgain(errno));
}

void Transport::EndSending() {
  if (tls_ == nullptr || dead_ || SSL_is_init_finished(tls_.get()) == 0) return;
  ERR_clear_error();
  SSL_shutdown(tls_.get());
  ERR_clear_error();
}

}  // namespace syncline::gateway
