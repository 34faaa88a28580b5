// Errors as application/problem+json (RFC 9457), with the reason that gRPC gives too.
#pragma once

#include <map>
#include <string>

#include "absl/status/status.h"
#include "gateway/http/message.h"
#include "gateway/json/mistakes.h"

namespace syncline::gateway {

// `errors` and `metadata` may be empty. Adds Retry-After to 429 and 503, and closes no connection.
HttpResponse MakeProblem(int status, const std::string& reason, const std::string& detail,
                         const Mistakes& errors = {},
                         const std::map<std::string, std::string>& metadata = {});

// INVALID_FIELDS: 422 when the body has a mistake, else 400. `mistakes` is not empty.
HttpResponse MakeProblem(const Mistakes& mistakes);

// What a scheduler answered, or MALFORMED of a body. Fields are told by where they came from. An
// error without a reason of ours is an INTERNAL one, and its text is not shown.
HttpResponse MakeProblem(const absl::Status& status, const FieldPlaces& places = {});

// The words of an HTTP status.
const char* StatusWords(int status);

}  // namespace syncline::gateway
