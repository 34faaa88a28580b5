// Content-Encoding: gzip. The HTTP library would compress by itself, with Brotli at its slowest.
#pragma once

#include <string>
#include <string_view>

#include "gateway/http/message.h"

namespace syncline::gateway {

// `level` as zlib's: 1 is fast, 9 is small.
std::string Gzip(std::string_view text, int level);

// Whether the sender of `request` takes gzip.
bool TakesGzip(const HttpRequest& request);

// Compresses the body, fast, when the sender takes it, it is text and large enough to be worth it,
// and nobody has compressed it before.
void CompressBody(const HttpRequest& request, HttpResponse& response);

}  // namespace syncline::gateway
