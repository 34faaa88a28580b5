#include "gateway/routes/diagnostic_routes.h"

#include <string>
#include <string_view>
#include <utility>

#include "common/connectors/config_schema.h"
#include "gateway/json/diagnostics_json.h"
#include "gateway/routes/problem.h"
#include "gateway/routes/query_reader.h"

namespace syncline::gateway {
namespace {

using connectors::IntegrationType;

Json Connector(IntegrationType type, const char* title, const char* description) {
  const std::string_view schema = connectors::ConfigSchemaText(type);
  return {{"type", connectors::IntegrationTypeName(type)},
          {"title", title},
          {"description", description},
          {"available", !schema.empty()},
          {"configSchema", schema.empty() ? Json(nullptr) : Json::parse(schema)}};
}

HttpResponse Connectors(const RouteCall& call) {
  Mistakes mistakes;
  QueryReader(call.request, &mistakes).RefuseUnknown();
  if (!mistakes.empty()) return MakeProblem(mistakes);
  return JsonResponse(
      200, {{"connectors",
             Json::array({Connector(IntegrationType::kRest, "REST API",
                                    "Reads a JSON API over HTTP, page by page."),
                          Connector(IntegrationType::kGraphql, "GraphQL API",
                                    "Reads a GraphQL API, connection by connection."),
                          Connector(IntegrationType::kManual, "By hand",
                                    "Has no remote: its records are written through the API.")})}});
}

HttpResponse Executors(Backend& backend, const RouteCall& call) {
  Mistakes mistakes;
  QueryReader(call.request, &mistakes).RefuseUnknown();
  if (!mistakes.empty()) return MakeProblem(mistakes);
  const auto answer = backend.ListExecutors();
  if (!answer.ok()) return MakeProblem(answer.status());
  Json executors = Json::array();
  for (const v1::Executor& executor : answer->executors()) executors.push_back(ToJson(executor));
  return JsonResponse(200, {{"executors", std::move(executors)}});
}

HttpResponse Queue(Backend& backend, const RouteCall& call) {
  Mistakes mistakes;
  QueryReader(call.request, &mistakes).RefuseUnknown();
  if (!mistakes.empty()) return MakeProblem(mistakes);
  const auto queue = backend.GetQueue();
  return queue.ok() ? JsonResponse(200, ToJson(*queue)) : MakeProblem(queue.status());
}

HttpResponse Explanation(Backend& backend, const RouteCall& call) {
  Mistakes mistakes;
  QueryReader query(call.request, &mistakes);
  v1::ExplainIntegrationRequest request;
  request.set_integration_id(call.Parameter("id"));
  request.set_tenant_id(query.Text("tenantId"));
  query.RefuseUnknown();
  if (!mistakes.empty()) return MakeProblem(mistakes);
  const auto answer = backend.Explain(request);
  if (!answer.ok()) return MakeProblem(answer.status());
  return JsonResponse(200, {{"text", answer->text()}});
}

}  // namespace

std::vector<Route> DiagnosticRoutes(Backend* backend) {
  const auto by = [backend](auto* handler) {
    return [backend, handler](const RouteCall& call) { return handler(*backend, call); };
  };
  return {
      {"GET", "/api/connectors", Connectors},
      {"GET", "/api/executors", by(Executors)},
      {"GET", "/api/queue", by(Queue)},
      {"GET", "/api/integrations/:id/explanation", by(Explanation)},
  };
}

}  // namespace syncline::gateway
