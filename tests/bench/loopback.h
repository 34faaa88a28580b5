// Where the bench's upstreams listen.
#pragma once

#include <string>

namespace syncline::bench {

struct LoopbackListener {
  int socket;  // the caller's to close
  std::string url;
};

// Listens at a free port of 127.0.0.1; ends the bench when it cannot.
LoopbackListener ListenOnLoopback(int backlog);

}  // namespace syncline::bench
