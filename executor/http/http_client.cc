#include "executor/http/http_client.h"

#include <signal.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "executor/http/transfer.h"

namespace syncline::executor {
namespace {

// How often the bounds in time are looked at while anything is under way.
constexpr absl::Duration kSweep = absl::Milliseconds(100);

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

absl::StatusOr<std::unique_ptr<HttpClient>> HttpClient::Create(EventLoop* loop,
                                                               HttpClientOptions options) {
  if (absl::Status status = CheckLibrary(); !status.ok()) return status;
  if (!loop->ok()) return absl::InternalError("no descriptors for an event loop");
  CURLM* multi = curl_multi_init();
  if (multi == nullptr) return absl::InternalError("libcurl cannot make an event loop");
  // Both bound the connections kept; those in use are bounded by what is started.
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, static_cast<long>(options.max_in_flight));
  curl_multi_setopt(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS,
                    static_cast<long>(options.max_in_flight));
  return std::unique_ptr<HttpClient>(new HttpClient(loop, std::move(options), multi));
}

HttpClient::HttpClient(EventLoop* loop, HttpClientOptions options, CURLM* multi)
    : loop_(*loop),
      options_(std::move(options)),
      events_(loop, [this] { CollectDone(); }),
      multi_(multi) {
  events_.Attach(multi);
  loop_.Post(&BlockBrokenPipeSignal);
}

HttpClient::~HttpClient() {
  const auto cancel = [&](std::unique_ptr<Transfer> transfer) {
    FetchError error = transfer->MakeError(FetchError::Kind::kCancelled, "cancelled");
    Deliver(std::move(transfer), std::move(error));
  };
  while (!waiting_.empty()) cancel(TakeWaiting(waiting_.begin()));
  while (!active_.empty()) cancel(TakeActive(active_.begin()->first));
}

uint64_t HttpClient::Fetch(HttpRequest request, const HttpLimits& limits, FetchCallback callback) {
  const uint64_t id = ++last_id_;
  waiting_.push_back(std::make_unique<Transfer>(id, std::move(request), limits, std::move(callback),
                                                &options_.policy, options_.ca_file));
  ++stats_.waiting;
  StartSoon();
  if (!std::exchange(sweeping_, true)) SweepSoon();
  return id;
}

void HttpClient::Cancel(uint64_t id) {
  std::unique_ptr<Transfer> transfer = Take(id);
  if (transfer == nullptr) return;
  FetchError error = transfer->MakeError(FetchError::Kind::kCancelled, "cancelled");
  DeliverSoon(std::move(transfer), std::move(error));
}

void HttpClient::StartSoon() {
  if (waiting_.empty() || std::exchange(starting_soon_, true)) return;
  loop_.Post([this] {
    starting_soon_ = false;
    StartWaiting();
  });
}

void HttpClient::StartWaiting() {
  for (auto next = waiting_.begin();
       next != waiting_.end() && active_.size() < static_cast<size_t>(options_.max_in_flight);) {
    const auto current = next++;
    if (const std::optional<FetchError> error = (*current)->error(); error.has_value()) {
      DeliverSoon(TakeWaiting(current), *error);
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
  ++stats_.in_flight;
  if (code == CURLM_OK) return;
  transfer = TakeActive(id);
  FetchError error = transfer->MakeError(FetchError::Kind::kProtocol, curl_multi_strerror(code));
  DeliverSoon(std::move(transfer), std::move(error));
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

void HttpClient::SweepSoon() {
  loop_.PostAfter(kSweep, [this] {
    EndOverdue();
    sweeping_ = !active_.empty() || !waiting_.empty();
    if (sweeping_) SweepSoon();
  });
}

void HttpClient::EndOverdue() {
  const auto now = Transfer::Clock::now();
  std::vector<std::pair<uint64_t, FetchError>> overdue;
  const auto look = [&](Transfer& transfer) {
    if (auto error = transfer.Overdue(now)) overdue.emplace_back(transfer.id(), *std::move(error));
  };
  for (const auto& [id, transfer] : active_) look(*transfer);
  for (const auto& transfer : waiting_) look(*transfer);
  for (auto& [id, error] : overdue) {
    // A callback before may have cancelled it.
    if (auto transfer = Take(id)) Deliver(std::move(transfer), std::move(error));
  }
}

std::unique_ptr<Transfer> HttpClient::TakeWaiting(Waiting::iterator position) {
  std::unique_ptr<Transfer> transfer = std::move(*position);
  waiting_.erase(position);
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
  --stats_.in_flight;
  stats_.connections += opened;
  StartSoon();
  return transfer;
}

std::unique_ptr<Transfer> HttpClient::Take(uint64_t id) {
  if (active_.contains(id)) return TakeActive(id);
  const auto found = std::find_if(waiting_.begin(), waiting_.end(),
                                  [&](const auto& transfer) { return transfer->id() == id; });
  return found == waiting_.end() ? nullptr : TakeWaiting(found);
}

void HttpClient::Deliver(std::unique_ptr<Transfer> transfer, FetchResult result) {
  Count(*transfer, result);
  transfer->Deliver(std::move(result));
}

void HttpClient::DeliverSoon(std::unique_ptr<Transfer> transfer, FetchResult result) {
  Count(*transfer, result);
  // Shared, since a task can be copied.
  loop_.Post([transfer = std::shared_ptr<Transfer>(std::move(transfer)),
              result = std::move(result)]() mutable { transfer->Deliver(std::move(result)); });
}

void HttpClient::Count(const Transfer& transfer, const FetchResult& result) {
  ++stats_.requests;
  if (std::holds_alternative<FetchError>(result)) ++stats_.failures;
  stats_.received_bytes += transfer.received_bytes();
  stats_.body_bytes += transfer.body_bytes();
}

}  // namespace syncline::executor
