// What operators ask: executors, the queue, why an integration does or does not run, and which
// types of integration there are.
#pragma once

#include <vector>

#include "gateway/routes/route.h"
#include "gateway/rpc/backend.h"

namespace syncline::gateway {

// `backend` outlives the routes.
std::vector<Route> DiagnosticRoutes(Backend* backend);

}  // namespace syncline::gateway
