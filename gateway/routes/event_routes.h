// /api/events: server-sent events.
#pragma once

#include <vector>

#include "gateway/events/event_hub.h"
#include "gateway/routes/access.h"
#include "gateway/routes/route.h"

namespace syncline::gateway {

// `hub` and `access` outlive the routes and the streams that they answer with. A client whose token
// is taken away is cut off with its next heartbeat, `heartbeat` after the one before.
std::vector<Route> EventRoutes(EventHub* hub, const Access* access,
                               absl::Duration heartbeat = absl::Seconds(15));

}  // namespace syncline::gateway
