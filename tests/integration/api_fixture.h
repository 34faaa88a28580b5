// The public API of one scheduler, in this process: services, stores, database, and clients of it.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/base/errors.h"
#include "common/crypto/credential_cipher.h"
#include "common/rpc/server.h"
#include "common/rpc/status_conversion.h"
#include "google/protobuf/util/json_util.h"
#include "scheduler/rpc/check_desk.h"
#include "scheduler/rpc/diagnostics_service.h"
#include "scheduler/rpc/executor_registry.h"
#include "scheduler/rpc/integration_service.h"
#include "scheduler/rpc/sync_service.h"
#include "scheduler/storage/change_scanner.h"
#include "scheduler/storage/fleet_store.h"
#include "scheduler/storage/integration_store.h"
#include "scheduler/storage/sync_journal_store.h"
#include "tests/support/test_cluster.h"

namespace syncline {

// A secret that must never come out of anything.
inline constexpr char kCanary[] = "CANARY-7f3a91";

// How long the API waits for an executor's answer to a check, less a tenth.
inline constexpr absl::Duration kCheckLimit = absl::Seconds(4);

// One violation that a test expects: the whole path, and a part of the text.
struct BadField {
  std::string field;
  std::string text;
};

// `row` names the case in failures. `status` must be INVALID_FIELDS with these fields and no
// others.
void ExpectBadFields(const std::string& row, const absl::Status& status,
                     const std::vector<BadField>& bad);

// No executor is there: what is triggered waits.
class CountedTriggers final : public scheduler::TriggerDispatch {
 public:
  explicit CountedTriggers(std::atomic<int>* made) : made_(*made) {}
  std::optional<scheduler::TriggerSlot> TakeSlot() override { return std::nullopt; }
  void Settle(const std::optional<scheduler::TriggerSlot>&,
              const scheduler::TriggerAnswer* answer) override {
    if (answer != nullptr) ++made_;
  }

 private:
  std::atomic<int>& made_;
};

class ApiFixture : public ::testing::Test {
 public:
  ~ApiFixture() override {
    server_->Shutdown(absl::Seconds(1));
    workers_.Stop();
  }

 protected:
  ApiFixture();

  // One call; its answer, and its error as one of ours.
  template <typename Stub, typename Request, typename Response>
  absl::Status Call(Stub& stub,
                    grpc::Status (Stub::element_type::*method)(grpc::ClientContext*, const Request&,
                                                               Response*),
                    const Request& request, Response* response) {
    grpc::ClientContext context;
    const grpc::Status status = (stub.get()->*method)(&context, request, response);
    EXPECT_EQ(status.error_details().find(kCanary), std::string::npos);
    EXPECT_EQ(response->SerializeAsString().find(kCanary), std::string::npos);
    return rpc::FromGrpc(status);
  }

  absl::Status Create(const v1::CreateIntegrationRequest& request, v1::Integration* made) {
    return Call(integrations_, &v1::IntegrationService::Stub::CreateIntegration, request, made);
  }
  absl::Status Update(const v1::UpdateIntegrationRequest& request, v1::Integration* changed) {
    return Call(integrations_, &v1::IntegrationService::Stub::UpdateIntegration, request, changed);
  }
  absl::Status UpdateSettings(const v1::UpdateSyncSettingsRequest& request,
                              v1::Integration* changed) {
    return Call(integrations_, &v1::IntegrationService::Stub::UpdateSyncSettings, request, changed);
  }
  absl::Status List(const v1::ListIntegrationsRequest& request,
                    v1::ListIntegrationsResponse* page) {
    return Call(integrations_, &v1::IntegrationService::Stub::ListIntegrations, request, page);
  }
  absl::Status Trigger(const v1::TriggerSyncRequest& request, v1::TriggerSyncResponse* answer) {
    return Call(syncs_, &v1::SyncService::Stub::TriggerSync, request, answer);
  }
  absl::Status ListLogs(const v1::ListSyncLogsRequest& request, v1::ListSyncLogsResponse* page) {
    return Call(syncs_, &v1::SyncService::Stub::ListSyncLogs, request, page);
  }
  absl::Status ListRecords(const v1::ListRecordsRequest& request, v1::ListRecordsResponse* page) {
    return Call(syncs_, &v1::SyncService::Stub::ListRecords, request, page);
  }

  // A request that succeeds; its credential is the canary.
  static v1::CreateIntegrationRequest GoodCreate(const std::string& name);
  // What GoodCreate makes; ends the test when it fails.
  v1::Integration MustCreate(const std::string& name);
  absl::StatusOr<v1::Integration> Get(const std::string& id, const std::string& tenant = "");

  postgres::Result Query(const std::string& sql) { return testing::QueryOrDie(*db_, sql); }
  std::int64_t Int(const std::string& sql) { return testing::QueryInt(*db_, sql); }

  static postgres::ConnectionOptions Database(const std::string& url);

  const std::string url_;
  const std::unique_ptr<postgres::Connection> db_;
  postgres::Pool pool_;
  const crypto::CredentialCipher cipher_;
  WorkerPool workers_;
  scheduler::IntegrationStore directory_;
  std::atomic<int> wakes_ = 0;
  CountedTriggers triggers_{&wakes_};
  scheduler::SyncJournalStore journal_;
  scheduler::FleetStore fleet_;
  scheduler::ChangeScanner changes_;
  scheduler::WatchHub watches_;
  scheduler::ExecutorRegistry registry_{[] {}};
  scheduler::CheckDesk checks_{&registry_};
  scheduler::IntegrationService integration_service_;
  scheduler::SyncService sync_service_;
  scheduler::DiagnosticsService diagnostics_service_;
  std::unique_ptr<rpc::Server> server_;
  std::unique_ptr<v1::IntegrationService::Stub> integrations_;
  std::unique_ptr<v1::SyncService::Stub> syncs_;
  std::unique_ptr<v1::DiagnosticsService::Stub> diagnostics_;
};

// The Struct of a JSON text that is a constant of a test.
google::protobuf::Struct Json(const std::string& text);

}  // namespace syncline
