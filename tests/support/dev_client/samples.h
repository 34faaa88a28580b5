// The sample integrations that ./dev up adds: the lists of the sample API, and upstreams of it that
// fail in ways of their own.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "syncline/v1/integration.pb.h"
#include "tests/support/dev_client/api_client.h"

namespace syncline::dev_client {

// The samples, on a sample API at `sample_url` ("http://127.0.0.1:18080").
std::vector<v1::Integration> Samples(const std::string& sample_url);

// Whether that is the external id ("sample-languages") of a sample whose upstream lets it succeed.
bool CanSucceed(const std::string& external_id);

// Creates the samples that are missing, and points those that are there at `sample_url`. Can be
// repeated; prints one line for each change.
absl::Status Seed(ApiClient& api, const std::string& sample_url);

}  // namespace syncline::dev_client
