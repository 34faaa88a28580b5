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
  Hold();
  loop_.CancelTimer(timer_);
  timer_ = 0;
  read_done_ = nullptr;
  write_done_ = nullptr;
  statements_.reset();
}

void FencedWriter::Read(ReadDone done) {
  read_done_ = std::move(done);
  SendRead();
}

void FencedWriter::Write(std::int64_t page_seq, std::vector<Statement> statements, WriteDone done) {
  page_seq_ = page_seq;
  statements_ = std::make_shared<const std::vector<Statement>>(std::move(statements));
  next_ = 0;
  write_done_ = std::move(done);
  away_since_.reset();
  SendStatements();
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

void FencedWriter::SendStatements() {
  FAILPOINT("before_page_send");
  sent_at_ = clock_.Now();
  database_.Submit(
      [self = shared_from_this(), statements = statements_, next = next_, page_seq = page_seq_] {
        self->loop_.Post([self, answers = self->RunStatements(*statements, next, page_seq)] {
          self->OnWritten(answers);
        });
      });
  FAILPOINT("after_page_send");
}

std::vector<FencedWriter::Answer> FencedWriter::RunStatements(
    const std::vector<Statement>& statements, std::size_t next, std::int64_t page_seq) {
  std::vector<Answer> answers;
  for (; next < statements.size(); ++next) {
    const absl::Duration begin = clock_.Now();
    answers.push_back(statements[next](page_seq++));
    metrics_.ObservePageWrite(clock_.Now() - begin);
    if (!answers.back().ok() || !*answers.back() || held_) break;
  }
  return answers;
}

void FencedWriter::OnWritten(const std::vector<Answer>& answers) {
  const Statements job = statements_;
  for (const Answer& answer : answers) OnAnswer(answer);
  if (answers.back().ok() && *answers.back()) GoOn(job);
}

void FencedWriter::OnAnswer(const Answer& answer) {
  changed_nothing_ = answer.ok() && !*answer;
  if (stopped_) {
    // Nobody waits for it any more, but a write that the fence kept out is worth counting.
    if (changed_nothing_) on_refused_write_();
    return;
  }
  if (answer.ok() && *answer) {
    FinishStatement(**answer);
  } else if (changed_nothing_) {
    SendRead();
  } else if (MayPass(answer.status())) {
    if (!away_since_) away_since_ = clock_.Now();
    After(backoff_.Next(random_), &FencedWriter::SendRead);
  } else {
    FinishWrite({.kind = WriteResult::Kind::kFailed, .error = answer.status()});
  }
}

void FencedWriter::Resolve(const std::optional<RunState>& state) {
  switch (ResolveDoubt(state, page_seq_)) {
    case Doubt::kDone: {
      const Statements job = statements_;
      FinishStatement(std::nullopt);
      GoOn(job);
      break;
    }
    case Doubt::kSendAgain:
      After(backoff_.Next(random_), &FencedWriter::SendStatements);
      break;
    case Doubt::kLost:
      if (changed_nothing_) on_refused_write_();
      FinishWrite({.kind = WriteResult::Kind::kLost});
      break;
  }
}

void FencedWriter::GoOn(const Statements& job) {
  if (stopped_ || job == nullptr || statements_ != job) return;
  if (held_) {
    FinishWrite({.kind = WriteResult::Kind::kHeld});
  } else {
    SendStatements();
  }
}

void FencedWriter::FinishStatement(const std::optional<Committed>& counts) {
  ++next_;
  ++page_seq_;
  FinishWrite({.kind = WriteResult::Kind::kDone, .counts = counts, .sent_at = sent_at_});
}

// What it calls may stop it, and after the last statement begin the next job.
void FencedWriter::FinishWrite(WriteResult result) {
  if (away_since_) result.outage = clock_.Now() - *away_since_;
  away_since_.reset();
  backoff_.Reset();
  WriteDone done = std::exchange(write_done_, nullptr);
  const bool more = result.kind == WriteResult::Kind::kDone && next_ < statements_->size();
  if (!more) statements_.reset();
  done(result);
  if (more && !stopped_) write_done_ = std::move(done);
}

}  // namespace syncline::executor
