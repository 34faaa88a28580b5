#include "tests/bench/syncline_loader.h"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

namespace syncline::bench {
namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void Die(const std::string& what) {
  std::fprintf(stderr, "bench: %s\n", what.c_str());
  std::abort();
}

std::string InList(const std::vector<std::string>& ids) {
  std::string list;
  for (const std::string& id : ids) list += (list.empty() ? "'" : ", '") + id + "'";
  return list;
}

}  // namespace

SynclineLoader::SynclineLoader(testing::TestCluster* cluster, const RecordSource* source)
    : source_(*source),
      stack_({.lease = "30s", .cluster = cluster, .environment = {{"LOG_LEVEL", "info"}}}) {
  idle_kb_ = stack_.executors()[0]->process.StatusKb("VmRSS");
}

std::vector<std::string> SynclineLoader::Add(int integrations, std::int64_t records,
                                             std::int64_t page_size) {
  std::vector<std::string> ids;
  for (int i = 0; i < integrations; ++i) {
    v1::CreateIntegrationRequest request;
    auto& integration = *request.mutable_integration();
    integration.set_name(fmt::format("share {} of {}", i + 1, integrations));
    integration.set_type(v1::REST);
    integration.mutable_sync_settings()->set_sync_enabled(false);
    const std::string config = fmt::format(
        R"({{"baseUrl": "{}", "streams": [{{"name": "records", "path": "/records",
             "query": {{"from": "{}", "to": "{}", "size": "{}"}}, "records": "/data", "key": ["/id"],
             "pagination": {{"kind": "cursor", "cursor": "/meta/next", "param": "after"}}}}]}})",
        source_.base_url(), records * i / integrations, records * (i + 1) / integrations,
        page_size);
    if (!google::protobuf::util::JsonStringToMessage(config, integration.mutable_config()).ok())
      Die("bad config");
    grpc::ClientContext context;
    v1::Integration created;
    const grpc::Status status =
        stack_.integrations().CreateIntegration(&context, request, &created);
    if (!status.ok()) Die("create: " + status.error_message());
    ids.push_back(created.id());
  }
  return ids;
}

double SynclineLoader::Sync(const std::vector<std::string>& integrations) {
  const auto begin = Clock::now();
  std::vector<std::string> logs;
  for (const std::string& id : integrations) logs.push_back(stack_.Trigger(id).sync_log().id());
  for (const std::string& log : logs) {
    while (true) {
      v1::GetSyncLogRequest request;
      request.set_sync_log_id(log);
      grpc::ClientContext context;
      v1::SyncLog now;
      const grpc::Status status = stack_.syncs().GetSyncLog(&context, request, &now);
      if (!status.ok()) Die("get log: " + status.error_message());
      if (now.status() == v1::FAILED) Die("a sync failed: " + now.error_message());
      if (now.status() == v1::SUCCESS) break;
      // A short run is seen at once, and a long one is not slowed down by being asked about.
      const bool is_short = Clock::now() - begin < std::chrono::milliseconds(200);
      std::this_thread::sleep_for(std::chrono::milliseconds(is_short ? 1 : 20));
    }
  }
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

std::pair<std::int64_t, std::int64_t> SynclineLoader::Count(
    const std::vector<std::string>& integrations) {
  const auto rows = testing::QueryOrDie(
      stack_.db(),
      fmt::format("SELECT count(*) AS rows, sum(round((data ->> 'amount')::numeric * 100))::bigint "
                  "AS cents FROM syncline.records WHERE deleted_at IS NULL AND integration_id IN "
                  "({})",
                  InList(integrations)));
  return {rows[0].Int("rows"), rows[0].Int("cents")};
}

std::string SynclineLoader::StopAndReadRowChanges() {
  stack_.executors().clear();
  testing::AwaitOrDie("the end of the executor's sessions", [&] {
    return testing::QueryInt(stack_.db(),
                             "SELECT count(*) FROM pg_stat_activity WHERE application_name = "
                             "'sync-executor' AND datname = current_database()") == 0;
  });
  const auto rows = testing::QueryOrDie(
      stack_.db(),
      "SELECT n_tup_ins AS i, n_tup_upd AS u, n_tup_del AS d FROM pg_stat_user_tables WHERE "
      "schemaname = 'syncline' AND relname = 'records'");
  return fmt::format("{} inserted, {} updated, {} deleted", rows[0].Int("i"), rows[0].Int("u"),
                     rows[0].Int("d"));
}

std::int64_t SynclineLoader::PeakKb() { return stack_.executors()[0]->process.StatusKb("VmHWM"); }

}  // namespace syncline::bench
