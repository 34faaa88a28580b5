// /api/session: signing a browser in and out.
#pragma once

#include <vector>

#include "gateway/routes/access.h"
#include "gateway/routes/route.h"

namespace syncline::gateway {

// `access` outlives the routes.
std::vector<Route> SessionRoutes(const Access* access);

}  // namespace syncline::gateway
