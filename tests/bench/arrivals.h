// An upstream that notes when the first byte of a request arrives, and answers every request with
// the same few records. The sample API's library would hand a request on only when it is parsed.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "tests/bench/loopback.h"

namespace syncline::bench {

class Arrivals {
 public:
  Arrivals();
  ~Arrivals();

  const std::string& url() const { return listener_.url; }
  // The time of the first request that arrives after the last call of Forget; InfiniteFuture when
  // none does within `limit`.
  absl::Time Await(absl::Duration limit);
  void Forget();
  // How many requests were answered.
  int answered() const { return answered_; }

 private:
  void Accept();
  void Serve(int socket);

  const LoopbackListener listener_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  absl::Time first_ = absl::InfiniteFuture();
  std::vector<int> sockets_;
  std::atomic<int> answered_ = 0;
  std::vector<std::thread> connections_;
  std::thread acceptor_;
};

}  // namespace syncline::bench
