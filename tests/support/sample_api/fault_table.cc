#include "tests/support/sample_api/fault_table.h"

#include <fmt/format.h>

#include <utility>

namespace syncline::sample_api {
namespace {

using nlohmann::json;

// Every kind with its name and the values of a rule that does not say.
struct KindRow {
  std::string_view name;
  FaultKind kind;
  int64_t delay_ms = 0;
  size_t bytes = 0;
  size_t count = 0;
};

constexpr KindRow kKinds[] = {
    {"headers", FaultKind::kHeaders},
    {"status", FaultKind::kStatus},
    {"retry_after", FaultKind::kRetryAfter},
    {"redirect", FaultKind::kRedirect},
    {"html", FaultKind::kHtml},
    {"not_json", FaultKind::kNotJson},
    {"drop_key", FaultKind::kDropKey, 0, 0, 1},
    {"bad_utf8", FaultKind::kBadUtf8},
    {"nul", FaultKind::kNul},
    {"deep_json", FaultKind::kDeepJson, 0, 0, 100'000},
    {"same_cursor", FaultKind::kSameCursor},
    {"delay", FaultKind::kDelay, 1000},
    {"hang", FaultKind::kHang},
    {"close", FaultKind::kClose},
    {"truncate", FaultKind::kTruncate},
    {"drip", FaultKind::kDrip, 100},
    {"huge_body", FaultKind::kHugeBody, 0, 256UL << 20},
    {"gzip_bomb", FaultKind::kGzipBomb, 0, 1024UL << 20},
    {"truncated_gzip", FaultKind::kTruncatedGzip},
    {"endless_headers", FaultKind::kEndlessHeaders},
};

const KindRow* FindKind(const std::string& name) {
  for (const KindRow& row : kKinds) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

}  // namespace

absl::Status FaultTable::Add(const json& rule) {
  auto match = RequestMatch::FromJson(rule);
  if (!match.ok()) return match.status();
  try {
    const auto name = rule.value("kind", std::string());
    const KindRow* row = FindKind(name);
    if (row == nullptr) {
      return absl::InvalidArgumentError(fmt::format("there is no fault of the kind '{}'", name));
    }
    Fault fault;
    fault.kind = row->kind;
    fault.status = rule.value("status", 0);
    fault.retry_after = rule.value("retryAfter", std::string());
    fault.location = rule.value("location", std::string());
    fault.delay = absl::Milliseconds(rule.value("delayMs", row->delay_ms));
    fault.bytes = rule.value("bytes", row->bytes);
    fault.count = rule.value("count", row->count);
    fault.headers = rule.value("headers", fault.headers);
    std::lock_guard lock(mutex_);
    rules_.push_back({*std::move(match), std::move(fault), name});
    return absl::OkStatus();
  } catch (const json::exception& error) {
    return absl::InvalidArgumentError(error.what());
  }
}

void FaultTable::Clear() {
  std::lock_guard lock(mutex_);
  rules_.clear();
  ++generation_;
}

uint64_t FaultTable::generation() const {
  std::lock_guard lock(mutex_);
  return generation_;
}

std::optional<Fault> FaultTable::Catch(const std::string& path,
                                       const std::map<std::string, std::string>& parameters) {
  std::lock_guard lock(mutex_);
  for (Rule& rule : rules_) {
    if (rule.match.Catch(path, parameters)) return rule.fault;
  }
  return std::nullopt;
}

json FaultTable::ToJson() const {
  std::lock_guard lock(mutex_);
  json all = json::array();
  for (const Rule& rule : rules_) {
    json shown = rule.match.ToJson();
    shown["kind"] = rule.kind;
    all.push_back(std::move(shown));
  }
  return all;
}

}  // namespace syncline::sample_api
