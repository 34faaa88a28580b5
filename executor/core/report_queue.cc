#include "executor/core/report_queue.h"

#include <utility>

namespace syncline::executor {
namespace {

bool IsLast(RunReport::Kind kind) {
  return kind != RunReport::Kind::kHeartbeat && kind != RunReport::Kind::kAccepted;
}

}  // namespace

const char* OrderName(Order order) {
  switch (order) {
    case Order::kApplied:
      return "APPLIED";
    case Order::kBusy:
      return "BUSY";
    case Order::kStop:
      return "STOP";
    case Order::kLeaseLost:
      return "LEASE_LOST";
    case Order::kAlreadyDone:
      return "ALREADY_DONE";
    case Order::kResume:
      return "RESUME";
  }
  return "";
}

void ReportQueue::Put(RunReport report) {
  Entry& entry = entries_[report.key.fence];
  entry.key = report.key;
  if (report.kind == RunReport::Kind::kHeartbeat) return;
  if (entry.pending && IsLast(entry.pending->kind)) return;
  if (!entry.pending) Queue(entry);
  if (IsLast(report.kind)) ++last_ones_;
  entry.pending = std::move(report);
}

void ReportQueue::Queue(Entry& entry) {
  pending_.erase(entry.place);
  entry.place = ++last_place_;
  pending_.emplace(entry.place, entry.key.fence);
}

std::optional<RunKey> ReportQueue::Forget(const std::string& fence) {
  const auto found = entries_.find(fence);
  if (found == entries_.end()) return std::nullopt;
  pending_.erase(found->second.place);
  if (found->second.pending && IsLast(found->second.pending->kind)) --last_ones_;
  RunKey key = std::move(found->second.key);
  entries_.erase(found);
  return key;
}

std::vector<RunReport> ReportQueue::Pending(std::size_t most) const {
  std::vector<RunReport> reports;
  for (const auto& [place, fence] : pending_) {
    if (reports.size() == most) break;
    reports.push_back(*entries_.at(fence).pending);
  }
  return reports;
}

std::vector<RunReport> ReportQueue::All() const {
  std::vector<RunReport> reports;
  reports.reserve(entries_.size());
  for (const auto& [fence, entry] : entries_) {
    reports.push_back(entry.pending ? *entry.pending : RunReport{.key = entry.key});
  }
  return reports;
}

std::vector<RunKey> ReportQueue::Held() const {
  std::vector<RunKey> held;
  for (const auto& [fence, entry] : entries_) {
    const bool refused = entry.pending && entry.pending->kind == RunReport::Kind::kRefused;
    if (!refused) held.push_back(entry.key);
  }
  return held;
}

std::vector<ReportEffect> ReportQueue::Answer(const std::vector<RunReport>& sent,
                                              const std::map<std::string, Order>& orders) {
  std::vector<ReportEffect> effects;
  for (const RunReport& report : sent) {
    const auto order = orders.find(report.key.fence);
    auto effect = AnswerOne(report, order == orders.end() ? Order::kApplied : order->second);
    if (effect) effects.push_back(std::move(*effect));
  }
  return effects;
}

std::optional<ReportEffect> ReportQueue::AnswerOne(const RunReport& sent, Order order) {
  const auto found = entries_.find(sent.key.fence);
  if (found == entries_.end()) return std::nullopt;
  Entry& entry = found->second;
  if (order == Order::kBusy) {
    if (entry.pending) Queue(entry);
    return std::nullopt;
  }
  if (IsLast(sent.kind)) {
    Forget(sent.key.fence);
    return ReportEffect{ReportEffect::Kind::kSettled, sent.key, order};
  }
  if (order != Order::kApplied) {
    Forget(sent.key.fence);
    return ReportEffect{ReportEffect::Kind::kDropped, sent.key, order};
  }
  if (entry.pending && entry.pending->kind == sent.kind) {
    entry.pending.reset();
    pending_.erase(entry.place);
  }
  return ReportEffect{ReportEffect::Kind::kRenewed, sent.key, order};
}

}  // namespace syncline::executor
