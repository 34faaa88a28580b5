// One claimed run, from its assignment to its last report: a small state machine that fetches a
// page, makes records of it, commits it, and so on, stream by stream. It lives on the loop:
// requests, parsing and statements happen elsewhere and post their result back, so that a run that
// waits owns no thread and no connection.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "common/base/clock.h"
#include "common/base/worker_pool.h"
#include "common/crypto/credential_cipher.h"
#include "executor/app/executor_metrics.h"
#include "executor/app/fenced_writer.h"
#include "executor/app/run_preparation.h"
#include "executor/connectors/connector.h"
#include "executor/core/assignment.h"
#include "executor/core/event_loop.h"
#include "executor/core/rate_limits.h"
#include "executor/core/report_queue.h"
#include "executor/core/run_plan.h"
#include "executor/core/trust_window.h"
#include "executor/http/http_client.h"
#include "executor/storage/page_store.h"

namespace syncline::executor {

class Run;

// What the runs of an executor share. All of it outlives them.
struct RunServices {
  EventLoop* loop = nullptr;
  HttpClient* http = nullptr;
  PageStore* store = nullptr;
  CompletionBatches* completions = nullptr;
  WorkerPool* compute = nullptr;   // parses and hashes
  WorkerPool* database = nullptr;  // one thread a connection
  RateLimits* rate_limits = nullptr;
  const MonotonicClock* clock = nullptr;
  const crypto::CredentialCipher* cipher = nullptr;
  ExecutorMetrics* metrics = nullptr;
  Preparation prepare = PrepareRun;
};

// Told on the loop.
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  // The run begins to read, which may take any time. One that only writes is accepted by its page.
  virtual void OnRunBegin(const RunKey& key) = 0;
  // The run is over and has this last thing to report.
  virtual void OnRunEnd(const std::shared_ptr<Run>& run, RunReport report) = 0;
  // The run found its fence gone: there is nothing to report.
  virtual void OnRunLost(const std::shared_ptr<Run>& run) = 0;
  virtual void OnRefusedWrite() = 0;
  // The lease length now in force.
  virtual absl::Duration lease() const = 0;
};

// Every function on the loop.
class Run : public std::enable_shared_from_this<Run> {
 public:
  Run(Assignment assignment, const RunServices* services, RunObserver* observer);

  void Start();

  // A report that was sent at `sent_at` was acknowledged: counts for the trust window, and ends a
  // pause.
  void Renewed(absl::Duration sent_at, absl::Duration lease);
  // Ends it without a report, closing its request at once.
  void Drop();
  // Gives it back at its checkpoint; a page that is being written is awaited.
  void RequestReturn();
  // Looks at the clock: pauses what is no longer trusted, ends what has run out of time. Call it
  // several times a second.
  void Tick();

  const Assignment& assignment() const { return assignment_; }
  std::int64_t pages() const { return pages_; }
  std::int64_t records() const { return records_; }

 private:
  enum class Phase { kPreparing, kReading, kWaiting, kFetching, kConsuming, kWriting };

  // Told what a statement changed; nullopt when it was only found done.
  using WriteDone = std::function<void(const std::optional<Committed>&)>;

  // One page on its way from its answer into the database.
  struct PageJob {
    PageWrite write;
    bool restarted = false;
  };

  void OnPrepared(SyncResult<PreparedRun> prepared);
  void OnState(absl::StatusOr<std::optional<RunState>> state);
  void Advance();
  void OpenReader();
  void Fetch();
  void OnFetched(const std::shared_ptr<FetchResult>& result);
  void Consume(const std::shared_ptr<FetchResult>& result);
  static std::shared_ptr<PageJob> MakePage(Page page);  // any thread
  void OnConsumed(const SyncResult<std::shared_ptr<PageJob>>& page);
  void WritePage(const std::shared_ptr<PageJob>& page);
  void OnPageWritten(const PageJob& page, const std::optional<Committed>& counts);
  void CloseSnapshot();
  void CompleteRun();
  // Without a statement: completes the run.
  void Write(FencedWriter::Statement statement, WriteDone done);
  FencedWriter::WriteDone Written(WriteDone done);

  void Fail(const SyncError& error, const std::string& where);
  void End(RunReport report);
  RunReport ReportOf(RunReport::Kind kind) const;
  void Close();
  std::string Where() const;
  const PlannedStream& stream() const { return prepared_->streams[step_.stream]; }
  bool OutOfTime() const { return services_.clock->Now() >= deadline_; }

  const Assignment assignment_;
  const RunServices& services_;
  RunObserver& observer_;
  const std::shared_ptr<FencedWriter> writer_;

  Phase phase_ = Phase::kPreparing;
  bool begun_ = false;
  bool ended_ = false;
  bool returning_ = false;
  bool paused_ = false;
  TrustWindow trust_;
  absl::Duration deadline_;

  std::optional<PreparedRun> prepared_;
  std::shared_ptr<RateLimiter> limiter_;
  RunState state_;
  RunStep step_;

  // The stream that is being read. In kConsuming the reader belongs to a worker.
  std::unique_ptr<StreamReader> reader_;
  std::optional<std::size_t> opened_stream_;
  bool paging_stable_ = false;
  bool pass_begun_ = false;
  bool pass_resumed_ = false;
  std::int64_t page_of_stream_ = 0;  // committed by this claim

  std::uint64_t fetch_id_ = 0;
  absl::Duration fetch_began_;
  EventLoop::TimerId timer_ = 0;
  std::int64_t pages_ = 0;
  std::int64_t records_ = 0;
};

}  // namespace syncline::executor
