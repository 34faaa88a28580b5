// What a run does next: which stream it reads, from where, and when nothing is left. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "executor/core/run_state.h"

namespace syncline::executor {

// A stream of the config, in the config's order.
struct PlannedStream {
  std::string name = {};
  std::string definition_hash = {};
  bool snapshot = false;
};

struct RunStep {
  enum class Kind {
    kRead,           // read the stream from `cursor_json`
    kCloseSnapshot,  // the stream is read to its end: make its delete marks
    kFinish,         // nothing is left: report SUCCESS
  };
  Kind kind = Kind::kFinish;
  std::size_t stream = 0;        // its place in the config; kRead and kCloseSnapshot only
  std::string cursor_json = {};  // kRead: where to go on; empty for the start of a pass
  bool last_stream = false;      // no other stream is left after this one
};

// Streams go in the config's order; those that this run has done stay done, whoever did them. A
// checkpoint of another definition counts as none. A run that is complete is only finished,
// whatever its config says by now.
RunStep NextStep(const std::vector<PlannedStream>& streams, const RunState& state);

}  // namespace syncline::executor
