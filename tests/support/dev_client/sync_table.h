// The table of `dev-client watch`: how every integration is doing, in text.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "syncline/v1/integration.pb.h"

namespace syncline::dev_client {

// One header line and one line for each integration (the first `row_limit`), then the words of
// those whose last sync failed. Times are relative to `now`.
std::string RenderTable(const std::vector<v1::Integration>& integrations, absl::Time now,
                        size_t row_limit);

// True when there are samples and each has succeeded once.
bool AllSamplesSucceeded(const std::vector<v1::Integration>& integrations);

}  // namespace syncline::dev_client
