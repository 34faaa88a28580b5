// Where a run stands in the database, and what that says about a statement whose answer was lost.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace syncline::executor {

struct StreamCheckpoint {
  std::string definition_hash = {};
  std::string cursor_json = {};
  bool done = false;      // this run has read the stream to its end
  bool unclosed = false;  // with `done`: a snapshot whose delete marks are still to be made
};

struct RunState {
  std::int64_t page_seq = 0;                                 // pages committed
  bool complete = false;                                     // nothing is left to commit
  std::map<std::string, StreamCheckpoint> checkpoints = {};  // by stream
};

// What became of the statement that was to commit page `page_seq` + 1.
enum class Doubt {
  kDone,       // it committed
  kSendAgain,  // it did not; the same bytes may go again
  kLost,       // the fence is gone, or somebody else went on: nothing may be written any more
};

// `state`: read under the fence, nullopt when the fence is gone.
inline Doubt ResolveDoubt(const std::optional<RunState>& state, std::int64_t page_seq) {
  if (!state) return Doubt::kLost;
  if (state->page_seq == page_seq + 1) return Doubt::kDone;
  return state->page_seq == page_seq ? Doubt::kSendAgain : Doubt::kLost;
}

}  // namespace syncline::executor
