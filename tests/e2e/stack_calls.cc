// The calls of a test to its stack's API, sample API and tables.
#include <google/protobuf/util/json_util.h>
#include <httplib.h>

#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include <fmt/format.h>

#include "tests/e2e/stack.h"
#include "tests/support/dev_client/samples.h"

namespace syncline::testing {
namespace {

[[noreturn]] void Die(const std::string& what) {
  std::fprintf(stderr, "stack: %s\n", what.c_str());
  std::abort();
}

void CheckCall(const grpc::Status& status, const std::string& what) {
  if (!status.ok()) Die(what + ": " + status.error_message());
}

}  // namespace

std::string Stack::Create(const std::string& name, const std::string& config_json,
                          std::int64_t interval_seconds) {
  v1::CreateIntegrationRequest request;
  auto& integration = *request.mutable_integration();
  integration.set_name(name);
  integration.set_type(v1::REST);
  if (!google::protobuf::util::JsonStringToMessage(config_json, integration.mutable_config()).ok())
    Die("bad JSON: " + config_json);
  (*integration.mutable_config()->mutable_fields())["baseUrl"].set_string_value(sample_url());
  integration.mutable_sync_settings()->mutable_sync_interval()->set_seconds(interval_seconds);
  grpc::ClientContext context;
  v1::Integration created;
  CheckCall(integrations_->CreateIntegration(&context, request, &created), "create " + name);
  return created.id();
}

std::string Stack::CreateSample(const std::string& name) {
  for (const v1::Integration& sample : dev_client::Samples(sample_url())) {
    if (sample.external_id() != "sample-" + name) continue;
    v1::CreateIntegrationRequest request;
    *request.mutable_integration() = sample;
    grpc::ClientContext context;
    v1::Integration created;
    CheckCall(integrations_->CreateIntegration(&context, request, &created),
              "create sample " + name);
    return created.id();
  }
  Die("no sample " + name);
}

v1::TriggerSyncResponse Stack::Trigger(const std::string& integration_id, bool after_current) {
  v1::TriggerSyncRequest request;
  request.set_integration_id(integration_id);
  request.set_after_current(after_current);
  grpc::ClientContext context;
  v1::TriggerSyncResponse response;
  CheckCall(syncs_->TriggerSync(&context, request, &response), "trigger");
  return response;
}

v1::SyncLog Stack::AwaitRun(const std::string& integration_id, const std::string& run_id) {
  v1::SyncLog last;
  AwaitOrDie("the end of run " + run_id, [&] {
    v1::ListSyncLogsRequest request;
    request.set_integration_id(integration_id);
    request.set_run_id(run_id);
    grpc::ClientContext context;
    v1::ListSyncLogsResponse logs;
    CheckCall(syncs_->ListSyncLogs(&context, request, &logs), "list logs");
    if (logs.sync_logs_size() == 0) return false;
    last = logs.sync_logs(0);
    return last.status() == v1::SUCCESS || last.status() == v1::FAILED;
  });
  return last;
}

v1::SyncLog Stack::SyncNow(const std::string& integration_id) {
  return AwaitRun(integration_id, Trigger(integration_id).run_id());
}

v1::SyncLog Stack::AwaitLogs(const std::string& integration_id, int count) {
  v1::SyncLog newest;
  AwaitOrDie(fmt::format("{} ended SyncLogs", count), [&] {
    v1::ListSyncLogsRequest request;
    request.set_integration_id(integration_id);
    grpc::ClientContext context;
    v1::ListSyncLogsResponse logs;
    const grpc::Status status = syncs_->ListSyncLogs(&context, request, &logs);
    if (status.error_code() == grpc::StatusCode::UNAVAILABLE)
      return false;  // a scheduler was killed: asked again
    CheckCall(status, "list logs");
    int ended = 0;
    for (const v1::SyncLog& log : logs.sync_logs()) {
      if (log.status() != v1::SUCCESS && log.status() != v1::FAILED) continue;
      if (++ended == 1) newest = log;
    }
    return ended >= count;
  });
  return newest;
}

std::string Stack::Admin(const std::string& method, const std::string& path,
                         const std::string& body) {
  httplib::Client client(sample_url());
  httplib::Request request;
  request.method = method;
  request.path = "/admin" + path;
  request.body = body;
  request.set_header("Content-Type", "application/json");
  const auto answer = client.send(request);
  if (!answer || answer->status >= 300)
    Die("sample API refused " + method + " " + path + ": " + (answer ? answer->body : "no answer"));
  return answer->body;
}

std::map<std::string, std::string> Stack::Records(const std::string& integration_id,
                                                  const std::string& stream) {
  std::map<std::string, std::string> records;
  const auto rows = QueryOrDie(*db_,
                               "SELECT key, data::text AS data FROM syncline.records WHERE "
                               "deleted_at IS NULL AND integration_id = '" +
                                   integration_id + "' AND stream = '" + stream + "'");
  for (const postgres::Row row : rows) records[row.String("key")] = Canonical(row.String("data"));
  return records;
}

}  // namespace syncline::testing
