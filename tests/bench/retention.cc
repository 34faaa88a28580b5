// The part "retention": millions of cycles whose history is kept for a minute. Whether the tables
// stop growing, and what a trigger waits for while a partition is dropped.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "absl/time/clock.h"
#include "tests/bench/control_load.h"
#include "tests/bench/size_watch.h"
#include "tests/bench/trigger_probe.h"

namespace syncline::bench {
namespace {

constexpr char kPart[] = "retention";
// The least that there is: partitions of ten seconds, dropped once a minute.
constexpr char kRetention[] = "1m";
constexpr absl::Duration kLook = absl::Seconds(1);
// From when on sizes are judged.
constexpr absl::Duration kLevelling = absl::Minutes(4);
// How long triggers are timed: as many minutes have so many rounds of drops.
constexpr absl::Duration kTriggering = absl::Minutes(3);
constexpr absl::Duration kPause = absl::Milliseconds(2);  // between two
// A drop holds its locks until it is committed.
constexpr absl::Duration kCommit = absl::Milliseconds(20);

// Notes when each drop of a table begins, before it waits for its lock, and when it is done. A
// sequence, which no rollback takes back, counts the attempts.
void WatchDrops(postgres::Connection& db) {
  for (const char* sql :
       {"CREATE TABLE public.bench_drops (began timestamptz, ended timestamptz)",
        "CREATE SEQUENCE public.bench_attempts",
        "CREATE FUNCTION public.bench_drop_begins() RETURNS event_trigger LANGUAGE plpgsql AS $$"
        " BEGIN PERFORM nextval('public.bench_attempts');"
        " INSERT INTO public.bench_drops VALUES (clock_timestamp()); END $$",
        "CREATE FUNCTION public.bench_drop_ends() RETURNS event_trigger LANGUAGE plpgsql AS $$"
        " BEGIN UPDATE public.bench_drops SET ended = clock_timestamp() WHERE ended IS NULL; END "
        "$$",
        "CREATE EVENT TRIGGER bench_begins ON ddl_command_start WHEN TAG IN ('DROP TABLE')"
        " EXECUTE FUNCTION public.bench_drop_begins()",
        "CREATE EVENT TRIGGER bench_ends ON ddl_command_end WHEN TAG IN ('DROP TABLE')"
        " EXECUTE FUNCTION public.bench_drop_ends()"})
    testing::QueryOrDie(db, sql);
}

struct Drop {
  absl::Time began;
  absl::Time ended;
};

std::vector<Drop> Drops(postgres::Connection& db) {
  std::vector<Drop> drops;
  for (const postgres::Row row :
       testing::QueryOrDie(db, "SELECT began, ended FROM public.bench_drops ORDER BY began"))
    drops.push_back({*row.Time("began"), *row.Time("ended")});
  return drops;
}

void AddSizes(const SizeWatch& sizes, bool levelled, Report* report) {
  for (std::size_t i = 0; i < kWatchedCount; ++i) {
    const std::string name = kWatchedSizes[i];
    const bool rows = name.ends_with("dead");
    Series series{.part = kPart,
                  .name = name + ", second quarter",
                  .unit = rows ? "thousand rows" : "MB",
                  .more_is_better = false,
                  .values = {sizes.Most(i, 0.25, 0.5)},
                  .reference = ""};
    report->Add(series);
    series.reference = series.name;
    series.name = name + ", last quarter";
    series.values = {sizes.Most(i, 0.75, 1)};
    report->Add(series);
    // Dead rows come and go with autovacuum.
    if (!levelled) continue;
    report->Goal(kPart, name + ", last quarter over second",
                 report->Ratio(kPart, series.name, series.reference), rows ? 1.5 : 1.1);
  }
}

// As the control load, with the sizes looked at; cycles a second of the second half.
double Grow(const BenchOptions& options, ControlLoad& load, Report* report) {
  load.Begin();
  SizeWatch sizes(&load.stack().db());
  const absl::Time begin = absl::Now();
  const auto goal = static_cast<double>(options.cycles);
  double half_at = 0;
  absl::Time half;
  for (double cycles = 0; cycles < goal;) {
    absl::SleepFor(kLook);
    cycles = load.Cycles();
    sizes.Look(cycles);
    if (half_at == 0 && cycles >= goal / 2) {
      half_at = cycles;
      half = absl::Now();
      fmt::print("  half of {} cycles\n", options.cycles);
      std::fflush(stdout);
    }
  }
  const double rate = (load.Cycles() - half_at) / absl::ToDoubleSeconds(absl::Now() - half);
  // Drops come once a minute: before some of them, everything grows.
  const bool levelled = absl::Now() - begin > kLevelling;
  AddSizes(sizes, levelled, report);
  if (!levelled) report->Note(kPart, "sizes", "too few cycles to say whether they level off");
  report->Note(kPart, "cycles",
               fmt::format("{}, {:.0f} a second in the second half", options.cycles, rate));
  report->Note(kPart, "autovacuum", sizes.Autovacuum());
  fmt::print("  all of {} cycles\n", options.cycles);
  std::fflush(stdout);
  return rate;
}

void AddWaits(const std::vector<TriggerTimes>& triggers, const std::vector<Drop>& drops,
              Report* report) {
  std::vector<double> usual;
  std::vector<double> beside_drops;
  for (const TriggerTimes& times : triggers) {
    const bool beside = std::any_of(drops.begin(), drops.end(), [&](const Drop& drop) {
      return times.called < drop.ended + kCommit && times.arrived > drop.began;
    });
    (beside ? beside_drops : usual)
        .push_back(absl::ToDoubleMilliseconds(times.arrived - times.called));
  }
  Series series{.part = kPart,
                .name = "trigger p99",
                .unit = "ms",
                .more_is_better = false,
                .values = {Quantile(usual, 0.99)},
                .reference = ""};
  report->Add(series);
  series.reference = series.name;
  series.name = "trigger beside a drop, longest";
  series.values = {Quantile(beside_drops, 1)};
  report->Add(series);
  std::vector<double> took;
  took.reserve(drops.size());
  for (const Drop& drop : drops)
    took.push_back(absl::ToDoubleMilliseconds(drop.ended - drop.began));
  report->Note(kPart, "triggers",
               fmt::format("{} of {} beside a drop, median {:.1f} ms of those and {:.1f} ms of the "
                           "others; the longest drop took {:.1f} ms",
                           beside_drops.size(), triggers.size(), Median(beside_drops),
                           Median(usual), Quantile(took, 1)));
  report->Goal(kPart, "longest wait of a trigger beside a drop over the usual p99",
               report->Ratio(kPart, series.name, series.reference), 3);
  if (beside_drops.empty()) report->Problem("retention: no trigger met a drop");
}

// Triggers beside half of the load.
void TimeTriggers(ControlLoad& load, double most, Report* report) {
  const double period = kControlIntegrations / (most / 2);
  load.SetPeriod(period);
  absl::SleepFor(absl::Seconds(2 * period));
  Arrivals upstream;
  TriggerProbe probe(&load.stack(), &upstream);
  std::vector<TriggerTimes> triggers;
  const double before = load.Cycles();
  const absl::Time begin = absl::Now();
  while (absl::Now() - begin < kTriggering) {
    const absl::StatusOr<TriggerTimes> times = probe.Trigger();
    if (!times.ok()) {
      report->Problem("retention: " + std::string(times.status().message()));
      break;
    }
    triggers.push_back(*times);
    absl::SleepFor(kPause);
  }
  report->Note(kPart, "load beside the triggers",
               fmt::format("{:.0f} cycles/s",
                           (load.Cycles() - before) / absl::ToDoubleSeconds(absl::Now() - begin)));
  std::vector<Drop> drops = Drops(load.stack().db());
  report->Note(kPart, "drops",
               fmt::format("{} partitions, {} attempts that gave way to others", drops.size(),
                           testing::QueryInt(load.stack().db(),
                                             "SELECT last_value FROM public.bench_attempts") -
                               static_cast<std::int64_t>(drops.size())));
  drops.erase(drops.begin(), std::find_if(drops.begin(), drops.end(),
                                          [&](const Drop& drop) { return drop.ended > begin; }));
  AddWaits(triggers, drops, report);
  probe.AwaitSuccesses();
}

// Most of the history has gone, so that only what is left of it can be counted.
void Check(ControlLoad& load, Report* report) {
  postgres::Connection& db = load.stack().db();
  load.Stop();
  // Each cycle began with a claim, and few claims may have been refused.
  const std::int64_t refused = load.RefusedClaims();
  report->Note(kPart, "refused claims", std::to_string(refused));
  if (refused < 0) report->Problem("retention: more successes than claims");
  for (const auto& [what, sql] : {
           std::pair{"failures",
                     "SELECT count(*) FROM syncline.sync_history WHERE status <> "
                     "'SUCCESS'"},
           std::pair{"last runs that are not in the history",
                     "SELECT count(*) FROM syncline.integrations i WHERE i.last_ended_at >"
                     " clock_timestamp() - interval '30 s' AND NOT EXISTS (SELECT FROM"
                     " syncline.sync_history h WHERE h.log_id = i.last_log_id)"},
           std::pair{"rows in the default partition",
                     "SELECT count(*) FROM syncline.sync_history_default"},
           // A partition more, and twice the time from one round of drops to the next.
           std::pair{"rows that are too old",
                     "SELECT count(*) FROM syncline.sync_history WHERE created_at <"
                     " clock_timestamp() - interval '1 minute' - interval '10 s'"
                     " - 2 * interval '1 minute'"},
       }) {
    const std::int64_t count = testing::QueryInt(db, sql);
    if (count != 0) report->Problem(fmt::format("retention: {} {}", count, what));
  }
}

}  // namespace

void MeasureRetention(const BenchOptions& options, Report* report) {
  ControlSettings settings;
  settings.environment = {{"SYNC_HISTORY_RETENTION", kRetention}};
  report->Note(kPart, "syncline",
               fmt::format("{}, SYNC_HISTORY_RETENTION={}; measured once",
                           ControlLoad::Describe(settings), kRetention));
  ControlLoad load(options, settings);
  WatchDrops(load.stack().db());
  const double most = Grow(options, load, report);
  if (options.profile) fmt::print("{}", load.Profile());
  TimeTriggers(load, most, report);
  Check(load, report);
}

}  // namespace syncline::bench
