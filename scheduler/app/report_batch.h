// Sorts a batch of reports by what they ask for: one event a fence, finish beats park and return,
// those beat accept and heartbeat. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "scheduler/storage/run_store.h"
#include "syncline/internal/v1/executor_service.pb.h"

namespace syncline::scheduler {

struct ReportBatch {
  std::vector<FinishEvent> finishes;  // undecided
  std::vector<ReleaseEvent> releases;
  std::vector<RunRef> renewals;
};

// Which reports may share a batch: not those of two processes that both claim a fence, since what
// one of them says must neither count for the other nor drown it. Good for one batch: once it has
// refused a request, for nothing more.
class BatchMembers {
 public:
  // False: `request` belongs into a later batch.
  bool Admit(const internal::v1::ReportRequest& request);

 private:
  absl::flat_hash_map<std::string, std::string> processes_;  // by fence
};

ReportBatch SortReports(const std::vector<const internal::v1::ReportRequest*>& requests);

// What became of each fence of a batch.
struct ReportOutcomes {
  absl::flat_hash_map<std::string, FinishOutcome> finished;  // by fence
  absl::flat_hash_map<std::string, bool> released;           // by fence: whether it was given back
  absl::flat_hash_map<std::string, bool> renewed;            // by fence
  std::map<std::string, FenceFate> fates;                    // of fences that no statement found
};

// The answer to one report.
internal::v1::ReportResponse Answer(const internal::v1::ReportRequest& request,
                                    const ReportOutcomes& outcomes, absl::Duration lease);

}  // namespace syncline::scheduler
