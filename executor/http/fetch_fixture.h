// What the tests of HttpClient share: a client, and fetches that are waited for.
#pragma once

#include <functional>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "executor/http/http_client.h"

namespace syncline::executor {

// A client on a loop of its own, for any thread.
class LoopedClient {
 public:
  explicit LoopedClient(HttpClientOptions options);
  ~LoopedClient() { loop_.Stop(); }

  // As HttpClient's.
  uint64_t Fetch(HttpRequest request, const HttpLimits& limits, FetchCallback callback);
  void Cancel(uint64_t id);
  FetchStats stats();
  std::size_t timers() { return loop_.timers(); }

 private:
  // Runs `call` on the loop and waits for it.
  void OnLoop(const std::function<void(HttpClient&)>& call);
  EventLoop loop_;
  const std::unique_ptr<HttpClient> client_;
  std::thread::id loop_thread_;
};

// A client that may reach `allowed_networks` beside the public internet.
std::unique_ptr<LoopedClient> MakeClient(std::string_view allowed_networks = "127.0.0.0/8",
                                         HttpClientOptions options = {});

HttpRequest RequestTo(std::string url);

// A fetch under way. The result must be taken before the client goes.
struct PendingFetch {
  uint64_t id = 0;
  std::future<FetchResult> result;
};
PendingFetch Start(LoopedClient& client, HttpRequest request, const HttpLimits& limits = {});

// Waits for the result; a fetch that never ends fails the test by a kTotalTimeout of half a minute.
FetchResult FetchAndWait(LoopedClient& client, HttpRequest request, HttpLimits limits = {});

// The response; on an error a failure of the test and an empty one.
HttpResponse ResponseOf(const FetchResult& result);
// "response 200", or the kind of error, such as "too_large".
std::string OutcomeOf(const FetchResult& result);
// The message of the error; empty for a response.
std::string MessageOf(const FetchResult& result);

std::string GzipOf(std::string_view text);

}  // namespace syncline::executor
