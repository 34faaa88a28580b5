// What a fetch that brought no answer means for its run.
#pragma once

#include "executor/core/sync_error.h"
#include "executor/http/fetch.h"

namespace syncline::executor {

// What the user must change is CONFIG; what a remote sends and nobody can read is DATA; the rest
// may go away by itself, certificates too, since it is mostly the remote that renews them. The end
// of the run's time is TIMEOUT.
ErrorClass FetchErrorClass(FetchError::Kind kind);

SyncError ToSyncError(const FetchError& error);

}  // namespace syncline::executor
