// The sample integrations that ./dev up adds: the lists of the sample API.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "syncline/v1/integration.pb.h"
#include "tests/support/dev_client/api_client.h"

namespace syncline::dev_client {

// External ids of samples begin with this.
inline constexpr char kSamplePrefix[] = "sample-";

// The samples, on a sample API at `sample_url` ("http://127.0.0.1:18080").
std::vector<v1::Integration> Samples(const std::string& sample_url);

// Creates the samples that are missing, and points those that are there at `sample_url`. Can be
// repeated; prints one line for each change.
absl::Status Seed(ApiClient& api, const std::string& sample_url);

}  // namespace syncline::dev_client
