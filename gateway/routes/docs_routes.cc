#include "gateway/routes/docs_routes.h"

#include <string>
#include <string_view>

#include "gateway/routes/problem.h"
#include "gateway/routes/query_reader.h"
#include "gateway_api.h"

namespace syncline::gateway {
namespace {

// The page fetches the description from here and from nowhere else.
constexpr char kPagePolicy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

Route File(std::string path, std::string_view text, const char* type) {
  return {"GET", std::move(path), [text, type](const RouteCall& call) {
            Mistakes mistakes;
            QueryReader(call.request, &mistakes).RefuseUnknown();
            if (!mistakes.empty()) return MakeProblem(mistakes);
            HttpResponse response;
            response.content_type = type;
            response.body = std::string(text);
            response.Set("Cache-Control", "no-cache");
            response.Set("Content-Security-Policy", kPagePolicy);
            return response;
          }};
}

}  // namespace

std::vector<Route> DocsRoutes() {
  return {
      File("/api/openapi.json", api::kOpenapi, "application/json"),
      File("/api/docs", api::kDocsPage, "text/html"),
      File("/api/docs/script.js", api::kDocsScript, "text/javascript"),
      File("/api/docs/style.css", api::kDocsStyle, "text/css"),
  };
}

}  // namespace syncline::gateway
