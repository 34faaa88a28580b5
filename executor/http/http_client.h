// Fetches over HTTP for all runs of an executor: libcurl's multi interface on the executor's event
// loop.
//
// Connections are kept and shared by origin, HTTP/2 is used over TLS where offered, gzip is the
// only encoding. TLS is 1.2 or newer and always verified. Only http and https; redirects are handed
// back, not followed; no proxy, netrc, cookie or alt-svc. Every connection is decided by
// OutboundPolicy on the address really connected to, and again before each request on a kept
// connection. Names are resolved on threads of their own.
//
// Every function on the loop.
#pragma once

#include <curl/curl.h>

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>

#include "absl/status/statusor.h"
#include "executor/core/event_loop.h"
#include "executor/core/http_message.h"
#include "executor/http/fetch.h"
#include "executor/http/outbound_policy.h"
#include "executor/http/socket_events.h"

namespace syncline::executor {

class Transfer;

struct HttpClientOptions {
  OutboundPolicy policy{};
  // Fetches under way at once, thus connections in use, over all and to one origin (scheme, host
  // and port). Further ones wait in the order they came, without holding up those to other origins.
  int max_in_flight = 1024;
  int max_in_flight_per_origin = 64;
  // PEM file with the certificate authorities to trust; empty for the system's.
  std::string ca_file{};
};

// Since the start, but for the two gauges.
struct FetchStats {
  int64_t requests = 0;        // Fetches that ended, in whatever way.
  int64_t failures = 0;        // Of those, the ones that ended with a FetchError.
  int64_t connections = 0;     // Connections opened.
  int64_t received_bytes = 0;  // Header and body bytes as they came.
  int64_t body_bytes = 0;      // Body bytes after unpacking.
  int64_t in_flight = 0;       // Gauge: under way.
  int64_t waiting = 0;         // Gauge: waiting for their turn.
};

class HttpClient {
 public:
  // `loop` outlives the client, which alone watches sockets on it. INTERNAL if the machine's
  // libcurl cannot do what is promised above, or has no memory or descriptors. Any thread.
  static absl::StatusOr<std::unique_ptr<HttpClient>> Create(EventLoop* loop,
                                                            HttpClientOptions options);

  // When the loop has stopped. Cancels every fetch, whose callbacks may not fetch any more, then
  // closes the connections.
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // Starts a fetch and returns its id, above 0. Never blocks.
  // `callback` is called exactly once, whatever happens but that the loop is stopped, and not
  // before this returns. Everything on the loop stands still while it runs, so it hands heavy work
  // on; it may call Fetch and Cancel.
  uint64_t Fetch(HttpRequest request, const HttpLimits& limits, FetchCallback callback);

  // Ends a fetch, closing its connection (HTTP/2: its stream); its callback gets kCancelled, when
  // this has returned. Without effect if it has ended.
  void Cancel(uint64_t id);

  const FetchStats& stats() const { return stats_; }

 private:
  struct FreeMulti {
    void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
  };

  using Waiting = std::list<std::unique_ptr<Transfer>>;

  HttpClient(EventLoop* loop, HttpClientOptions options, CURLM* multi);
  // Starts what waits, soon: once, however much comes before.
  void StartSoon();
  void StartWaiting();
  void Activate(std::unique_ptr<Transfer> transfer);
  void CollectDone();
  // Looks at the bounds in time, several times a second for as long as anything is under way.
  void SweepSoon();
  void EndOverdue();
  // All keep the books; what they return belongs to no list any more.
  std::unique_ptr<Transfer> TakeWaiting(Waiting::iterator position);
  std::unique_ptr<Transfer> TakeActive(uint64_t id);
  std::unique_ptr<Transfer> Take(uint64_t id);  // null: it has ended
  // Calls back, and may be called wherever callbacks may be.
  void Deliver(std::unique_ptr<Transfer> transfer, FetchResult result);
  // Calls back soon, for what was ended by somebody who does not expect that yet.
  void DeliverSoon(std::unique_ptr<Transfer> transfer, FetchResult result);
  void Count(const Transfer& transfer, const FetchResult& result);

  EventLoop& loop_;
  const HttpClientOptions options_;
  SocketEvents events_;  // outlives what it is attached to
  const std::unique_ptr<CURLM, FreeMulti> multi_;

  uint64_t last_id_ = 0;
  FetchStats stats_;
  bool starting_soon_ = false;
  bool sweeping_ = false;
  Waiting waiting_;
  std::unordered_map<uint64_t, std::unique_ptr<Transfer>> active_;
  std::unordered_map<std::string, int> active_per_origin_;
};

}  // namespace syncline::executor
