// Fetches over HTTP for all runs of an executor: one event loop thread over libcurl's multi
// interface.
//
// Connections are kept and shared by origin, HTTP/2 is used over TLS where offered, gzip is the
// only encoding. TLS is 1.2 or newer and always verified. Only http and https; redirects are handed
// back, not followed; no proxy, netrc, cookie or alt-svc. Every connection is decided by
// OutboundPolicy on the address really connected to, and again before each request on a kept
// connection. Names are resolved on threads of their own.
//
// Thread-safe. The destructor may not run on the loop thread.
#pragma once

#include <curl/curl.h>

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"
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
  // INTERNAL if the machine's libcurl cannot do what is promised above, or has no memory.
  static absl::StatusOr<std::unique_ptr<HttpClient>> Create(HttpClientOptions options);

  // Cancels every fetch, waits until all callbacks have returned, then closes the connections. No
  // other thread may call Fetch any more.
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // Starts a fetch and returns its id, above 0. Never blocks.
  // `callback` is called exactly once, on the loop thread, whatever happens, perhaps before this
  // returns. All other fetches stand still while it runs, so it hands heavy work on; it may call
  // Fetch and Cancel, but must not answer kCancelled with another Fetch.
  uint64_t Fetch(HttpRequest request, const HttpLimits& limits, FetchCallback callback);

  // Ends a fetch soon, closing its connection (HTTP/2: its stream); its callback gets kCancelled.
  // Without effect if it has ended or its end is already on the way. Never blocks.
  void Cancel(uint64_t id);

  FetchStats stats() const;

 private:
  struct FreeMulti {
    void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
  };

  using Waiting = std::list<std::unique_ptr<Transfer>>;

  HttpClient(HttpClientOptions options, CURLM* multi);
  void Run();
  // False when the client is to end and everything has been called back.
  bool TakeCommands();
  void StartWaiting();
  void Activate(std::unique_ptr<Transfer> transfer);
  void CollectDone();
  void EndOverdue();
  void CancelNow(uint64_t id);
  void CancelAll();
  // Ends an active fetch with an error.
  void End(uint64_t id, FetchError::Kind kind, std::string_view problem);
  // Both keep the books; what they return belongs to no list any more.
  std::unique_ptr<Transfer> TakeWaiting(Waiting::iterator position);
  std::unique_ptr<Transfer> TakeActive(uint64_t id);
  void Deliver(std::unique_ptr<Transfer> transfer, FetchResult result);

  const HttpClientOptions options_;
  SocketEvents events_;  // outlives what it is attached to
  const std::unique_ptr<CURLM, FreeMulti> multi_;

  mutable std::mutex mutex_;
  uint64_t last_id_ = 0;                              // Guarded by mutex_, as the next four are.
  std::vector<std::unique_ptr<Transfer>> submitted_;  // Not yet seen by the loop.
  std::vector<uint64_t> cancelled_;
  bool stopping_ = false;
  FetchStats stats_;

  // Loop thread only.
  Waiting waiting_;
  std::unordered_map<uint64_t, std::unique_ptr<Transfer>> active_;
  std::unordered_map<std::string, int> active_per_origin_;

  std::thread thread_;
};

}  // namespace syncline::executor
