// The part "tiny": what most syncs are, one page of a hundred records, from the trigger until the
// success is seen. Beside it dlt, in a warm process with its tables made.
#include <fmt/format.h>

#include <chrono>

#include "tests/bench/dlt_peer.h"
#include "tests/bench/parts.h"
#include "tests/bench/record_source.h"
#include "tests/bench/syncline_loader.h"

namespace syncline::bench {
namespace {

constexpr char kPart[] = "tiny";
constexpr std::int64_t kRecords = 100;
// A measurement takes so little time that more of them cost nothing.
constexpr int kEach = 4;

Series SeriesOf(const std::string& name) {
  return {.part = kPart,
          .name = name,
          .unit = "ms",
          .more_is_better = false,
          .values = {},
          .reference = {}};
}

}  // namespace

void MeasureTiny(const BenchOptions& options, Report* report) {
  RecordSource source(kRecords);
  DltPeer dlt(options.root);
  report->Note(kPart, "run", fmt::format("one page of {} records, one of them changed", kRecords));
  report->Note(kPart, "dlt", dlt.version() + ": " + DltPeer::Settings());
  SynclineLoader syncline(options.cluster, &source);
  const auto integration = syncline.Add(1, kRecords, kRecords);
  const std::string url = options.cluster->NewEmptyDatabase();
  const std::string target = source.base_url() + RecordSource::Target(0, kRecords, kRecords);
  // The first runs of both make what later ones find.
  syncline.Sync(integration);
  dlt.Load(url, "loaded", target);
  Series by_syncline = SeriesOf("syncline");
  by_syncline.reference = "dlt";
  for (int repetition = 0; repetition < options.repetitions * kEach; ++repetition) {
    source.Serve(repetition % 2 == 0 ? Revision::kOnePercent : Revision::kFirst);
    report->AddValue(by_syncline, syncline.Sync(integration) * 1000);
    const auto begin = std::chrono::steady_clock::now();
    dlt.Load(url, "loaded", target);
    report->AddValue(SeriesOf("dlt"), std::chrono::duration<double, std::milli>(
                                          std::chrono::steady_clock::now() - begin)
                                          .count());
  }
  const auto db = testing::OpenOrDie(url);
  const auto loaded = testing::QueryOrDie(
      *db,
      "SELECT count(*) AS rows, sum(round(amount::numeric * 100))::bigint AS cents FROM "
      "loaded.records");
  const auto [rows, cents] = syncline.Count(integration);
  if (rows != kRecords || loaded[0].Int("rows") != rows || loaded[0].Int("cents") != cents) {
    report->Problem(fmt::format("tiny: {} rows and sum {} by Syncline, {} and {} by dlt", rows,
                                cents, loaded[0].Int("rows"), loaded[0].Int("cents")));
  }
}

}  // namespace syncline::bench
