#include "executor/http/fetch.h"

namespace syncline::executor {

std::string_view FetchErrorKindName(FetchError::Kind kind) {
  switch (kind) {
    case FetchError::Kind::kBadRequest:
      return "bad_request";
    case FetchError::Kind::kRefusedByPolicy:
      return "refused_by_policy";
    case FetchError::Kind::kDns:
      return "dns";
    case FetchError::Kind::kConnect:
      return "connect";
    case FetchError::Kind::kTls:
      return "tls";
    case FetchError::Kind::kTimeoutConnect:
      return "timeout_connect";
    case FetchError::Kind::kTimeoutFirstByte:
      return "timeout_first_byte";
    case FetchError::Kind::kStalled:
      return "stalled";
    case FetchError::Kind::kTotalTimeout:
      return "total_timeout";
    case FetchError::Kind::kConnectionLost:
      return "connection_lost";
    case FetchError::Kind::kTooLarge:
      return "too_large";
    case FetchError::Kind::kBadEncoding:
      return "bad_encoding";
    case FetchError::Kind::kProtocol:
      return "protocol";
    case FetchError::Kind::kCancelled:
      return "cancelled";
  }
  return "unknown";
}

}  // namespace syncline::executor
