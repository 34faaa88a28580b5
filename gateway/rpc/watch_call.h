// WatchSyncs over gRPC, as feeds read it.
#pragma once

#include "gateway/events/watch_source.h"
#include "gateway/rpc/scheduler_pool.h"

namespace syncline::gateway {

// `pool` outlives the function and its calls. A stream whose scheduler turns out not to answer
// makes the pool move on to another one.
OpenWatch WatchThrough(SchedulerPool* pool);

}  // namespace syncline::gateway
