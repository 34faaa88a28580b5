// One claimed run, from its assignment to its last report: a small state machine that takes a page
// from its fetcher, commits it, and so on, stream by stream. It lives
// on the loop: requests, parsing and statements happen elsewhere and post their result back, so
// that a run that waits owns no thread and no connection.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "common/base/clock.h"
#include "executor/app/fenced_writer.h"
#include "executor/app/page_fetcher.h"
#include "executor/app/run_preparation.h"
#include "executor/app/run_services.h"
#include "executor/connectors/connector.h"
#include "executor/core/assignment.h"
#include "executor/core/rate_limiter.h"
#include "executor/core/report_queue.h"
#include "executor/core/run_plan.h"
#include "executor/core/trust_window.h"
#include "executor/storage/page_store.h"

namespace syncline::executor {

class Run;

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
  // Gives it back at its checkpoint; a page that is being written is awaited, its stream's delete
  // marks only when they are being written, too.
  void RequestReturn();
  // With the clock's time: pauses what is no longer trusted, ends what has run out of time. Call it
  // several times a second.
  void Tick(absl::Duration now);

  const Assignment& assignment() const { return assignment_; }
  std::int64_t pages() const { return pages_; }
  std::int64_t records() const { return records_; }

 private:
  // Told what a statement changed; nullopt when it was only found done.
  using WriteDone = std::function<void(const std::optional<Committed>&)>;
  // Holds the run for as long as it may be sent.
  struct PageStatement {
    FencedWriter::Statement statement;
    WriteDone done;
  };

  void OnPrepared(SyncResult<PreparedRun> prepared);
  void OnState(absl::StatusOr<std::optional<RunState>> state);
  void Advance();
  // Null when the run has failed over it.
  std::unique_ptr<StreamReader> OpenReader();
  void ReadPage();
  void OnPage(const PageFetcher::PageResult& page);
  void WritePage(const std::shared_ptr<FetchedPage>& page);
  void OnPageWritten(const FetchedPage& page, const std::optional<Committed>& counts);
  void CloseSnapshot();
  // The delete marks of the stream that is being read.
  PageStatement ClosingPage();
  void Finish();
  // Pages that follow each other whatever else happens; decides what is next after the last.
  void Write(std::vector<PageStatement> pages);

  void Fail(const SyncError& error, const std::string& where);
  void End(RunReport report);
  RunReport ReportOf(RunReport::Kind kind) const;
  void Close();
  std::string Where() const;
  const PlannedStream& stream() const { return prepared_->parsed->streams[step_.stream]; }
  bool OutOfTime() const { return services_.clock->Now() >= deadline_; }

  const Assignment assignment_;
  const RunServices& services_;
  RunObserver& observer_;
  const std::shared_ptr<FencedWriter> writer_;

  bool started_ = false;  // prepared, and its state is read
  bool writing_ = false;
  bool begun_ = false;  // to read
  bool ended_ = false;
  bool returning_ = false;
  bool paused_ = false;
  TrustWindow trust_;
  absl::Duration deadline_;

  std::optional<PreparedRun> prepared_;
  std::shared_ptr<RateLimiter> limiter_;
  RunState state_;
  RunStep step_;

  // The stream that is being read; what is said of its pass is true of what is committed.
  std::shared_ptr<PageFetcher> fetcher_;
  std::optional<std::size_t> opened_stream_;
  bool paging_stable_ = false;
  bool pass_begun_ = false;
  bool pass_resumed_ = false;
  Expected expected_ = Expected::kAnything;  // of the next page
  std::int64_t page_of_stream_ = 0;          // committed by this claim

  std::int64_t pages_ = 0;
  std::int64_t records_ = 0;
};

}  // namespace syncline::executor
