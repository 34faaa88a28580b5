// A check: one page of one stream, fetched and shown outside leases. What an executor is asked, and
// what it answers.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace syncline::executor {

struct CheckOrder {
  std::string id = {};
  // What the credentials are sealed to, and whose rate limit counts: an integration's id, or `id`.
  std::string owner_id = {};
  std::string type = {};
  std::string config_json = {};
  std::map<std::string, std::string> sealed_credentials = {};
  std::string stream = {};  // its name
  std::string tenant_id = {};
  absl::Duration limit = absl::Seconds(30);  // in all
};

// What a check fetched, or why it fetched nothing.
struct CheckedPage {
  std::string error_class = {};    // empty: every record of the page is usable
  std::string error_message = {};  // no secrets
  int http_status = 0;             // 0: none
  absl::Duration latency = absl::ZeroDuration();
  std::vector<std::string> records = {};  // JSON objects, as they would be stored
  std::int64_t fetched = 0;
  std::int64_t rejected = 0;
};

struct CheckAnswer {
  std::string refused = {};  // why it was not carried out; empty: it was
  CheckedPage page = {};     // when it was
};

}  // namespace syncline::executor
