// The executor's settings.
#pragma once

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "common/tls/settings.h"

namespace syncline::executor {

struct Options {
  std::string database_url;
  std::string database_role;
  std::string scheduler_address = "127.0.0.1:50051";
  std::string token_file;    // empty: the schedulers ask for none
  std::string scheduler_ca;  // file; empty: schedulers without TLS
  tls::ServerSettings tls;
  std::string http_listen = "127.0.0.1:9052";
  int slots = 64;
  std::string encryption_keys;
  std::string allow_private_networks;
  absl::Duration drain_grace = absl::Seconds(20);
  std::string name;           // the host's by default
  bool health_check = false;  // ask the running executor instead of being one
};

// Reads them from environment and command line; the exit status when the program ends here (help,
// or a mistake).
std::optional<int> ParseOptions(int argc, const char* const* argv, Options* options);

}  // namespace syncline::executor
