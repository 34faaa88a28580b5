#include "common/base/failpoint.h"

#if SYNCLINE_FAILPOINTS

#include <signal.h>

#include <atomic>
#include <cstdlib>
#include <string>

#include "absl/strings/numbers.h"
#include "common/base/errors.h"

namespace syncline {
namespace {

constexpr char kVariable[] = "SYNC_FAILPOINT";

struct Armed {
  std::string_view name;  // one of kFailpoints; empty: none
  int signal = 0;
  std::atomic<int> passings_left = 0;
};

Armed& TheArmed() {
  static Armed armed;
  return armed;
}

absl::Status Bad(const std::string& text, const std::string& what) {
  return MakeStatus(absl::StatusCode::kInvalidArgument,
                    std::string(kVariable) + "=" + text + ": " + what +
                        "; expected NAME=kill:COUNT or NAME=stop:COUNT");
}

}  // namespace

absl::Status ArmFailpoint() {
  const char* const setting =
      std::getenv(kVariable);  // NOLINT(concurrency-mt-unsafe): no thread yet
  return setting == nullptr ? absl::OkStatus() : ArmFailpoint(std::string(setting));
}

absl::Status ArmFailpoint(const std::string& setting) {
  const std::size_t equals = setting.find('=');
  const std::size_t colon = setting.find(':', equals);
  if (equals == std::string::npos || colon == std::string::npos) return Bad(setting, "bad syntax");
  const std::string_view name = std::string_view(setting).substr(0, equals);
  const std::string_view action = std::string_view(setting).substr(equals + 1, colon - equals - 1);
  const auto* known = std::find(std::begin(kFailpoints), std::end(kFailpoints), name);
  if (known == std::end(kFailpoints)) return Bad(setting, "there is no such failpoint");
  if (action != "kill" && action != "stop") return Bad(setting, "the action is kill or stop");
  int count = 0;
  if (!absl::SimpleAtoi(setting.substr(colon + 1), &count) || count < 1)
    return Bad(setting, "the count is a whole number from 1");
  Armed& armed = TheArmed();
  armed.name = *known;
  armed.signal = action == "kill" ? SIGKILL : SIGSTOP;
  armed.passings_left = count;
  return absl::OkStatus();
}

void PassFailpoint(std::string_view name) {
  Armed& armed = TheArmed();
  if (name != armed.name || armed.passings_left.fetch_sub(1) != 1) return;
  // Sent to this very thread, a signal acts before the call returns; sent to the process, another
  // thread may take it, and this one goes on for a while.
  raise(armed.signal);
}

}  // namespace syncline

#endif
