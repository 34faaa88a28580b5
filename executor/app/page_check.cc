#include "executor/app/page_check.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "executor/app/fetch_error_class.h"
#include "executor/connectors/rest/rest_stream_reader.h"

namespace syncline::executor {
namespace {

// A run's request under way frees its place soon.
constexpr absl::Duration kPlaceWait = absl::Milliseconds(20);

SyncError MakeError(ErrorClass cls, std::string message) {
  SyncError error;
  error.cls = cls;
  error.message = std::move(message);
  return error;
}

Assignment ToAssignment(const CheckOrder& order) {
  Assignment assignment;
  assignment.key.integration_id = order.owner_id;
  assignment.type = order.type;
  assignment.config_json = order.config_json;
  assignment.sealed_credentials = order.sealed_credentials;
  return assignment;
}

}  // namespace

PageCheck::PageCheck(CheckOrder order, const RunServices* services, Done done)
    : order_(std::move(order)),
      services_(*services),
      done_(std::move(done)),
      deadline_(services->clock->Now() + order_.limit) {}

void PageCheck::Start() {
  services_.compute->Submit([self = shared_from_this()] {
    auto prepared = std::make_shared<SyncResult<PreparedRun>>(
        PrepareRun(ToAssignment(self->order_), *self->services_.cipher, self->services_.configs));
    self->services_.loop->Post([self, prepared] { self->OnPrepared(std::move(*prepared)); });
  });
}

void PageCheck::OnPrepared(SyncResult<PreparedRun> prepared) {
  if (done_ == nullptr) return;
  if (!prepared.ok()) return Fail(prepared.error());
  prepared_ = std::move(prepared).value();
  const std::vector<PlannedStream>& streams = prepared_.parsed->streams;
  const auto stream = std::find_if(streams.begin(), streams.end(),
                                   [&](const auto& s) { return s.name == order_.stream; });
  if (stream == streams.end())
    return Fail(MakeError(ErrorClass::kConfig, "the config has no stream of this name"));
  auto reader = MakeRestStreamReader(prepared_.parsed->config,
                                     static_cast<std::size_t>(stream - streams.begin()),
                                     prepared_.credentials, /*cursor_json=*/"");
  if (!reader.ok()) return Fail(reader.error());
  reader_ = std::move(reader).value();
  limiter_ = services_.rate_limits->For(order_.owner_id, prepared_.parsed->rate_limit,
                                        absl::UnixEpoch() + services_.clock->Now());
  Fetch();
}

void PageCheck::Fetch() {
  SyncResult<HttpRequest> request = reader_->NextRequest();
  if (!request.ok()) return Fail(request.error());
  const absl::Duration now = services_.clock->Now();
  const absl::Duration told = limiter_->TryAcquire(absl::UnixEpoch() + now);
  if (told > absl::ZeroDuration()) {
    const absl::Duration wait = told == absl::InfiniteDuration() ? kPlaceWait : told;
    if (now + wait >= deadline_) {
      return Fail(MakeError(ErrorClass::kRateLimited,
                            "the integration's own rate limit leaves no room for a check now"));
    }
    timer_ = services_.loop->PostAfter(wait, [self = shared_from_this()] {
      self->timer_ = 0;
      if (self->done_ != nullptr) self->Fetch();
    });
    return;
  }
  fetch_began_ = now;
  HttpLimits limits;
  limits.total_timeout = deadline_ - now;
  fetch_id_ = services_.http->Fetch(
      std::move(request).value(), limits,
      [self = shared_from_this()](FetchResult result) { self->OnFetched(std::move(result)); });
}

void PageCheck::OnFetched(FetchResult result) {
  limiter_->Release();
  fetch_id_ = 0;
  latency_ = services_.clock->Now() - fetch_began_;
  services_.metrics->CountFetch(result, latency_);
  if (done_ == nullptr) return;
  if (const auto* error = std::get_if<FetchError>(&result)) return Fail(ToSyncError(*error));
  services_.compute->Submit(
      [self = shared_from_this(),
       response = std::make_shared<const HttpResponse>(std::get<HttpResponse>(std::move(result)))] {
        SyncResult<Page> page = self->reader_->Consume(*response);
        CheckedPage shown =
            page.ok() ? ShowPage(page.value(), response->status, self->prepared_.credentials)
                      : ShowError(page.error());
        self->services_.loop->Post(
            [self, shown = std::move(shown)]() mutable { self->Finish(std::move(shown)); });
      });
}

void PageCheck::Finish(CheckedPage page) {
  if (done_ == nullptr) return;
  page.latency = latency_;
  std::exchange(done_, nullptr)(std::move(page));
}

void PageCheck::Cancel() {
  done_ = nullptr;
  services_.loop->CancelTimer(timer_);
  timer_ = 0;
  if (fetch_id_ != 0) services_.http->Cancel(fetch_id_);
}

}  // namespace syncline::executor
