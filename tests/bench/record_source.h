// The API that all contestants read: answer_server.cc in a process of its own.
#pragma once

#include <cstdint>
#include <string>

#include "tests/bench/bench_records.h"
#include "tests/support/child_process.h"

namespace syncline::bench {

class RecordSource {
 public:
  // Serves this many records, once the constructor has returned.
  explicit RecordSource(std::int64_t records);

  std::int64_t records() const { return records_; }
  void Serve(Revision revision);

  std::string base_url() const;
  // Target of the pages of `size` records of [from, to).
  static std::string Target(std::int64_t from, std::int64_t to, std::int64_t size);

 private:
  const std::int64_t records_;
  const int port_;
  testing::ChildProcess process_;
};

}  // namespace syncline::bench
