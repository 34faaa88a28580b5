#include "common/base/shutdown.h"

#include <pthread.h>
#include <unistd.h>

#include <thread>

namespace syncline {

ShutdownSignals::ShutdownSignals() {
  std::signal(SIGPIPE, SIG_IGN);
  sigemptyset(&set_);
  sigaddset(&set_, SIGTERM);
  sigaddset(&set_, SIGINT);
  pthread_sigmask(SIG_BLOCK, &set_, nullptr);
}

int ShutdownSignals::WaitForFirst() {
  int signal_number = 0;
  sigwait(&set_, &signal_number);
  std::thread([set = set_] {
    int second = 0;
    sigwait(&set, &second);
    _exit(128 + second);
  }).detach();
  return signal_number;
}

}  // namespace syncline
