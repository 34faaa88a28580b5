// What a fetch may cost and how it may end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>

#include "absl/time/time.h"
#include "executor/core/http_message.h"

namespace syncline::executor {

// Bounds of one response body, all in bytes.
struct BodyLimits {
  // Of the body as it came and of the body after unpacking, each by itself.
  int64_t max_bytes = int64_t{64} << 20;
  // A body may unpack to this many times what came, once it is larger than `ratio_free_bytes`.
  int64_t max_ratio = 200;
  int64_t ratio_free_bytes = int64_t{1} << 20;
};

// Bounds of the header lines of one response, those of interim responses and trailers included.
struct HeaderLimits {
  size_t max_bytes = size_t{64} << 10;
  int max_lines = 200;
};

// Bounds of one fetch. Times are kept to within a tenth of a second.
struct HttpLimits {
  // From the start until the request can be sent: name, TCP and TLS together.
  absl::Duration connect_timeout = absl::Seconds(10);
  // From then until the first byte of the answer.
  absl::Duration first_byte_timeout = absl::Seconds(30);
  // From then on, every span of `stall_time` must bring `stall_bytes_per_second` on average.
  absl::Duration stall_time = absl::Seconds(30);
  int64_t stall_bytes_per_second = 1024;
  // Over all, including the wait for a free connection. The caller gives what is left of its run.
  absl::Duration total_timeout = absl::Hours(1);
  BodyLimits body{};
  HeaderLimits headers{};
};

struct FetchError {
  enum class Kind {
    kBadRequest,        // The request cannot be sent as it is; nothing left this machine.
    kRefusedByPolicy,   // Every address of the host is one that may not be reached.
    kDns,               // The name has no address.
    kConnect,           // No connection.
    kTls,               // No trusted connection: certificate, host name, version.
    kTimeoutConnect,    // HttpLimits::connect_timeout.
    kTimeoutFirstByte,  // HttpLimits::first_byte_timeout.
    kStalled,           // HttpLimits::stall_time.
    kTotalTimeout,      // HttpLimits::total_timeout.
    kConnectionLost,    // Closed or reset before the answer was whole.
    kTooLarge,          // Over BodyLimits or HeaderLimits.
    kBadEncoding,       // Not gzip, packed twice, damaged or cut off.
    kProtocol,          // The answer is not HTTP, or the library failed.
    kCancelled,         // By Cancel() or by the end of the client.
  };
  Kind kind = Kind::kProtocol;
  // One line for people, with the host of the redacted URL and no other part of request or
  // response.
  std::string message;
};

// "connect", "timeout_first_byte", ...: for logs and metric labels. Static.
std::string_view FetchErrorKindName(FetchError::Kind kind);

using FetchResult = std::variant<HttpResponse, FetchError>;
using FetchCallback = std::function<void(FetchResult)>;

}  // namespace syncline::executor
