#include "common/http/statement_metrics.h"

namespace syncline {

void StatementMetrics::Observe(std::string_view name, absl::Duration took) {
  prometheus::Histogram* histogram = nullptr;
  {
    std::lock_guard lock(mutex_);
    auto known = by_name_.find(name);
    if (known == by_name_.end()) {
      known = by_name_
                  .emplace(name, &metrics_.Seconds("syncline_statement_seconds",
                                                   "Duration of database statements, by name.",
                                                   {{"statement", std::string(name)}}))
                  .first;
    }
    histogram = known->second;
  }
  histogram->Observe(absl::ToDoubleSeconds(took));
}

}  // namespace syncline
