#include "executor/app/page_fetcher.h"

#include <utility>
#include <variant>

#include "executor/app/fetch_error_class.h"

namespace syncline::executor {
namespace {

// The request of a run before that is just being closed frees its place in no time.
constexpr absl::Duration kPlaceWait = absl::Milliseconds(20);
// Of a body that takes less time to parse than handing it to another thread and back does.
constexpr std::size_t kShortBody = 4096;

// Any thread.
std::shared_ptr<FetchedPage> MakePage(Page page) {
  auto made = std::make_shared<FetchedPage>();
  made->restarted = page.restarted;
  made->write.cursor_json = std::move(page.cursor_json);
  made->write.last = page.last;
  made->write.fetched = page.fetched;
  made->write.rejected = page.rejected;
  made->write.reject_reasons = std::move(page.reject_reasons);
  made->write.rejected_keys = std::move(page.rejected_keys);
  std::size_t key_bytes = 0;
  std::size_t data_bytes = 0;
  for (const Record& record : page.records) {
    key_bytes += record.key.size();
    data_bytes += record.data.size();
  }
  made->write.records.Reserve(page.records.size(), key_bytes, data_bytes);
  for (const Record& record : page.records) {
    made->write.records.Add(record.key,
                            {reinterpret_cast<const char*>(record.hash.data()), record.hash.size()},
                            record.data);
  }
  return made;
}

}  // namespace

PageFetcher::PageFetcher(const RunServices* services, std::shared_ptr<RateLimiter> limiter,
                         std::unique_ptr<StreamReader> reader, std::function<void()> on_change)
    : services_(*services),
      limiter_(std::move(limiter)),
      reader_(std::move(reader)),
      on_change_(std::move(on_change)) {}

void PageFetcher::Begin(absl::Duration limit) {
  if (kept_ || parsing_ || fetch_id_ != 0 || timer_ != 0) return;
  SyncResult<HttpRequest> request = reader_->NextRequest();
  if (!request.ok()) {
    services_.loop->Post(
        [self = shared_from_this(), error = request.error()] { self->Keep(error); });
    return;
  }
  const absl::Duration now = services_.clock->Now();
  const absl::Duration wait = limiter_->TryAcquire(absl::UnixEpoch() + now);
  if (wait > absl::ZeroDuration()) {
    timer_ = services_.loop->PostAfter(wait == absl::InfiniteDuration() ? kPlaceWait : wait,
                                       [self = shared_from_this()] {
                                         self->timer_ = 0;
                                         self->Changed();
                                       });
    return;
  }
  fetch_began_ = now;
  HttpLimits limits;
  limits.total_timeout = limit;
  fetch_id_ = services_.http->Fetch(
      std::move(request).value(), limits,
      [self = shared_from_this()](FetchResult result) { self->OnFetched(std::move(result)); });
}

void PageFetcher::OnFetched(FetchResult result) {
  limiter_->Release();
  fetch_id_ = 0;
  services_.metrics->CountFetch(result, services_.clock->Now() - fetch_began_);
  if (on_change_ == nullptr) return;
  if (const auto* error = std::get_if<FetchError>(&result)) {
    // Cancelled by a pause or the end of time: the owner knows which.
    if (error->kind == FetchError::Kind::kCancelled) return Changed();
    return Keep(ToSyncError(*error));
  }
  auto& response = std::get<HttpResponse>(result);
  if (response.body.size() <= kShortBody) return Keep(Parse(response));
  parsing_ = true;
  services_.compute->Submit([self = shared_from_this(),
                             response = std::make_shared<const HttpResponse>(std::move(response))] {
    PageResult page = self->Parse(*response);
    self->services_.loop->Post(
        [self, page = std::move(page)]() mutable { self->OnParsed(std::move(page)); });
  });
}

PageFetcher::PageResult PageFetcher::Parse(const HttpResponse& response) {
  SyncResult<Page> page = reader_->Consume(response);
  if (!page.ok()) return page.error();
  return MakePage(std::move(page).value());
}

void PageFetcher::OnParsed(PageResult page) {
  parsing_ = false;
  Keep(std::move(page));
}

void PageFetcher::Keep(PageResult result) {
  if (on_change_ == nullptr) return;
  kept_ = std::move(result);
  Changed();
}

// Of a copy: Stop may be called meanwhile.
void PageFetcher::Changed() {
  if (const auto call = on_change_) call();
}

std::optional<PageFetcher::PageResult> PageFetcher::Take() {
  return std::exchange(kept_, std::nullopt);
}

void PageFetcher::CancelRequest() {
  if (fetch_id_ != 0) services_.http->Cancel(fetch_id_);
}

void PageFetcher::Stop() {
  on_change_ = nullptr;
  kept_.reset();
  services_.loop->CancelTimer(timer_);
  timer_ = 0;
  CancelRequest();
}

}  // namespace syncline::executor
