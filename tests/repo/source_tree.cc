#include "tests/repo/source_tree.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/match.h"

namespace syncline::repo {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFolders[] = {"cmake",    "common",    "deploy",  "dev.d",
                                    "examples", "executor",  "gateway", "migrations",
                                    "proto",    "scheduler", "tests"};
constexpr const char* kSkipped[] = {"build", "dist", "generated", "node_modules"};

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

bool Skipped(const fs::path& path) {
  const std::string name = path.filename();
  return name.front() == '.' ||
         std::find(std::begin(kSkipped), std::end(kSkipped), name) != std::end(kSkipped);
}

}  // namespace

std::vector<SourceFile> ReadSourceTree(const std::string& root) {
  std::vector<SourceFile> files;
  for (const char* folder : kFolders) {
    const fs::path start = fs::path(root) / folder;
    if (!fs::exists(start)) continue;
    for (fs::recursive_directory_iterator entry(start), end; entry != end; ++entry) {
      if (Skipped(entry->path())) {
        if (entry->is_directory()) entry.disable_recursion_pending();
        continue;
      }
      if (!entry->is_regular_file()) continue;
      files.push_back({entry->path().lexically_relative(root), ReadFile(entry->path())});
    }
  }
  std::sort(files.begin(), files.end(),
            [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  return files;
}

bool IsCpp(const std::string& path) {
  return absl::EndsWith(path, ".h") || absl::EndsWith(path, ".cc");
}

bool IsTestCode(const std::string& path) {
  return absl::StartsWith(path, "tests/") || absl::EndsWith(path, "_test.cc") ||
         absl::StrContains(path, "_fixture.");
}

}  // namespace syncline::repo
