// SyncService of the public API: decodes, makes one call, encodes.
#pragma once

#include <functional>
#include <string_view>

#include "absl/status/status.h"
#include "common/base/worker_pool.h"
#include "scheduler/core/sync_journal.h"
#include "scheduler/rpc/page_token.h"
#include "scheduler/rpc/watch_hub.h"
#include "syncline/v1/sync_service.grpc.pb.h"

namespace syncline::scheduler {

struct SyncServiceOptions {
  // All outlive the service.
  WorkerPool* workers = nullptr;
  SyncJournal* journal = nullptr;
  IntegrationDirectory* directory = nullptr;
  WatchHub* hub = nullptr;
  // SYNC_ENCRYPTION_KEYS: page tokens are good on every scheduler that has the same.
  std::string_view encryption_keys;
  // Called after a cancel, which may let a follow-up begin. Must not block.
  std::function<void()> wake;
};

class SyncService final : public v1::SyncService::CallbackService {
 public:
  explicit SyncService(SyncServiceOptions options);

  grpc::ServerUnaryReactor* TriggerSync(grpc::CallbackServerContext* context,
                                        const v1::TriggerSyncRequest* request,
                                        v1::TriggerSyncResponse* response) override;
  grpc::ServerUnaryReactor* CancelSync(grpc::CallbackServerContext* context,
                                       const v1::CancelSyncRequest* request,
                                       v1::SyncLog* response) override;
  grpc::ServerUnaryReactor* GetSyncLog(grpc::CallbackServerContext* context,
                                       const v1::GetSyncLogRequest* request,
                                       v1::SyncLog* response) override;
  grpc::ServerUnaryReactor* ListSyncLogs(grpc::CallbackServerContext* context,
                                         const v1::ListSyncLogsRequest* request,
                                         v1::ListSyncLogsResponse* response) override;
  grpc::ServerWriteReactor<v1::WatchSyncsResponse>* WatchSyncs(
      grpc::CallbackServerContext* context, const v1::WatchSyncsRequest* request) override;
  grpc::ServerUnaryReactor* ListRecords(grpc::CallbackServerContext* context,
                                        const v1::ListRecordsRequest* request,
                                        v1::ListRecordsResponse* response) override;

 private:
  absl::Status Trigger(const v1::TriggerSyncRequest& request, v1::TriggerSyncResponse& response);
  absl::Status Cancel(const v1::CancelSyncRequest& request, v1::SyncLog& response);
  absl::Status ListLogs(const v1::ListSyncLogsRequest& request, v1::ListSyncLogsResponse& response);
  absl::Status ReadRecords(const v1::ListRecordsRequest& request,
                           v1::ListRecordsResponse& response);

  WorkerPool& workers_;
  SyncJournal& journal_;
  IntegrationDirectory& directory_;
  WatchHub& hub_;
  const PageTokens tokens_;
  const std::function<void()> wake_;
};

}  // namespace syncline::scheduler
