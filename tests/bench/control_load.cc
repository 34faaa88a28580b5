#include "tests/bench/control_load.h"

#include <fmt/format.h>

#include "absl/time/clock.h"
#include "tests/bench/machine.h"

namespace syncline::bench {
namespace {

constexpr absl::Duration kWarmUp = absl::Seconds(3);

// The grid of an integration has points a minute apart at least, and the next one is in the future.
// Without a period the points are a quarter of a second apart, and the last one is taken: due again
// at once. As in production, the time changes with each cycle, and mostly not between the claim and
// the finish of one; and the grids are shifted against each other. A period is as in production,
// only shorter.
std::string NextTick(double period_seconds) {
  const std::string tick =
      period_seconds == 0
          ? "floor(date_part('epoch', after - anchor) / 0.25) * 0.25"
          : fmt::format("(floor(date_part('epoch', after - anchor) / {0:.6f}) + 1) * {0:.6f}",
                        period_seconds);
  return fmt::format(
      "CREATE OR REPLACE FUNCTION syncline.next_tick(anchor timestamptz, interval_seconds integer,"
      " after timestamptz) RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS $$"
      "  SELECT anchor + make_interval(secs => {}) $$",
      tick);
}

testing::StackOptions StackFor(const BenchOptions& options, const ControlSettings& settings) {
  testing::Environment environment = {{"LOG_LEVEL", "warning"}};
  for (const auto& [name, value] : settings.environment) environment[name] = value;
  return {.schedulers = settings.schedulers,
          .executors = 0,
          .slots = settings.slots,
          .lease = "30s",
          .cluster = options.cluster,
          .database_url = settings.database_url,
          .environment = environment,
          .executor_binary = BENCH_EXECUTOR_BINARY};
}

}  // namespace

void InsertIntegrations(postgres::Connection& db, int count, const std::string& name,
                        const std::string& config, bool due) {
  testing::QueryOrDie(
      db, fmt::format("INSERT INTO syncline.integrations (name, type, config, sync_interval,"
                      " sync_enabled, grid_anchor, next_sync_at)"
                      " SELECT '{}-' || n, 'REST', '{}', {}, {},"
                      " now() - n * 7919 % 60000 * interval '1 ms', now()"
                      " FROM generate_series(1, {}) n",
                      name, config, due ? 60 : testing::kFarAway, due, count));
}

std::string ItemsConfig(const std::string& url) {
  return fmt::format(
      R"({{"baseUrl": "{}", "streams": [{{"name": "items", "path": "/items", "key": ["/id"]}}]}})",
      url);
}

std::string CheckRows(postgres::Connection& db, std::int64_t cycles, const std::string& since) {
  const auto count = [&](const std::string& what) { return testing::QueryInt(db, what); };
  const std::string ended = fmt::format(
      "(SELECT * FROM syncline.sync_history WHERE created_at >= '{}'::timestamptz) h", since);
  const std::int64_t history = count("SELECT count(*) FROM " + ended);
  const std::int64_t successes =
      count("SELECT count(*) FROM " + ended + " WHERE status = 'SUCCESS'");
  const std::int64_t live = count("SELECT count(*) FROM syncline.live");
  const std::int64_t summaries =
      count("SELECT count(*) FROM syncline.integrations i JOIN " + ended +
            " ON h.log_id = i.last_log_id AND h.integration_id = i.id AND i.last_status = "
            "'SUCCESS'");
  const std::int64_t synced = count("SELECT count(DISTINCT integration_id) FROM " + ended);
  if (history == cycles && successes == cycles && live == 0 && summaries == synced && synced > 0)
    return "";
  const std::string failure =
      successes == history
          ? ""
          : testing::QueryOrDie(
                db, "SELECT min(error_class || ': ' || error_message) AS text FROM " + ended +
                        " WHERE status = 'FAILED'")[0]
                .String("text");
  return fmt::format(
      "{} cycles, but {} history rows, {} of them successes{}, {} live rows, {} summaries of {}",
      cycles, history, successes, failure.empty() ? "" : " (" + failure + ")", live, summaries,
      synced);
}

ControlLoad::ControlLoad(const BenchOptions& options, const ControlSettings& settings)
    : settings_(settings), profile_(options.profile), stack_(StackFor(options, settings)) {
  for (int i = 0; i < settings.executors; ++i) {
    const testing::Program& scheduler =
        *stack_.schedulers()[static_cast<std::size_t>(i) % stack_.schedulers().size()];
    stack_.StartExecutor({}, fmt::format("127.0.0.1:{}", scheduler.port));
  }
  for (const auto& executor : stack_.executors()) stack_.AwaitReady(*executor);
  if (profile_)
    testing::QueryOrDie(stack_.db(),
                        "CREATE EXTENSION IF NOT EXISTS pg_stat_statements SCHEMA public");
  Settle(stack_.db());
}

std::string ControlLoad::Describe(const ControlSettings& settings) {
  return fmt::format(
      "{} due, {} scheduler{}, {} executors of {} slots, lease 30s, LOG_LEVEL=warning",
      settings.due, settings.schedulers, settings.schedulers == 1 ? "" : "s", settings.executors,
      settings.slots);
}

void ControlLoad::Begin() {
  began_ =
      testing::QueryOrDie(stack_.db(), "SELECT clock_timestamp()::text AS now")[0].String("now");
  SetPeriod(settings_.period_seconds);
  const int share = settings_.due / static_cast<int>(settings_.configs.size());
  for (std::size_t i = 0; i < settings_.configs.size(); ++i)
    InsertIntegrations(stack_.db(), share, fmt::format("control-{}", i), settings_.configs[i],
                       true);
  testing::QueryOrDie(stack_.db(), "ANALYZE syncline.integrations");
  testing::QueryOrDie(stack_.db(), "SELECT pg_notify('syncline_hints', '')");
  testing::AwaitOrDie("every integration's first cycle", [&] { return Cycles() >= settings_.due; });
  absl::SleepFor(kWarmUp);
}

void ControlLoad::SetPeriod(double seconds) { testing::QueryOrDie(stack_.db(), NextTick(seconds)); }

double ControlLoad::Cycles() {
  double cycles = 0;
  for (const auto& scheduler : stack_.schedulers()) {
    cycles += testing::Stack::Metric(
        *scheduler, "syncline_scheduler_finished_runs_total{error_class=\"\",status=\"SUCCESS\"}");
  }
  return cycles;
}

double ControlLoad::Rate(double seconds) {
  const double before = Cycles();
  const absl::Time begin = absl::Now();
  absl::SleepFor(absl::Seconds(seconds));
  return (Cycles() - before) / absl::ToDoubleSeconds(absl::Now() - begin);
}

void ControlLoad::Stop() {
  // In the order in which everybody locks them.
  testing::QueryOrDie(stack_.db(),
                      "WITH i AS MATERIALIZED (SELECT id FROM syncline.integrations"
                      " WHERE name LIKE 'control-%' ORDER BY id FOR NO KEY UPDATE)"
                      " UPDATE syncline.integrations t SET sync_enabled = false,"
                      " next_sync_at = NULL FROM i WHERE t.id = i.id");
  testing::AwaitOrDie("the last runs to end", [&] {
    return testing::QueryInt(stack_.db(), "SELECT count(*) FROM syncline.live") == 0;
  });
  // The row is gone a moment before the scheduler has counted it.
  for (double before = -1; before != Cycles(); absl::SleepFor(absl::Milliseconds(100)))
    before = Cycles();
}

std::int64_t ControlLoad::RefusedClaims() {
  return testing::QueryInt(stack_.db(), "SELECT sum(epoch) FROM syncline.integrations") -
         static_cast<std::int64_t>(Cycles());
}

std::string ControlLoad::End() {
  Stop();
  return CheckRows(stack_.db(), static_cast<std::int64_t>(Cycles()), began_);
}

void ControlLoad::BeginProfile() {
  if (profile_) testing::QueryOrDie(stack_.db(), "SELECT public.pg_stat_statements_reset()");
}

std::string ControlLoad::Profile() {
  std::string text;
  const auto rows = testing::QueryOrDie(
      stack_.db(),
      "SELECT calls, rows, round(total_exec_time::numeric) AS ms,"
      " round(total_exec_time::numeric * 1000 / greatest(rows, calls, 1), 1) AS us_a_row,"
      " wal_bytes / greatest(rows, calls, 1) AS wal_a_row,"
      " round(mean_exec_time::numeric, 2) || ' … ' || round(max_exec_time::numeric, 1) AS mean_max,"
      " substr(regexp_replace(query, '\\s+', ' ', 'g'), 1, 60) AS query"
      " FROM public.pg_stat_statements WHERE dbid = (SELECT oid FROM pg_database"
      " WHERE datname = current_database()) ORDER BY total_exec_time DESC LIMIT 12");
  for (const postgres::Row row : rows) {
    text += fmt::format(
        "{:>9} calls of {:>14} ms, {:>10} rows {:>8} ms {:>8} us/row {:>6} WAL/row  {}\n",
        row.String("calls"), row.String("mean_max"), row.String("rows"), row.String("ms"),
        row.String("us_a_row"), row.String("wal_a_row"), row.String("query"));
  }
  for (const auto* programs : {&stack_.schedulers(), &stack_.executors()}) {
    for (const auto& program : *programs) {
      text += fmt::format("{}: {:.1f} s of processor time\n", program->log_file,
                          program->process.ProcessorSeconds());
    }
  }
  return text;
}

}  // namespace syncline::bench
