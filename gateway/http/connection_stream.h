// A connection as the HTTP library reads and writes it, with what the library lacks: one deadline
// for a whole request, however slowly it drips, a bound on its bytes, and a bound on each write.
#pragma once

#include <httplib.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <string>

#include "gateway/http/transport.h"

namespace syncline::gateway {

// One thread at a time. Does not own the socket, which must be non-blocking and outlive it.
class ConnectionStream final : public httplib::Stream {
 public:
  using Clock = std::chrono::steady_clock;

  // `tls` null: without TLS. Else it outlives this.
  ConnectionStream(int socket, SSL_CTX* tls, Clock::duration write_timeout)
      : transport_(socket, tls), write_timeout_(write_timeout) {}

  // Agrees on TLS, where there is any, before the first request. False when that fails or takes too
  // long.
  bool Handshake(Clock::duration timeout);
  // Waits for the first byte of a request; false when none comes in time or the peer hangs up.
  bool AwaitRequest(Clock::duration timeout);
  // From here on reads fail after `timeout`, or when they would take more than `bytes`.
  void BeginRequest(Clock::duration timeout, std::size_t bytes);
  // Allows so many bytes more.
  void Allow(std::size_t bytes) { bytes_left_ += bytes; }

  // The method of the request that is about to be read, if it has come as a whole.
  std::string PeekMethod() const;
  // What is read begins with this in place of that method.
  void ReplaceMethod(const std::string& method);
  // What was read since BeginRequest: the request's first line and headers. Not kept any longer.
  std::string TakeHead();

  bool too_many_bytes() const { return too_many_bytes_; }
  bool timed_out() const { return timed_out_; }
  // Whether the peer's side of the connection is still open.
  bool PeerConnected() const { return transport_.PeerConnected(); }
  // Ends our side and reads what the peer still sends, for a moment, so that closing does not
  // destroy the answer on its way.
  void Linger();

  // httplib::Stream
  bool is_readable() const override;
  bool is_writable() const override;
  ssize_t read(char* data, std::size_t size) override;
  ssize_t write(const char* data, std::size_t size) override;
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  socket_t socket() const override { return transport_.socket(); }

 private:
  // Whether `events` of the socket came before `deadline`.
  bool Await(short events, Clock::time_point deadline) const;
  bool Fill();

  Transport transport_;
  const Clock::duration write_timeout_;
  Clock::time_point read_deadline_;
  std::size_t bytes_left_ = 0;
  bool too_many_bytes_ = false;
  bool timed_out_ = false;
  std::string replaced_;  // read before the buffer
  std::string head_;
  bool keep_head_ = false;
  std::array<char, 4096> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace syncline::gateway
