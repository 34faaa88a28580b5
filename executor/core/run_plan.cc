#include "executor/core/run_plan.h"

#include "common/base/mutant.h"

namespace syncline::executor {
namespace {

const StreamCheckpoint* CheckpointOf(const PlannedStream& stream, const RunState& state) {
  const auto found = state.checkpoints.find(stream.name);
  if (found == state.checkpoints.end()) return nullptr;
  return found->second.definition_hash == stream.definition_hash ? &found->second : nullptr;
}

bool IsDone(const PlannedStream& stream, const StreamCheckpoint* checkpoint) {
  return checkpoint != nullptr && checkpoint->done && !(stream.snapshot && checkpoint->unclosed);
}

}  // namespace

RunStep NextStep(const std::vector<PlannedStream>& streams, const RunState& state) {
  if (state.complete) return {.kind = RunStep::Kind::kFinish};
  RunStep step{.kind = RunStep::Kind::kFinish};
  bool found = false;
  for (std::size_t i = 0; i < streams.size(); ++i) {
    const StreamCheckpoint* checkpoint = CheckpointOf(streams[i], state);
    if (IsDone(streams[i], checkpoint)) continue;
    if (found) return step;
    found = true;
    step.stream = i;
    step.kind = checkpoint != nullptr && checkpoint->done ? RunStep::Kind::kCloseSnapshot
                                                          : RunStep::Kind::kRead;
    if (MUTANT("delete_marks_after_partial_pass") && checkpoint != nullptr && streams[i].snapshot)
      step.kind = RunStep::Kind::kCloseSnapshot;
    if (checkpoint != nullptr) step.cursor_json = checkpoint->cursor_json;
  }
  step.last_stream = found;
  return step;
}

}  // namespace syncline::executor
