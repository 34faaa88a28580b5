// A steady load for tests of a whole stack: integrations on the sample API, triggered again and
// again as an ordinary client does it, which repeats a call that was not answered with the same
// request id.
#pragma once

#include <string>

#include "absl/time/time.h"
#include "tests/support/dev_client/api_client.h"

namespace syncline::dev_client {

struct LoadPlan {
  std::string sample_url;
  std::string name;      // begins the request ids; a plan that is repeated needs another one
  int integrations = 0;  // external ids load-1, load-2, …; made when they are missing
  double rate = 0;       // triggers a second, spread over the integrations in turn
  absl::Duration length;
  // How long a trigger is repeated before it counts as failed.
  absl::Duration patience = absl::Seconds(60);
};

struct LoadResult {
  int accepted = 0;
  int failed = 0;    // not accepted within the patience, or refused for a reason of their own
  int repeated = 0;  // calls that had to be made again
  std::string first_failure;
};

// Creates the integrations, in series. Fails with the first that cannot be created.
absl::Status CreateLoad(ApiClient& api, const LoadPlan& plan);

// Triggers at the plan's rate; returns when each trigger has its answer.
LoadResult RunLoad(ApiClient& api, const LoadPlan& plan);

}  // namespace syncline::dev_client
