#include "executor/app/checks.h"

#include <utility>

#include "common/base/log.h"

namespace syncline::executor {
namespace {

constexpr char kDraining[] = "the executor is draining";

}  // namespace

void Checks::Take(CheckOrder order, Reply reply) {
  if (entries_.contains(order.id)) return;  // it came twice
  if (draining_ || entries_.size() >= most_) {
    reply({.refused = draining_ ? kDraining : "too many checks are under way"});
    return;
  }
  const std::string id = order.id;
  LogInfo("check started", {{"check", id},
                            {"owner", order.owner_id},
                            {"tenant", order.tenant_id},
                            {"stream", order.stream}});
  auto check = std::make_shared<PageCheck>(
      std::move(order), &services_, [this, id](CheckedPage page) { OnDone(id, std::move(page)); });
  entries_[id] = {check, std::move(reply)};
  check->Start();
}

void Checks::OnDone(const std::string& id, CheckedPage page) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return;
  const Reply reply = std::move(found->second.reply);
  entries_.erase(found);
  LogInfo("check ended", {{"check", id},
                          {"reason", page.error_class},
                          {"detail", page.error_message},
                          {"http_status", page.http_status},
                          {"fetched", page.fetched},
                          {"rejected", page.rejected},
                          {"latency_ms", absl::ToInt64Milliseconds(page.latency)}});
  reply({.page = std::move(page)});
}

void Checks::Drop(const std::string& id) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return;
  found->second.check->Cancel();
  entries_.erase(found);
  LogInfo("check dropped", {{"check", id}});
}

void Checks::DropAll() {
  for (const auto& [id, entry] : entries_) entry.check->Cancel();
  entries_.clear();
}

void Checks::StartDraining() {
  draining_ = true;
  for (const auto& [id, entry] : entries_) {
    entry.check->Cancel();
    entry.reply({.refused = kDraining});
  }
  entries_.clear();
}

}  // namespace syncline::executor
