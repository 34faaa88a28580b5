// The gateway's settings, from flags and environment.
#pragma once

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "common/tls/settings.h"

namespace syncline::gateway {

struct Options {
  std::string http_listen = "127.0.0.1:8080";
  std::string scheduler_address = "127.0.0.1:50051";
  std::string api_tokens;      // file of the tokens that callers show; empty: none
  std::string api_token_file;  // file of the token that the gateway shows; empty: none
  std::string scheduler_ca;    // file; empty: schedulers without TLS
  tls::ServerSettings tls;
  std::string console_dir;  // empty: no console
  int connections = 512;
  int streams = 256;  // server-sent events, of those connections
  absl::Duration drain_grace = absl::Seconds(10);
  bool health_check = false;  // ask the running gateway instead of being one
};

// On --help, --version or a mistake prints and returns the exit status to end with, else nullopt.
std::optional<int> ParseOptions(int argc, const char* const* argv, Options* options);

}  // namespace syncline::gateway
