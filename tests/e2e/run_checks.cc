#include "tests/e2e/run_checks.h"

#include <fmt/format.h>

#include "tests/support/test_cluster.h"

namespace syncline::testing {
namespace {

// How many rows break a promise.
struct Promise {
  const char* broken;
  const char* count;
};

constexpr Promise kPromises[] = {
    {"integrations without a success",
     "SELECT count(*) FROM syncline.integrations WHERE last_status IS DISTINCT FROM 'SUCCESS'"},
    {"integrations with a failure counted, disabled or blocked",
     "SELECT count(*) FROM syncline.integrations"
     " WHERE retry_count > 0 OR NOT sync_enabled OR blocked_reason IS NOT NULL"},
    {"integrations with another number of ended attempts than one",
     "SELECT count(*) FROM syncline.integrations i WHERE 1 <>"
     " (SELECT count(*) FROM syncline.sync_history h WHERE h.integration_id = i.id)"},
    {"attempts with more than one row of history",
     "SELECT count(*) FROM (SELECT FROM syncline.sync_history GROUP BY run_id, attempt"
     " HAVING count(*) > 1) AS doubled"},
    {"attempts that failed, or are not the first of their run",
     "SELECT count(*) FROM syncline.sync_history WHERE status <> 'SUCCESS' OR attempt <> 1"},
    {"active runs", "SELECT count(*) FROM syncline.live"},
    {"integrations whose next tick is not in the queue, once",
     "SELECT count(*) FROM syncline.integrations i WHERE 1 <>"
     " (SELECT count(*) FROM syncline.ticks k WHERE k.integration_id = i.id"
     " AND k.due_at = i.next_sync_at)"},
    {"runs whose counts are not their records",
     "SELECT count(*) FROM syncline.sync_history h WHERE h.fetched <> h.created OR h.created <>"
     " (SELECT count(*) FROM syncline.records r WHERE r.integration_id = h.integration_id)"},
    {"sets of records too many",
     "SELECT greatest(count(*) - 1, 0) FROM (SELECT DISTINCT md5(string_agg("
     "stream || chr(10) || key || chr(10) || data, chr(10) ORDER BY stream, key))"
     " FROM syncline.records GROUP BY integration_id) AS sets"},
    {"records that are marked deleted",
     "SELECT count(*) FROM syncline.records WHERE deleted_at IS NOT NULL"},
};

constexpr const char* kTables[] = {"records", "checkpoints",     "snapshot_seen",
                                   "live",    "sync_history",    "integrations",
                                   "ticks",   "trigger_requests"};

}  // namespace

std::vector<std::string> BrokenPromises(postgres::Connection& db) {
  std::vector<std::string> broken;
  for (const Promise& promise : kPromises) {
    const std::int64_t count = QueryInt(db, promise.count);
    if (count != 0) broken.push_back(fmt::format("{} {}", count, promise.broken));
  }
  return broken;
}

std::map<std::string, std::vector<std::string>> DumpTables(postgres::Connection& db) {
  std::map<std::string, std::vector<std::string>> dump;
  for (const char* table : kTables) {
    const auto rows = QueryOrDie(
        db, fmt::format("SELECT t::text AS row FROM syncline.{} t ORDER BY t::text", table));
    std::vector<std::string>& lines = dump[table];
    for (const postgres::Row row : rows) lines.push_back(row.String("row"));
  }
  return dump;
}

}  // namespace syncline::testing
