#include "scheduler/core/next_sync.h"

#include <charconv>
#include <cstdint>

namespace syncline::scheduler {

absl::Duration GridShift(std::string_view id, absl::Duration interval) {
  std::uint32_t low = 0;
  const std::string_view tail = id.substr(id.size() - 8);
  std::from_chars(tail.data(), tail.data() + tail.size(), low, 16);
  return absl::Seconds(low % absl::ToInt64Seconds(interval));
}

std::optional<absl::Time> NextTick(absl::Time anchor, std::optional<absl::Duration> interval,
                                   absl::Time after) {
  if (!interval) return std::nullopt;
  absl::Duration into;
  std::int64_t passed = absl::IDivDuration(after - anchor, *interval, &into);
  if (into < absl::ZeroDuration())
    --passed;  // IDivDuration rounds toward zero, the grid wants the floor
  return anchor + (passed + 1) * *interval;
}

}  // namespace syncline::scheduler
