// What an executor counts, by Prometheus' conventions.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "common/http/metrics.h"
#include "executor/http/fetch.h"
#include "executor/storage/page_store.h"

namespace syncline::executor {

// Any thread. `metrics` outlives it.
class ExecutorMetrics {
 public:
  ExecutorMetrics(Metrics* metrics, int slots);

  void SetBusy(std::size_t runs) { busy_.Set(static_cast<double>(runs)); }
  // "success", "failed", "parked", "returned", "lost", "stopped" or "refused".
  void CountRun(const std::string& outcome) { runs_.at(outcome)->Increment(); }
  // `counts`: nullopt when the page was only found committed; then its records are counted by
  // nobody.
  void CountPage(const PageWrite& page, const std::optional<Committed>& counts);
  void CountDeleted(std::int64_t records) {
    records_.at("deleted")->Increment(static_cast<double>(records));
  }
  void CountFetch(const FetchResult& result, absl::Duration took);
  void CountRefusedWrite() { refused_writes_.Increment(); }
  void ObservePageWrite(absl::Duration took) {
    page_write_seconds_.Observe(absl::ToDoubleSeconds(took));
  }

 private:
  using Counters = std::map<std::string, prometheus::Counter*, std::less<>>;
  prometheus::Gauge& busy_;
  prometheus::Counter& pages_;
  prometheus::Counter& refused_writes_;
  prometheus::Histogram& fetch_seconds_;
  prometheus::Histogram& page_write_seconds_;
  Counters runs_, records_, requests_;
};

}  // namespace syncline::executor
