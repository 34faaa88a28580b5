// The Link header (RFC 8288) as far as paging needs it.
#pragma once

#include <optional>
#include <string>

#include "executor/core/http_message.h"

namespace syncline::executor {

// The target of the first link whose rel holds "next" (any case, among several relations, over any
// number of Link headers), as it stands: absolute or relative. Malformed links are passed over.
std::optional<std::string> NextLink(const HttpResponse& response);

}  // namespace syncline::executor
