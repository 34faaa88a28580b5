// One WatchSyncs stream: a snapshot, then changes, each written when the client has taken what
// came before.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <string>

#include "common/base/worker_pool.h"
#include "scheduler/core/integration_directory.h"
#include "scheduler/rpc/watch_hub.h"
#include "syncline/v1/sync_service.grpc.pb.h"

namespace syncline::scheduler {

// gRPC owns it until OnDone; it keeps itself alive that long, the hub's calls may for longer.
class WatchStream final : public grpc::ServerWriteReactor<v1::WatchSyncsResponse>,
                          public std::enable_shared_from_this<WatchStream> {
 public:
  // All outlive the stream.
  struct Parts {
    WorkerPool* workers;
    WatchHub* hub;
    IntegrationDirectory* directory;
  };
  explicit WatchStream(Parts parts) : parts_(parts) {}

  // Once, one of the two. Ends it at once with why it cannot be.
  void Start(WatchFilter filter, const std::string& resume_token);
  void Refuse(const absl::Status& status);

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  enum class Phase { kBegin, kSnapshot, kChanges };

  void FinishOnce(const absl::Status& status);

  // Has a worker gather what comes next, unless one does or something is being written.
  void Pump();
  void Fill();
  // Adds what comes next to `messages`; nothing when there is nothing yet.
  absl::Status Gather(std::deque<v1::WatchSyncsResponse>& messages);
  absl::Status GatherSnapshot(std::deque<v1::WatchSyncsResponse>& messages);
  absl::Status GatherChanges(std::deque<v1::WatchSyncsResponse>& messages);

  const Parts parts_;
  std::shared_ptr<WatchStream> self_;
  std::int64_t watch_ = 0;
  // Used by the one worker that gathers.
  WatchFilter filter_;
  Phase phase_ = Phase::kBegin;
  std::string snapshot_token_;
  IntegrationQuery next_page_;

  std::mutex mutex_;
  std::deque<v1::WatchSyncsResponse> queue_;  // the front one is being written
  bool filling_ = false;
  bool pumped_again_ = false;
  bool finished_ = false;
  grpc::Status pending_status_;
};

}  // namespace syncline::scheduler
