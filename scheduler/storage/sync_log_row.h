// Rows of syncline.sync_logs, and of statements that show an active run under a prefix, as
// SyncLogs.
#pragma once

#include <string_view>

#include "common/postgres/row.h"
#include "scheduler/core/sync_log.h"

namespace syncline::scheduler {

// `prefix` stands before every column name of the view ("sync_" → "sync_id", "sync_run_id" …).
SyncLog ToSyncLog(const postgres::Row& row, std::string_view prefix = "");

}  // namespace syncline::scheduler
