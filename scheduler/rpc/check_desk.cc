#include "scheduler/rpc/check_desk.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "common/base/errors.h"

namespace syncline::scheduler {
namespace {

using internal::v1::ReportCheckRequest;
using internal::v1::StreamAssignmentsResponse;

absl::Status Draining() {
  return ReasonError(absl::StatusCode::kUnavailable, "DRAINING",
                     "this scheduler is going away; try again on another one");
}

}  // namespace

absl::Status CheckDesk::Send(internal::v1::Check check, Done done) {
  std::lock_guard lock(mutex_);
  if (closed_) return Draining();
  Pending pending{
      .check = std::move(check), .done = std::move(done), .process_id = {}, .tried = {}};
  if (!Dispatch(pending)) {
    return ReasonError(absl::StatusCode::kUnavailable, "NO_EXECUTOR",
                       "no executor for this type of integration is connected; start one, or try "
                       "again in a few seconds");
  }
  const std::string id = pending.check.check_id();
  pending_.emplace(id, std::move(pending));
  return absl::OkStatus();
}

bool CheckDesk::Dispatch(Pending& pending) {
  for (const std::string& process_id : Candidates(pending)) {
    StreamAssignmentsResponse message;
    *message.mutable_check() = pending.check;
    pending.tried.insert(process_id);
    pending.process_id = process_id;
    if (registry_.Send(process_id, std::move(message))) return true;
  }
  return false;
}

std::vector<std::string> CheckDesk::Candidates(const Pending& pending) const {
  std::map<std::string, int> checks;
  for (const auto& [id, other] : pending_) ++checks[other.process_id];
  std::vector<std::tuple<int, double, std::string>> ranked;
  for (const ExecutorGroup& group : registry_.Groups()) {
    if (std::find(group.types.begin(), group.types.end(), pending.check.type()) ==
        group.types.end())
      continue;
    for (const ExecutorLoad& executor : group.executors) {
      if (pending.tried.contains(executor.process_id)) continue;
      ranked.emplace_back(checks[executor.process_id],
                          static_cast<double>(executor.held) / std::max(executor.slots, 1),
                          executor.process_id);
    }
  }
  std::sort(ranked.begin(), ranked.end());
  std::vector<std::string> candidates;
  candidates.reserve(ranked.size());
  for (auto& [count, load, process_id] : ranked) candidates.push_back(std::move(process_id));
  return candidates;
}

void CheckDesk::GiveUp(const std::string& check_id) {
  std::lock_guard lock(mutex_);
  const auto found = pending_.find(check_id);
  if (found == pending_.end()) return;
  StreamAssignmentsResponse message;
  message.mutable_stop_check()->set_check_id(check_id);
  registry_.Send(found->second.process_id, std::move(message));
  pending_.erase(found);
}

void CheckDesk::OnReport(const ReportCheckRequest& report) {
  Done done;
  {
    std::lock_guard lock(mutex_);
    const auto found = pending_.find(report.check_id());
    if (found == pending_.end() || found->second.process_id != report.process_id()) return;
    if (!report.has_page() && Dispatch(found->second)) return;
    done = std::move(found->second.done);
    pending_.erase(found);
  }
  if (report.has_page()) {
    done(report.page());
  } else {
    done(ReasonError(absl::StatusCode::kResourceExhausted, "OVERLOADED",
                     "no executor takes a check now (" + report.refused().reason() +
                         "); try again in a few seconds"));
  }
}

void CheckDesk::Close() {
  std::map<std::string, Pending> ended;
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
    ended.swap(pending_);
  }
  for (const auto& [id, pending] : ended) pending.done(Draining());
}

}  // namespace syncline::scheduler
