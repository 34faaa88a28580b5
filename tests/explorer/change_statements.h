// What users do to an integration and its run: a lock, then a second statement with a snapshot of
// its own, in one transaction; here one atomic step. With `seen` older than `now` it is the one
// statement that the protocol forbids. (scheduler/storage/queries: lock_integration,
// change_integration, restart_run, cancel_run, delete_integration.)
#pragma once

#include "tests/explorer/state.h"
#include "tests/explorer/verdict.h"
#include "tests/explorer/world.h"

namespace syncline::explorer {

// Each: false when there is no room for its history rows, or nothing to do.
bool DeleteIntegration(const World& world, const Tables& seen, Tables& now, Verdict& verdict);
bool Disable(const Tables& seen, Tables& now, Verdict& verdict);
bool Enable(Tables& now);
// `redefines`: what the stream reads changes, so that its checkpoint counts no more.
bool ChangeConfig(const World& world, const Tables& seen, Tables& now, bool redefines);
bool ChangeCredentials(const World& world, const Tables& seen, Tables& now);

// The protocol's CancelSync, by any log of a run that is active or reserved.
bool Cancel(const World& world, const Tables& seen, Tables& now, Byte log, Verdict& verdict);

}  // namespace syncline::explorer
