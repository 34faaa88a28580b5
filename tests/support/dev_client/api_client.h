// The few calls that ./dev makes, with absl::Status for answers.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "syncline/v1/integration.pb.h"
#include "syncline/v1/integration_service.grpc.pb.h"
#include "syncline/v1/sync_service.grpc.pb.h"

namespace syncline::dev_client {

struct ApiAccess {
  std::string scheduler;  // a gRPC target
  // File of the token to show, and of the certificates that the scheduler's must come from; empty:
  // no token, plaintext.
  std::string token_file, ca_file;
};

// Any thread.
class ApiClient {
 public:
  // Each call waits up to 10 s for an answer. A file that cannot be read is taken for an empty one:
  // the calls say then what is missing.
  explicit ApiClient(const ApiAccess& access);

  absl::StatusOr<v1::Integration> Get(const std::string& external_id);
  absl::StatusOr<v1::Integration> Create(const v1::Integration& integration,
                                         const std::string& request_id);
  absl::Status UpdateConfig(const v1::Integration& integration);
  // The id of the run that serves it.
  absl::StatusOr<std::string> Trigger(const std::string& integration_id,
                                      const std::string& request_id);

  // The first 1000 integrations of the default tenant, by name.
  absl::StatusOr<std::vector<v1::Integration>> List();

 private:
  void Prepare(grpc::ClientContext& context) const;

  const std::string token_;
  std::unique_ptr<v1::IntegrationService::Stub> stub_;
  std::unique_ptr<v1::SyncService::Stub> syncs_;
};

}  // namespace syncline::dev_client
