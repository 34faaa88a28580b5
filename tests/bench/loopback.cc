#include "tests/bench/loopback.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdio>
#include <cstdlib>

namespace syncline::bench {

LoopbackListener ListenOnLoopback(int backlog) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  auto* raw = reinterpret_cast<sockaddr*>(&address);
  if (listener < 0 || bind(listener, raw, length) != 0 || listen(listener, backlog) != 0 ||
      getsockname(listener, raw, &length) != 0) {
    std::fprintf(stderr, "bench: cannot listen\n");
    std::abort();
  }
  return {listener, fmt::format("http://127.0.0.1:{}", ntohs(address.sin_port))};
}

}  // namespace syncline::bench
