#include "tests/bench/filled_database.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

namespace syncline::bench {
namespace {

// As many as there are in 84 days with the retention of 90.
constexpr int kPartitions = 12;

std::unique_ptr<postgres::Connection> OpenPatiently(const std::string& url) {
  postgres::ConnectionOptions options;
  options.url = url;
  options.statement_timeout = absl::Hours(1);
  options.lock_timeout = absl::Minutes(1);
  auto connection = postgres::Connection::Open(options);
  if (!connection.ok()) {
    fmt::print(stderr, "bench: {}\n", connection.status().ToString());
    std::abort();
  }
  return *std::move(connection);
}

void Run(postgres::Connection& db, const std::string& sql) {
  const absl::Status status = db.RunScript(sql);
  if (status.ok()) return;
  fmt::print(stderr, "bench: {} in {}\n", status.ToString(), sql);
  std::abort();
}

void AddSleeping(postgres::Connection& db, int count) {
  Run(db, fmt::format("INSERT INTO syncline.integrations (name, type, config, sync_interval,"
                      " next_sync_at, created_at, updated_at)"
                      " SELECT 'sleeping-' || n, 'REST', '{{}}', 2 * 86400,"
                      " now() + (1 + random()) * interval '1 day', now() - interval '100 days',"
                      " now() - interval '100 days' FROM generate_series(1, {}) n",
                      count));
  Run(db,
      "CREATE TEMP TABLE numbered AS"
      " SELECT row_number() OVER () - 1 AS n, id FROM syncline.integrations");
  Run(db, "ANALYZE numbered");
}

// Filled before it is attached, which builds its indexes: that takes a third of the time.
void AddPartition(postgres::Connection& db, int index, std::int64_t rows, int integrations,
                  const std::string& end) {
  const std::string name = fmt::format("filled_{}", index);
  const std::string from =
      fmt::format("'{}'::timestamptz - interval '{} days'", end, 7 * (kPartitions - index));
  Run(db, fmt::format("CREATE TABLE syncline.{} (LIKE syncline.sync_history INCLUDING DEFAULTS"
                      " INCLUDING CONSTRAINTS)",
                      name));
  // Ids as the runs of that time would have them.
  Run(db,
      fmt::format(
          "INSERT INTO syncline.{0} (log_id, created_at, run_id, integration_id, tenant_id,"
          " attempt, trigger, status, epoch, closing_fence, started_at, ended_at, duration_ms, "
          "fetched,"
          " created, updated, unchanged, deleted, rejected, pages, takeovers, rejected_reasons,"
          " error_class, error_message, http_status, executor)"
          " SELECT log_id, at, log_id, id, '', 1, 'SCHEDULE',"
          "  (CASE WHEN failed THEN 'FAILED' ELSE 'SUCCESS' END)::syncline.sync_status,"
          "  1 + n % 1000, gen_random_uuid(), at + interval '20 ms',"
          "  at + (100 + n % 900) * interval '1 ms', 80 + n % 900, 20 + n % 500, n % 5, n % 7,"
          "  20 + n % 500 - n % 5 - n % 7, 0, 0, 1 + n % 3, 0, '{{}}',"
          "  CASE WHEN failed THEN 'TRANSIENT' END,"
          "  CASE WHEN failed THEN 'the remote answered 503 Service Unavailable' END,"
          "  CASE WHEN failed THEN 503 END, 'executor-' || n % 4"
          " FROM (SELECT n, at, id, n % 33 = 0 AS failed,"
          "  (overlay(lpad(to_hex((extract(epoch FROM at) * 1000000)::bigint * 512 / 125), 15, '0')"
          "    PLACING '7' FROM 13 FOR 0) || substr(gen_random_uuid()::text, 20))::uuid AS log_id"
          "  FROM (SELECT g.n, {1} + interval '7 days' * (g.n / {2}::double precision) AS at, i.id"
          "   FROM generate_series(0::bigint, {2} - 1) AS g (n) JOIN numbered i ON i.n = g.n * "
          "7919 % {3}"
          "   ORDER BY g.n) AS ordered) AS run",
          name, from, rows, integrations));
  Run(db, fmt::format("DO $$ BEGIN EXECUTE format('ALTER TABLE syncline.sync_history ATTACH"
                      " PARTITION syncline.{0} FOR VALUES FROM (%L) TO (%L)', {1},"
                      " {1} + interval '7 days'); END $$",
                      name, from));
}

}  // namespace

std::string FilledDatabase(testing::TestCluster& cluster, int sleeping, std::int64_t history) {
  std::string url = cluster.NewDatabase();
  const auto db = OpenPatiently(url);
  Run(*db, "SET maintenance_work_mem = '512MB'; SET work_mem = '256MB'");
  if (sleeping > 0) AddSleeping(*db, sleeping);
  if (history > 0) {
    const std::string end =
        testing::QueryOrDie(*db, "SELECT date_trunc('second', now())::text AS t")[0].String("t");
    for (int i = 0; i < kPartitions; ++i) {
      const std::int64_t rows = history * (i + 1) / kPartitions - history * i / kPartitions;
      AddPartition(*db, i, rows, sleeping, end);
    }
    Run(*db, "VACUUM ANALYZE syncline.sync_history");
  }
  Run(*db, "VACUUM ANALYZE syncline.integrations, syncline.ticks");
  Run(*db, "CHECKPOINT");
  return url;
}

void KeepOnlyDatabase(const std::string& url) {
  const auto db = OpenPatiently(url);
  for (const postgres::Row row :
       testing::QueryOrDie(*db,
                           "SELECT quote_ident(datname) AS name FROM pg_database"
                           " WHERE datname LIKE 'test\\_%' AND datname <> current_database()"))
    Run(*db, "DROP DATABASE " + row.String("name"));
}

void TidyFilledDatabase(const std::string& url) {
  const auto db = OpenPatiently(url);
  Run(*db, "DELETE FROM syncline.integrations WHERE name LIKE 'control-%'");
  Run(*db,
      "DO $$ DECLARE part text; BEGIN"
      " FOR part IN SELECT name FROM syncline.history_partitions() WHERE name NOT LIKE 'filled_%'"
      " LOOP EXECUTE format('TRUNCATE syncline.%I', part); END LOOP; END $$");
  Run(*db, "VACUUM (INDEX_CLEANUP ON) syncline.integrations, syncline.live, syncline.ticks");
}

}  // namespace syncline::bench
