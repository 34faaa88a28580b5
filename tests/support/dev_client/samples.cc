#include "tests/support/dev_client/samples.h"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <string_view>

namespace syncline::dev_client {
namespace {

constexpr int64_t kIntervalSeconds = 300;

// Each config lacks only its "baseUrl".
struct Sample {
  std::string_view name;
  std::string_view config;
  std::string_view api_key;  // empty: none needed
  bool can_succeed = true;
};

constexpr Sample kSamples[] = {
    {"languages", R"({
       "streams": [{
         "name": "languages", "path": "/languages",
         "records": "/data", "key": ["/alpha_3"],
         "pagination": {"kind": "page", "sizeParam": "per_page", "size": 500,
                        "totalPages": "/totalPages"}}]})",
     ""},
    {"subdivisions", R"({
       "streams": [{
         "name": "subdivisions", "path": "/subdivisions", "query": {"limit": 500},
         "records": "/data", "key": ["/code"],
         "pagination": {"kind": "cursor", "cursor": "/meta/next", "param": "after"},
         "incremental": {"field": "/updated_at", "param": "updated_since", "lag": "60s"}}]})",
     ""},
    {"countries", R"({
       "auth": {"kind": "api_key", "in": "header", "name": "X-Api-Key", "credential": "apiKey"},
       "streams": [{
         "name": "countries", "path": "/countries",
         "records": "", "key": ["/alpha_2"],
         "pagination": {"kind": "link_header"}}]})",
     "sample-key"},
    {"rate-limited", R"({
       "streams": [{
         "name": "languages", "path": "/flaky/rate-limited",
         "records": "/data", "key": ["/alpha_3"],
         "pagination": {"kind": "page", "totalPages": "/totalPages"}}]})",
     ""},
    {"alternating", R"({
       "streams": [{
         "name": "languages", "path": "/flaky/alternate",
         "records": "/data", "key": ["/alpha_3"],
         "pagination": {"kind": "page", "totalPages": "/totalPages"}}]})",
     ""},
    {"always-failing", R"({
       "streams": [{
         "name": "nothing", "path": "/flaky/always", "records": "/data", "key": ["/id"]}]})",
     "", false},
    {"wrong-key", R"({
       "auth": {"kind": "api_key", "in": "header", "name": "X-Api-Key", "credential": "apiKey"},
       "streams": [{
         "name": "countries", "path": "/countries",
         "records": "", "key": ["/alpha_2"],
         "pagination": {"kind": "link_header"}}]})",
     "not-the-key", false},
};

std::string ExternalId(const Sample& sample) { return fmt::format("sample-{}", sample.name); }

}  // namespace

bool CanSucceed(const std::string& external_id) {
  return std::any_of(std::begin(kSamples), std::end(kSamples), [&](const Sample& sample) {
    return sample.can_succeed && ExternalId(sample) == external_id;
  });
}

std::vector<v1::Integration> Samples(const std::string& sample_url) {
  std::vector<v1::Integration> samples;
  for (const Sample& sample : kSamples) {
    v1::Integration integration;
    integration.set_external_id(ExternalId(sample));
    integration.set_name("Sample: " + std::string(sample.name));
    integration.set_type(v1::REST);
    const auto parsed = google::protobuf::util::JsonStringToMessage(std::string(sample.config),
                                                                    integration.mutable_config());
    if (!parsed.ok()) std::abort();  // the text is a constant above, and a test parses it
    (*integration.mutable_config()->mutable_fields())["baseUrl"].set_string_value(sample_url);
    if (!sample.api_key.empty()) {
      (*integration.mutable_credentials())["apiKey"] = std::string(sample.api_key);
    }
    integration.mutable_sync_settings()->mutable_sync_interval()->set_seconds(kIntervalSeconds);
    samples.push_back(integration);
  }
  return samples;
}

absl::Status Seed(ApiClient& api, const std::string& sample_url) {
  for (v1::Integration& sample : Samples(sample_url)) {
    const auto found = api.Get(sample.external_id());
    if (absl::IsNotFound(found.status())) {
      // The request id makes two starts at the same moment harmless.
      const auto created =
          api.Create(sample, fmt::format("{}@{}", sample.external_id(), sample_url));
      if (!created.ok()) return created.status();
      fmt::print("added {}\n", sample.external_id());
    } else if (!found.ok()) {
      return found.status();
    } else if (found->config().fields().at("baseUrl").string_value() != sample_url) {
      sample.set_id(found->id());
      absl::Status updated = api.UpdateConfig(sample);
      if (!updated.ok()) return updated;
      fmt::print("pointed {} at {}\n", sample.external_id(), sample_url);
    }
  }
  return absl::OkStatus();
}

}  // namespace syncline::dev_client
