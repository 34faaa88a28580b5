#include "executor/app/fenced_writer.h"

#include <utility>

#include "common/base/errors.h"
#include "common/base/failpoint.h"

namespace syncline::executor {
namespace {

// Whether the same statement may well succeed later. What has an SQLSTATE and is neither of these
// comes again.
bool MayPass(const absl::Status& status) {
  return status.code() == absl::StatusCode::kUnavailable ||
         status.code() == absl::StatusCode::kAborted || !SqlStateOf(status).has_value();
}

}  // namespace

FencedWriter::FencedWriter(Claim claim, EventLoop* loop, WorkerPool* database, PageStore* store,
                           const MonotonicClock* clock, ExecutorMetrics* metrics,
                           std::function<void()> on_refused_write)
    : claim_(std::move(claim)),
      loop_(*loop),
      database_(*database),
      store_(*store),
      clock_(*clock),
      metrics_(*metrics),
      on_refused_write_(std::move(on_refused_write)),
      backoff_(absl::Milliseconds(100), absl::Seconds(3)),
      // A fence is random, and a random_device costs more than all else here.
      random_(static_cast<std::uint32_t>(std::hash<std::string>()(claim_.fence))) {}

void FencedWriter::Stop() {
  stopped_ = true;
  loop_.CancelTimer(timer_);
  timer_ = 0;
  read_done_ = nullptr;
  write_done_ = nullptr;
  statement_ = nullptr;
}

void FencedWriter::Read(ReadDone done) {
  read_done_ = std::move(done);
  SendRead();
}

void FencedWriter::Write(std::int64_t page_seq, Statement statement, WriteDone done) {
  page_seq_ = page_seq;
  statement_ = std::move(statement);
  write_done_ = std::move(done);
  away_since_.reset();
  SendStatement();
}

void FencedWriter::After(absl::Duration wait, void (FencedWriter::*next)()) {
  timer_ = loop_.PostAfter(wait, [self = shared_from_this(), next] {
    self->timer_ = 0;
    if (!self->stopped_) (self.get()->*next)();
  });
}

void FencedWriter::SendRead() {
  database_.Submit([self = shared_from_this()] {
    auto state = std::make_shared<absl::StatusOr<std::optional<RunState>>>(
        self->store_.ReadRun(self->claim_));
    self->loop_.Post([self, state] { self->OnRead(std::move(*state)); });
  });
}

void FencedWriter::OnRead(absl::StatusOr<std::optional<RunState>> state) {
  if (stopped_) return;
  if (!state.ok() && MayPass(state.status())) {
    if (!away_since_) away_since_ = clock_.Now();
    After(backoff_.Next(random_), &FencedWriter::SendRead);
    return;
  }
  if (read_done_) {
    backoff_.Reset();
    std::exchange(read_done_, nullptr)(std::move(state));
  } else if (!state.ok()) {
    FinishWrite({.kind = WriteResult::Kind::kFailed, .error = state.status()});
  } else {
    Resolve(*state);
  }
}

void FencedWriter::SendStatement() {
  FAILPOINT("before_page_send");
  sent_at_ = clock_.Now();
  database_.Submit([self = shared_from_this(), statement = statement_, page_seq = page_seq_] {
    const absl::Duration begin = self->clock_.Now();
    auto committed =
        std::make_shared<absl::StatusOr<std::optional<Committed>>>(statement(page_seq));
    self->metrics_.ObservePageWrite(self->clock_.Now() - begin);
    self->loop_.Post([self, committed] { self->OnWritten(std::move(*committed)); });
  });
  FAILPOINT("after_page_send");
}

void FencedWriter::OnWritten(absl::StatusOr<std::optional<Committed>> committed) {
  changed_nothing_ = committed.ok() && !*committed;
  if (stopped_) {
    // Nobody waits for it any more, but a write that the fence kept out is worth counting.
    if (changed_nothing_) on_refused_write_();
    return;
  }
  if (committed.ok() && *committed) {
    FinishWrite({.kind = WriteResult::Kind::kDone, .counts = **committed, .sent_at = sent_at_});
  } else if (changed_nothing_) {
    SendRead();
  } else if (MayPass(committed.status())) {
    if (!away_since_) away_since_ = clock_.Now();
    After(backoff_.Next(random_), &FencedWriter::SendRead);
  } else {
    FinishWrite({.kind = WriteResult::Kind::kFailed, .error = committed.status()});
  }
}

void FencedWriter::Resolve(const std::optional<RunState>& state) {
  switch (ResolveDoubt(state, page_seq_)) {
    case Doubt::kDone:
      FinishWrite({.kind = WriteResult::Kind::kDone, .sent_at = sent_at_});
      break;
    case Doubt::kSendAgain:
      After(backoff_.Next(random_), &FencedWriter::SendStatement);
      break;
    case Doubt::kLost:
      if (changed_nothing_) on_refused_write_();
      FinishWrite({.kind = WriteResult::Kind::kLost});
      break;
  }
}

void FencedWriter::FinishWrite(WriteResult result) {
  if (away_since_) result.outage = clock_.Now() - *away_since_;
  backoff_.Reset();
  statement_ = nullptr;
  std::exchange(write_done_, nullptr)(result);
}

}  // namespace syncline::executor
