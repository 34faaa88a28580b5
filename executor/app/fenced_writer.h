// Sends one run's statements to the database and finds out what became of each: an answer that was
// lost is read back, and a page that did not commit goes again as it was. While the database is
// away it waits and tries again, for as long as it takes: an outage pauses a run and never fails
// it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <random>

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
  };
  Kind kind = Kind::kDone;
  // kDone: what it changed; nullopt when it was only found done.
  std::optional<Committed> counts = {};
  // kFailed.
  absl::Status error = {};
  // Monotonic; of the statement that committed.
  absl::Duration sent_at = absl::ZeroDuration();
  // How long the database was away.
  absl::Duration outage = absl::ZeroDuration();
};

// Every function on the loop, one job at a time. What the constructor takes outlives it.
class FencedWriter : public std::enable_shared_from_this<FencedWriter> {
 public:
  using Statement = std::function<absl::StatusOr<std::optional<Committed>>(std::int64_t page_seq)>;
  using WriteDone = std::function<void(const WriteResult&)>;
  // The state, nullopt when the fence is gone, or an error that would come again.
  using ReadDone = std::function<void(absl::StatusOr<std::optional<RunState>>)>;

  FencedWriter(Claim claim, EventLoop* loop, WorkerPool* database, PageStore* store,
               const MonotonicClock* clock, ExecutorMetrics* metrics,
               std::function<void()> on_refused_write);

  void Read(ReadDone done);
  // `statement` is called on a thread of the pool, perhaps more than once, to commit page
  // `page_seq` + 1.
  void Write(std::int64_t page_seq, Statement statement, WriteDone done);

  // Whether it waits for the database to come back.
  bool waiting() const { return timer_ != 0; }
  // Calls back no more.
  void Stop();

 private:
  void SendRead();
  void OnRead(absl::StatusOr<std::optional<RunState>> state);
  void SendStatement();
  void OnWritten(absl::StatusOr<std::optional<Committed>> committed);
  void Resolve(const std::optional<RunState>& state);
  void After(absl::Duration wait, void (FencedWriter::*next)());
  void FinishWrite(WriteResult result);

  const Claim claim_;
  EventLoop& loop_;
  WorkerPool& database_;
  PageStore& store_;
  const MonotonicClock& clock_;
  ExecutorMetrics& metrics_;
  const std::function<void()> on_refused_write_;

  bool stopped_ = false;
  EventLoop::TimerId timer_ = 0;
  Backoff backoff_;
  std::minstd_rand random_;

  // The job.
  ReadDone read_done_;
  WriteDone write_done_;
  Statement statement_;
  std::int64_t page_seq_ = 0;
  bool changed_nothing_ = false;
  absl::Duration sent_at_;
  std::optional<absl::Duration> away_since_;
};

}  // namespace syncline::executor
