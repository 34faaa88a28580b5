#include "executor/http/fetch_fixture.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>

namespace syncline::executor {

LoopedClient::LoopedClient(HttpClientOptions options)
    : client_(HttpClient::Create(&loop_, std::move(options)).value()) {
  OnLoop([this](HttpClient&) { loop_thread_ = std::this_thread::get_id(); });
}

void LoopedClient::OnLoop(const std::function<void(HttpClient&)>& call) {
  if (std::this_thread::get_id() == loop_thread_) return call(*client_);
  std::promise<void> done;
  loop_.Post([&] {
    call(*client_);
    done.set_value();
  });
  done.get_future().wait();
}

uint64_t LoopedClient::Fetch(HttpRequest request, const HttpLimits& limits,
                             FetchCallback callback) {
  uint64_t id = 0;
  OnLoop([&](HttpClient& client) {
    id = client.Fetch(std::move(request), limits, std::move(callback));
  });
  return id;
}

void LoopedClient::Cancel(uint64_t id) {
  OnLoop([&](HttpClient& client) { client.Cancel(id); });
}

FetchStats LoopedClient::stats() {
  FetchStats stats;
  OnLoop([&](HttpClient& client) { stats = client.stats(); });
  return stats;
}

std::unique_ptr<LoopedClient> MakeClient(std::string_view allowed_networks,
                                         HttpClientOptions options) {
  options.policy = OutboundPolicy::Create(allowed_networks).value();
  return std::make_unique<LoopedClient>(std::move(options));
}

HttpRequest RequestTo(std::string url) {
  HttpRequest request;
  request.redacted_url = url;
  request.url = std::move(url);
  return request;
}

PendingFetch Start(LoopedClient& client, HttpRequest request, const HttpLimits& limits) {
  auto promise = std::make_shared<std::promise<FetchResult>>();
  PendingFetch fetch;
  fetch.result = promise->get_future();
  fetch.id = client.Fetch(std::move(request), limits,
                          [promise](FetchResult result) { promise->set_value(std::move(result)); });
  return fetch;
}

FetchResult FetchAndWait(LoopedClient& client, HttpRequest request, HttpLimits limits) {
  limits.total_timeout = std::min(limits.total_timeout, absl::Seconds(30));
  return Start(client, std::move(request), limits).result.get();
}

HttpResponse ResponseOf(const FetchResult& result) {
  if (const auto* response = std::get_if<HttpResponse>(&result)) return *response;
  ADD_FAILURE() << OutcomeOf(result) << ": " << MessageOf(result);
  return {};
}

std::string OutcomeOf(const FetchResult& result) {
  if (const auto* response = std::get_if<HttpResponse>(&result)) {
    return fmt::format("response {}", response->status);
  }
  return std::string(FetchErrorKindName(std::get<FetchError>(result).kind));
}

std::string MessageOf(const FetchResult& result) {
  const auto* error = std::get_if<FetchError>(&result);
  return error == nullptr ? "" : error->message;
}

std::string GzipOf(std::string_view text) {
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, 16 + MAX_WBITS, 9, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

}  // namespace syncline::executor
