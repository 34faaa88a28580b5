// What syncs did, in REST. Fields are those of the messages in camelCase, but that times end in At
// ("start_time" → "startedAt", "end_time" → "completedAt") and that `recordsCount` is added.
#pragma once

#include "gateway/json/json_text.h"
#include "syncline/v1/integration.pb.h"
#include "syncline/v1/sync_log.pb.h"
#include "syncline/v1/sync_service.pb.h"

namespace syncline::gateway {

Json ToJson(const v1::SyncCounts& counts);
Json ToJson(const v1::SyncLog& log);
Json ToJson(const v1::LastSync& last);
Json ToJson(const v1::Record& record);

}  // namespace syncline::gateway
