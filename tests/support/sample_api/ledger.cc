#include "tests/support/sample_api/ledger.h"

#include <utility>

namespace syncline::sample_api {
namespace {

using nlohmann::json;

// Secrets are noted as present only: a ledger may end up in a test's output.
json HeadersOfInterest(const httplib::Request& request) {
  return {{"authorization", request.has_header("Authorization")},
          {"apiKey", request.has_header("X-Api-Key")},
          {"userAgent", request.get_header_value("User-Agent")},
          {"accept", request.get_header_value("Accept")},
          {"acceptEncoding", request.get_header_value("Accept-Encoding")},
          {"testId", request.get_header_value("X-Test-Id")}};
}

}  // namespace

Ledger::Ledger() : start_(std::chrono::steady_clock::now()) {}

uint64_t Ledger::Arrive(const httplib::Request& request) {
  Entry entry;
  entry.method = request.method;
  entry.path = request.path;
  const size_t mark = request.target.find('?');
  if (mark != std::string::npos) entry.query = request.target.substr(mark + 1);
  entry.peer_port = request.remote_port;
  entry.headers = HeadersOfInterest(request);
  std::lock_guard lock(mutex_);
  const std::chrono::duration<double, std::milli> at = std::chrono::steady_clock::now() - start_;
  entry.at_ms = at.count();
  entry.number = next_number_++;
  entries_.push_back(std::move(entry));
  if (entries_.size() > kCapacity) entries_.pop_front();
  return entries_.back().number;
}

void Ledger::Finish(uint64_t number, int status) {
  std::lock_guard lock(mutex_);
  if (entries_.empty() || number < entries_.front().number) return;
  entries_[number - entries_.front().number].status = status;
}

json Ledger::ToJson(const std::string& path_filter) const {
  std::lock_guard lock(mutex_);
  json all = json::array();
  for (const Entry& entry : entries_) {
    if (!path_filter.empty() && entry.path != path_filter) continue;
    all.push_back({{"number", entry.number},
                   {"method", entry.method},
                   {"path", entry.path},
                   {"query", entry.query},
                   {"at", entry.at_ms},
                   {"status", entry.status},
                   {"peerPort", entry.peer_port},
                   {"headers", entry.headers}});
  }
  return all;
}

void Ledger::Clear() {
  std::lock_guard lock(mutex_);
  entries_.clear();
}

}  // namespace syncline::sample_api
