#include "scheduler/rpc/executor_registry.h"

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

std::vector<ExecutorLoad> ExecutorRegistry::TakeSlots(const std::vector<std::string>& types,
                                                      std::size_t limit) {
  std::lock_guard lock(mutex_);
  std::vector<ExecutorLoad> executors;
  bool some_taken = false;
  for (const auto& [id, session] : sessions_) {
    if (session.draining || session.reserved || session.types != types) continue;
    executors.push_back(LoadOf(session));
    some_taken |= session.taken > 0;
  }
  std::vector<ExecutorLoad> slots;
  for (const std::size_t index : PlanSlots(executors, limit)) {
    slots.push_back(executors[index]);
    ++sessions_.at(executors[index].process_id).taken;
  }
  missed_ |= some_taken && slots.size() < limit;
  return slots;
}

void ExecutorRegistry::ReturnSlots(const std::vector<ExecutorLoad>& slots) {
  bool tell = false;
  {
    std::lock_guard lock(mutex_);
    for (const ExecutorLoad& slot : slots) {
      const auto entry = sessions_.find(slot.process_id);
      if (entry != sessions_.end() && entry->second.taken > 0) --entry->second.taken;
    }
    tell = !slots.empty() && std::exchange(missed_, false);
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
                               const std::vector<std::string>& fences) {
  std::size_t freed = 0;
  {
    std::lock_guard lock(mutex_);
    const auto entry = sessions_.find(process_id);
    if (entry == sessions_.end()) return;
    for (const std::string& fence : fences) freed += entry->second.fences.erase(fence);
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
        fence = session.fences.erase(fence);
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
