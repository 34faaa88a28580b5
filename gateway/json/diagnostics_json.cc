#include "gateway/json/diagnostics_json.h"

#include "gateway/json/proto_values.h"

namespace syncline::gateway {

Json ToJson(const v1::Executor& executor) {
  return {{"processId", executor.process_id()},
          {"name", executor.name()},
          {"version", executor.version()},
          {"slots", executor.slots()},
          {"busy", executor.busy()},
          {"alive", executor.alive()},
          {"draining", executor.draining()},
          {"startedAt", TimeText(executor.start_time())},
          {"lastHeardAt", TimeText(executor.last_heard_time())},
          {"connectorTypes", Json(std::vector<std::string>(executor.connector_types().begin(),
                                                           executor.connector_types().end()))}};
}

Json ToJson(const v1::QueueStats& stats) {
  Json pending = Json::array();
  for (const v1::PendingStats& group : stats.pending()) {
    pending.push_back({{"waitReason", group.wait_reason()},
                       {"count", group.count()},
                       {"oldest", Milliseconds(group.oldest())}});
  }
  return {{"due", stats.due()},
          {"dueLag", Milliseconds(stats.due_lag())},
          {"pending", std::move(pending)},
          {"running", stats.running()},
          {"dispatching", stats.dispatching()},
          {"executors", stats.executors()},
          {"slots", stats.slots()},
          {"busySlots", stats.busy_slots()}};
}

Json ToJson(const v1::CheckIntegrationResponse& check) {
  Json records = Json::array();
  for (const auto& record : check.records()) records.push_back(FromStruct(record));
  return {{"ok", check.ok()},
          {"errorClass", EnumOrNull(check.error_class(), v1::ErrorClass_Name)},
          {"errorMessage", TextOrNull(check.error_message())},
          {"httpStatus", check.http_status() == 0 ? Json(nullptr) : Json(check.http_status())},
          {"latency", Milliseconds(check.latency())},
          {"records", std::move(records)},
          {"fetched", check.fetched()},
          {"rejected", check.rejected()}};
}

}  // namespace syncline::gateway
