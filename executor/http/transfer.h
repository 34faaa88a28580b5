// One fetch from its request to its result: the libcurl handle, the callbacks that libcurl makes,
// the bounds and the reading of the outcome. HttpClient moves it; it moves nothing by itself.
#pragma once

#include <curl/curl.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "executor/core/http_message.h"
#include "executor/http/body_reader.h"
#include "executor/http/fetch.h"
#include "executor/http/header_reader.h"
#include "executor/http/outbound_policy.h"
#include "executor/http/request_check.h"

namespace syncline::executor {

struct FreeEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

// Made by any thread, then used by one. Stays where it was made: libcurl holds its address.
class Transfer {
 public:
  using Clock = std::chrono::steady_clock;

  // Checks the request and sets the handle up; a request that cannot be sent is reported by
  // `error`. Time runs from here. `policy` must outlive this object. `ca_file` empty: the system's.
  Transfer(uint64_t id, HttpRequest request, const HttpLimits& limits, FetchCallback callback,
           const OutboundPolicy* policy, const std::string& ca_file);
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  uint64_t id() const { return id_; }
  CURL* easy() const { return easy_.get(); }
  // What shares connections with this; see RequestTarget.
  const std::string& origin() const { return target_.origin; }
  // Bytes of header and body that came, and bytes of body after unpacking.
  int64_t received_bytes() const { return received_bytes_; }
  int64_t body_bytes() const { return body_bytes_; }

  // What already ended it, if something did.
  const std::optional<FetchError>& error() const { return error_; }

  // The bound that `now` has passed, if any. To be asked several times a second. The time to
  // connect is not among them, libcurl keeps that one.
  std::optional<FetchError> Overdue(Clock::time_point now);

  // The result once libcurl is done with the handle. Call once.
  FetchResult TakeResult(CURLcode code);

  FetchError MakeError(FetchError::Kind kind, std::string_view problem) const;

  // Calls back. Call once, with the last use of this object.
  void Deliver(FetchResult result) { callback_(std::move(result)); }

 private:
  absl::Status Prepare(const std::string& ca_file);
  bool SetSafety(const std::string& ca_file);
  bool SetRequest();
  template <typename Value>
  bool Set(CURLoption option, Value value);
  // Ends the transfer from inside a callback; the value is what makes libcurl stop.
  size_t Fail(const FetchError& error);
  size_t OnHeader(std::string_view line);
  size_t OnBody(std::string_view bytes);
  void OnReceived(size_t size);
  FetchError ReadCode(CURLcode code) const;

  static size_t HeaderCallback(char* data, size_t size, size_t count, void* self);
  static size_t BodyCallback(char* data, size_t size, size_t count, void* self);
  static curl_socket_t OpenSocketCallback(void* self, curlsocktype purpose, curl_sockaddr* address);
  static int BeforeRequestCallback(void* self, char* peer, char* local, int peer_port,
                                   int local_port);

  const uint64_t id_;
  const HttpRequest request_;
  const HttpLimits limits_;
  const FetchCallback callback_;
  const OutboundPolicy* const policy_;
  const Clock::time_point created_ = Clock::now();

  RequestTarget target_;
  std::unique_ptr<curl_slist, FreeList> header_lines_;
  HeaderReader header_reader_;
  std::optional<BodyReader> body_reader_;  // Made with the first byte of a body.
  std::optional<FetchError> error_;
  std::string_view refusal_;      // Why the policy refused an address, if it did.
  bool reached_allowed_ = false;  // Whether it allowed one.

  std::optional<Clock::time_point> sent_;  // When the request could be sent.
  std::optional<Clock::time_point>
      span_start_;  // Of the span of `stall_time`; since the first byte.
  int64_t span_bytes_ = 0;
  int64_t received_bytes_ = 0;
  int64_t body_bytes_ = 0;
  // Last, so that it goes first: libcurl still reads the rest while it cleans up.
  std::unique_ptr<CURL, FreeEasy> easy_;
};

}  // namespace syncline::executor
