// Why an integration is or is not running, and what happens next, in words for an operator.
#pragma once

#include <string>

#include "scheduler/core/fleet_view.h"
#include "scheduler/core/integration.h"

namespace syncline::scheduler {

// One sentence a line; times are UTC. `figures.now` is the database's clock at that moment.
std::string Explain(const Integration& integration, const QueueFigures& figures);

}  // namespace syncline::scheduler
