// The checks that callers of CheckIntegration wait for: sends each to an executor and takes its
// answer. Nothing of it is kept anywhere else: a check ends with its caller.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "scheduler/rpc/executor_registry.h"
#include "syncline/internal/v1/executor_service.pb.h"

namespace syncline::scheduler {

// Any thread.
class CheckDesk {
 public:
  using Result = absl::StatusOr<internal::v1::CheckedPage>;
  using Done = std::function<void(const Result& result)>;

  // `registry` outlives it.
  explicit CheckDesk(ExecutorRegistry* registry) : registry_(*registry) {}

  // Sends a check, whose id nobody else has, to an executor of its type: the one with the fewest
  // checks, then the least loaded. UNAVAILABLE: NO_EXECUTOR, DRAINING. After OK `done` is called
  // without locks, at most once, perhaps before this returns: with the page; RESOURCE_EXHAUSTED
  // OVERLOADED when every executor refused it; UNAVAILABLE DRAINING.
  absl::Status Send(internal::v1::Check check, Done done);

  // Nobody waits for the answer any more: `done` is not called from now on, and the executor is
  // told to stop. Without effect when the check has ended.
  void GiveUp(const std::string& check_id);

  // An executor's answer. One to a check that is not waited for, or that this executor does not
  // have (any more), counts for nothing.
  void OnReport(const internal::v1::ReportCheckRequest& report);

  // Ends every check with UNAVAILABLE DRAINING, and later ones at once.
  void Close();

 private:
  struct Pending {
    internal::v1::Check check;
    Done done;
    std::string process_id;       // has it now
    std::set<std::string> tried;  // with those that refused it
  };
  bool Dispatch(Pending& pending);
  std::vector<std::string> Candidates(const Pending& pending) const;

  ExecutorRegistry& registry_;
  std::mutex mutex_;
  std::map<std::string, Pending> pending_;  // by check id
  bool closed_ = false;
};

}  // namespace syncline::scheduler
