// The process's metrics, in Prometheus' conventions: base units, bounded labels, nothing of any
// customer.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

namespace syncline {

// Any thread; must outlive what it hands out.
class Metrics {
 public:
  // Adds `<program>_build_info` with the version.
  explicit Metrics(const std::string& program);

  prometheus::Counter& Counter(const std::string& name, const std::string& help,
                               const std::map<std::string, std::string>& labels = {});
  prometheus::Gauge& Gauge(const std::string& name, const std::string& help,
                           const std::map<std::string, std::string>& labels = {});
  // Seconds, with buckets from 0.5 ms to 60 s.
  prometheus::Histogram& Seconds(const std::string& name, const std::string& help,
                                 const std::map<std::string, std::string>& labels = {});

  // Calls `refresh` before each scrape, to set gauges that are read rather than counted.
  void OnScrape(std::function<void()> refresh);

  // The text exposition format.
  std::string Scrape();

 private:
  prometheus::Registry registry_;
  std::mutex mutex_;
  std::vector<std::function<void()>> refreshers_;
};

}  // namespace syncline
