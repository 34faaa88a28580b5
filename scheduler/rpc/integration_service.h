// IntegrationService of the public API: decodes, makes one call, encodes.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "absl/time/time.h"
#include "common/base/worker_pool.h"
#include "common/crypto/credential_cipher.h"
#include "common/rpc/deferred_call.h"
#include "scheduler/core/integration_directory.h"
#include "scheduler/rpc/check_desk.h"
#include "scheduler/rpc/keyed_hash.h"
#include "scheduler/rpc/page_token.h"
#include "syncline/v1/integration_service.grpc.pb.h"

namespace syncline::scheduler {

struct IntegrationServiceOptions {
  // All outlive the service.
  WorkerPool* workers = nullptr;
  IntegrationDirectory* directory = nullptr;
  const crypto::CredentialCipher* cipher = nullptr;
  CheckDesk* checks = nullptr;
  // SYNC_ENCRYPTION_KEYS: page tokens and request hashes are good on every scheduler that has the
  // same.
  std::string_view encryption_keys;
  // Called after a change that may have made something due. Must not block.
  std::function<void()> wake;
  // How long a check may take on its executor; its caller waits for a tenth longer.
  absl::Duration check_limit = absl::Seconds(30);
};

class IntegrationService final : public v1::IntegrationService::CallbackService {
 public:
  explicit IntegrationService(IntegrationServiceOptions options);

  grpc::ServerUnaryReactor* CreateIntegration(grpc::CallbackServerContext* context,
                                              const v1::CreateIntegrationRequest* request,
                                              v1::Integration* response) override;
  grpc::ServerUnaryReactor* GetIntegration(grpc::CallbackServerContext* context,
                                           const v1::GetIntegrationRequest* request,
                                           v1::Integration* response) override;
  grpc::ServerUnaryReactor* ListIntegrations(grpc::CallbackServerContext* context,
                                             const v1::ListIntegrationsRequest* request,
                                             v1::ListIntegrationsResponse* response) override;
  grpc::ServerUnaryReactor* UpdateIntegration(grpc::CallbackServerContext* context,
                                              const v1::UpdateIntegrationRequest* request,
                                              v1::Integration* response) override;
  grpc::ServerUnaryReactor* DeleteIntegration(grpc::CallbackServerContext* context,
                                              const v1::DeleteIntegrationRequest* request,
                                              google::protobuf::Empty* response) override;
  grpc::ServerUnaryReactor* UpdateSyncSettings(grpc::CallbackServerContext* context,
                                               const v1::UpdateSyncSettingsRequest* request,
                                               v1::Integration* response) override;
  grpc::ServerUnaryReactor* CheckIntegration(grpc::CallbackServerContext* context,
                                             const v1::CheckIntegrationRequest* request,
                                             v1::CheckIntegrationResponse* response) override;

 private:
  absl::Status StartCheck(const std::shared_ptr<rpc::DeferredCall>& call,
                          const v1::CheckIntegrationRequest& request,
                          v1::CheckIntegrationResponse* response);
  absl::Status List(const v1::ListIntegrationsRequest& request,
                    v1::ListIntegrationsResponse& response);

  WorkerPool& workers_;
  IntegrationDirectory& directory_;
  const crypto::CredentialCipher& cipher_;
  CheckDesk& checks_;
  const absl::Duration check_limit_;
  const PageTokens tokens_;
  const KeyedHash request_hash_;
  const std::function<void()> wake_;
};

}  // namespace syncline::scheduler
