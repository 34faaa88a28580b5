// One state of the model: the rows of one integration, what the processes believe, and what is in
// flight. All of it is bytes, so that a state is copied, compared and hashed as memory.
//
// Ids (runs, logs, fences) are small numbers, 0 for none; only their equality means anything.
#pragma once

#include <array>
#include <cstdint>
#include <type_traits>

namespace syncline::explorer {

using Byte = std::uint8_t;

// kTickTaken: past, and out of the queue with the run that it started.
enum Next : Byte { kNoTick, kTickAhead, kTickDue, kTickTaken };
enum LiveState : Byte { kPending, kClaimed, kRunning };
enum Lease : Byte { kNoLease, kLeaseValid, kLeaseEnded };
enum Trigger : Byte { kSchedule, kManual, kRetry };
enum RecordState : Byte { kAbsent, kPresent, kDeleted };

// syncline.integrations. It always has an interval.
struct Integration {
  Byte deleted, enabled, blocked;
  Byte config_version;    // raised by config and credentials
  Byte definition;        // of the stream: raised by config only
  Byte settings_version;  // raised by settings
  Byte next;              // next_sync_at, and its row in ticks
  Byte retry_count, change_no, epoch;
};

// syncline.live
struct Live {
  Byte present;
  Byte log, run, trigger, manual_joined, state;
  Byte fence, epoch, config_version;
  Byte page_seq, complete, started;
  Byte waits;              // not_before has not come
  Byte transient_backoff;  // wait_reason BACKOFF after TRANSIENT or TIMEOUT
  Byte lease;
  Byte fetched, created;  // the rest is unchanged
  Byte retries_spent, internal_retries, auth_retries;
  Byte follow_up, change_no;
  // Not columns. `pages_done`: pages that this attempt committed. `known_to_late`: the row that the
  // snapshot of the late statement has, through all its updates.
  Byte pages_done, known_to_late;
};

// syncline.checkpoints of the one stream, and snapshot_seen of its pass.
struct Checkpoint {
  Byte present, definition;
  Byte cursor;  // pages read of a pass that is under way; 0 for the start of one
  Byte done_run;
  Byte seen;  // pages whose keys are noted, as bits
  // Not a column: pages that were committed in this pass under this definition, as bits.
  Byte pass_pages;
};

struct Record {
  Byte state, change_no;
};

// syncline.sync_history. `status` is kSucceeded or 1 + the ErrorClass.
struct HistoryRow {
  Byte log, run, status, fence;
};
inline constexpr Byte kSucceeded = 100;

// syncline.trigger_requests
struct Request {
  Byte used, after_current, run;
};

inline constexpr int kPages = 2;
inline constexpr int kRequests = 2;
inline constexpr int kMostHistory = 8;
inline constexpr int kExecutors = 2;
inline constexpr int kSchedulers = 2;

// What a failover takes back.
struct Tables {
  Integration integration;
  Live live;
  Checkpoint checkpoint;
  std::array<Record, kPages> records;
  std::array<Request, kRequests> requests;
  Byte tick_owed;  // not a column: a tick has passed and no run has answered it yet
  Byte history_size;
  std::array<HistoryRow, kMostHistory> history;
};

// What names a claim in every statement of its holder.
struct Claim {
  Byte fence, epoch, log;
};

struct Assignment {
  Byte present;
  Claim claim;
  Byte config_version, definition;
};

// A page on its way: page 1 or 2 of the stream, or the closing page.
enum PageKind : Byte { kFirstPage = 1, kSecondPage, kClosingPage };
struct PageStatement {
  Byte present;
  Claim claim;
  Byte config_version, definition;
  Byte page_seq, kind, completes;
};

enum Phase : Byte {
  kIdle,
  kWorking,
  kInDoubt,    // a page was sent and its answer has not come
  kReporting,  // it is over but for the answer to its last report
};
enum Report : Byte { kNoReport, kReportSuccess, kReportFailure, kReportPark, kReportReturn };

struct Executor {
  Byte phase;
  Claim claim;
  Byte config_version, definition;
  // What it believes of the tables.
  Byte page_seq, complete, checkpoint, cursor, done, unclosed;
  Byte report, error_class;
  // Not its own knowledge: the status that was recorded when its last report was carried out and
  // the answer lost.
  Byte recorded;
};

// The last report of a run, other than a failure.
struct LastReport {
  Byte present;
  Claim claim;
  Byte report, page_seq, nothing_left;
};

// A failure that a scheduler has decided on (it has read what the decision needs) and not yet
// carried out.
struct Decided {
  Byte present;
  Claim claim;
  Byte error_class, settings_version;
  Byte retry, disable, block, failures;
};

// The one late statement: its snapshot was taken, its locks are not.
enum LateKind : Byte {
  kNotLate,
  kLateClaim,
  kLateTrigger,
  kLateApply,
  kLateSuccess,
  kLateReap,
  kLatePage,
  kLateDelete,
  kLateDisable,
  kLateConfig,
  kLateCredentials,
  kLateCancel,
  kRetryInsert,  // the second half of a retry in two commits
  kTickInsert,   // the second half of a claim whose tick moved first
};
struct Late {
  Byte kind, a, b, commits;  // `commits`: what others committed meanwhile
  PageStatement page;        // of kLatePage
  LastReport report;         // of kLateSuccess
  Tables snapshot;
};

// A standby that has not got the last commits.
struct Standby {
  Byte present, behind;
  Tables tables;
};

struct State {
  Tables tables;
  std::array<Executor, kExecutors> executors;
  std::array<Assignment, kExecutors> assignments;  // scheduler i serves executor i
  std::array<Decided, kSchedulers> decided;
  LastReport copy;       // one that no scheduler has read yet
  PageStatement orphan;  // a page whose sender knows nothing of its fate
  Byte disturbances;     // so far on this path
  Late late;
  Standby standby;
};

static_assert(std::is_trivially_copyable_v<State> && alignof(State) == 1);

State InitialState();

}  // namespace syncline::explorer
