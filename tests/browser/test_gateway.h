// A real sync-gateway of a test, on a port that it keeps over restarts.
#pragma once

#include <string>

#include "tests/e2e/stack.h"

namespace syncline::testing {

class TestGateway {
 public:
  // Starts a gateway to the schedulers of `stack`, which outlives this object, and waits until it
  // is ready. `environment` is set on top of what every gateway of a test gets.
  TestGateway(const Stack& stack, const Environment& environment);

  void Kill();   // SIGKILL
  void Start();  // after Kill, on the same port; waits until it is ready

  std::string url() const;

 private:
  Program program_;
};

}  // namespace syncline::testing
