// One form for states that differ in nothing that can matter.
#pragma once

#include <cstdint>

#include "tests/explorer/state.h"

namespace syncline::explorer {

// Forgets what nothing refers to any more and numbers ids by their first place.
void Canonicalise(State& state);

// Ids that are nowhere in use, not even in what a failover lost but a process still knows.
Byte NewLog(const State& state);
Byte NewFence(const State& state);

// 128 bits: two different states of any exploration have the same with a chance below 1e-20.
struct Fingerprint {
  std::uint64_t low = 0, high = 0;
  bool operator==(const Fingerprint&) const = default;
};
Fingerprint FingerprintOf(const State& state);

}  // namespace syncline::explorer
