// Gates hold matching requests until a test opens them, so that it can stop runs in mid-page.
//
// Thread safety: every method may be called from any thread.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tests/support/sample_api/request_match.h"

namespace syncline::sample_api {

class Gates {
 public:
  absl::Status Add(const nlohmann::json& rule);

  // Lets every held request go on and removes all gates.
  void Release();

  // Blocks while a gate holds this request. Returns false when `gone` became true before.
  bool Pass(const std::string& path, const std::map<std::string, std::string>& parameters,
            const std::function<bool()>& gone);

  // {"gates": [rules with their counts], "waiting": N}; waiting counts only clients still there.
  nlohmann::json ToJson() const;

 private:
  struct Gate {
    RequestMatch match;
    bool open = false;
  };

  mutable std::mutex mutex_;
  std::condition_variable opened_;
  std::vector<std::shared_ptr<Gate>> gates_;
  size_t waiting_ = 0;
};

}  // namespace syncline::sample_api
