// sample-api: serves ISO code lists over HTTP for the demo, the tests and the benchmarks.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

#include "tests/support/sample_api/api_server.h"

namespace {

// Written beside and renamed, so that a reader sees nothing or all.
bool WriteAtomically(const std::string& path, const std::string& text) {
  const std::string part = path + ".part";
  std::ofstream file(part, std::ios::trunc);
  file << text;
  file.close();
  std::error_code error;
  std::filesystem::rename(part, path, error);
  return file && !error;
}

bool SplitAddress(const std::string& address, syncline::sample_api::Options* options) {
  const size_t colon = address.rfind(':');
  if (colon == std::string::npos) return false;
  options->host = address.substr(0, colon);
  return CLI::detail::lexical_cast(address.substr(colon + 1), options->port) &&
         options->port >= 0 && options->port <= 65535;
}

}  // namespace

int main(int argc, char** argv) {
  syncline::sample_api::Options options;
  std::string listen = "127.0.0.1:0";
  std::string port_file;
  CLI::App app("Serves the ISO code lists of Debian's iso-codes over HTTP; a test tool");
  app.add_option("--listen", listen, "host:port, port 0 picks a free one")->capture_default_str();
  app.add_option("--port-file", port_file, "file that gets \"host:port\" once it listens");
  app.add_option("--iso-dir", options.iso_dir, "folder of iso_*.json")->capture_default_str();
  app.add_option("--api-key", options.api_key, "X-Api-Key of /countries")->capture_default_str();
  app.add_option("--token", options.token, "token of /bearer/…")->capture_default_str();
  app.add_option("--user", options.user, "user of /basic/…")->capture_default_str();
  app.add_option("--password", options.password, "password of /basic/…")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  if (!SplitAddress(listen, &options)) {
    fmt::print(stderr, "sample-api: --listen is '{}', must be host:port\n", listen);
    return 2;
  }

  // Blocked before any thread starts, so that only sigwait below sees them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  auto server = syncline::sample_api::ApiServer::Start(options);
  if (!server.ok()) {
    fmt::print(stderr, "sample-api: {}\n", std::string(server.status().message()));
    return 1;
  }
  fmt::print("sample-api listens on {}\n", (*server)->address());
  std::fflush(stdout);
  if (!port_file.empty() && !WriteAtomically(port_file, (*server)->address() + "\n")) {
    fmt::print(stderr, "sample-api: cannot write {}\n", port_file);
    return 1;
  }
  int signal = 0;
  sigwait(&signals, &signal);
  (*server)->Stop();
  return 0;
}
