// Sends one run's statements to the database and finds out what became of each: an answer that was
// lost is read back, and a page that did not commit goes again as it was. While the database is
// away it waits and tries again, for as long as it takes: an outage pauses a run and never fails
// it.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <vector>

#include "absl/status/status.h"
#include "common/base/clock.h"
#include "common/base/worker_pool.h"
#include "executor/app/executor_metrics.h"
#include "executor/core/backoff.h"
#include "executor/core/event_loop.h"
#include "executor/storage/page_store.h"

namespace syncline::executor {

struct WriteResult {
  enum class Kind {
    kDone,
    kLost,    // the fence is gone
    kFailed,  // the database refuses the statement, and would again
    kHeld,    // held back before the statement began
  };
  Kind kind = Kind::kDone;
  // kDone: what it changed; nullopt when it was only found done.
  std::optional<Committed> counts = {};
  // kFailed.
  absl::Status error = {};
  // Monotonic; of the statement that committed, or of one before it.
  absl::Duration sent_at = absl::ZeroDuration();
  // How long the database was away.
  absl::Duration outage = absl::ZeroDuration();
};

// Every function on the loop, one job at a time. What the constructor takes outlives it.
class FencedWriter : public std::enable_shared_from_this<FencedWriter> {
 public:
  using Statement = std::function<absl::StatusOr<std::optional<Committed>>(std::int64_t page_seq)>;
  // Called once for each statement, in their order; the first that is not kDone is the last.
  using WriteDone = std::function<void(const WriteResult&)>;
  // The state, nullopt when the fence is gone, or an error that would come again.
  using ReadDone = std::function<void(absl::StatusOr<std::optional<RunState>>)>;

  FencedWriter(Claim claim, EventLoop* loop, WorkerPool* database, PageStore* store,
               const MonotonicClock* clock, ExecutorMetrics* metrics,
               std::function<void()> on_refused_write);

  void Read(ReadDone done);
  // Each of `statements`, of which there is one at least, is called on a thread of the pool,
  // perhaps more than once, to commit the page behind the one before; the first commits `page_seq`
  // + 1. One that is not the first begins when the one before has committed, mostly on the same
  // thread: the fence and the number of its page are all that it asks of what went before.
  // Unless it is held back, of which `done` is told instead.
  void Write(std::int64_t page_seq, std::vector<Statement> statements, WriteDone done);

  // Whether it waits for the database to come back.
  bool waiting() const { return timer_ != 0; }
  // Begins no statement behind the one that is under way. For good.
  void Hold() { held_ = true; }
  // Calls back no more, and holds.
  void Stop();

 private:
  using Answer = absl::StatusOr<std::optional<Committed>>;
  using Statements = std::shared_ptr<const std::vector<Statement>>;

  void SendRead();
  void OnRead(absl::StatusOr<std::optional<RunState>> state);
  // Those from `next_` on.
  void SendStatements();
  // On a thread of the pool: their answers, up to the first that did not commit, or before one that
  // is held back.
  std::vector<Answer> RunStatements(const std::vector<Statement>& statements, std::size_t next,
                                    std::int64_t page_seq);
  void OnWritten(const std::vector<Answer>& answers);
  void OnAnswer(const Answer& answer);
  void Resolve(const std::optional<RunState>& state);
  // Goes on with what is left of `job`, if it is still under way.
  void GoOn(const Statements& job);
  void After(absl::Duration wait, void (FencedWriter::*next)());
  void FinishStatement(const std::optional<Committed>& counts);
  void FinishWrite(WriteResult result);

  const Claim claim_;
  EventLoop& loop_;
  WorkerPool& database_;
  PageStore& store_;
  const MonotonicClock& clock_;
  ExecutorMetrics& metrics_;
  const std::function<void()> on_refused_write_;

  bool stopped_ = false;
  std::atomic<bool> held_ = false;
  EventLoop::TimerId timer_ = 0;
  Backoff backoff_;
  std::minstd_rand random_;

  // The job.
  ReadDone read_done_;
  WriteDone write_done_;
  Statements statements_;
  std::size_t next_ = 0;       // the first that has not committed
  std::int64_t page_seq_ = 0;  // before it
  bool changed_nothing_ = false;
  absl::Duration sent_at_;
  std::optional<absl::Duration> away_since_;
};

}  // namespace syncline::executor
