#include "scheduler/rpc/integration_service.h"

#include <utility>

#include "common/base/status_macros.h"
#include "common/rpc/proto_time.h"
#include "common/rpc/unary.h"
#include "scheduler/rpc/field_checks.h"
#include "scheduler/rpc/integration_check.h"
#include "scheduler/rpc/integration_validation.h"
#include "scheduler/rpc/mapping.h"

namespace syncline::scheduler {
namespace {

constexpr int kDefaultPageSize = 50;
constexpr int kMostSearchCharacters = 200;

absl::Status Answer(const absl::StatusOr<Integration>& integration, v1::Integration* response) {
  if (integration.ok()) ToProto(*integration, *response);
  return integration.status();
}

// With every bad field of the request in the status.
absl::StatusOr<IntegrationQuery> DecodeList(const v1::ListIntegrationsRequest& request,
                                            const PageTokens& tokens) {
  Violations violations;
  IntegrationQuery query;
  query.tenant_id = request.tenant_id();
  query.search = request.search();
  CheckTenant(request.tenant_id(), "tenant_id", violations);
  CheckText(request.search(), "search", kMostSearchCharacters, violations);
  query.limit = CheckPageSize(request.page_size(), kDefaultPageSize, violations);
  for (int i = 0; i < request.statuses_size(); ++i) {
    const auto status = request.statuses(i);
    if (status == v1::INTEGRATION_STATUS_UNSPECIFIED || !v1::IntegrationStatus_IsValid(status)) {
      violations.push_back(
          {"statuses/" + std::to_string(i),
           "is not a status; use NEVER_SYNCED, HEALTHY, FAILING, DISABLED or BLOCKED"});
    } else {
      query.statuses.push_back(v1::IntegrationStatus_Name(status));
    }
  }
  const auto position = tokens.Read(request);
  if (!position || (!position->empty() && position->size() != 2)) {
    violations.push_back(BadPageToken());
  } else if (!position->empty()) {
    query.after_name = (*position)[0];
    query.after_id = (*position)[1];
  }
  RETURN_IF_ERROR(ToStatus(violations));
  return query;
}

absl::StatusOr<IntegrationRef> DecodeRef(const std::string& tenant, const std::string& id) {
  Violations violations;
  IntegrationRef ref = CheckRef(tenant, id, violations);
  RETURN_IF_ERROR(ToStatus(violations));
  return ref;
}

}  // namespace

IntegrationService::IntegrationService(IntegrationServiceOptions options)
    : workers_(*options.workers),
      directory_(*options.directory),
      cipher_(*options.cipher),
      checks_(*options.checks),
      check_limit_(options.check_limit),
      tokens_(options.encryption_keys),
      request_hash_(options.encryption_keys, "create request"),
      wake_(std::move(options.wake)) {}

grpc::ServerUnaryReactor* IntegrationService::CreateIntegration(
    grpc::CallbackServerContext* context, const v1::CreateIntegrationRequest* request,
    v1::Integration* response) {
  return rpc::Unary(
      workers_, context, request, response,
      [this](const v1::CreateIntegrationRequest& req, v1::Integration* res) -> absl::Status {
        ASSIGN_OR_RETURN(const NewIntegration integration,
                         DecodeCreate(req, cipher_, request_hash_));
        RETURN_IF_ERROR(Answer(directory_.Create(integration), res));
        wake_();
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* IntegrationService::GetIntegration(
    grpc::CallbackServerContext* context, const v1::GetIntegrationRequest* request,
    v1::Integration* response) {
  return rpc::Unary(
      workers_, context, request, response,
      [this](const v1::GetIntegrationRequest& req, v1::Integration* res) -> absl::Status {
        ASSIGN_OR_RETURN(const IntegrationRef ref,
                         DecodeRef(req.tenant_id(), req.integration_id()));
        return Answer(directory_.Get(ref), res);
      });
}

absl::Status IntegrationService::List(const v1::ListIntegrationsRequest& request,
                                      v1::ListIntegrationsResponse& response) {
  ASSIGN_OR_RETURN(const IntegrationQuery query, DecodeList(request, tokens_));
  ASSIGN_OR_RETURN(const IntegrationPage page, directory_.List(query));
  if (request.count_total()) {
    ASSIGN_OR_RETURN(const ListTotal total, directory_.Count(query));
    SetTotal(total, response);
  }
  std::size_t bytes = 0;
  for (const Integration& integration : page.integrations) {
    v1::Integration proto;
    ToProto(integration, proto);
    bytes += proto.ByteSizeLong();
    if (bytes > kLargestPageBytes && response.integrations_size() > 0) {
      const v1::Integration& last = *response.integrations().rbegin();
      response.set_next_page_token(tokens_.Make(request, {last.name(), last.id()}));
      return absl::OkStatus();
    }
    *response.add_integrations() = std::move(proto);
  }
  if (page.more)
    response.set_next_page_token(tokens_.Make(request, {page.last_name, page.last_id}));
  return absl::OkStatus();
}

grpc::ServerUnaryReactor* IntegrationService::ListIntegrations(
    grpc::CallbackServerContext* context, const v1::ListIntegrationsRequest* request,
    v1::ListIntegrationsResponse* response) {
  return rpc::Unary(workers_, context, request, response,
                    [this](const v1::ListIntegrationsRequest& req,
                           v1::ListIntegrationsResponse* res) { return List(req, *res); });
}

grpc::ServerUnaryReactor* IntegrationService::UpdateIntegration(
    grpc::CallbackServerContext* context, const v1::UpdateIntegrationRequest* request,
    v1::Integration* response) {
  return rpc::Unary(
      workers_, context, request, response,
      [this](const v1::UpdateIntegrationRequest& req, v1::Integration* res) -> absl::Status {
        ASSIGN_OR_RETURN(const DecodedChange decoded, DecodeUpdate(req, cipher_));
        RETURN_IF_ERROR(Answer(directory_.Change(decoded.ref, decoded.change), res));
        wake_();
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* IntegrationService::DeleteIntegration(
    grpc::CallbackServerContext* context, const v1::DeleteIntegrationRequest* request,
    google::protobuf::Empty* response) {
  return rpc::Unary(
      workers_, context, request, response,
      [this](const v1::DeleteIntegrationRequest& req, google::protobuf::Empty*) -> absl::Status {
        ASSIGN_OR_RETURN(const IntegrationRef ref,
                         DecodeRef(req.tenant_id(), req.integration_id()));
        return directory_.Delete(ref, req.version());
      });
}

grpc::ServerUnaryReactor* IntegrationService::UpdateSyncSettings(
    grpc::CallbackServerContext* context, const v1::UpdateSyncSettingsRequest* request,
    v1::Integration* response) {
  return rpc::Unary(
      workers_, context, request, response,
      [this](const v1::UpdateSyncSettingsRequest& req, v1::Integration* res) -> absl::Status {
        ASSIGN_OR_RETURN(const DecodedChange decoded, DecodeSettings(req));
        RETURN_IF_ERROR(Answer(directory_.Change(decoded.ref, decoded.change), res));
        wake_();
        return absl::OkStatus();
      });
}

// A worker reads and validates; no thread waits for the executor.
grpc::ServerUnaryReactor* IntegrationService::CheckIntegration(
    grpc::CallbackServerContext*, const v1::CheckIntegrationRequest* request,
    v1::CheckIntegrationResponse* response) {
  const auto call = rpc::DeferredCall::Make();
  rpc::DeferredCall* reactor = call.get();
  const bool accepted = workers_.Submit([this, call, request, response] {
    absl::Status status =
        call->hung_up() ? absl::CancelledError() : StartCheck(call, *request, response);
    if (!status.ok()) call->Answer([&] { return status; });
  });
  if (!accepted) call->Answer(rpc::Overloaded);
  return reactor;
}

absl::Status IntegrationService::StartCheck(const std::shared_ptr<rpc::DeferredCall>& call,
                                            const v1::CheckIntegrationRequest& request,
                                            v1::CheckIntegrationResponse* response) {
  ASSIGN_OR_RETURN(internal::v1::Check check, MakeCheck(request, directory_, cipher_));
  *check.mutable_limit() = rpc::ToProto(check_limit_);
  const std::string id = check.check_id();
  RETURN_IF_ERROR(checks_.Send(std::move(check), [call, response](const CheckDesk::Result& result) {
    call->Answer([&] {
      if (result.ok()) ToProto(*result, *response);
      return result.status();
    });
  }));
  call->Await(check_limit_ * 1.1, CheckTimedOut(check_limit_), [this, id] { checks_.GiveUp(id); });
  return absl::OkStatus();
}

}  // namespace syncline::scheduler
