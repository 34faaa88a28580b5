// What an executor has to report, and what the answers mean. Every run that it holds has one entry
// from the moment it was taken until its last report is answered; a report that was not answered is
// sent again as it was. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "executor/core/assignment.h"

namespace syncline::executor {

struct RunReport {
  enum class Kind { kHeartbeat, kAccepted, kFinished, kParked, kReturned, kRefused };
  RunKey key = {};
  Kind kind = Kind::kHeartbeat;

  // kFinished. An empty error_class means SUCCESS.
  std::int64_t page_seq = 0;
  bool nothing_left = false;  // SUCCESS without a page that completed the live row
  std::string error_class = {};
  std::string error_message = {};  // no secrets
  int http_status = 0;             // 0: none

  absl::Duration delay = absl::ZeroDuration();  // kParked
  std::string detail = {};                      // kParked, kRefused: in words, no secrets
};

// What a scheduler orders about a report.
enum class Order { kApplied, kBusy, kStop, kLeaseLost, kAlreadyDone, kResume };

// "STOP", "LEASE_LOST" …: for logs. Static.
const char* OrderName(Order order);

// What an answer means for one run.
struct ReportEffect {
  enum class Kind {
    kRenewed,  // it may go on: the lease counts from when the report was sent
    kDropped,  // it must stop at once and write nothing any more
    kSettled,  // its last report is dealt with: its slot is free
  };
  Kind kind = Kind::kRenewed;
  RunKey key = {};
  Order order = Order::kApplied;
};

// Not thread-safe.
class ReportQueue {
 public:
  // Adds a report. For one fence a last report (finished, parked, returned, refused) replaces an
  // acceptance, and after it nothing else counts.
  void Put(RunReport report);

  // Drops what is known about a run, which has nothing more to report; nullopt when it is not
  // known.
  std::optional<RunKey> Forget(const std::string& fence);

  // Whether anything but heartbeats waits.
  bool HasPending() const { return !pending_.empty(); }
  std::size_t pending() const { return pending_.size(); }
  // Whether an end of a run waits among them.
  bool HasLast() const { return last_ones_ > 0; }
  bool empty() const { return entries_.empty(); }

  // The waiting reports, at most `most` of them: those of runs that have waited longest.
  std::vector<RunReport> Pending(std::size_t most) const;
  // One report for every run: the waiting one, else a heartbeat. In any order, as the next.
  std::vector<RunReport> All() const;
  // The runs that are held: all but the refused ones.
  std::vector<RunKey> Held() const;

  // Takes the answer to `sent`: the orders by fence, kApplied for a report without one. kBusy
  // leaves a report as it is and puts it behind the others.
  std::vector<ReportEffect> Answer(const std::vector<RunReport>& sent,
                                   const std::map<std::string, Order>& orders);

 private:
  struct Entry {
    RunKey key;
    std::optional<RunReport> pending;
    std::int64_t place = 0;  // in pending_
  };
  void Queue(Entry& entry);
  std::optional<ReportEffect> AnswerOne(const RunReport& sent, Order order);

  absl::flat_hash_map<std::string, Entry> entries_;  // by fence
  // The fences of those that have something to report, in the order in which they came: looking for
  // them among a thousand runs that wait for their remotes would cost more than the reports, and in
  // another order some would wait for as long as more come than a report takes.
  std::map<std::int64_t, std::string> pending_;
  std::int64_t last_place_ = 0;
  std::size_t last_ones_ = 0;  // of them
};

}  // namespace syncline::executor
