// /api/integrations: creating, reading, changing, deleting and trying integrations.
#pragma once

#include <vector>

#include "gateway/routes/route.h"
#include "gateway/rpc/backend.h"

namespace syncline::gateway {

// `backend` outlives the routes.
std::vector<Route> IntegrationRoutes(Backend* backend);

}  // namespace syncline::gateway
