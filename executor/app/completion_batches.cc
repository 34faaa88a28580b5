#include "executor/app/completion_batches.h"

#include <memory>
#include <utility>

namespace syncline::executor {
namespace {

// A second one overlaps the commit of the first; more only make the batches smaller.
constexpr int kMostUnderWay = 2;

}  // namespace

void CompletionBatches::Add(const Claim& claim, std::int64_t page_seq, absl::Duration lease,
                            Done done) {
  lease_ = lease;
  waiting_.push_back({claim, page_seq});
  dones_.push_back(std::move(done));
  SendIfIdle();
}

void CompletionBatches::SendIfIdle() {
  if (waiting_.empty() || under_way_ == kMostUnderWay) return;
  ++under_way_;
  struct Batch {
    std::vector<Completion> completions;
    std::vector<Done> dones;
    absl::StatusOr<CompletedRuns> completed = CompletedRuns();
  };
  auto batch = std::make_shared<Batch>();
  batch->completions.swap(waiting_);
  batch->dones.swap(dones_);
  database_.Submit([this, batch, lease = lease_] {
    batch->completed = store_.CompleteRuns(batch->completions, lease);
    loop_.Post([this, batch] {
      --under_way_;
      for (std::size_t i = 0; i < batch->dones.size(); ++i) {
        if (!batch->completed.ok()) {
          batch->dones[i](batch->completed.status());
          continue;
        }
        const auto found = batch->completed->find(batch->completions[i].claim.fence);
        batch->dones[i](found == batch->completed->end() ? std::optional<Committed>()
                                                         : found->second);
      }
      SendIfIdle();
    });
  });
}

}  // namespace syncline::executor
