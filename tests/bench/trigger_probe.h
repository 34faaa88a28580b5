// Triggers integrations one after the other, and times each trigger until its run's first request
// has arrived at the upstream.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tests/bench/arrivals.h"
#include "tests/e2e/stack.h"

namespace syncline::bench {

struct TriggerTimes {
  absl::Time called;
  absl::Time arrived;
};

class TriggerProbe {
 public:
  // Makes the integrations that it triggers, which have no interval that matters. Both outlive it.
  TriggerProbe(testing::Stack* stack, Arrivals* upstream);

  // Triggers the next one. INTERNAL when that started no run, or no request came.
  absl::StatusOr<TriggerTimes> Trigger();
  // Waits until as many runs have succeeded as were triggered; ends the bench when they do not.
  void AwaitSuccesses();

 private:
  // What the database says of an integration, for a trigger that went wrong.
  std::string StateOf(const std::string& id);
  testing::Stack& stack_;
  Arrivals& upstream_;
  std::vector<std::string> ids_;
  std::size_t triggered_ = 0;
};

}  // namespace syncline::bench
