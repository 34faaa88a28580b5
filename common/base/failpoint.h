// Named places at which a test kills or stops this process, to see what a death right there leaves
// behind. Compiled in only with the CMake option SYNCLINE_FAILPOINTS (presets dev, asan, tsan);
// without it, nothing of this is in a program. A target with failpoints says so with
// syncline_failpoints(TARGET).
//
// The environment variable SYNC_FAILPOINT chooses one: NAME=ACTION:COUNT. The process does ACTION
// to itself when it passes NAME for the COUNT-th time (1 or more):
//   kill  SIGKILL
//   stop  SIGSTOP; it goes on after a SIGCONT
#pragma once

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>

#include "absl/status/status.h"

#ifndef SYNCLINE_FAILPOINTS
#error "this target needs syncline_failpoints() in its CMakeLists.txt"
#endif

namespace syncline {

inline constexpr std::string_view kFailpoints[] = {
    // The scheduler's. A claim, its way to the executor, and the writes of a batch of reports.
    "before_claim_commit", "after_claim_commit", "before_assignment_send", "after_assignment_send",
    "before_renewal_commit", "after_renewal_commit", "before_finish_commit", "after_finish_commit",
    // The executor's. "send" hands the page to a database thread, "commit" is its statement there;
    // a
    // report without runs is not counted.
    "before_page_send", "after_page_send", "before_page_commit", "after_page_commit",
    "before_report_send", "after_report_send"};

constexpr bool IsFailpoint(std::string_view name) {
  return std::find(std::begin(kFailpoints), std::end(kFailpoints), name) != std::end(kFailpoints);
}

#if SYNCLINE_FAILPOINTS

// Reads SYNC_FAILPOINT; call once, before threads start. INVALID_ARGUMENT says what is wrong with
// it.
absl::Status ArmFailpoint();
// The same, for a setting from elsewhere.
absl::Status ArmFailpoint(const std::string& setting);

// Counts a passing. Any thread. Use FAILPOINT, which checks the name when it is compiled.
void PassFailpoint(std::string_view name);

#define FAILPOINT(name)                                              \
  do {                                                               \
    static_assert(::syncline::IsFailpoint(name), "not a failpoint"); \
    ::syncline::PassFailpoint(name);                                 \
  } while (false)

#else

inline absl::Status ArmFailpoint() { return absl::OkStatus(); }

#define FAILPOINT(name)                                              \
  do {                                                               \
    static_assert(::syncline::IsFailpoint(name), "not a failpoint"); \
  } while (false)

#endif

}  // namespace syncline
