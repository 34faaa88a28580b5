// How long an executor may believe that it still holds a run: one lease from the moment it sent
// what was acknowledged later, by its own monotonic clock (protocol.md, "Leases and clocks"). Past
// it, the run pauses: it asks the remote for nothing more until something is acknowledged again.
// What it writes is safe at any time, by its fence. Pure.
#pragma once

#include <algorithm>

#include "absl/time/time.h"

namespace syncline::executor {

class TrustWindow {
 public:
  // Begins when the assignment arrived, and lasts as long as the claim waits to be accepted; but no
  // longer than a lease, since it may have been accepted by a report whose answer was lost.
  TrustWindow(absl::Duration received_at, absl::Duration dispatch_limit, absl::Duration lease)
      : until_(received_at + std::min(dispatch_limit, lease)) {}

  // A report, or a page under the fence, that was sent at `sent_at` was acknowledged. An answer
  // that comes late or out of order never shortens the window.
  void Acknowledge(absl::Duration sent_at, absl::Duration lease) {
    until_ = std::max(until_, sent_at + lease);
  }

  bool Trusted(absl::Duration now) const { return now < until_; }
  absl::Duration until() const { return until_; }

 private:
  absl::Duration until_;
};

}  // namespace syncline::executor
