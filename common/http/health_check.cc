#include "common/http/health_check.h"

#include <fmt/format.h>
#include <httplib.h>

#include <chrono>
#include <future>
#include <memory>
#include <thread>
#include <utility>

#include "common/config/flags.h"

namespace syncline {
namespace {

constexpr auto kLimit = std::chrono::milliseconds(2800);
constexpr char kPath[] = "/readyz";

// Where to call what listens on `host`: nobody can call "every address".
std::string Callable(const std::string& host) {
  if (host == "0.0.0.0") return "127.0.0.1";
  if (host == "::") return "::1";
  return host;
}

// 0 with the first line of the answer, or 1 with why there is none.
std::pair<int, std::string> Ask(const std::string& host, int port, bool tls) {
  std::unique_ptr<httplib::ClientImpl> client;
  if (tls) {
    auto with_tls = std::make_unique<httplib::SSLClient>(host, port);
    with_tls->enable_server_certificate_verification(false);
    client = std::move(with_tls);
  } else {
    client = std::make_unique<httplib::ClientImpl>(host, port);
  }
  client->set_connection_timeout(kLimit);
  client->set_read_timeout(kLimit);
  client->set_write_timeout(kLimit);
  const httplib::Result answer = client->Get(kPath);
  if (!answer) return {1, "no answer: " + httplib::to_string(answer.error())};
  return {answer->status == 200 ? 0 : 1, answer->body.substr(0, answer->body.find('\n'))};
}

}  // namespace

int CheckHealth(const std::string& listen, bool tls) {
  const auto [listen_host, listen_port] = SplitAddress(listen);
  std::promise<std::pair<int, std::string>> promise;
  auto asked = promise.get_future();
  // The library bounds single reads, not the whole. The thread ends with the process.
  std::thread([host = Callable(listen_host), port = listen_port, tls,
               promise = std::move(promise)]() mutable {
    promise.set_value(Ask(host, port, tls));
  }).detach();
  if (asked.wait_for(kLimit) != std::future_status::ready) {
    fmt::print("not ready: no answer from {} within 3 s\n", listen);
    return 1;
  }
  const auto [status, text] = asked.get();
  fmt::print("{}{}\n", status == 0 ? "" : "not ready: ", text);
  return status;
}

}  // namespace syncline
