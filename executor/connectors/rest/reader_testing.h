// What the tests of the REST reader share: small configs, readers of them, and answers.
#pragma once

#include <memory>
#include <string>

#include "executor/connectors/connector.h"

namespace syncline::executor {

// token and user, both canaries.
const Credentials& TestCredentials();

// A config with one stream "items" at https://api.example.com/v1/items keyed by /id, with further
// members of the stream and of the whole (",\"auth\":{…}").
std::string ConfigWith(const std::string& stream_members, const std::string& members = "");

// A reader of the config's first stream; the test fails where none can be made.
std::unique_ptr<StreamReader> ReaderOf(const std::string& config, const std::string& cursor = "");

HttpResponse Ok(const std::string& body);

// `n` records as a JSON array, ids numbered from `first`.
std::string Items(int n, int first = 0);

}  // namespace syncline::executor
