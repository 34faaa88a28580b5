// What core calls it to what the contract calls it.
#pragma once

#include "scheduler/core/fleet_view.h"
#include "scheduler/core/integration.h"
#include "scheduler/core/integration_directory.h"
#include "scheduler/core/sync_journal.h"
#include "scheduler/core/sync_log.h"
#include "syncline/v1/diagnostics_service.pb.h"
#include "syncline/v1/integration.pb.h"
#include "syncline/v1/sync_log.pb.h"
#include "syncline/v1/sync_service.pb.h"

namespace syncline::scheduler {

// Sized to fit the 4 MiB that gRPC clients accept by default: lists end their page before it.
inline constexpr std::size_t kLargestPageBytes = 3 << 20;

void ToProto(const SyncLog& log, v1::SyncLog& proto);
void ToProto(const Integration& integration, v1::Integration& proto);
void ToProto(const Record& record, v1::Record& proto);
void ToProto(const ExecutorState& executor, v1::Executor& proto);
void ToProto(const QueueFigures& figures, v1::QueueStats& proto);

// Into the answer of any list that can be counted.
template <typename Response>
void SetTotal(const ListTotal& total, Response& response) {
  response.set_total(total.count);
  response.set_total_is_lower_bound(total.lower_bound);
}

}  // namespace syncline::scheduler
