#include "gateway/app/gateway_metrics.h"

#include <algorithm>
#include <iterator>

namespace syncline::gateway {
namespace {

std::string KnownMethod(const std::string& method) {
  constexpr const char* kKnown[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
  return std::find(std::begin(kKnown), std::end(kKnown), method) == std::end(kKnown) ? "other"
                                                                                     : method;
}

}  // namespace

GatewayMetrics::GatewayMetrics(Metrics* metrics, const EventHub* hub) : metrics_(*metrics) {
  auto& clients = metrics->Gauge("syncline_gateway_event_clients", "Clients of /api/events.");
  auto& feeds = metrics->Gauge("syncline_gateway_event_feeds",
                               "Tenants whose integrations are watched, for their clients.");
  auto& connected = metrics->Gauge("syncline_gateway_event_feeds_connected",
                                   "Those of them whose watch stream to a scheduler is open.");
  metrics->OnScrape([hub, &clients, &feeds, &connected] {
    clients.Set(static_cast<double>(hub->clients()));
    feeds.Set(static_cast<double>(hub->feeds()));
    connected.Set(static_cast<double>(hub->connected_feeds()));
  });
}

void GatewayMetrics::CountAnswer(const std::string& route, const std::string& method, int status,
                                 absl::Duration took) {
  std::lock_guard lock(mutex_);
  auto*& counter = answers_[{route, KnownMethod(method), status / 100}];
  if (counter == nullptr) {
    counter = &metrics_.Counter("syncline_gateway_requests_total",
                                "Answers, by route, method and class of status.",
                                {{"route", route},
                                 {"method", KnownMethod(method)},
                                 {"status", std::to_string(status / 100) + "xx"}});
  }
  counter->Increment();
  auto*& seconds = seconds_[route];
  if (seconds == nullptr) {
    seconds = &metrics_.Seconds("syncline_gateway_request_seconds",
                                "Time to an answer, without sending it; of events, to their start.",
                                {{"route", route}});
  }
  seconds->Observe(absl::ToDoubleSeconds(took));
}

}  // namespace syncline::gateway
