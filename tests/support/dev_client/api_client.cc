#include "tests/support/dev_client/api_client.h"

#include <grpcpp/grpcpp.h>

#include <chrono>

namespace syncline::dev_client {
namespace {

constexpr std::chrono::seconds kCallLimit{10};
constexpr int kListLimit = 1000;

absl::Status ToStatus(const grpc::Status& status) {
  return {static_cast<absl::StatusCode>(status.error_code()), status.error_message()};
}

void Prepare(grpc::ClientContext& context) {
  context.set_deadline(std::chrono::system_clock::now() + kCallLimit);
  context.set_wait_for_ready(true);
}

}  // namespace

ApiClient::ApiClient(const std::string& scheduler)
    : stub_(v1::IntegrationService::NewStub(
          grpc::CreateChannel(scheduler, grpc::InsecureChannelCredentials()))) {}

absl::StatusOr<v1::Integration> ApiClient::Get(const std::string& external_id) {
  grpc::ClientContext context;
  Prepare(context);
  v1::GetIntegrationRequest request;
  request.set_integration_id(external_id);
  v1::Integration integration;
  const grpc::Status status = stub_->GetIntegration(&context, request, &integration);
  if (!status.ok()) return ToStatus(status);
  return integration;
}

absl::StatusOr<v1::Integration> ApiClient::Create(const v1::Integration& integration,
                                                  const std::string& request_id) {
  grpc::ClientContext context;
  Prepare(context);
  v1::CreateIntegrationRequest request;
  *request.mutable_integration() = integration;
  request.set_request_id(request_id);
  v1::Integration created;
  const grpc::Status status = stub_->CreateIntegration(&context, request, &created);
  if (!status.ok()) return ToStatus(status);
  return created;
}

absl::Status ApiClient::UpdateConfig(const v1::Integration& integration) {
  grpc::ClientContext context;
  Prepare(context);
  v1::UpdateIntegrationRequest request;
  request.mutable_integration()->set_id(integration.id());
  *request.mutable_integration()->mutable_config() = integration.config();
  request.mutable_update_mask()->add_paths("config");
  v1::Integration updated;
  return ToStatus(stub_->UpdateIntegration(&context, request, &updated));
}

absl::StatusOr<std::vector<v1::Integration>> ApiClient::List() {
  grpc::ClientContext context;
  Prepare(context);
  v1::ListIntegrationsRequest request;
  request.set_page_size(kListLimit);
  v1::ListIntegrationsResponse response;
  const grpc::Status status = stub_->ListIntegrations(&context, request, &response);
  if (!status.ok()) return ToStatus(status);
  return std::vector<v1::Integration>(response.integrations().begin(),
                                      response.integrations().end());
}

}  // namespace syncline::dev_client
