// Which request headers and query parameters a config may set: nothing that reframes the request
// (libcurl sends CR and LF as they come), and no secrets, which belong to the credentials.
#pragma once

#include <string_view>

#include "absl/status/status.h"

namespace syncline::connectors {

// A token of RFC 9110 section 5.6.2.
bool IsHttpToken(std::string_view text);

// Whether a value stays on its line: no CR, LF, NUL or other control character but tab.
bool IsHeaderValue(std::string_view text);

// Whether a header belongs to the connection or the client, so that nobody may set it (any case).
bool IsProtocolHeader(std::string_view name);

// Whether a header or query parameter of that name plainly carries a secret (any case).
bool IsSecretHeader(std::string_view name);
bool IsSecretParameter(std::string_view name);

// OK when a config's `headers` may hold that name; else a sentence that says what would be right.
absl::Status CheckConfigHeaderName(std::string_view name);

}  // namespace syncline::connectors
