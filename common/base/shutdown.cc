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
  ExitOnNext();
  return signal_number;
}

void ShutdownSignals::ExitOnNext() {
  std::thread([set = set_] {
    int signal_number = 0;
    sigwait(&set, &signal_number);
    _exit(128 + signal_number);
  }).detach();
}

}  // namespace syncline
