// The ledger: what was asked of the sample API, in order of arrival. Bounded.
//
// Thread safety: every method may be called from any thread.
#pragma once

#include <httplib.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>

namespace syncline::sample_api {

class Ledger {
 public:
  static constexpr size_t kCapacity = 100'000;  // the oldest entries go first

  Ledger();

  // Notes the arrival of a request; the number it returns is for Finish.
  uint64_t Arrive(const httplib::Request& request);

  // Notes the HTTP status of the answer, 499 when the client left before there was one.
  void Finish(uint64_t number, int status);

  // An array of {number, method, path, query, at, status, headers, peerPort}, all or those of one
  // path. `at` is milliseconds since the start on a monotonic clock; status 0 is "still open".
  nlohmann::json ToJson(const std::string& path_filter) const;

  void Clear();

 private:
  struct Entry {
    uint64_t number = 0;
    std::string method;
    std::string path;
    std::string query;
    double at_ms = 0;
    int status = 0;
    int peer_port = 0;
    nlohmann::json headers;
  };

  const std::chrono::steady_clock::time_point start_;
  mutable std::mutex mutex_;
  std::deque<Entry> entries_;  // numbers without gaps
  uint64_t next_number_ = 1;
};

}  // namespace syncline::sample_api
