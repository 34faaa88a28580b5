// Which world is explored: what the tables look like, how much may go wrong on one path, and what
// is left out of the protocol on purpose.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace syncline::explorer {

// What a variant leaves out. The first ones are the mends that protocol.md marks (!).
enum class Mend : std::uint8_t {
  kDeleteInTwoStatements,       // delete: lock, then a statement with a new snapshot
  kDisableInTwoStatements,      // disable: the same
  kConfigInTwoStatements,       // config change: the same
  kCredentialsInTwoStatements,  // credential change: the same
  kCancelInTwoStatements,       // cancel: the same
  kClaimTakesLockedConfig,      // claim: config from the locked integration
  kClaimTakesLockedEpoch,       // claim: epoch from the locked integration
  kLockedChangeNumber,          // trigger and claim: change number from the locked integration
  kTriggerReadsFromLock,        // trigger: the insert reads from the locking part
  kRetryInOneCommit,            // a retry is never a DELETE and, later, an INSERT
  kRetryInPlace,                // a retry is never DELETE + INSERT in one statement
  kConfigChangeClearsFence,     // config or credentials changed: the fence goes
  kFinishComparesSettings,      // finish: settings_version is compared
  kFinishLockedGrid,            // finish: next tick from the locked row
  kSuccessNeedsComplete,        // SUCCESS: the live row is complete,
  kSuccessNeedsPageSeq,         //   and at the reported page_seq
  kRetryCarriesFollowUp,        // follow-up: carried through retries
  kSuccessInsertsFollowUp,      // follow-up: inserted at the end by success,
  kFailureInsertsFollowUp,      //   by failure,
  kCancelInsertsFollowUp,       //   by cancel
  kDeleteClosesFollowUp,        // follow-up: written as CANCELLED by delete
  kCancelByRun,                 // cancel: by run_id
  kCancelMovesTick,             // cancel: recomputes next_sync_at
  kSeenOutlivesAttempt,         // snapshot_seen goes with the pass, not with the attempt
  // What holds besides.
  kFenceInPage,
  kFenceInFinish,
  kPageSeqInPage,
  kRandomFence,            // a fence is no number that a failover can give out again
  kReaperTakesClaimed,     // a claim that nobody accepts is taken back
  kReaperLooksAgain,       // the reaper decides on the locked row
  kTickWithItsRun,         // a tick leaves the queue in the statement that makes its run
  kRequestIdKept,          // the request id is unique
  kCountsInPage,           // counts are part of the page's statement
  kTakeoverSpendsNoRetry,  // a lost executor is not the customer's fault
  kDeleteMarksAfterPass,   // delete marks only after a complete pass
  kHistoryFromLockedRow,   // the history row comes from the locked live row
  kClaimLooksAgain,        // claim: the due condition is checked on the locked row
  kNoLateCancel,           // left out: a cancel in one statement that finds the live row by the
                           // integration and decides on the locked row. Safe while rows stay.
  kCount
};

struct World {
  bool snapshot_stream = false;  // the stream's deletions are found by comparing complete passes
  bool track_epoch = false;      // epochs count; else they are left at 0, as nothing reads them
  std::uint64_t left_out = 0;    // one bit a Mend

  bool Has(Mend mend) const { return (left_out >> static_cast<unsigned>(mend) & 1U) == 0; }
  World& LeaveOut(Mend mend) {
    left_out |= std::uint64_t{1} << static_cast<unsigned>(mend);
    return *this;
  }
};

}  // namespace syncline::explorer
