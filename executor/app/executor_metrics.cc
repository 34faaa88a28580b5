#include "executor/app/executor_metrics.h"

#include <variant>
#include <vector>

namespace syncline::executor {
namespace {

constexpr FetchError::Kind kFetchErrors[] = {FetchError::Kind::kBadRequest,
                                             FetchError::Kind::kRefusedByPolicy,
                                             FetchError::Kind::kDns,
                                             FetchError::Kind::kConnect,
                                             FetchError::Kind::kTls,
                                             FetchError::Kind::kTimeoutConnect,
                                             FetchError::Kind::kTimeoutFirstByte,
                                             FetchError::Kind::kStalled,
                                             FetchError::Kind::kTotalTimeout,
                                             FetchError::Kind::kConnectionLost,
                                             FetchError::Kind::kTooLarge,
                                             FetchError::Kind::kBadEncoding,
                                             FetchError::Kind::kProtocol,
                                             FetchError::Kind::kCancelled};

std::string OutcomeOf(const FetchResult& result) {
  if (const auto* error = std::get_if<FetchError>(&result))
    return std::string(FetchErrorKindName(error->kind));
  return std::to_string(std::get<HttpResponse>(result).status / 100) + "xx";
}

}  // namespace

ExecutorMetrics::ExecutorMetrics(Metrics* metrics, int slots)
    : busy_(metrics->Gauge("syncline_executor_busy_slots", "Runs that are held.")),
      pages_(metrics->Counter("syncline_executor_pages_total", "Pages committed.")),
      refused_writes_(
          metrics->Counter("syncline_executor_refused_writes_total",
                           "Statements that changed nothing because their fence was gone.")),
      fetch_seconds_(metrics->Seconds("syncline_executor_fetch_seconds",
                                      "From a request to the end of its answer.")),
      page_write_seconds_(
          metrics->Seconds("syncline_executor_page_write_seconds", "One page statement.")) {
  metrics->Gauge("syncline_executor_slots", "Runs that may be held at once.").Set(slots);
  for (const char* outcome :
       {"success", "failed", "parked", "returned", "lost", "stopped", "refused"}) {
    runs_[outcome] =
        &metrics->Counter("syncline_executor_runs_total", "Runs that left this executor, by how.",
                          {{"outcome", outcome}});
  }
  for (const char* outcome : {"created", "updated", "unchanged", "rejected", "deleted"}) {
    records_[outcome] =
        &metrics->Counter("syncline_executor_records_total", "Records, by what became of them.",
                          {{"outcome", outcome}});
  }
  std::vector<std::string> outcomes = {"1xx", "2xx", "3xx", "4xx", "5xx"};
  for (const FetchError::Kind kind : kFetchErrors) outcomes.emplace_back(FetchErrorKindName(kind));
  for (const std::string& outcome : outcomes) {
    requests_[outcome] =
        &metrics->Counter("syncline_executor_http_requests_total",
                          "Requests to remotes, by status or error.", {{"outcome", outcome}});
  }
}

void ExecutorMetrics::CountPage(const PageWrite& page, const std::optional<Committed>& counts) {
  pages_.Increment();
  if (!counts) return;
  const std::int64_t unchanged = page.fetched - page.rejected - counts->created - counts->updated;
  records_.at("created")->Increment(static_cast<double>(counts->created));
  records_.at("updated")->Increment(static_cast<double>(counts->updated));
  records_.at("unchanged")->Increment(static_cast<double>(unchanged));
  records_.at("rejected")->Increment(static_cast<double>(page.rejected));
  CountDeleted(counts->deleted);
}

void ExecutorMetrics::CountFetch(const FetchResult& result, absl::Duration took) {
  fetch_seconds_.Observe(absl::ToDoubleSeconds(took));
  const auto counter = requests_.find(OutcomeOf(result));
  if (counter != requests_.end()) counter->second->Increment();
}

}  // namespace syncline::executor
