#include "tests/chaos/load.h"

#include <fmt/format.h>
#include <httplib.h>

#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "absl/time/clock.h"
#include "tests/e2e/run_checks.h"

namespace syncline::chaos {
namespace {

using testing::QueryInt;
using testing::QueryOrDie;

// What changed upstream in a day and a half: some twenty records, in three or four pages.
constexpr absl::Duration kRecent = absl::Hours(36);
constexpr int kPageSize = 8;
constexpr char kStream[] = "subdivisions";
constexpr std::int64_t kInterval = 3600;

}  // namespace

Load::Load(testing::Stack* stack, absl::Duration delay, int upstreams)
    : stack_(*stack),
      since_(absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::Now() - kRecent, absl::UTCTimeZone())) {
  httplib::Client client(stack_.sample_url());
  const auto answer = client.Get(fmt::format("/subdivisions?limit=5000&updated_since={}", since_));
  if (!answer || answer->status != 200) {
    fmt::print(stderr, "chaos: the sample API does not answer\n");
    std::abort();
  }
  const auto page = nlohmann::json::parse(answer->body);
  for (const auto& record : page.at("data"))
    expected_[record.at("code").get<std::string>()] = record.dump();
  const std::string slow =
      fmt::format(R"({{"path": "/subdivisions", "kind": "delay", "delayMs": {}}})",
                  absl::ToInt64Milliseconds(delay));
  stack_.Admin("POST", "/faults", slow);
  for (int i = 1; i < upstreams; ++i) {
    auto upstream = sample_api::ApiServer::Start({});
    if (!upstream.ok()) std::abort();
    httplib::Client("http://" + (*upstream)->address())
        .Post("/admin/faults", slow, "application/json");
    more_upstreams_.push_back(std::move(upstream).value());
  }
}

Load::~Load() = default;

void Load::Create(int integrations) {
  stack_.Create("chaos-1",
                fmt::format(R"({{"streams": [{{
      "name": "{}", "path": "/subdivisions", "query": {{"limit": {}, "updated_since": "{}"}},
      "records": "/data", "key": ["/code"],
      "pagination": {{"kind": "cursor", "cursor": "/meta/next", "param": "after"}}}}]}})",
                            kStream, kPageSize, since_),
                kInterval);
  // Far quicker than through the API, and all due at the same moment.
  QueryOrDie(stack_.db(),
             fmt::format("INSERT INTO syncline.integrations"
                         " (name, type, config, sync_interval, grid_anchor, next_sync_at)"
                         " SELECT 'chaos-' || n, type, config, sync_interval, now(), now()"
                         " FROM syncline.integrations, generate_series(2, {}) n",
                         integrations));
  const std::size_t upstreams = more_upstreams_.size() + 1;
  for (std::size_t i = 1; i < upstreams; ++i) {
    QueryOrDie(stack_.db(), fmt::format("UPDATE syncline.integrations SET config = config || "
                                        "jsonb_build_object('baseUrl', 'http://{}')"
                                        " WHERE substr(name, 7)::integer % {} = {}",
                                        more_upstreams_[i - 1]->address(), upstreams, i));
  }
  QueryOrDie(stack_.db(), "ANALYZE syncline.integrations");
}

std::int64_t Load::synced() {
  return QueryInt(stack_.db(),
                  "SELECT count(*) FROM syncline.integrations WHERE last_status = 'SUCCESS'");
}

std::int64_t Load::active() { return QueryInt(stack_.db(), "SELECT count(*) FROM syncline.live"); }

std::int64_t Load::sum(const std::string& column_of_history) {
  return QueryInt(stack_.db(),
                  fmt::format("SELECT coalesce((SELECT sum({}) FROM syncline.sync_history), 0)",
                              column_of_history));
}

std::vector<std::string> Load::Problems() {
  std::vector<std::string> problems = testing::BrokenPromises(stack_.db());
  const auto any = QueryOrDie(
      stack_.db(), "SELECT id::text AS id FROM syncline.integrations WHERE name = 'chaos-1'");
  if (stack_.Records(any[0].String("id"), kStream) != expected_)
    problems.push_back("the records of chaos-1 are not those of the source");
  const std::int64_t without =
      QueryInt(stack_.db(),
               "SELECT count(*) FROM syncline.integrations i WHERE NOT EXISTS"
               " (SELECT FROM syncline.records r WHERE r.integration_id = i.id)");
  if (without > 0) problems.push_back(fmt::format("{} integrations without records", without));
  return problems;
}

}  // namespace syncline::chaos
