// What tests use to change the data, arrange faults and gates, and read the ledger.
#include <nlohmann/json.hpp>

#include "absl/time/clock.h"
#include "tests/support/sample_api/answer.h"
#include "tests/support/sample_api/api_server.h"

namespace syncline::sample_api {
namespace {

using httplib::Request;
using httplib::Response;
using nlohmann::json;

json Body(const Request& request) {
  return json::parse(request.body, nullptr, /*allow_exceptions=*/false);
}

void AddListChanges(httplib::Server& server, const std::string& name, RecordList& list) {
  const std::string pattern = "/admin/" + name + "/([^/]+)";
  server.Post(pattern, [&list](const Request& request, Response& response) {
    AnswerStatus(response, list.Add(request.matches[1], Body(request), absl::Now()));
  });
  server.Put(pattern, [&list](const Request& request, Response& response) {
    AnswerStatus(response, list.Merge(request.matches[1], Body(request), absl::Now()));
  });
  server.Delete(pattern, [&list](const Request& request, Response& response) {
    AnswerStatus(response, list.Remove(request.matches[1]));
  });
}

}  // namespace

void AddAdminRoutes(Routes& routes) {
  httplib::Server& server = routes.server;
  State& state = routes.state;
  AddListChanges(server, "languages", state.languages);
  AddListChanges(server, "subdivisions", state.subdivisions);
  AddListChanges(server, "countries", state.countries);

  const auto reset = [&](const Request&, Response& response) {
    state.languages.Reset();
    state.subdivisions.Reset();
    state.countries.Reset();
    state.faults.Clear();
    state.gates.Release();
    response.status = 204;
  };
  server.Post("/admin/reset", reset);
  server.Delete("/admin/reset", reset);

  server.Get("/admin/faults", [&](const Request&, Response& response) {
    AnswerJson(response, state.faults.ToJson().dump());
  });
  server.Post("/admin/faults", [&](const Request& request, Response& response) {
    AnswerStatus(response, state.faults.Add(Body(request)));
  });
  server.Delete("/admin/faults", [&](const Request&, Response& response) {
    state.faults.Clear();
    response.status = 204;
  });

  const auto release = [&](const Request&, Response& response) {
    state.gates.Release();
    response.status = 204;
  };
  server.Get("/admin/gates", [&](const Request&, Response& response) {
    AnswerJson(response, state.gates.ToJson().dump());
  });
  server.Post("/admin/gates/release", release);
  server.Delete("/admin/gates", release);
  server.Post("/admin/gates", [&](const Request& request, Response& response) {
    AnswerStatus(response, state.gates.Add(Body(request)));
  });

  server.Get("/admin/requests", [&](const Request& request, Response& response) {
    AnswerJson(response, state.ledger.ToJson(request.get_param_value("path")).dump());
  });
  server.Delete("/admin/requests", [&](const Request&, Response& response) {
    state.ledger.Clear();
    response.status = 204;
  });
}

}  // namespace syncline::sample_api
