// Requests of SyncService, checked and decoded: every bad field at once.
#pragma once

#include "absl/status/statusor.h"
#include "scheduler/core/sync_journal.h"
#include "scheduler/rpc/page_token.h"
#include "scheduler/rpc/watch_hub.h"
#include "syncline/v1/sync_service.pb.h"

namespace syncline::scheduler {

// All return INVALID_FIELDS. An empty request id becomes a random one.
absl::StatusOr<SyncTrigger> DecodeTrigger(const v1::TriggerSyncRequest& request);
absl::StatusOr<SyncLogQuery> DecodeLogQuery(const v1::ListSyncLogsRequest& request,
                                            const PageTokens& tokens);
absl::StatusOr<RecordQuery> DecodeRecordQuery(const v1::ListRecordsRequest& request,
                                              const PageTokens& tokens);

absl::StatusOr<WatchFilter> DecodeWatch(const v1::WatchSyncsRequest& request);

// The positions that the next page's token holds, as the two above read them.
std::vector<std::string> PositionOf(const SyncLog& log);
std::vector<std::string> PositionOf(const Record& record);

}  // namespace syncline::scheduler
