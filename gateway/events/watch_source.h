// Where a feed's changes come from: a stream of one tenant's integrations.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "syncline/v1/sync_service.pb.h"

namespace syncline::gateway {

// One stream. Read is called by one thread, Cancel by any.
class WatchCall {
 public:
  virtual ~WatchCall() = default;
  // Blocks; false when the stream has ended.
  virtual bool Read(v1::WatchSyncsResponse& response) = 0;
  // Why it has ended, for the log. After Read was false.
  virtual std::string Problem() = 0;
  virtual void Cancel() = 0;
};

// Opens a stream at whichever scheduler answers; null when none does for a few seconds.
using OpenWatch = std::function<std::unique_ptr<WatchCall>(const v1::WatchSyncsRequest& request)>;

}  // namespace syncline::gateway
