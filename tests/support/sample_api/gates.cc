#include "tests/support/sample_api/gates.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace syncline::sample_api {
namespace {

// How soon a client that left is noticed.
constexpr std::chrono::milliseconds kLookInterval{25};

}  // namespace

absl::Status Gates::Add(const nlohmann::json& rule) {
  auto match = RequestMatch::FromJson(rule);
  if (!match.ok()) return match.status();
  std::lock_guard lock(mutex_);
  gates_.push_back(std::make_shared<Gate>(Gate{*std::move(match)}));
  return absl::OkStatus();
}

void Gates::Release() {
  std::lock_guard lock(mutex_);
  for (const auto& gate : gates_) gate->open = true;
  gates_.clear();
  opened_.notify_all();
}

bool Gates::Pass(const std::string& path, const std::map<std::string, std::string>& parameters,
                 const std::function<bool()>& gone) {
  std::unique_lock lock(mutex_);
  const auto found = std::find_if(gates_.begin(), gates_.end(), [&](const auto& gate) {
    return gate->match.Catch(path, parameters);
  });
  if (found == gates_.end()) return true;
  const std::shared_ptr<Gate> gate = *found;
  ++waiting_;
  bool left = false;
  while (!gate->open && !left) {
    opened_.wait_for(lock, kLookInterval);
    left = !gate->open && gone();
  }
  --waiting_;
  return !left;
}

nlohmann::json Gates::ToJson() const {
  std::lock_guard lock(mutex_);
  auto gates = nlohmann::json::array();
  for (const auto& gate : gates_) gates.push_back(gate->match.ToJson());
  return {{"gates", gates}, {"waiting", waiting_}};
}

}  // namespace syncline::sample_api
