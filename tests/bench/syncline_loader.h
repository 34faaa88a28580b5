// Syncline as a loader of records: a scheduler and an executor of their own on a fresh database,
// and integrations that share the records of a source between them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/bench/record_source.h"
#include "tests/e2e/stack.h"

namespace syncline::bench {

class SynclineLoader {
 public:
  SynclineLoader(testing::TestCluster* cluster, const RecordSource* source);

  // Adds integrations that read equal shares of the first `records` records in pages of
  // `page_size`. They run when they are triggered, and never by themselves.
  std::vector<std::string> Add(int integrations, std::int64_t records, std::int64_t page_size);

  // Triggers them all and waits until each has succeeded; seconds from the first call to the last
  // SUCCESS seen through the API. Ends the process with a message when one fails.
  double Sync(const std::vector<std::string>& integrations);

  // Rows that are not deleted and the sum of their cents, of these integrations.
  std::pair<std::int64_t, std::int64_t> Count(const std::vector<std::string>& integrations);
  // Ends the executor, whose sessions then have counted all they did, and reads what
  // pg_stat_user_tables says of the table of records: "inserted, updated, deleted".
  std::string StopAndReadRowChanges();

  // Of the executor, in kB: its memory when it had nothing done yet, and the most it ever had.
  std::int64_t idle_kb() const { return idle_kb_; }
  std::int64_t PeakKb();
  testing::Stack& stack() { return stack_; }

 private:
  const RecordSource& source_;
  testing::Stack stack_;
  std::int64_t idle_kb_ = 0;
};

}  // namespace syncline::bench
