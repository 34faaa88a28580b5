#include "gateway/events/feed_filler.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "common/base/log.h"
#include "gateway/json/integration_json.h"

namespace syncline::gateway {
namespace {

using v1::WatchSyncsResponse;

constexpr auto kPause = std::chrono::milliseconds(300);
constexpr auto kLongestPause = std::chrono::seconds(5);

}  // namespace

FeedFiller::FeedFiller(EventFeed* feed, std::string tenant_id, OpenWatch open)
    : feed_(*feed), tenant_id_(std::move(tenant_id)), open_(std::move(open)) {
  thread_ = std::thread([this] { Run(); });
}

FeedFiller::~FeedFiller() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    if (call_ != nullptr) call_->Cancel();
  }
  wake_.notify_all();
  thread_.join();
}

void FeedFiller::Run() {
  do {
    v1::WatchSyncsRequest request;
    request.set_tenant_id(tenant_id_);
    request.set_resume_token(resume_token_);
    const std::unique_ptr<WatchCall> call = open_(request);
    if (call == nullptr) continue;
    {
      std::lock_guard lock(mutex_);
      if (stopping_) {
        call->Cancel();
      } else {
        call_ = call.get();
      }
    }
    Fill(*call);
    std::lock_guard lock(mutex_);
    call_ = nullptr;
  } while (Pause());
}

void FeedFiller::Fill(WatchCall& call) {
  WatchSyncsResponse response;
  bool heard = false;
  while (call.Read(response)) {
    if (!std::exchange(heard, true)) {
      LogInfo("watching", {{"resumed", response.resumed() ? 1 : 0}});
      failures_ = 0;
    }
    switch (response.event_case()) {
      case WatchSyncsResponse::kSnapshotBegin:
        feed_.BeginSnapshot();
        break;
      case WatchSyncsResponse::kIntegration:
        feed_.Put(response.integration().id(),
                  DumpJson(ToJson(response.integration(), Detail::kState)));
        break;
      case WatchSyncsResponse::kDeletedIntegrationId:
        feed_.Remove(response.deleted_integration_id());
        break;
      case WatchSyncsResponse::kSnapshotEnd:
        feed_.EndSnapshot();
        feed_.SetConnected(true);
        break;
      case WatchSyncsResponse::kResumed:
        feed_.Resume();
        feed_.SetConnected(true);
        break;
      case WatchSyncsResponse::EVENT_NOT_SET:
        break;  // of a newer release
    }
    if (!response.resume_token().empty()) resume_token_ = response.resume_token();
  }
  feed_.SetConnected(false);
  ++failures_;
  LogWarning("the watch ended", {{"problem", call.Problem()}});
}

bool FeedFiller::Pause() {
  std::unique_lock lock(mutex_);
  const auto pause =
      std::min<std::chrono::milliseconds>(kPause * std::max(failures_, 1), kLongestPause);
  return !wake_.wait_for(lock, pause, [this] { return stopping_; });
}

}  // namespace syncline::gateway
