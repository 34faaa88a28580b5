#include "tests/bench/ceiling.h"

#include <fmt/format.h>

#include <atomic>
#include <random>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "common/postgres/array.h"
#include "tests/bench/control_load.h"
#include "tests/bench/machine.h"

namespace syncline::bench {
namespace {

constexpr int kSessions = 2;
constexpr absl::Duration kWarmUp = absl::Seconds(2);

// A live row as a claim makes it.
constexpr std::string_view kInsertLive = R"(
INSERT INTO syncline.live (integration_id, log_id, run_id, tenant_id, trigger, state, fence, epoch, lease_expires_at,
                           process_id, executor)
SELECT id, log_id, log_id, '', 'SCHEDULE', 'CLAIMED', gen_random_uuid(), 1, clock_timestamp() + interval '30 s',
       '00000000-0000-4000-8000-000000000000', 'executor-1'
FROM unnest($1::uuid[], $2::uuid[]) AS e (id, log_id))";

constexpr std::string_view kFinish = R"(
WITH gone AS (
  DELETE FROM syncline.live v USING unnest($1::uuid[]) AS e (id) WHERE v.integration_id = e.id
), history AS (
  INSERT INTO syncline.sync_history
    (log_id, created_at, run_id, integration_id, tenant_id, attempt, trigger, status, epoch, closing_fence, started_at,
     ended_at, duration_ms, fetched, created, updated, unchanged, deleted, rejected, pages, takeovers,
     rejected_reasons, executor)
  SELECT log_id, clock_timestamp(), log_id, id, '', 1, 'SCHEDULE', 'SUCCESS', 1, log_id, clock_timestamp(),
         clock_timestamp(), 0, 0, 0, 0, 0, 0, 0, 0, 0, '{}', 'executor-1'
  FROM unnest($1::uuid[], $2::uuid[]) AS e (id, log_id)
)
UPDATE syncline.integrations t
SET next_sync_at = clock_timestamp(), last_log_id = e.log_id, last_run_id = e.log_id, last_status = 'SUCCESS',
    last_started_at = clock_timestamp(), last_ended_at = clock_timestamp(), last_duration_ms = 0,
    last_counts = '{0,0,0,0,0,0,0,0}', last_success_at = clock_timestamp(), status = 'HEALTHY', epoch = epoch + 1
FROM unnest($1::uuid[], $2::uuid[]) AS e (id, log_id) WHERE t.id = e.id)";

// A UUIDv7, made here so that the database need not; ascending, which its indexes like best.
std::string NewId(std::mt19937_64& random) {
  const auto micros = static_cast<std::uint64_t>(absl::ToUnixMicros(absl::Now()));
  const std::uint64_t bits = random();
  return fmt::format("{:08x}-{:04x}-7{:03x}-8{:03x}-{:012x}", (micros / 1000) >> 16,
                     (micros / 1000) & 0xFFFF, micros % 1000 * 4, bits & 0xFFF, bits >> 16);
}

void Cycle(postgres::Connection& db, const std::vector<std::string>& ids, std::mt19937_64& random) {
  postgres::ArrayBuilder integrations;
  postgres::ArrayBuilder logs;
  for (const std::string& id : ids) {
    integrations.Add(id);
    logs.Add(NewId(random));
  }
  const postgres::Params params = postgres::Params().Add(integrations.Take()).Add(logs.Take());
  for (const std::string_view sql : {kInsertLive, kFinish}) {
    const auto done = db.Run(sql, params);
    if (!done.ok()) {
      fmt::print(stderr, "bench: the ceiling's loop: {}\n", done.status().ToString());
      std::abort();
    }
  }
}

}  // namespace

CeilingResult RunCeiling(const BenchOptions& options, Ceiling kind, int batch, double seconds) {
  const std::string url = options.cluster->NewDatabase();
  const auto db = testing::OpenOrDie(url);
  InsertIntegrations(*db, kControlIntegrations, "control", "{}", true);
  testing::QueryOrDie(*db, "DROP TRIGGER keep_tick ON syncline.integrations");
  if (kind == Ceiling::kOrdered)
    testing::QueryOrDie(*db, "CREATE INDEX ON syncline.integrations (next_sync_at)");
  testing::QueryOrDie(*db, "ANALYZE syncline.integrations");
  std::vector<std::string> ids;
  for (const postgres::Row row :
       testing::QueryOrDie(*db, "SELECT id FROM syncline.integrations ORDER BY id"))
    ids.push_back(row.String("id"));

  Settle(*db);
  std::atomic<bool> stop = false;
  std::atomic<std::int64_t> cycles = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kSessions; ++i) {
    const std::size_t half = ids.size() / kSessions;
    const std::vector<std::string> own(ids.begin() + static_cast<std::ptrdiff_t>(half) * i,
                                       ids.begin() + static_cast<std::ptrdiff_t>(half) * (i + 1));
    threads.emplace_back([&stop, &cycles, url, own, batch, i] {
      const auto session = testing::OpenOrDie(url);
      std::mt19937_64 random(static_cast<std::uint64_t>(i));
      std::vector<std::string> some;
      for (std::size_t next = 0; !stop;) {
        some.clear();
        for (int n = 0; n < batch; ++n, next = (next + 1) % own.size()) some.push_back(own[next]);
        Cycle(*session, some, random);
        cycles += batch;
      }
    });
  }
  absl::SleepFor(kWarmUp);
  const std::int64_t before = cycles;
  const absl::Time begin = absl::Now();
  absl::SleepFor(absl::Seconds(seconds));
  const std::int64_t after = cycles;
  const double took = absl::ToDoubleSeconds(absl::Now() - begin);
  stop = true;
  for (std::thread& thread : threads) thread.join();
  return {.cycles_per_second = static_cast<double>(after - before) / took,
          .problem = CheckRows(*db, cycles)};
}

}  // namespace syncline::bench
