#include "executor/http/http_client.h"

#include <signal.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "executor/http/transfer.h"

namespace syncline::executor {
namespace {

// How often the bounds in time are looked at while anything is under way.
constexpr std::chrono::milliseconds kSweep{100};
constexpr std::chrono::milliseconds kIdle{60'000};

absl::Status CheckLibrary() {
  // Once per process; libcurl counts the calls and this one is never undone.
  static const CURLcode initialised = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (initialised != CURLE_OK) return absl::InternalError("libcurl cannot be initialised");
  const curl_version_info_data* version = curl_version_info(CURLVERSION_NOW);
  if ((version->features & CURL_VERSION_SSL) == 0) {
    return absl::InternalError("this libcurl has no TLS");
  }
  if ((version->features & CURL_VERSION_ASYNCHDNS) == 0) {
    return absl::InternalError("this libcurl would resolve names on the event loop");
  }
  return absl::OkStatus();
}

// With NOSIGNAL libcurl leaves SIGPIPE to the program, and OpenSSL writes without MSG_NOSIGNAL.
void BlockBrokenPipeSignal() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

}  // namespace

absl::StatusOr<std::unique_ptr<HttpClient>> HttpClient::Create(HttpClientOptions options) {
  if (absl::Status status = CheckLibrary(); !status.ok()) return status;
  CURLM* multi = curl_multi_init();
  if (multi == nullptr) return absl::InternalError("libcurl cannot make an event loop");
  // Both bound the connections kept; those in use are bounded by what is started.
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, static_cast<long>(options.max_in_flight));
  curl_multi_setopt(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS,
                    static_cast<long>(options.max_in_flight));
  auto client = std::unique_ptr<HttpClient>(new HttpClient(std::move(options), multi));
  if (!client->events_.ok()) return absl::InternalError("no descriptors for an event loop");
  client->events_.Attach(multi);
  client->thread_ = std::thread([raw = client.get()] { raw->Run(); });
  return client;
}

HttpClient::HttpClient(HttpClientOptions options, CURLM* multi)
    : options_(std::move(options)), multi_(multi) {}

HttpClient::~HttpClient() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  events_.Wake();
  if (thread_.joinable()) thread_.join();
}

uint64_t HttpClient::Fetch(HttpRequest request, const HttpLimits& limits, FetchCallback callback) {
  uint64_t id = 0;
  {
    const std::lock_guard lock(mutex_);
    id = ++last_id_;
  }
  auto transfer = std::make_unique<Transfer>(id, std::move(request), limits, std::move(callback),
                                             &options_.policy, options_.ca_file);
  {
    const std::lock_guard lock(mutex_);
    submitted_.push_back(std::move(transfer));
    ++stats_.waiting;
  }
  events_.Wake();
  return id;
}

void HttpClient::Cancel(uint64_t id) {
  {
    const std::lock_guard lock(mutex_);
    cancelled_.push_back(id);
  }
  events_.Wake();
}

FetchStats HttpClient::stats() const {
  const std::lock_guard lock(mutex_);
  return stats_;
}

void HttpClient::Run() {
  BlockBrokenPipeSignal();
  auto swept = Transfer::Clock::now();
  while (TakeCommands()) {
    StartWaiting();
    const bool idle = active_.empty() && waiting_.empty();
    events_.Step(multi_.get(), idle ? kIdle : kSweep);
    CollectDone();
    if (const auto now = Transfer::Clock::now(); now - swept >= kSweep) {
      swept = now;
      EndOverdue();
    }
  }
}

bool HttpClient::TakeCommands() {
  while (true) {
    std::vector<std::unique_ptr<Transfer>> submitted;
    std::vector<uint64_t> cancelled;
    bool stopping = false;
    {
      const std::lock_guard lock(mutex_);
      submitted.swap(submitted_);
      cancelled.swap(cancelled_);
      stopping = stopping_;
    }
    for (auto& transfer : submitted) waiting_.push_back(std::move(transfer));
    for (const uint64_t id : cancelled) CancelNow(id);
    if (!stopping) return true;
    if (waiting_.empty() && active_.empty()) return false;
    CancelAll();  // Its callbacks may submit, hence once more.
  }
}

void HttpClient::StartWaiting() {
  for (auto next = waiting_.begin();
       next != waiting_.end() && active_.size() < static_cast<size_t>(options_.max_in_flight);) {
    const auto current = next++;
    if (const std::optional<FetchError> error = (*current)->error(); error.has_value()) {
      Deliver(TakeWaiting(current), *error);
      continue;
    }
    int& of_origin = active_per_origin_[(*current)->origin()];
    if (of_origin >= options_.max_in_flight_per_origin) continue;
    ++of_origin;
    Activate(TakeWaiting(current));
  }
}

void HttpClient::Activate(std::unique_ptr<Transfer> transfer) {
  const uint64_t id = transfer->id();
  const CURLMcode code = curl_multi_add_handle(multi_.get(), transfer->easy());
  active_.emplace(id, std::move(transfer));
  {
    const std::lock_guard lock(mutex_);
    ++stats_.in_flight;
  }
  if (code != CURLM_OK) End(id, FetchError::Kind::kProtocol, curl_multi_strerror(code));
}

void HttpClient::CollectDone() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    // The message is gone once the handle is taken out.
    const CURLcode code = message->data.result;
    char* owner = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &owner);
    auto transfer = TakeActive(reinterpret_cast<Transfer*>(owner)->id());
    FetchResult result = transfer->TakeResult(code);
    Deliver(std::move(transfer), std::move(result));
  }
}

void HttpClient::EndOverdue() {
  const auto now = Transfer::Clock::now();
  std::vector<std::pair<uint64_t, FetchError>> overdue;
  for (const auto& [id, transfer] : active_) {
    if (auto error = transfer->Overdue(now)) overdue.emplace_back(id, *std::move(error));
  }
  for (auto& [id, error] : overdue) Deliver(TakeActive(id), std::move(error));
  for (auto next = waiting_.begin(); next != waiting_.end();) {
    const auto current = next++;
    if (auto error = (*current)->Overdue(now)) Deliver(TakeWaiting(current), *std::move(error));
  }
}

void HttpClient::CancelNow(uint64_t id) {
  if (active_.contains(id)) return End(id, FetchError::Kind::kCancelled, "cancelled");
  const auto found = std::find_if(waiting_.begin(), waiting_.end(),
                                  [&](const auto& transfer) { return transfer->id() == id; });
  if (found == waiting_.end()) return;
  FetchError error = (*found)->MakeError(FetchError::Kind::kCancelled, "cancelled");
  Deliver(TakeWaiting(found), std::move(error));
}

void HttpClient::CancelAll() {
  while (!waiting_.empty()) CancelNow(waiting_.front()->id());
  while (!active_.empty()) CancelNow(active_.begin()->first);
}

void HttpClient::End(uint64_t id, FetchError::Kind kind, std::string_view problem) {
  auto transfer = TakeActive(id);
  FetchError error = transfer->MakeError(kind, problem);
  Deliver(std::move(transfer), std::move(error));
}

std::unique_ptr<Transfer> HttpClient::TakeWaiting(Waiting::iterator position) {
  std::unique_ptr<Transfer> transfer = std::move(*position);
  waiting_.erase(position);
  const std::lock_guard lock(mutex_);
  --stats_.waiting;
  return transfer;
}

std::unique_ptr<Transfer> HttpClient::TakeActive(uint64_t id) {
  const auto found = active_.find(id);
  std::unique_ptr<Transfer> transfer = std::move(found->second);
  active_.erase(found);
  curl_multi_remove_handle(multi_.get(), transfer->easy());
  const auto of_origin = active_per_origin_.find(transfer->origin());
  if (--of_origin->second == 0) active_per_origin_.erase(of_origin);
  long opened = 0;
  curl_easy_getinfo(transfer->easy(), CURLINFO_NUM_CONNECTS, &opened);
  const std::lock_guard lock(mutex_);
  --stats_.in_flight;
  stats_.connections += opened;
  return transfer;
}

void HttpClient::Deliver(std::unique_ptr<Transfer> transfer, FetchResult result) {
  {
    const std::lock_guard lock(mutex_);
    ++stats_.requests;
    if (std::holds_alternative<FetchError>(result)) ++stats_.failures;
    stats_.received_bytes += transfer->received_bytes();
    stats_.body_bytes += transfer->body_bytes();
  }
  transfer->Deliver(std::move(result));
}

}  // namespace syncline::executor
