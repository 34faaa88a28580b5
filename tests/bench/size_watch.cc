#include "tests/bench/size_watch.h"

#include <fmt/format.h>

#include <algorithm>

#include "tests/support/test_cluster.h"

namespace syncline::bench {
namespace {

constexpr char kSizes[] =
    "SELECT pg_table_size('syncline.live') AS live_table,"
    " pg_indexes_size('syncline.live') AS live_indexes,"
    " pg_table_size('syncline.integrations') AS integrations_table,"
    " pg_indexes_size('syncline.integrations') AS integrations_indexes,"
    " pg_table_size('syncline.ticks') AS ticks_table,"
    " pg_indexes_size('syncline.ticks') AS ticks_indexes,"
    " (SELECT coalesce(sum(pg_total_relation_size(relid)), 0)::bigint"
    "  FROM pg_partition_tree('syncline.sync_history')) AS history,"
    " (SELECT n_dead_tup FROM pg_stat_user_tables"
    "  WHERE relid = 'syncline.live'::regclass) AS live_dead,"
    " (SELECT n_dead_tup FROM pg_stat_user_tables"
    "  WHERE relid = 'syncline.ticks'::regclass) AS ticks_dead,"
    " (SELECT n_dead_tup FROM pg_stat_user_tables"
    "  WHERE relid = 'syncline.integrations'::regclass) AS integrations_dead";

}  // namespace

void SizeWatch::Look(double cycles) {
  const auto rows = testing::QueryOrDie(db_, kSizes);
  Sample sample{cycles, {}};
  for (const char* size : {"live_table", "live_indexes", "integrations_table",
                           "integrations_indexes", "ticks_table", "ticks_indexes", "history"})
    sample.values.push_back(static_cast<double>(rows[0].Int(size)) / (1 << 20));
  for (const char* dead : {"live_dead", "ticks_dead", "integrations_dead"})
    sample.values.push_back(static_cast<double>(rows[0].Int(dead)) / 1000);
  samples_.push_back(std::move(sample));
}

double SizeWatch::Most(std::size_t index, double from, double to) const {
  double most = 0;
  const double all = samples_.empty() ? 0 : samples_.back().cycles;
  for (const Sample& sample : samples_) {
    if (sample.cycles > from * all && sample.cycles <= to * all)
      most = std::max(most, sample.values[index]);
  }
  return most;
}

std::string SizeWatch::Autovacuum() const {
  std::string text;
  for (const postgres::Row row : testing::QueryOrDie(
           db_,
           "SELECT relname, autovacuum_count AS times, n_live_tup AS live, n_dead_tup AS dead,"
           " coalesce(extract(epoch FROM clock_timestamp() - last_autovacuum)::bigint, -1) AS ago"
           " FROM pg_stat_user_tables WHERE schemaname = 'syncline'"
           " AND relname IN ('live', 'integrations', 'ticks') ORDER BY 1")) {
    text += fmt::format("{}{}: {} times, {} s ago, {} dead rows", text.empty() ? "" : "; ",
                        row.String("relname"), row.Int("times"), row.Int("ago"), row.Int("dead"));
  }
  return text;
}

}  // namespace syncline::bench
