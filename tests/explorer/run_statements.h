// The scheduler's statements on runs (scheduler/storage/queries), each as one atomic step of the
// tables. `seen` is the statement's snapshot: what a statement reads without a lock it reads there,
// what it locks it reads from `now`. The two are the same tables unless the statement is late.
// A new id comes from the caller, who knows which are in use anywhere.
#pragma once

#include <optional>

#include "scheduler/core/error_class.h"
#include "tests/explorer/state.h"
#include "tests/explorer/verdict.h"
#include "tests/explorer/world.h"

namespace syncline::explorer {

// Whether a failure of this class spends one of max_retries.
bool IsTransient(scheduler::ErrorClass error_class);

// Whether the snapshot's live row is the one that stands now. A row that was deleted and made again
// is another one: a statement that waited for the first does not see the second.
bool SameRow(const Tables& seen, const Tables& now);

// Whether the live row is held under this claim's fence.
bool Holds(const World& world, const Live& live, const Claim& claim);

// Back to PENDING without its fence: what release, reap and a resumed finish have in common.
void GiveBack(Live& live, bool waits);

// Adds a terminal row; false when there is no room for it.
bool WriteHistory(Tables& now, Byte log, Byte run, Byte status, Byte fence, Verdict& verdict);

// The follow-up takes the ended run's row, or the row goes.
void EndRow(Tables& now, bool follow_up);

// A run has ended, or settings changed: next_sync_at is the next point of the grid when the
// integration is on, else null.
void MoveTick(Integration& integration, Tables& now);

// claim_runs.sql for one free slot. `id`: of a run that is new.
std::optional<Assignment> ClaimRun(const World& world, const Tables& seen, Tables& now, Byte fence,
                                   Byte id, Verdict& verdict);

// The two halves of a claim that takes the tick first (Mend::kTickWithItsRun left out).
bool TakeTickAlone(Tables& now);
std::optional<Assignment> InsertClaimed(Tables& now, Byte fence, Byte id);

enum class Triggered { kNotFound, kMade, kAsBefore };
// trigger_run.sql, and read_trigger_request.sql when the request id is known.
Triggered TriggerRun(const World& world, const Tables& seen, Tables& now, int request,
                     bool after_current, Byte id);

enum class Finished { kNoSuchFence, kEnded, kResume, kRedecide, kNoRoom };
// finish_runs.sql. SUCCESS as reported; a failure as decided. `id`: of a retry.
Finished FinishSuccess(const World& world, const Tables& seen, Tables& now,
                       const LastReport& report, Verdict& verdict);
Finished FinishFailure(const World& world, const Tables& seen, Tables& now, const Decided& decided,
                       Byte id, Verdict& verdict);

// release_runs.sql; `waits`: parked or refused. Whether the fence was found.
bool Release(const World& world, Tables& now, const Claim& claim, bool waits);
// renew_leases.sql: accept and heartbeat. Whether the fence was found.
bool Renew(const World& world, Tables& now, const Claim& claim);
// reap_runs.sql. Whether there was anything to take back.
bool Reap(const World& world, const Tables& seen, Tables& now, Verdict& verdict);

// look_up_fences.sql: the recorded status of an ended run, 0 when history does not know the claim.
Byte LookUpEnded(const Tables& now, const Claim& claim);

}  // namespace syncline::explorer
