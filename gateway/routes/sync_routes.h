// Triggering and cancelling syncs, their history, and the records that they brought.
#pragma once

#include <vector>

#include "gateway/routes/route.h"
#include "gateway/rpc/backend.h"

namespace syncline::gateway {

// `backend` outlives the routes.
std::vector<Route> SyncRoutes(Backend* backend);

}  // namespace syncline::gateway
