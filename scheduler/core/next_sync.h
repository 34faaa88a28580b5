// When an integration syncs next: a point of a fixed grid, so that slow syncs do not drift, shifted
// by the integration's id, so that those that were imported together spread out. The same rule in
// SQL is syncline.next_tick and syncline.grid_shift (migrations 0013 and 0001); a storage test
// holds the two together.
#pragma once

#include <optional>
#include <string_view>

#include "absl/time/time.h"

namespace syncline::scheduler {

inline constexpr absl::Duration kShortestInterval = absl::Seconds(60);
inline constexpr absl::Duration kLongestInterval = absl::Hours(24 * 366);
inline constexpr absl::Duration kDefaultInterval = absl::Hours(1);

// The phase on the grid, in [0, interval), whole seconds: the low 32 bits of the UUID modulo the
// interval. `id` is a UUID in canonical text form; `interval` is positive, whole seconds.
absl::Duration GridShift(std::string_view id, absl::Duration interval);

// The first anchor + n × interval (n any integer) that is strictly after `after`; nullopt without
// an interval (manual only). However many ticks were missed, there is one next.
std::optional<absl::Time> NextTick(absl::Time anchor, std::optional<absl::Duration> interval,
                                   absl::Time after);

}  // namespace syncline::scheduler
