#include "tests/repo/include_rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "tests/repo/source_text.h"

namespace syncline::repo {
namespace {

// A layer is a folder, with all below it. An entry that ends in "/" allows every layer below.
struct LayerRow {
  const char* layer;
  std::vector<std::string> may_include;
};

const std::vector<LayerRow>& Layers() {
  static const auto* layers = new std::vector<LayerRow>{
      {"common/auth", {"common/base", "common/crypto"}},
      {"common/base", {}},
      {"common/config", {"common/base", "common/crypto"}},
      {"common/connectors", {"common/base"}},
      {"common/crypto", {"common/base"}},
      {"common/http", {"common/base", "common/config", "common/tls"}},
      {"common/postgres", {"common/base"}},
      {"common/rpc", {"common/auth", "common/base", "common/tls", "proto"}},
      {"common/tls", {"common/auth", "common/base", "common/config", "common/crypto"}},
      {"migrations", {"common/base", "common/postgres"}},

      {"scheduler/core", {"common/base"}},
      {"scheduler/storage", {"common/base", "common/postgres", "scheduler/core"}},
      {"scheduler/rpc",
       {"common/base", "common/connectors", "common/crypto", "common/rpc", "proto",
        "scheduler/core"}},
      {"scheduler/app", {"common/", "migrations", "proto", "scheduler/"}},
      {"scheduler/main", {"common/", "scheduler/app"}},

      {"executor/core", {"common/base"}},
      {"executor/http", {"common/base", "common/connectors", "executor/core"}},
      {"executor/connectors",
       {"common/base", "common/connectors", "common/crypto", "executor/core", "executor/http"}},
      {"executor/storage", {"common/base", "common/postgres", "executor/core"}},
      {"executor/rpc",
       {"common/auth", "common/base", "common/connectors", "common/crypto", "common/rpc", "proto",
        "executor/core"}},
      {"executor/app", {"common/", "executor/", "proto"}},
      {"executor/main", {"common/", "executor/app"}},

      {"gateway/http", {"common/base", "common/tls"}},
      {"gateway/json", {"common/base", "common/connectors", "common/rpc", "proto"}},
      {"gateway/events", {"common/base", "gateway/json", "proto"}},
      {"gateway/rpc", {"common/base", "common/rpc", "gateway/events", "proto"}},
      {"gateway/routes",
       {"common/base", "common/connectors", "gateway/events", "gateway/http", "gateway/json",
        "gateway/rpc", "proto"}},
      {"gateway/static", {"common/base", "gateway/http", "gateway/routes"}},
      {"gateway/app", {"common/", "gateway/", "proto"}},
      {"gateway/main", {"common/", "gateway/app"}},

      {"tests", {"common/", "executor/", "gateway/", "migrations", "proto", "scheduler/"}},
  };
  return *layers;
}

// Libraries that stay at one border, so that what they bring (exceptions, threads, globals) does
// too.
struct LibraryRow {
  const char* prefix;
  std::vector<std::string> layers;
};

const std::vector<LibraryRow>& Libraries() {
  static const auto* libraries = new std::vector<LibraryRow>{
      {"pqxx/", {"common/postgres"}},
      {"libpq-fe.h", {"common/postgres"}},
      {"curl/", {"common/connectors", "executor/http"}},
      {"spdlog/", {"common/base"}},
      {"httplib.h", {"common/http", "gateway/http", "tests"}},
  };
  return *libraries;
}

constexpr const char* kOwnFolders[] = {"common/",     "executor/",  "gateway/",
                                       "migrations/", "scheduler/", "tests/"};

bool Allows(const std::string& entry, const std::string& layer) {
  return entry == layer || (entry.back() == '/' && absl::StartsWith(layer, entry));
}

// The layer that an include names; empty for what is not ours.
std::string TargetOf(const std::string& name) {
  if (absl::StartsWith(name, "syncline/")) return "proto";
  for (const char* folder : kOwnFolders) {
    if (absl::StartsWith(name, folder)) return LayerOf(name);
  }
  return "";
}

bool IsOwn(const std::string& name) {
  return std::any_of(std::begin(kOwnFolders), std::end(kOwnFolders),
                     [&](const char* folder) { return absl::StartsWith(name, folder); });
}

bool MayInclude(const SourceFile& file, const std::string& layer, const Include& include) {
  const std::string target = TargetOf(include.name);
  if (target == layer) return true;
  if (IsTestCode(file.path) && absl::StartsWith(include.name, "tests/support/")) return true;
  if (IsTestCode(file.path) && target == "migrations") return true;
  const auto row = std::find_if(Layers().begin(), Layers().end(), [&](const LayerRow& candidate) {
    return candidate.layer == layer;
  });
  return std::any_of(row->may_include.begin(), row->may_include.end(),
                     [&](const std::string& entry) { return Allows(entry, target); });
}

// Names with a folder are libraries' ("absl/time/time.h"), but for those of the system; without one
// they are the standard's, but for those of the Libraries table.
bool CoreMayInclude(const std::string& name) {
  if (name.find('/') == std::string::npos) return !absl::EndsWith(name, ".h");
  return absl::StartsWith(name, "absl/") || absl::StartsWith(name, "fmt/");
}

bool LibraryBelongs(const std::string& layer, const std::string& name) {
  for (const LibraryRow& row : Libraries()) {
    if (!absl::StartsWith(name, row.prefix)) continue;
    return std::find(row.layers.begin(), row.layers.end(), layer) != row.layers.end();
  }
  return true;
}

}  // namespace

std::string LayerOf(const std::string& path) {
  for (const char* program : {"scheduler", "executor", "gateway"}) {
    if (path == fmt::format("{}/main.cc", program)) return fmt::format("{}/main", program);
  }
  for (const LayerRow& row : Layers()) {
    if (absl::StartsWith(path, std::string(row.layer) + "/")) return row.layer;
  }
  return "";
}

std::vector<std::string> CheckIncludes(const SourceFile& file) {
  if (!IsCpp(file.path)) return {};
  const std::string layer = LayerOf(file.path);
  if (layer.empty()) {
    return {fmt::format("{}: the folder has no row in tests/repo/include_rules.cc", file.path)};
  }
  std::vector<std::string> complaints;
  const bool is_core = absl::EndsWith(layer, "/core");
  for (const Include& include : Includes(file.text)) {
    const bool own = IsOwn(include.name) || TargetOf(include.name) == "proto";
    bool fine = true;
    if (own) {
      fine = MayInclude(file, layer, include);
    } else if (!IsTestCode(file.path)) {
      fine = LibraryBelongs(layer, include.name) && (!is_core || CoreMayInclude(include.name));
    }
    if (!fine) {
      complaints.push_back(fmt::format("{}:{}: {} may not include {}", file.path, include.line,
                                       layer, include.name));
    }
  }
  return complaints;
}

}  // namespace syncline::repo
