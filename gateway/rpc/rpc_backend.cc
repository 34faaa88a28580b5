#include "gateway/rpc/rpc_backend.h"

#include <chrono>

#include "absl/time/clock.h"
#include "common/base/errors.h"
#include "common/base/log.h"
#include "common/base/status_macros.h"
#include "common/rpc/status_conversion.h"
#include "gateway/rpc/scheduler_health.h"

namespace syncline::gateway {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(3);  // for a scheduler to be connected
constexpr absl::Duration kCallLimit = absl::Seconds(10);
constexpr absl::Duration kCheckLimit = absl::Seconds(40);  // the scheduler's own is 30 s
constexpr absl::Duration kHealthLimit = absl::Seconds(2);

absl::Status NoScheduler() {
  return ReasonError(absl::StatusCode::kUnavailable, "SCHEDULER_UNAVAILABLE",
                     "no scheduler answers; try again in a few seconds");
}

absl::Status UnknownFate() {
  return ReasonError(absl::StatusCode::kUnavailable, "SCHEDULER_UNAVAILABLE",
                     "the scheduler went away before it answered, so the change may or may not "
                     "have been made; read it before you try again");
}

// Our own errors carry a reason; what has none came from the transport, or from a deadline.
bool FromTransport(const absl::Status& status) {
  return ReasonOf(status).empty() &&
         (absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
          absl::IsCancelled(status));
}

bool Refuses(const absl::Status& status) { return ReasonOf(status) == "DRAINING"; }

// The gateway's own token is missing or not known: nothing that its caller could mend.
absl::Status NotLetIn() {
  return ReasonError(absl::StatusCode::kUnavailable, "GATEWAY_NOT_LET_IN",
                     "the scheduler does not accept the gateway's token; its operator must set "
                     "SYNC_API_TOKEN_FILE");
}

// How often a call is made: once everywhere, and once more, since a connection that was closed
// while nobody called is found out by using it. Behind a name there may be several of those, as old
// as each other, so that calls that fail at once are made some more times.
class Tries {
 public:
  explicit Tries(std::size_t targets) : targets_(static_cast<int>(targets)) {}
  bool Left(int made) const {
    return made <= targets_ || (made < kMost && absl::Now() - begin_ < kAtOnce);
  }

 private:
  static constexpr int kMost = 8;
  static constexpr absl::Duration kAtOnce = absl::Seconds(1);
  const int targets_;
  const absl::Time begin_ = absl::Now();
};

}  // namespace

absl::Status RpcBackend::Run(
    Repeat repeat, absl::Duration limit,
    const std::function<grpc::Status(const SchedulerPool::Peer&, grpc::ClientContext*)>& call) {
  const Tries tries(pool_.size());
  for (int made = 0; tries.Left(made); ++made) {
    const SchedulerPool::Peer* peer = pool_.Connected(kPatience);
    if (peer == nullptr) return NoScheduler();
    // A connection that nobody used is found closed only by using it: not by a call that cannot be
    // made again.
    if (repeat == Repeat::kNo && !IsServing(peer->channel, kHealthLimit)) {
      pool_.MoveOn(peer);
      continue;
    }
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoMilliseconds(limit));
    absl::Status status = rpc::FromGrpc(call(*peer, &context));
    const bool transport = FromTransport(status);
    if (absl::IsUnauthenticated(status)) {
      LogError("a scheduler refuses the gateway", {{"target", peer->target}, {"error", status}});
      return NotLetIn();
    }
    if (!transport && !Refuses(status)) {
      if (!status.ok() && ReasonOf(status).empty())
        LogError("a call failed", {{"target", peer->target}, {"error", status}});
      return status;
    }
    LogWarning("a scheduler does not answer", {{"target", peer->target}, {"error", status}});
    pool_.MoveOn(peer);
    if (transport && repeat == Repeat::kNo) return UnknownFate();
  }
  return NoScheduler();
}

template <typename Response, typename Stub, typename Request>
absl::StatusOr<Response> RpcBackend::Call(Repeat repeat,
                                          std::unique_ptr<Stub> SchedulerPool::Peer::*stub,
                                          grpc::Status (Stub::*method)(grpc::ClientContext*,
                                                                       const Request&, Response*),
                                          const Request& request) {
  Response response;
  RETURN_IF_ERROR(
      Run(repeat, kCallLimit, [&](const SchedulerPool::Peer& peer, grpc::ClientContext* context) {
        response.Clear();
        return ((*(peer.*stub)).*method)(context, request, &response);
      }));
  return response;
}

using Peer = SchedulerPool::Peer;
using Integrations = v1::IntegrationService::Stub;
using Syncs = v1::SyncService::Stub;
using Diagnostics = v1::DiagnosticsService::Stub;

absl::StatusOr<v1::Integration> RpcBackend::Create(const v1::CreateIntegrationRequest& request) {
  return Call(Repeat::kYes, &Peer::integrations, &Integrations::CreateIntegration, request);
}

absl::StatusOr<v1::Integration> RpcBackend::Get(const v1::GetIntegrationRequest& request) {
  return Call(Repeat::kYes, &Peer::integrations, &Integrations::GetIntegration, request);
}

absl::StatusOr<v1::ListIntegrationsResponse> RpcBackend::List(
    const v1::ListIntegrationsRequest& request) {
  return Call(Repeat::kYes, &Peer::integrations, &Integrations::ListIntegrations, request);
}

// Made again, a change that was made finds another version than the one it names.
absl::StatusOr<v1::Integration> RpcBackend::Update(const v1::UpdateIntegrationRequest& request) {
  return Call(request.integration().version() == 0 ? Repeat::kYes : Repeat::kNo,
              &Peer::integrations, &Integrations::UpdateIntegration, request);
}

absl::StatusOr<v1::Integration> RpcBackend::UpdateSettings(
    const v1::UpdateSyncSettingsRequest& request) {
  return Call(request.version() == 0 ? Repeat::kYes : Repeat::kNo, &Peer::integrations,
              &Integrations::UpdateSyncSettings, request);
}

// Made again, a deletion that was made finds nothing.
absl::Status RpcBackend::Delete(const v1::DeleteIntegrationRequest& request) {
  return Call(Repeat::kNo, &Peer::integrations, &Integrations::DeleteIntegration, request).status();
}

absl::StatusOr<v1::CheckIntegrationResponse> RpcBackend::Check(
    const v1::CheckIntegrationRequest& request) {
  v1::CheckIntegrationResponse response;
  RETURN_IF_ERROR(
      Run(Repeat::kNo, kCheckLimit, [&](const Peer& peer, grpc::ClientContext* context) {
        return peer.integrations->CheckIntegration(context, request, &response);
      }));
  return response;
}

absl::StatusOr<v1::TriggerSyncResponse> RpcBackend::Trigger(const v1::TriggerSyncRequest& request) {
  return Call(Repeat::kYes, &Peer::syncs, &Syncs::TriggerSync, request);
}

absl::StatusOr<v1::SyncLog> RpcBackend::Cancel(const v1::CancelSyncRequest& request) {
  return Call(Repeat::kYes, &Peer::syncs, &Syncs::CancelSync, request);
}

absl::StatusOr<v1::SyncLog> RpcBackend::GetLog(const v1::GetSyncLogRequest& request) {
  return Call(Repeat::kYes, &Peer::syncs, &Syncs::GetSyncLog, request);
}

absl::StatusOr<v1::ListSyncLogsResponse> RpcBackend::ListLogs(
    const v1::ListSyncLogsRequest& request) {
  return Call(Repeat::kYes, &Peer::syncs, &Syncs::ListSyncLogs, request);
}

absl::StatusOr<v1::ListRecordsResponse> RpcBackend::ListRecords(
    const v1::ListRecordsRequest& request) {
  return Call(Repeat::kYes, &Peer::syncs, &Syncs::ListRecords, request);
}

absl::StatusOr<v1::ListExecutorsResponse> RpcBackend::ListExecutors() {
  return Call(Repeat::kYes, &Peer::diagnostics, &Diagnostics::ListExecutors,
              v1::ListExecutorsRequest());
}

absl::StatusOr<v1::QueueStats> RpcBackend::GetQueue() {
  return Call(Repeat::kYes, &Peer::diagnostics, &Diagnostics::GetQueueStats,
              v1::GetQueueStatsRequest());
}

std::string RpcBackend::Problem() {
  const Tries tries(pool_.size());
  for (int made = 0; tries.Left(made); ++made) {
    const Peer* peer = pool_.Connected(kHealthLimit);
    if (peer == nullptr) return "no scheduler answers";
    if (IsServing(peer->channel, kHealthLimit)) return "";
    pool_.MoveOn(peer);
  }
  return "no scheduler takes calls";
}

absl::StatusOr<v1::ExplainIntegrationResponse> RpcBackend::Explain(
    const v1::ExplainIntegrationRequest& request) {
  return Call(Repeat::kYes, &Peer::diagnostics, &Diagnostics::ExplainIntegration, request);
}

}  // namespace syncline::gateway
