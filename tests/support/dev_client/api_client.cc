#include "tests/support/dev_client/api_client.h"

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <fstream>
#include <iterator>

namespace syncline::dev_client {
namespace {

constexpr std::chrono::seconds kCallLimit{10};
constexpr int kListLimit = 1000;

absl::Status ToStatus(const grpc::Status& status) {
  return {static_cast<absl::StatusCode>(status.error_code()), status.error_message()};
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string ReadToken(const std::string& path) {
  const std::string text = ReadFile(path);
  return text.substr(0, text.find_last_not_of("\r\n") + 1);
}

std::shared_ptr<grpc::Channel> Connect(const ApiAccess& access) {
  grpc::ChannelArguments arguments;
  arguments.SetLoadBalancingPolicyName("round_robin");
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
  grpc::SslCredentialsOptions tls;
  if (!access.ca_file.empty()) tls.pem_root_certs = ReadFile(access.ca_file);
  return grpc::CreateCustomChannel(
      access.scheduler,
      access.ca_file.empty() ? grpc::InsecureChannelCredentials() : grpc::SslCredentials(tls),
      arguments);
}

}  // namespace

ApiClient::ApiClient(const ApiAccess& access)
    : token_(access.token_file.empty() ? "" : ReadToken(access.token_file)) {
  const auto channel = Connect(access);
  stub_ = v1::IntegrationService::NewStub(channel);
  syncs_ = v1::SyncService::NewStub(channel);
}

void ApiClient::Prepare(grpc::ClientContext& context) const {
  context.set_deadline(std::chrono::system_clock::now() + kCallLimit);
  context.set_wait_for_ready(true);
  if (!token_.empty()) context.AddMetadata("authorization", "Bearer " + token_);
}

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

absl::StatusOr<std::string> ApiClient::Trigger(const std::string& integration_id,
                                               const std::string& request_id) {
  grpc::ClientContext context;
  Prepare(context);
  v1::TriggerSyncRequest request;
  request.set_integration_id(integration_id);
  request.set_request_id(request_id);
  v1::TriggerSyncResponse response;
  const grpc::Status status = syncs_->TriggerSync(&context, request, &response);
  if (!status.ok()) return ToStatus(status);
  return response.run_id();
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
