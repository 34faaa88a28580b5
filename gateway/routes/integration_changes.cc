#include "gateway/routes/integration_changes.h"

#include <utility>

#include "common/base/errors.h"
#include "common/base/ids.h"
#include "gateway/json/integration_json.h"
#include "gateway/routes/all_mistakes.h"
#include "gateway/routes/problem.h"
#include "gateway/routes/query_reader.h"
#include "gateway/routes/request_headers.h"

namespace syncline::gateway {
namespace {

// Somebody else may be as quick as we are, but not for ever.
constexpr int kTries = 5;

v1::GetIntegrationRequest Named(const std::string& id, const std::string& tenant) {
  v1::GetIntegrationRequest request;
  request.set_integration_id(id);
  request.set_tenant_id(tenant);
  return request;
}

std::string ReadTenant(const RouteCall& call, Mistakes& mistakes) {
  QueryReader query(call.request, &mistakes);
  std::string tenant = query.Text("tenantId");
  query.RefuseUnknown();
  return tenant;
}

bool IsVersionMismatch(const absl::Status& status) {
  return ReasonOf(status) == "VERSION_MISMATCH";
}

HttpResponse WrongVersion(const v1::Integration& current) {
  return MakeProblem(ReasonError(
      absl::StatusCode::kAborted, "VERSION_MISMATCH",
      "the integration was changed since that version: read it again, then change it again",
      {{"version", std::to_string(current.version())}}));
}

void CheckFixed(const v1::Integration& current, v1::IntegrationType type, Mistakes& mistakes) {
  if (type == current.type()) return;
  mistakes.push_back(InBody("/type", "cannot be changed; it is " +
                                         v1::IntegrationType_Name(current.type()) +
                                         ", create another integration"));
}

void CheckTenantOfBody(const std::string& of_body, const std::string& tenant, Mistakes& mistakes) {
  if (of_body == tenant) return;
  mistakes.push_back(InBody("/tenantId",
                            "is not the tenant that the tenantId parameter names, and "
                            "cannot be changed"));
}

// All that PUT sets.
v1::UpdateIntegrationRequest Replacement(const IntegrationInput& input, const std::string& id,
                                         std::int64_t version) {
  v1::UpdateIntegrationRequest request;
  *request.mutable_integration() = input.integration;
  request.mutable_integration()->set_id(id);
  request.mutable_integration()->set_version(version);
  for (const char* path : {"name", "external_id", "config", "sync_settings"})
    request.mutable_update_mask()->add_paths(path);
  if (input.has_credentials) request.mutable_update_mask()->add_paths("credentials");
  return request;
}

}  // namespace

HttpResponse IntegrationResponse(int status, const v1::Integration& integration) {
  HttpResponse response = JsonResponse(status, ToJson(integration, Detail::kFull));
  response.Set("ETag", ETagOf(integration.version()));
  return response;
}

HttpResponse CreatedResponse(const v1::Integration& integration) {
  HttpResponse response = IntegrationResponse(201, integration);
  std::string location = "/api/integrations/" + integration.id();
  if (!integration.tenant_id().empty())
    location += "?tenantId=" + EncodeSegment(integration.tenant_id());
  response.Set("Location", std::move(location));
  return response;
}

HttpResponse ReplaceIntegration(Backend& backend, const RouteCall& call) {
  Mistakes mistakes;
  const std::string tenant = ReadTenant(call, mistakes);
  const Precondition precondition = ReadIfMatch(call.request, mistakes);
  IntegrationInput input = ReadIntegration(call.body, "", true, mistakes);
  if (call.body.contains("tenantId"))
    CheckTenantOfBody(input.integration.tenant_id(), tenant, mistakes);
  input.integration.set_tenant_id(tenant);
  if (!mistakes.empty()) {
    return RefuseUpdate(backend, Replacement(input, call.Parameter("id"), 0), std::move(mistakes));
  }
  const auto current = backend.Get(Named(call.Parameter("id"), tenant));
  if (!current.ok()) return MakeProblem(current.status());
  CheckFixed(*current, input.integration.type(), mistakes);
  if (!mistakes.empty()) {
    return RefuseUpdate(backend, Replacement(input, current->id(), 0), std::move(mistakes));
  }
  const auto changed = backend.Update(Replacement(input, current->id(), precondition.version));
  if (!changed.ok()) return MakeProblem(changed.status());
  return IntegrationResponse(200, *changed);
}

HttpResponse PutByExternalId(Backend& backend, const RouteCall& call) {
  Mistakes mistakes;
  const std::string& external_id = call.Parameter("externalId");
  const std::string tenant = ReadTenant(call, mistakes);
  const Precondition precondition = ReadIfMatch(call.request, mistakes);
  IntegrationInput input = ReadIntegration(call.body, "", true, mistakes);
  if (ParseUuid(external_id))
    mistakes.push_back(InParameter("externalId", "looks like a UUID, which names one of our ids"));
  if (call.body.contains("tenantId"))
    CheckTenantOfBody(input.integration.tenant_id(), tenant, mistakes);
  if (call.body.contains("externalId") && input.integration.external_id() != external_id)
    mistakes.push_back(InBody("/externalId", "is not the one of the path; leave it out"));
  input.integration.set_tenant_id(tenant);
  input.integration.set_external_id(external_id);

  v1::CreateIntegrationRequest creation;
  *creation.mutable_integration() = input.integration;
  creation.set_request_id(NewRandomUuid());
  const FieldPlaces places = {.path_parameter = "externalId"};
  if (!mistakes.empty())
    return RefuseCreation(backend, std::move(creation), std::move(mistakes), places);
  absl::Status status;
  for (int tries = 0; tries < kTries; ++tries) {
    const auto current = backend.Get(Named(external_id, tenant));
    if (current.ok()) {
      CheckFixed(*current, input.integration.type(), mistakes);
      if (!mistakes.empty()) {
        return RefuseUpdate(backend, Replacement(input, current->id(), 0), std::move(mistakes));
      }
      const auto changed = backend.Update(Replacement(input, current->id(), precondition.version));
      if (changed.ok()) return IntegrationResponse(200, *changed);
      if (!absl::IsNotFound(changed.status())) return MakeProblem(changed.status(), places);
      status = changed.status();  // deleted in between
      continue;
    }
    if (!absl::IsNotFound(current.status())) return MakeProblem(current.status(), places);
    if (precondition.given) {
      return MakeProblem(412, "VERSION_MISMATCH",
                         "If-Match asks for an integration that is there, and there is none");
    }
    const auto created = backend.Create(creation);
    if (created.ok()) return CreatedResponse(*created);
    status = created.status();
    if (ReasonOf(status) != "EXTERNAL_ID_TAKEN") break;  // created in between
  }
  return MakeProblem(status, places);
}

HttpResponse PatchIntegration(Backend& backend, const RouteCall& call) {
  Mistakes mistakes;
  const std::string tenant = ReadTenant(call, mistakes);
  const Precondition precondition = ReadIfMatch(call.request, mistakes);
  const IntegrationPatch patch = ReadIntegrationPatch(call.body, mistakes);
  if (patch.tenant_id) CheckTenantOfBody(*patch.tenant_id, tenant, mistakes);
  absl::Status status;
  for (int tries = 0; tries < kTries; ++tries) {
    const auto current = backend.Get(Named(call.Parameter("id"), tenant));
    if (!current.ok())
      return mistakes.empty() ? MakeProblem(current.status()) : MakeProblem(mistakes);
    if (patch.type) CheckFixed(*current, *patch.type, mistakes);
    v1::UpdateIntegrationRequest request;
    *request.mutable_integration() = patch.values;
    request.mutable_integration()->set_id(current->id());
    request.mutable_integration()->set_tenant_id(tenant);
    request.mutable_integration()->set_version(precondition.version);
    for (const std::string& path : patch.paths) request.mutable_update_mask()->add_paths(path);
    if (patch.config) {
      Json config = FromStruct(current->config());
      MergePatch(config, *patch.config);
      *request.mutable_integration()->mutable_config() = ToStruct(config, "/config", mistakes);
      request.mutable_update_mask()->add_paths("config");
      // What was merged with must be what is replaced.
      if (precondition.version == 0) request.mutable_integration()->set_version(current->version());
    }
    if (!mistakes.empty()) return RefuseUpdate(backend, std::move(request), std::move(mistakes));
    if (request.update_mask().paths().empty()) {
      const bool fits = precondition.version == 0 || precondition.version == current->version();
      return fits ? IntegrationResponse(200, *current) : WrongVersion(*current);
    }
    const auto changed = backend.Update(request);
    if (changed.ok()) return IntegrationResponse(200, *changed);
    status = changed.status();
    if (!IsVersionMismatch(status) || precondition.version != 0) break;
  }
  return MakeProblem(status);
}

HttpResponse PatchSyncSettings(Backend& backend, const RouteCall& call) {
  Mistakes mistakes;
  const std::string tenant = ReadTenant(call, mistakes);
  const Precondition precondition = ReadIfMatch(call.request, mistakes);
  const SettingsPatch patch = ReadSettingsPatch(call.body, mistakes);
  if (!mistakes.empty()) return MakeProblem(mistakes);
  if (patch.paths.empty()) {
    const auto current = backend.Get(Named(call.Parameter("id"), tenant));
    if (!current.ok()) return MakeProblem(current.status());
    const bool fits = precondition.version == 0 || precondition.version == current->version();
    return fits ? IntegrationResponse(200, *current) : WrongVersion(*current);
  }
  v1::UpdateSyncSettingsRequest request;
  request.set_integration_id(call.Parameter("id"));
  request.set_tenant_id(tenant);
  request.set_version(precondition.version);
  *request.mutable_sync_settings() = patch.values;
  for (const std::string& path : patch.paths) request.mutable_update_mask()->add_paths(path);
  const auto changed = backend.UpdateSettings(request);
  if (!changed.ok()) return MakeProblem(changed.status());
  return IntegrationResponse(200, *changed);
}

}  // namespace syncline::gateway
