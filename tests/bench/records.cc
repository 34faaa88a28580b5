// The part "records": half a million records from HTTP answers to committed rows, by one
// integration and by eight at once; a first run, one that finds everything unchanged, and one with
// one percent changed. Beside it, the same records by a bare COPY and upsert, and by dlt.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>

#include "tests/bench/bare_loader.h"
#include "tests/bench/dlt_peer.h"
#include "tests/bench/machine.h"
#include "tests/bench/parts.h"
#include "tests/bench/record_source.h"
#include "tests/bench/syncline_loader.h"

namespace syncline::bench {
namespace {

constexpr char kPart[] = "records";
constexpr int kPageSize = 500;
constexpr int kAtOnce = 8;
// Rows a transaction of the bare loader; it gets the one that its first run is fastest with.
constexpr std::int64_t kBareBatches[] = {2'000, 20'000, 100'000};

struct Run {
  const char* name;
  Revision revision;
};
constexpr Run kRuns[] = {{"first", Revision::kFirst},
                         {"unchanged", Revision::kFirst},
                         {"1% changed", Revision::kOnePercent}};

class RecordsPart {
 public:
  RecordsPart(const BenchOptions& options, Report* report)
      : options_(options), report_(*report), source_(options.records) {
    if (options.peers) dlt_ = std::make_unique<DltPeer>(options.root);
    for (std::int64_t number = 0; number < options.records; ++number) {
      cents_ += RecordCents(number, Revision::kFirst);
      changed_cents_ += RecordCents(number, Revision::kOnePercent);
    }
  }

  void Measure() {
    ChooseBareBatch();
    Describe();
    for (int repetition = 0; repetition < options_.repetitions; ++repetition) {
      MeasureSyncline(1);
      MeasureBare();
      MeasureSyncline(kAtOnce);
      if (dlt_ != nullptr) MeasureDlt();
    }
  }

 private:
  void ChooseBareBatch() {
    double best = 0;
    for (const std::int64_t batch : kBareBatches) {
      const std::string url = options_.cluster->NewEmptyDatabase();
      BareLoader bare(url);
      const auto batches = BareLoader::Batches(options_.records, Revision::kFirst, batch);
      Settle(*testing::OpenOrDie(url));
      const auto begin = std::chrono::steady_clock::now();
      bare.Load(batches);
      const double rate = static_cast<double>(options_.records) / Seconds(begin);
      report_.Note(kPart, fmt::format("bare, {} rows a transaction", batch),
                   fmt::format("{:.0f} new records/s", rate));
      if (rate < best) continue;
      best = rate;
      bare_batch_ = batch;
    }
  }

  void Describe() {
    const std::string first = RecordJson(0, Revision::kFirst);
    report_.Note(kPart, "records",
                 fmt::format("{}, the first of {} bytes, in pages of {}", options_.records,
                             first.size(), kPageSize));
    report_.Note(kPart, "bare",
                 fmt::format("COPY + upsert on one connection, {} rows a "
                             "transaction, no HTTP and no parsing",
                             bare_batch_));
    if (dlt_ != nullptr) report_.Note(kPart, "dlt", dlt_->version() + ": " + DltPeer::Settings());
  }

  void Add(const std::string& who, const Run& run, double seconds) {
    Series series{.part = kPart,
                  .name = fmt::format("{}, {}", who, run.name),
                  .unit = "records/s",
                  .more_is_better = true,
                  .values = {},
                  .reference = {}};
    if (who.starts_with("syncline")) {
      series.reference = fmt::format("bare, {}", run.name);
      if (dlt_ != nullptr) series.more_references = {fmt::format("dlt, {}", run.name)};
    }
    report_.AddValue(series, static_cast<double>(options_.records) / seconds);
  }

  void Check(const std::string& who, const Run& run, std::int64_t rows, std::int64_t cents) {
    const std::int64_t expected = run.revision == Revision::kFirst ? cents_ : changed_cents_;
    if (rows == options_.records && cents == expected) return;
    report_.Problem(fmt::format("records: {}, {}: {} rows of {}, sum {} instead of {}", who,
                                run.name, rows, options_.records, cents, expected));
  }

  void MeasureSyncline(int at_once) {
    const std::string who = fmt::format("syncline, {}", at_once == 1 ? "one" : "eight at once");
    SynclineLoader syncline(options_.cluster, &source_);
    const auto integrations = syncline.Add(at_once, options_.records, kPageSize);
    for (const Run& run : kRuns) {
      source_.Serve(run.revision);
      Settle(syncline.stack().db());
      Add(who, run, syncline.Sync(integrations));
      const auto [rows, cents] = syncline.Count(integrations);
      Check(who, run, rows, cents);
    }
    const auto grown = static_cast<double>(syncline.PeakKb() - syncline.idle_kb()) / 1024;
    report_.AddValue({.part = kPart,
                      .name = who + ", executor's growth",
                      .unit = "MB",
                      .more_is_better = false,
                      .values = {},
                      .reference = {}},
                     grown);
    report_.Note(kPart, who + ", executor",
                 fmt::format("VmRSS {} kB when idle, VmHWM {} kB in the end", syncline.idle_kb(),
                             syncline.PeakKb()));
    // All three runs together: had the unchanged one written a row, it would be among these.
    const std::string changes = syncline.StopAndReadRowChanges();
    report_.Note(kPart, who + ", rows by pg_stat_user_tables", changes);
    const std::string expected = fmt::format("{} inserted, {} updated, 0 deleted", options_.records,
                                             (options_.records + 99) / 100);
    if (changes != expected)
      report_.Problem(fmt::format("records: {}: {} instead of {}", who, changes, expected));
  }

  void MeasureBare() {
    const std::string url = options_.cluster->NewEmptyDatabase();
    BareLoader bare(url);
    for (const Run& run : kRuns) {
      const auto batches = BareLoader::Batches(options_.records, run.revision, bare_batch_);
      Settle(*testing::OpenOrDie(url));
      const auto begin = std::chrono::steady_clock::now();
      bare.Load(batches);
      Add("bare", run, Seconds(begin));
      CheckTable("bare", run, url, BareLoader::Count());
    }
  }

  void MeasureDlt() {
    const std::string url = options_.cluster->NewEmptyDatabase();
    const std::string target =
        source_.base_url() + RecordSource::Target(0, options_.records, kPageSize);
    for (const Run& run : kRuns) {
      source_.Serve(run.revision);
      Settle(*testing::OpenOrDie(url));
      const auto begin = std::chrono::steady_clock::now();
      dlt_->Load(url, "loaded", target);
      Add("dlt", run, Seconds(begin));
      CheckTable("dlt", run, url,
                 "SELECT count(*) AS rows, sum(round(amount::numeric * 100))::bigint AS cents "
                 "FROM loaded.records");
    }
  }

  void CheckTable(const std::string& who, const Run& run, const std::string& url,
                  const std::string& sql) {
    const auto db = testing::OpenOrDie(url);
    const auto count = testing::QueryOrDie(*db, sql);
    Check(who, run, count[0].Int("rows"), count[0].Int("cents"));
  }

  static double Seconds(std::chrono::steady_clock::time_point begin) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  }

  const BenchOptions& options_;
  Report& report_;
  RecordSource source_;
  std::unique_ptr<DltPeer> dlt_;
  std::int64_t bare_batch_ = 0;
  std::int64_t cents_ = 0;
  std::int64_t changed_cents_ = 0;
};

}  // namespace

void MeasureRecords(const BenchOptions& options, Report* report) {
  RecordsPart(options, report).Measure();
}

}  // namespace syncline::bench
