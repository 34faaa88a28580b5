// History of one integration with a million runs is read as fast as with a thousand: a page and
// its count touch about as many blocks, which is what takes the time and does not vary from run to
// run as time does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "scheduler/storage/database_fixture.h"
#include "scheduler_queries.h"

namespace syncline::scheduler {
namespace {

constexpr char kLong[] = "'00000000-0000-0000-0000-00000000000a'";
constexpr char kShort[] = "'00000000-0000-0000-0000-00000000000b'";
constexpr char kNewest[] = "'infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff'";

class HistoryPagesTest : public DatabaseFixture {
 protected:
  // A run every half minute until now, every 20th failed: a million reach back most of a year, so
  // over several partitions.
  void Fill(const std::string& id, int count) {
    Query(
        "INSERT INTO syncline.sync_history (log_id, created_at, run_id, integration_id, tenant_id,"
        " attempt, trigger, status, epoch, ended_at, duration_ms, fetched, created, updated,"
        " unchanged, deleted, rejected, pages, takeovers, rejected_reasons, error_class, executor)"
        " SELECT gen_random_uuid(), now() - n * interval '30 s', gen_random_uuid(), " +
        id +
        ", '', 1, 'SCHEDULE',"
        " (CASE n % 20 WHEN 0 THEN 'FAILED' ELSE 'SUCCESS' END)::syncline.sync_status,"
        " 1, now(), 10, 0, 0, 0, 0, 0, 0, 0, 0, '{}', CASE n % 20 WHEN 0 THEN 'DATA' END, ''"
        " FROM generate_series(0, " +
        std::to_string(count - 1) + ") n");
  }

  // Blocks that the statement touches, as a generic plan, which is what a session settles on.
  std::int64_t Blocks(std::string_view sql, const std::string& arguments) {
    const std::string name = "p" + std::to_string(++plans_);
    const absl::Status prepared = db_->RunScript("PREPARE " + name + " AS " + std::string(sql));
    EXPECT_TRUE(prepared.ok()) << prepared;
    last_plan_.clear();
    std::int64_t blocks = -1;
    for (const postgres::Row row :
         Query("EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) EXECUTE " + name + "(" + arguments + ")")) {
      const std::string line = row.String("QUERY PLAN");
      last_plan_ += line + "\n";
      // The first is the whole statement's.
      if (blocks < 0 && line.find("Buffers: shared") != std::string::npos)
        blocks = Number(line, "hit=") + Number(line, "read=");
    }
    return blocks;
  }

  static std::int64_t Number(const std::string& line, const std::string& label) {
    const std::size_t at = line.find(label);
    return at == std::string::npos ? 0 : std::stoll(line.substr(at + label.size()));
  }

  int plans_ = 0;
  std::string last_plan_;
};

TEST_F(HistoryPagesTest, AMillionRunsAreReadLikeAThousand) {
  Query("SET synchronous_commit = off");
  Fill(kShort, 1'000);
  Fill(kLong, 1'000'000);
  Query("VACUUM ANALYZE syncline.sync_history");
  Query("SET plan_cache_mode = force_generic_plan");
  // Where page 50 of 20 begins, as its token says it.
  const auto place = [&](const std::string& id) {
    return Text(
        "SELECT quote_literal(created_at) || ', ' || quote_literal(log_id) FROM"
        " syncline.sync_history WHERE integration_id = " +
        id + " ORDER BY created_at DESC, log_id DESC OFFSET 979 LIMIT 1");
  };
  const std::string any_time = ", NULL, '-infinity', 'infinity', ";
  const struct {
    const char* row;
    std::string_view sql;
    const char* status;
    std::function<std::string(const std::string&)> rest;
  } kCases[] = {
      {"first page", queries::kListSyncLogsOfIntegration, "NULL",
       [](const std::string&) { return std::string(kNewest) + ", 21, 0"; }},
      {"failures", queries::kListFailedSyncLogsOfIntegration, "'FAILED'",
       [](const std::string&) { return std::string(kNewest) + ", 21, 0"; }},
      {"page 50 by number", queries::kListSyncLogsOfIntegration, "NULL",
       [](const std::string&) { return std::string(kNewest) + ", 21, 980"; }},
      {"page 50 by token", queries::kListSyncLogsOfIntegration, "NULL",
       [&](const std::string& id) { return place(id) + ", 21, 0"; }},
  };
  for (const auto& c : kCases) {
    const auto blocks = [&](const std::string& id) {
      return Blocks(c.sql, "'', " + id + ", " + c.status + any_time + c.rest(id));
    };
    const std::int64_t few = blocks(kShort);
    const std::int64_t many = blocks(kLong);
    std::printf("%s: %lld blocks of a thousand, %lld of a million\n", c.row,
                static_cast<long long>(few), static_cast<long long>(many));
    EXPECT_GT(few, 0) << c.row;
    EXPECT_LE(few, 300) << c.row;  // the other one's million is nothing to it
    EXPECT_LE(many, 3 * few) << c.row << "\n" << last_plan_;
  }
  // Ten times the entries of a short history, and no more.
  const std::string counted = std::string("'', ") + kLong + ", NULL" + any_time + "10001";
  EXPECT_LE(Blocks(queries::kCountSyncLogsOfIntegration, counted), 20'000) << last_plan_;
  const std::string failed = std::string("'', ") + kLong + ", 'FAILED'" + any_time + "10001";
  EXPECT_LE(Blocks(queries::kCountFailedSyncLogsOfIntegration, failed), 20'000) << last_plan_;
}

}  // namespace
}  // namespace syncline::scheduler
