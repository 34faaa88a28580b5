#include "scheduler/rpc/executor_registry.h"

#include <algorithm>
#include <utility>

namespace syncline::scheduler {

using internal::v1::Assignment;
using internal::v1::StreamAssignmentsRequest;
using internal::v1::StreamAssignmentsResponse;

namespace {

// Of a message with several assignments, before the last one of them is added; gRPC takes 4 MiB.
constexpr std::size_t kLargestMessage = std::size_t{1024} * 1024;

}  // namespace

void ExecutorRegistry::Open(const StreamAssignmentsRequest& hello,
                            const std::shared_ptr<AssignmentSink>& sink,
                            StreamAssignmentsResponse welcome) {
  {
    std::lock_guard lock(mutex_);
    if (!closed_reason_.empty()) {
      sink->Close(closed_reason_);
      return;
    }
    Session session;
    session.load = {hello.process_id(), hello.name(), hello.slots(), 0};
    session.types.assign(hello.connector_types().begin(), hello.connector_types().end());
    session.sink = sink;
    session.takes_batches = hello.takes_batches();
    for (const auto& run : hello.held()) session.fences[run.fence()] = 0;
    auto& entry = sessions_[hello.process_id()];
    if (entry.sink != nullptr)
      entry.sink->Close("a newer stream of the same executor replaced this one");
    entry = std::move(session);
    sink->Send(std::move(welcome));  // before any assignment, since those need the lock too
  }
  on_capacity_();
}

void ExecutorRegistry::Remove(const std::string& process_id, const AssignmentSink* sink) {
  std::lock_guard lock(mutex_);
  const auto entry = sessions_.find(process_id);
  if (entry != sessions_.end() && entry->second.sink.get() == sink) sessions_.erase(entry);
}

void ExecutorRegistry::EndReservation(Session& session) {
  if (session.alone_fence.empty() || session.fences.contains(session.alone_fence)) return;
  session.alone_fence.clear();
  session.reserved = false;
}

std::optional<ReservedExecutor> ExecutorRegistry::Reserve() {
  std::lock_guard lock(mutex_);
  Session* chosen = nullptr;
  for (auto& [id, session] : sessions_) {
    if (session.draining || !session.alone_fence.empty()) continue;
    const bool better =
        chosen == nullptr || (session.reserved && !chosen->reserved) ||
        (session.reserved == chosen->reserved && session.fences.size() < chosen->fences.size());
    if (better) chosen = &session;
  }
  if (chosen == nullptr) return std::nullopt;
  chosen->reserved = true;
  if (!chosen->fences.empty() || chosen->taken > 0) return std::nullopt;
  return ReservedExecutor{chosen->load, chosen->types};
}

void ExecutorRegistry::Unreserve() {
  bool freed = false;
  {
    std::lock_guard lock(mutex_);
    for (auto& [id, session] : sessions_) {
      if (!session.reserved || !session.alone_fence.empty()) continue;
      session.reserved = false;
      freed = true;
    }
  }
  if (freed) on_capacity_();
}

ExecutorLoad ExecutorRegistry::LoadOf(const Session& session) {
  ExecutorLoad load = session.load;
  load.held = static_cast<int>(session.fences.size()) + session.taken;
  return load;
}

std::vector<ExecutorGroup> ExecutorRegistry::Groups() const {
  std::map<std::vector<std::string>, std::vector<ExecutorLoad>> by_types;
  {
    std::lock_guard lock(mutex_);
    for (const auto& [id, session] : sessions_) {
      if (session.draining || session.reserved) continue;
      by_types[session.types].push_back(LoadOf(session));
    }
  }
  std::vector<ExecutorGroup> groups;
  groups.reserve(by_types.size());
  for (auto& [types, executors] : by_types) groups.push_back({types, std::move(executors)});
  return groups;
}

SlotPlan ExecutorRegistry::TakeSlots(const std::vector<std::string>& types, std::size_t limit) {
  std::lock_guard lock(mutex_);
  SlotPlan plan;
  std::vector<Session*> sessions;
  bool some_taken = false;
  for (auto& [id, session] : sessions_) {
    if (session.draining || session.reserved || session.types != types) continue;
    plan.executors.push_back(LoadOf(session));
    sessions.push_back(&session);
    some_taken |= session.taken > 0;
  }
  plan.slots = PlanSlots(plan.executors, limit);
  for (const std::size_t executor : plan.slots) ++sessions[executor]->taken;
  missed_ |= some_taken && plan.slots.size() < limit;
  return plan;
}

void ExecutorRegistry::ReturnSlots(const SlotPlan& plan) {
  std::vector<int> taken(plan.executors.size());
  for (const std::size_t executor : plan.slots) ++taken[executor];
  bool tell = false;
  {
    std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < taken.size(); ++i) {
      const auto entry = sessions_.find(plan.executors[i].process_id);
      if (entry == sessions_.end()) continue;
      entry->second.taken = std::max(entry->second.taken - taken[i], 0);
    }
    tell = !plan.slots.empty() && std::exchange(missed_, false);
  }
  if (tell) on_capacity_();
}

bool ExecutorRegistry::AssignAll(const std::string& process_id,
                                 std::vector<Assignment> assignments) {
  std::lock_guard lock(mutex_);
  const auto entry = sessions_.find(process_id);
  if (entry == sessions_.end()) return false;
  Session& session = entry->second;
  StreamAssignmentsResponse message;
  std::size_t bytes = 0;
  for (Assignment& assignment : assignments) {
    assignment.set_sequence(++session.sequence);
    session.load.last_served = ++assignments_;
    session.fences[assignment.fence()] = session.sequence;
    if (assignment.alone()) session.alone_fence = assignment.fence();
    if (!session.takes_batches || assignments.size() == 1) {
      *message.mutable_assignment() = std::move(assignment);
      if (!session.sink->Send(std::exchange(message, {}))) return false;
      continue;
    }
    bytes += assignment.ByteSizeLong();
    *message.mutable_assignments()->add_assignments() = std::move(assignment);
    if (bytes < kLargestMessage) continue;
    bytes = 0;
    if (!session.sink->Send(std::exchange(message, {}))) return false;
  }
  return !message.has_assignments() || session.sink->Send(std::move(message));
}

void ExecutorRegistry::Release(const std::string& process_id,
                               const std::vector<std::string_view>& fences) {
  std::size_t freed = 0;
  {
    std::lock_guard lock(mutex_);
    const auto entry = sessions_.find(process_id);
    if (entry == sessions_.end()) return;
    for (const std::string_view fence : fences)
      freed += entry->second.fences.erase(absl::string_view(fence.data(), fence.size()));
    EndReservation(entry->second);
  }
  if (freed > 0) on_capacity_();
}

void ExecutorRegistry::Reconcile(const std::string& process_id, const std::set<std::string>& held,
                                 std::int64_t sequence_seen, bool draining) {
  bool freed = false;
  {
    std::lock_guard lock(mutex_);
    const auto entry = sessions_.find(process_id);
    if (entry == sessions_.end()) return;
    Session& session = entry->second;
    session.draining = draining;
    for (auto fence = session.fences.begin(); fence != session.fences.end();) {
      if (fence->second <= sequence_seen && !held.contains(fence->first)) {
        session.fences.erase(fence++);
        freed = true;
      } else {
        ++fence;
      }
    }
    for (const std::string& fence : held) session.fences.try_emplace(fence, 0);
    EndReservation(session);
  }
  if (freed) on_capacity_();
}

bool ExecutorRegistry::Stop(const std::string& log_id, const std::string& fence,
                            const std::string& reason) {
  bool found = false;
  std::lock_guard lock(mutex_);
  for (auto& [id, session] : sessions_) {
    if (!session.fences.contains(fence)) continue;
    StreamAssignmentsResponse message;
    message.mutable_stop()->set_log_id(log_id);
    message.mutable_stop()->set_fence(fence);
    message.mutable_stop()->set_reason(reason);
    found |= session.sink->Send(std::move(message));
  }
  return found;
}

bool ExecutorRegistry::Send(const std::string& process_id, StreamAssignmentsResponse message) {
  std::lock_guard lock(mutex_);
  const auto entry = sessions_.find(process_id);
  return entry != sessions_.end() && entry->second.sink->Send(std::move(message));
}

void ExecutorRegistry::CloseAll(const std::string& reason) {
  std::lock_guard lock(mutex_);
  closed_reason_ = reason;
  for (auto& [id, session] : sessions_) session.sink->Close(reason);
  sessions_.clear();
}

bool ExecutorRegistry::closed() const {
  std::lock_guard lock(mutex_);
  return !closed_reason_.empty();
}

int ExecutorRegistry::connected() const {
  std::lock_guard lock(mutex_);
  return static_cast<int>(sessions_.size());
}

}  // namespace syncline::scheduler
