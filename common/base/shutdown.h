// Ends a program politely: the first SIGTERM or SIGINT asks it to drain, the second stops it at
// once.
#pragma once

#include <csignal>

namespace syncline {

// Blocks SIGTERM, SIGINT and ignores SIGPIPE (libpqxx and gRPC want that). Create it first in
// main(), before any thread, so that every thread inherits the mask.
class ShutdownSignals {
 public:
  ShutdownSignals();

  // Waits for the first signal and returns its number. From then on a second one ends the process
  // with status 128 + its number, without further ado.
  int WaitForFirst();

  // The next signal ends the process with status 128 + its number: for work that may be cut off
  // anywhere. Without it PID 1 of a container, which has no default actions, ends by SIGKILL alone.
  void ExitOnNext();

 private:
  sigset_t set_;
};

}  // namespace syncline
