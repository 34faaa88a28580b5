// What PostgreSQL itself allows: COPY into a temporary table and one upsert a batch, on one
// connection, with the records already in memory as COPY's text. No HTTP, no parsing, no hashing,
// no checkpoint and no second index.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/bench/bench_records.h"

struct pg_conn;

namespace syncline::bench {

class BareLoader {
 public:
  // Makes its table in the database at `url`.
  explicit BareLoader(const std::string& url);
  ~BareLoader();

  // The text to load, in batches of so many records; made outside of what is measured.
  static std::vector<std::string> Batches(std::int64_t records, Revision revision,
                                          std::int64_t batch);
  // Loads them, one transaction a batch.
  void Load(const std::vector<std::string>& batches);

  // The query for the number of rows and the sum of their cents.
  static const char* Count();

 private:
  void Run(const char* sql);
  pg_conn* const connection_;
};

}  // namespace syncline::bench
