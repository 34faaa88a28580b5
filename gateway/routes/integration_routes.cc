#include "gateway/routes/integration_routes.h"

#include <string>
#include <utility>

#include "common/base/ids.h"
#include "gateway/json/diagnostics_json.h"
#include "gateway/json/integration_json.h"
#include "gateway/json/object_reader.h"
#include "gateway/routes/all_mistakes.h"
#include "gateway/routes/integration_changes.h"
#include "gateway/routes/problem.h"
#include "gateway/routes/query_reader.h"
#include "gateway/routes/request_headers.h"

namespace syncline::gateway {
namespace {

using Need = ObjectReader::Need;

constexpr int kMostListed = 1000;

HttpResponse List(Backend& backend, const RouteCall& call) {
  Mistakes mistakes;
  QueryReader query(call.request, &mistakes);
  v1::ListIntegrationsRequest request;
  request.set_tenant_id(query.Text("tenantId"));
  request.set_search(query.Text("search"));
  request.set_page_size(static_cast<int>(query.Integer("pageSize", 1, kMostListed).value_or(0)));
  request.set_page_token(query.Text("cursor"));
  for (const std::string& name : query.List("status")) {
    v1::IntegrationStatus status = v1::INTEGRATION_STATUS_UNSPECIFIED;
    if (v1::IntegrationStatus_Parse(name, &status) &&
        status != v1::INTEGRATION_STATUS_UNSPECIFIED) {
      request.add_statuses(status);
    } else {
      query.Complain("status", "must be NEVER_SYNCED, HEALTHY, FAILING, DISABLED or BLOCKED");
    }
  }
  query.RefuseUnknown();
  if (!mistakes.empty()) return MakeProblem(mistakes);
  const bool first = request.page_token().empty();
  request.set_count_total(first);
  const auto page = backend.List(request);
  if (!page.ok()) return MakeProblem(page.status());
  Json list = Json::array();
  for (const v1::Integration& integration : page->integrations())
    list.push_back(ToJson(integration, Detail::kFull));
  return JsonResponse(
      200, {{"integrations", std::move(list)},
            {"total", first ? Json(page->total()) : Json(nullptr)},
            {"totalIsLowerBound", page->total_is_lower_bound()},
            {"nextCursor",
             page->next_page_token().empty() ? Json(nullptr) : Json(page->next_page_token())}});
}

HttpResponse Create(Backend& backend, const RouteCall& call) {
  Mistakes mistakes;
  QueryReader(call.request, &mistakes).RefuseUnknown();
  v1::CreateIntegrationRequest request;
  request.set_request_id(ReadIdempotencyKey(call.request, mistakes));
  *request.mutable_integration() = ReadIntegration(call.body, "", true, mistakes).integration;
  if (!mistakes.empty()) return RefuseCreation(backend, std::move(request), std::move(mistakes));
  const auto created = backend.Create(request);
  if (!created.ok()) return MakeProblem(created.status());
  return CreatedResponse(*created);
}

HttpResponse Get(Backend& backend, const RouteCall& call, const char* parameter) {
  Mistakes mistakes;
  QueryReader query(call.request, &mistakes);
  v1::GetIntegrationRequest request;
  request.set_integration_id(call.Parameter(parameter));
  request.set_tenant_id(query.Text("tenantId"));
  query.RefuseUnknown();
  if (!mistakes.empty()) return MakeProblem(mistakes);
  const auto integration = backend.Get(request);
  if (!integration.ok())
    return MakeProblem(integration.status(), FieldPlaces{.path_parameter = parameter});
  return IntegrationResponse(200, *integration);
}

HttpResponse GetByExternalId(Backend& backend, const RouteCall& call) {
  // It would be found as an id, which is not what was asked for.
  if (ParseUuid(call.Parameter("externalId"))) {
    return MakeProblem(404, "INTEGRATION_NOT_FOUND",
                       "no external id is a UUID: those are ids, for /api/integrations/:id");
  }
  return Get(backend, call, "externalId");
}

HttpResponse Delete(Backend& backend, const RouteCall& call) {
  Mistakes mistakes;
  QueryReader query(call.request, &mistakes);
  v1::DeleteIntegrationRequest request;
  request.set_integration_id(call.Parameter("id"));
  request.set_tenant_id(query.Text("tenantId"));
  request.set_version(ReadIfMatch(call.request, mistakes).version);
  query.RefuseUnknown();
  if (!mistakes.empty()) return MakeProblem(mistakes);
  const absl::Status status = backend.Delete(request);
  if (!status.ok()) return MakeProblem(status);
  HttpResponse response;
  response.status = 204;
  return response;
}

HttpResponse Check(Backend& backend, const RouteCall& call) {
  Mistakes mistakes;
  QueryReader(call.request, &mistakes).RefuseUnknown();
  ObjectReader reader(call.body, "", &mistakes);
  v1::CheckIntegrationRequest request;
  request.set_tenant_id(reader.Text("tenantId", Need::kOptional).value_or(""));
  request.set_stream(reader.Text("stream", Need::kOptional).value_or(""));
  const bool saved = reader.Has("integrationId");
  const bool unsaved = reader.Has("integration");
  if (const auto id = reader.Text("integrationId", Need::kOptional))
    request.set_integration_id(*id);
  if (const Json* draft = reader.Object("integration", Need::kOptional)) {
    *request.mutable_integration() =
        ReadIntegration(*draft, reader.PointerTo("integration"), false, mistakes).integration;
  }
  if (saved == unsaved) {
    reader.Complain("integrationId", saved
                                         ? "does not go with integration; leave one of them out"
                                         : "is required, or integration for one that is not saved");
  }
  reader.RefuseUnknown();
  const FieldPlaces places = {.integration = "/integration",
                              .in_body = {"integration_id", "tenant_id", "stream"}};
  if (!mistakes.empty() && request.has_integration())
    return RefuseCheck(backend, std::move(request), std::move(mistakes), places);
  if (!mistakes.empty()) return MakeProblem(mistakes);
  const auto check = backend.Check(request);
  if (!check.ok()) return MakeProblem(check.status(), places);
  return JsonResponse(200, ToJson(*check));
}

}  // namespace

std::vector<Route> IntegrationRoutes(Backend* backend) {
  const auto by = [backend](auto* handler) {
    return [backend, handler](const RouteCall& call) { return handler(*backend, call); };
  };
  const std::string all = "/api/integrations";
  const std::string one = all + "/:id";
  const std::string external = all + "/by-external-id/:externalId";
  return {
      {"GET", all, by(List)},
      {"POST", all, by(Create), BodyRule::kJson},
      {"POST", all + "/check", by(Check), BodyRule::kJson},
      {"GET", external, by(GetByExternalId)},
      {"PUT", external, by(PutByExternalId), BodyRule::kJson},
      {"GET", one, [backend](const RouteCall& call) { return Get(*backend, call, "id"); }},
      {"PUT", one, by(ReplaceIntegration), BodyRule::kJson},
      {"PATCH", one, by(PatchIntegration), BodyRule::kMergePatch},
      {"DELETE", one, by(Delete)},
      {"PATCH", one + "/sync-settings", by(PatchSyncSettings), BodyRule::kMergePatch},
  };
}

}  // namespace syncline::gateway
