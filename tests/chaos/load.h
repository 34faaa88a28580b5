// The load of a chaos run: many integrations that are due at once, each with the same few records
// of the sample API, and what must have become of them.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/e2e/stack.h"

namespace syncline::chaos {

class Load {
 public:
  // `stack` outlives it. Each answer of the upstream takes `delay`. With more than one upstream the
  // integrations are spread over them, since an executor asks one of them 64 things at once at
  // most.
  Load(testing::Stack* stack, absl::Duration delay, int upstreams = 1);
  ~Load();

  // Creates the integrations, due now, and not again within the hour.
  void Create(int integrations);

  std::int64_t synced();  // integrations with a success
  std::int64_t active();  // runs
  std::int64_t sum(const std::string& column_of_history);

  // What is wrong when all is over; empty when nothing is.
  std::vector<std::string> Problems();

  // Records of each integration.
  std::size_t records() const { return expected_.size(); }

 private:
  testing::Stack& stack_;
  std::vector<std::unique_ptr<sample_api::ApiServer>> more_upstreams_;
  std::string since_;
  std::map<std::string, std::string> expected_;  // key → canonical JSON
};

}  // namespace syncline::chaos
