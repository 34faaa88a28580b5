// The faults that tests asked for: rules, tried in the order they were added, the first that
// catches a request decides.
//
// Thread safety: every method may be called from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "tests/support/sample_api/request_match.h"

namespace syncline::sample_api {

enum class FaultKind {
  kHeaders,        // only adds the rule's headers to the honest answer
  kStatus,         // `status` with a problem
  kRetryAfter,     // 429, or `status`, with `retry_after`
  kRedirect,       // 302, or `status`, to `location`
  kHtml,           // an HTML page with status 200
  kNotJson,        // text that claims to be JSON
  kDropKey,        // the first `count` records have no key
  kBadUtf8,        // the first record holds bytes that are not UTF-8
  kNul,            // the first record holds an escaped U+0000
  kDeepJson,       // arrays nested `count` deep
  kSameCursor,     // the next page is the one just asked for
  kDelay,          // the honest answer after `delay`
  kHang,           // no answer until the client leaves or the faults are cleared
  kClose,          // the connection ends without a byte
  kTruncate,       // half of the body, then the connection ends
  kDrip,           // one byte each `delay`
  kHugeBody,       // `bytes` of JSON that never ends well
  kGzipBomb,       // `bytes` of spaces, compressed
  kTruncatedGzip,  // half of the honest body's gzip stream, as if it were all
  kEndlessHeaders  // header lines until the client leaves
};

struct Fault {
  FaultKind kind = FaultKind::kHeaders;
  int status = 0;  // 0: the kind's own
  std::string retry_after;
  std::string location;
  absl::Duration delay;
  size_t bytes = 0;
  size_t count = 0;
  std::map<std::string, std::string> headers;  // added to the answer, whatever the kind
};

class FaultTable {
 public:
  // Adds a rule. INVALID_ARGUMENT says what is wrong with it.
  absl::Status Add(const nlohmann::json& rule);

  void Clear();

  // Changes with every Clear.
  uint64_t generation() const;

  // The fault for this request, if any; counts it.
  std::optional<Fault> Catch(const std::string& path,
                             const std::map<std::string, std::string>& parameters);

  nlohmann::json ToJson() const;

 private:
  struct Rule {
    RequestMatch match;
    Fault fault;
    std::string kind;
  };

  mutable std::mutex mutex_;
  std::vector<Rule> rules_;
  uint64_t generation_ = 0;
};

}  // namespace syncline::sample_api
