// The description of the API: /api/openapi.json for programs, /api/docs for people.
#pragma once

#include <vector>

#include "gateway/routes/route.h"

namespace syncline::gateway {

std::vector<Route> DocsRoutes();

}  // namespace syncline::gateway
