// Runs a peer: a script in tests/bench/peers that prints one line of JSON as its result.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace syncline::bench {

// The last line that `command` prints, parsed. INTERNAL with the end of its output when it fails or
// takes longer than `limit`.
absl::StatusOr<nlohmann::json> RunPeer(const std::vector<std::string>& command,
                                       const std::map<std::string, std::string>& environment,
                                       absl::Duration limit);

// The command of a script of tests/bench/peers/graphile-worker, for the pinned Node.js.
std::vector<std::string> GraphileWorker(const std::string& root, const std::string& script,
                                        const std::vector<std::string>& arguments);

}  // namespace syncline::bench
