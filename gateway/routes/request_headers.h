// The headers that routes read.
#pragma once

#include <cstdint>
#include <string>

#include "gateway/http/message.h"
#include "gateway/json/mistakes.h"

namespace syncline::gateway {

// What If-Match asks for.
struct Precondition {
  bool given = false;
  // 0: any version will do. Below 0: none can be it.
  std::int64_t version = 0;
};
Precondition ReadIfMatch(const HttpRequest& request, Mistakes& mistakes);

// Idempotency-Key; a fresh id when there is none, so that the gateway itself can repeat the call.
std::string ReadIdempotencyKey(const HttpRequest& request, Mistakes& mistakes);

// `"17"`.
std::string ETagOf(std::int64_t version);

}  // namespace syncline::gateway
