// The few calls that ./dev makes, with absl::Status for answers.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "syncline/v1/integration.pb.h"
#include "syncline/v1/integration_service.grpc.pb.h"

namespace syncline::dev_client {

class ApiClient {
 public:
  // Talks plaintext to `scheduler`, a gRPC target. Each call waits up to 10 s for an answer.
  explicit ApiClient(const std::string& scheduler);

  absl::StatusOr<v1::Integration> Get(const std::string& external_id);
  absl::StatusOr<v1::Integration> Create(const v1::Integration& integration,
                                         const std::string& request_id);
  absl::Status UpdateConfig(const v1::Integration& integration);

  // The first 1000 integrations of the default tenant, by name.
  absl::StatusOr<std::vector<v1::Integration>> List();

 private:
  std::unique_ptr<v1::IntegrationService::Stub> stub_;
};

}  // namespace syncline::dev_client
