// The explorer from the command line: deeper than the test goes, or one variant.
#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/numbers.h"
#include "tests/explorer/search.h"
#include "tests/explorer/variants.h"

namespace syncline::explorer {
namespace {

constexpr char kUsage[] =
    "syncline_explore [--depth=N] [--disturbances=N] [--late-commits=N] [--snapshot-stream]\n"
    "                 [--epochs] [--variant=NAME]\n"
    "Visits every state up to N events away (default 12), with at most N disturbances (2) on a\n"
    "path. The end is 1 when a rule is broken. Variants:\n";

struct Options {
  World world;
  Bounds bounds;
  int depth = 12;
};

bool ReadNumber(std::string_view text, std::string_view name, int* value) {
  if (text.substr(0, name.size()) != name) return false;
  return absl::SimpleAtoi(std::string(text.substr(name.size())), value);
}

bool ReadOption(std::string_view text, Options& options) {
  constexpr std::string_view kVariant = "--variant=";
  if (ReadNumber(text, "--depth=", &options.depth) ||
      ReadNumber(text, "--disturbances=", &options.bounds.disturbances) ||
      ReadNumber(text, "--late-commits=", &options.bounds.late_commits))
    return true;
  if (text == "--snapshot-stream") {
    options.world.snapshot_stream = true;
  } else if (text == "--epochs") {
    options.world.track_epoch = true;
  } else if (text.substr(0, kVariant.size()) == kVariant) {
    const Variant* variant = FindVariant(text.substr(kVariant.size()));
    if (variant == nullptr) return false;
    options.world = WorldOf(*variant);
  } else {
    return false;
  }
  return true;
}

int Run(const std::vector<std::string_view>& arguments) {
  Options options;
  for (const std::string_view argument : arguments) {
    if (ReadOption(argument, options)) continue;
    std::string text = kUsage;
    for (const Variant& variant : Variants())
      text += fmt::format("  {}{}\n", variant.name, variant.marked ? " (!)" : "");
    std::fputs(text.c_str(), stderr);
    return 2;
  }
  const Found found = Explore(Model(options.world, options.bounds), options.depth);
  std::fputs(Report(found).c_str(), stdout);
  return found.violation ? 1 : 0;
}

}  // namespace
}  // namespace syncline::explorer

int main(int argc, char** argv) {
  return syncline::explorer::Run(std::vector<std::string_view>(argv + 1, argv + argc));
}
