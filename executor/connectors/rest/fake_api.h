// A REST API in memory, for tests: one list of records, served in each style of paging that the
// connector knows.
#pragma once

#include <string>
#include <vector>

#include "common/connectors/config.h"
#include "executor/core/http_message.h"

namespace syncline::executor {

struct FakeRecord {
  std::string id;
  std::string updated;  // RFC 3339
};

// Answers https://api.example.com/v1/items. One thread.
class FakeApi {
 public:
  explicit FakeApi(connectors::PaginationKind kind, int page_size = 3)
      : kind_(kind), page_size_(page_size) {}

  // A config that reads it, with the other members of the stream as JSON members
  // (",\"fields\":{…}").
  std::string Config(const std::string& stream_members = "") const;

  HttpResponse Answer(const HttpRequest& request);

  std::vector<FakeRecord> records;
  // Header that every request must carry; else the answer is 401.
  std::string authorization = "Bearer CANARY-token";
  // How many requests were answered, and the value of `since` in each (empty: none).
  std::vector<std::string> since_seen;
  // Cursors are only known within one life of the API; after Forget they answer 410.
  void Forget() { ++life_; }

 private:
  connectors::PaginationKind kind_;
  int page_size_;
  int life_ = 0;
};

// n records with ids r0, r1, …, each updated a second after the one before, from
// 2024-01-01T00:00:00Z on.
std::vector<FakeRecord> NumberedRecords(int n);

}  // namespace syncline::executor
