#include "tests/bench/peer.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/support/child_process.h"

namespace syncline::bench {

absl::StatusOr<nlohmann::json> RunPeer(const std::vector<std::string>& command,
                                       const std::map<std::string, std::string>& environment,
                                       absl::Duration limit) {
  std::string file = (std::filesystem::temp_directory_path() / "syncline-peer-XXXXXX").string();
  const int descriptor = mkstemp(file.data());
  if (descriptor < 0) return absl::InternalError("cannot make a file for the peer's output");
  close(descriptor);
  testing::ChildProcess peer(
      {.command = command, .environment = environment, .log_file = file, .run_as = {}});
  const auto status = peer.Wait(limit);
  peer.Kill();
  std::ifstream in(file);
  std::stringstream all;
  all << in.rdbuf();
  std::string text = all.str();
  std::filesystem::remove(file);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  const std::string last = text.substr(text.rfind('\n') + 1);
  nlohmann::json result = nlohmann::json::parse(last, nullptr, /*allow_exceptions=*/false);
  if (status == 0 && result.is_object()) return result;
  return absl::InternalError(
      fmt::format("{} {}: {}", command.back(), status ? "failed" : "took too long",
                  text.size() > 2000 ? text.substr(text.size() - 2000) : text));
}

std::vector<std::string> GraphileWorker(const std::string& root, const std::string& script,
                                        const std::vector<std::string>& arguments) {
  std::vector<std::string> command = {root + "/.tools/node/wheel/bin/node",
                                      root + "/tests/bench/peers/graphile-worker/" + script};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return command;
}

}  // namespace syncline::bench
