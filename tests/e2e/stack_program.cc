#include "tests/e2e/stack_program.h"

#include <fmt/format.h>
#include <httplib.h>

#include <cstdio>
#include <mutex>
#include <thread>

namespace syncline::testing {

void ServeStack(nlohmann::json addresses, const StackActions& actions) {
  std::mutex mutex;
  httplib::Server server;
  for (const auto& [path, action] : actions) {
    server.Post(path,
                [&mutex, &act = action](const httplib::Request&, httplib::Response& response) {
                  const std::lock_guard lock(mutex);
                  response.set_content(act(), "text/plain");
                });
  }
  const int port = server.bind_to_any_port("127.0.0.1");
  std::thread thread([&server] { server.listen_after_bind(); });
  addresses["controlUrl"] = fmt::format("http://127.0.0.1:{}", port);
  fmt::print("{}\n", addresses.dump());
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
  server.stop();
  thread.join();
}

}  // namespace syncline::testing
