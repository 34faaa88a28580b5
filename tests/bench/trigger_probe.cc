#include "tests/bench/trigger_probe.h"

#include <fmt/format.h>

#include "absl/time/clock.h"
#include "common/base/ids.h"
#include "tests/bench/control_load.h"

namespace syncline::bench {
namespace {

// So that no trigger meets the run of the one before.
constexpr int kTriggered = 40;

}  // namespace

TriggerProbe::TriggerProbe(testing::Stack* stack, Arrivals* upstream)
    : stack_(*stack), upstream_(*upstream) {
  InsertIntegrations(stack_.db(), kTriggered, "triggered", ItemsConfig(upstream_.url()), false);
  for (const postgres::Row row : testing::QueryOrDie(
           stack_.db(), "SELECT id FROM syncline.integrations WHERE name LIKE 'triggered-%'"))
    ids_.push_back(row.String("id"));
}

absl::StatusOr<TriggerTimes> TriggerProbe::Trigger() {
  v1::TriggerSyncRequest request;
  request.set_integration_id(ids_[triggered_ % ids_.size()]);
  request.set_request_id(NewRandomUuid());
  v1::TriggerSyncResponse response;
  grpc::ClientContext context;
  upstream_.Forget();
  TriggerTimes times;
  times.called = absl::Now();
  const grpc::Status status = stack_.syncs().TriggerSync(&context, request, &response);
  times.arrived = upstream_.Await(absl::Seconds(10));
  if (!status.ok() || times.arrived == absl::InfiniteFuture() || response.joined()) {
    return absl::InternalError(
        fmt::format("trigger {} started no run: {}{}{}; {}", triggered_, status.error_message(),
                    response.joined() ? "joined another" : "",
                    times.arrived == absl::InfiniteFuture() ? " no request came" : "",
                    StateOf(request.integration_id())));
  }
  ++triggered_;
  return times;
}

std::string TriggerProbe::StateOf(const std::string& id) {
  return testing::QueryOrDie(
             stack_.db(),
             "SELECT format('live %s, integration %s, newest history %s',"
             " (SELECT to_jsonb(v) FROM syncline.live v WHERE integration_id = i.id),"
             " to_jsonb(i) - 'config', (SELECT to_jsonb(h) FROM syncline.sync_history h"
             "  WHERE integration_id = i.id ORDER BY created_at DESC LIMIT 1)) AS state"
             " FROM syncline.integrations i WHERE id = '" +
                 id + "'")[0]
      .String("state");
}

void TriggerProbe::AwaitSuccesses() {
  testing::AwaitOrDie("the triggered runs to succeed", [&] {
    const auto rows = testing::QueryOrDie(
        stack_.db(),
        "SELECT sum(i.epoch)::bigint AS claims,"
        " count(*) FILTER (WHERE i.last_status IS DISTINCT FROM 'SUCCESS' OR i.status <> 'HEALTHY'"
        "   OR i.last_failure_at IS NOT NULL OR v.integration_id IS NOT NULL) AS others"
        " FROM syncline.integrations i LEFT JOIN syncline.live v ON v.integration_id = i.id"
        " WHERE i.name LIKE 'triggered-%'");
    // A claim that was refused is made again.
    return rows[0].Int("claims") >= static_cast<std::int64_t>(triggered_) &&
           rows[0].Int("others") == 0;
  });
}

}  // namespace syncline::bench
