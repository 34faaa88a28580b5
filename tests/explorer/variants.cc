#include "tests/explorer/variants.h"

#include <algorithm>

namespace syncline::explorer {
namespace {

constexpr char kOldConfig[] = "nothing is written that was fetched with an old config";
constexpr char kNoRunOfDeleted[] = "a deleted integration has no run";
constexpr char kTriggersRun[] = "the run of an accepted trigger is there";
constexpr char kStale[] = "a stale attempt writes nothing";
constexpr char kGoesOn[] = "a run that was cancelled does not go on";
constexpr char kEarned[] = "SUCCESS is earned: every page of the pass is committed and closed";
constexpr char kStillThere[] = "a record that the remote still has is not marked deleted";
constexpr char kSpent[] = "only failures of the run spend its retries";

// The order of protocol.md.
std::vector<Variant> Marked() {
  return {
      // Locks, 2.
      {"delete_in_one_statement", {Mend::kDeleteInTwoStatements}, kNoRunOfDeleted},
      {"disable_in_one_statement",
       {Mend::kDisableInTwoStatements},
       "a disable closes what nobody asked for and does not run yet"},
      {"config_change_in_one_statement", {Mend::kConfigInTwoStatements}, kOldConfig},
      {"credential_change_in_one_statement", {Mend::kCredentialsInTwoStatements}, kOldConfig},
      {"cancel_in_one_statement", {Mend::kCancelInTwoStatements}, kGoesOn},
      // Locks, 4. Nothing is decided by the epoch; for people it must rise. The trigger takes
      // neither config nor epoch. Its change number is mended by the claim, so both leave it out.
      {"claim_takes_config_from_snapshot", {Mend::kClaimTakesLockedConfig}, kOldConfig},
      {"claim_takes_epoch_from_snapshot",
       {Mend::kClaimTakesLockedEpoch},
       "every claim raises the epoch",
       false,
       true},
      {"change_number_from_snapshot",
       {Mend::kLockedChangeNumber},
       "the feed of changes has no number twice"},
      {"trigger_does_not_read_from_its_lock", {Mend::kTriggerReadsFromLock}, kNoRunOfDeleted},
      // Locks, 5. In one transaction DELETE + INSERT harms only a statement that waits for the row
      // itself and finds it by nothing else. None of ours does any more: changes see the row by a
      // second snapshot, triggers by ON CONFLICT, all others skip it or have its fence. The cancel
      // here waits so; SafeWhileRowsStay is the control.
      {"retry_by_delete_and_insert", {Mend::kRetryInPlace, Mend::kNoLateCancel}, kGoesOn},
      {"retry_by_delete_then_insert",
       {Mend::kRetryInOneCommit},
       "a retry that was decided is not lost"},
      // Transitions.
      {"config_change_keeps_the_fence", {Mend::kConfigChangeClearsFence}, kOldConfig},
      {"finish_applies_a_stale_decision",
       {Mend::kFinishComparesSettings},
       "a run that fails after its integration was disabled is not retried"},
      {"finish_takes_the_grid_from_the_snapshot",
       {Mend::kFinishLockedGrid},
       "an integration that is on has a next tick, one that is off has none"},
      // Either half alone is enough here: only the holder adds pages, and the last one completes.
      {"success_without_complete",
       {Mend::kSuccessNeedsComplete, Mend::kSuccessNeedsPageSeq},
       kEarned},
      {"retry_drops_the_follow_up", {Mend::kRetryCarriesFollowUp}, kTriggersRun},
      {"success_drops_the_follow_up", {Mend::kSuccessInsertsFollowUp}, kTriggersRun},
      {"failure_drops_the_follow_up", {Mend::kFailureInsertsFollowUp}, kTriggersRun},
      {"cancel_drops_the_follow_up", {Mend::kCancelInsertsFollowUp}, kTriggersRun},
      {"delete_forgets_the_follow_up", {Mend::kDeleteClosesFollowUp}, kTriggersRun},
      {"cancel_by_log_id", {Mend::kCancelByRun}, kGoesOn},
      {"cancel_keeps_the_tick",
       {Mend::kCancelMovesTick},
       "a cancel does not start a tick that is past already"},
      // A page.
      {"seen_keys_go_with_the_attempt", {Mend::kSeenOutlivesAttempt}, kStillThere, true},
  };
}

std::vector<Variant> Unmarked() {
  return {
      {"page_without_fence", {Mend::kFenceInPage}, kStale},
      {"finish_without_fence", {Mend::kFenceInFinish}, kStale},
      {"page_without_page_seq", {Mend::kPageSeqInPage}, "no page is committed twice"},
      {"fence_is_the_epoch", {Mend::kRandomFence}, kStale, false, true},
      {"claim_without_dispatch_limit",
       {Mend::kReaperTakesClaimed},
       "nothing is stuck: every run ends when nothing goes wrong any more"},
      {"reaper_by_id_only",
       {Mend::kReaperLooksAgain},
       "nothing is reaped that is not past its lease"},
      {"tick_taken_before_its_run", {Mend::kTickWithItsRun}, "no tick is lost"},
      {"request_id_ignored",
       {Mend::kRequestIdKept},
       "the same request id gives the same answer and changes nothing"},
      {"counts_outside_the_page", {Mend::kCountsInPage}, "counts are those of the committed pages"},
      {"takeover_spends_a_retry", {Mend::kTakeoverSpendsNoRetry}, kSpent},
      // Needs a run that made the records before the one that fails.
      {"delete_marks_after_a_partial_pass",
       {Mend::kDeleteMarksAfterPass},
       kStillThere,
       true,
       false,
       14,
       1},
      {"history_from_an_unlocked_read",
       {Mend::kHistoryFromLockedRow},
       "history has the counts that were committed"},
      {"claim_does_not_look_again", {Mend::kClaimLooksAgain}, kNoRunOfDeleted},
  };
}

}  // namespace

const std::vector<Variant>& Variants() {
  static const std::vector<Variant> all = [] {
    std::vector<Variant> variants = Marked();
    for (Variant& variant : variants) variant.marked = true;
    for (const Variant& variant : Unmarked()) variants.push_back(variant);
    return variants;
  }();
  return all;
}

const Variant* FindVariant(std::string_view name) {
  const auto found = std::find_if(Variants().begin(), Variants().end(),
                                  [&](const Variant& variant) { return variant.name == name; });
  return found == Variants().end() ? nullptr : &*found;
}

World WorldOf(const Variant& variant) {
  World world;
  world.snapshot_stream = variant.snapshot_stream;
  world.track_epoch = variant.track_epoch;
  for (const Mend mend : variant.left_out) world.LeaveOut(mend);
  return world;
}

}  // namespace syncline::explorer
