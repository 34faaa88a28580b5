#include "tests/bench/dlt_peer.h"

#include <fmt/format.h>
#include <httplib.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

namespace syncline::bench {
namespace {

[[noreturn]] void Die(const std::string& what) {
  std::fprintf(stderr, "dlt: %s\n", what.c_str());
  std::abort();
}

std::string NewDirectory() {
  std::string pattern = (std::filesystem::temp_directory_path() / "syncline-dlt-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) Die("mkdtemp failed");
  return pattern;
}

}  // namespace

DltPeer::DltPeer(const std::string& root)
    : directory_(NewDirectory()),
      port_(testing::FreePort()),
      process_(
          {.command = {root + "/.tools/dlt/bin/python", root + "/tests/bench/peers/dlt/load.py",
                       std::to_string(port_), directory_},
           .environment = {},
           .log_file = directory_ + "/log",
           .run_as = {}}) {
  for (int tries = 0; tries < 600; ++tries) {
    httplib::Client client("127.0.0.1", port_);
    if (const auto answer = client.Get("/")) {
      const auto about = nlohmann::json::parse(answer->body);
      version_ = fmt::format("dlt {}, Python {}", about.at("version").get<std::string>(),
                             about.at("python").get<std::string>());
      return;
    }
    if (process_.Wait(absl::ZeroDuration())) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  Die("it does not start; is it installed in .tools/dlt (./dev bench does that)?");
}

DltPeer::~DltPeer() {
  process_.Kill();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

void DltPeer::Load(const std::string& database_url, const std::string& dataset,
                   const std::string& url) {
  httplib::Client client("127.0.0.1", port_);
  client.set_read_timeout(std::chrono::hours(1));
  const nlohmann::json order = {{"database", database_url}, {"dataset", dataset}, {"url", url}};
  const auto answer = client.Post("/load", order.dump(), "application/json");
  if (!answer || answer->status != 200) Die("a load failed: " + (answer ? answer->body : ""));
}

std::string DltPeer::Settings() {
  return "merge by upsert, csv files, max_table_nesting=0, 2 normalize workers, files of 20,000 "
         "rows, no telemetry, warm process";
}

}  // namespace syncline::bench
