#include "scheduler/rpc/watch_stream.h"

#include <utility>

#include "common/base/errors.h"
#include "common/base/status_macros.h"
#include "common/rpc/status_conversion.h"
#include "scheduler/rpc/mapping.h"

namespace syncline::scheduler {
namespace {

using v1::WatchSyncsResponse;

constexpr int kBatch = 200;  // integrations read at once

}  // namespace

void WatchStream::Start(WatchFilter filter, const std::string& resume_token) {
  self_ = shared_from_this();
  filter_ = filter;
  next_page_.tenant_id = filter_.tenant_id;
  next_page_.limit = kBatch;
  const auto opened = parts_.hub->Open(
      std::move(filter), resume_token,
      {.on_ready = [self = shared_from_this()] { self->Pump(); },
       .on_closed =
           [self = shared_from_this()] {
             self->FinishOnce(ReasonError(absl::StatusCode::kUnavailable, "DRAINING",
                                          "this scheduler is going away; open the stream again"));
           }});
  if (!opened.ok()) {
    FinishOnce(opened.status());
    return;
  }
  {
    std::lock_guard lock(mutex_);
    watch_ = *opened;
  }
  Pump();
}

void WatchStream::Refuse(const absl::Status& status) {
  self_ = shared_from_this();
  FinishOnce(status);
}

void WatchStream::FinishOnce(const absl::Status& status) {
  std::lock_guard lock(mutex_);
  if (finished_) return;
  finished_ = true;
  if (queue_.empty()) {
    Finish(rpc::ToGrpc(status));
  } else {
    pending_status_ = rpc::ToGrpc(status);  // a write is under way; finish after it
  }
}

void WatchStream::Pump() {
  {
    std::lock_guard lock(mutex_);
    if (finished_ || watch_ == 0) return;
    if (filling_ || !queue_.empty()) {
      pumped_again_ = true;
      return;
    }
    filling_ = true;
    pumped_again_ = false;
  }
  if (!parts_.workers->Submit([self = shared_from_this()] { self->Fill(); })) {
    FinishOnce(ReasonError(absl::StatusCode::kResourceExhausted, "OVERLOADED",
                           "too many calls are waiting; open the stream again"));
  }
}

void WatchStream::Fill() {
  std::deque<WatchSyncsResponse> messages;
  if (const absl::Status status = Gather(messages); !status.ok()) {
    FinishOnce(status);
    return;
  }
  bool again = false;
  {
    std::lock_guard lock(mutex_);
    filling_ = false;
    if (finished_) return;
    queue_ = std::move(messages);
    if (!queue_.empty()) StartWrite(&queue_.front());
    again = queue_.empty() && pumped_again_;
  }
  if (again) Pump();
}

absl::Status WatchStream::Gather(std::deque<WatchSyncsResponse>& messages) {
  if (phase_ == Phase::kBegin) {
    const std::optional<WatchStart> start = parts_.hub->Begin(watch_);
    if (!start) return absl::OkStatus();
    phase_ = start->resumed ? Phase::kChanges : Phase::kSnapshot;
    snapshot_token_ = start->resume_token;
    if (start->resumed) {
      messages.emplace_back().set_resumed(true);
    } else {
      messages.emplace_back().set_snapshot_begin(true);
    }
  }
  return phase_ == Phase::kSnapshot ? GatherSnapshot(messages) : GatherChanges(messages);
}

absl::Status WatchStream::GatherSnapshot(std::deque<WatchSyncsResponse>& messages) {
  IntegrationPage page;
  if (filter_.integration_ids.empty()) {
    ASSIGN_OR_RETURN(page, parts_.directory->List(next_page_));
  } else {
    ASSIGN_OR_RETURN(page.integrations,
                     parts_.directory->Read(filter_.tenant_id, {filter_.integration_ids.begin(),
                                                                filter_.integration_ids.end()}));
  }
  for (const Integration& integration : page.integrations)
    ToProto(integration, *messages.emplace_back().mutable_integration());
  next_page_.after_name = page.last_name;
  next_page_.after_id = page.last_id;
  if (page.more) return absl::OkStatus();
  phase_ = Phase::kChanges;
  WatchSyncsResponse& end = messages.emplace_back();
  end.set_snapshot_end(true);
  end.set_resume_token(snapshot_token_);
  return absl::OkStatus();
}

absl::Status WatchStream::GatherChanges(std::deque<WatchSyncsResponse>& messages) {
  const WatchBatch batch = parts_.hub->Take(watch_, kBatch);
  if (batch.ids.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<Integration> integrations,
                   parts_.directory->Read(filter_.tenant_id, batch.ids));
  std::set<std::string> gone(batch.ids.begin(), batch.ids.end());
  for (const Integration& integration : integrations) {
    gone.erase(integration.id);
    ToProto(integration, *messages.emplace_back().mutable_integration());
  }
  for (const std::string& id : gone) messages.emplace_back().set_deleted_integration_id(id);
  messages.back().set_resume_token(batch.resume_token);
  return absl::OkStatus();
}

void WatchStream::OnWriteDone(bool ok) {
  {
    std::lock_guard lock(mutex_);
    queue_.pop_front();
    if (finished_) {
      Finish(pending_status_);
      return;
    }
    if (!ok) {
      finished_ = true;
      Finish(grpc::Status(grpc::StatusCode::CANCELLED, "the stream was cut"));
      return;
    }
    if (!queue_.empty()) {
      StartWrite(&queue_.front());
      return;
    }
  }
  Pump();
}

void WatchStream::OnCancel() { FinishOnce(absl::CancelledError("the client went away")); }

void WatchStream::OnDone() {
  parts_.hub->Close(watch_);
  self_.reset();  // may destroy this
}

}  // namespace syncline::scheduler
