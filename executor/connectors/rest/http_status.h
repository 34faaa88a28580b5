// What the status of an answer means for the run, and what the answer's headers say about time.
#pragma once

#include <optional>
#include <string_view>

#include "absl/time/time.h"
#include "executor/core/http_message.h"
#include "executor/core/sync_error.h"

namespace syncline::executor {

// The error that a response's status stands for; nullopt for 2xx. 401 and 403 are AUTH; 429, and
// 503 and 403 with Retry-After, RATE_LIMITED; 408, 409, 423, 425 and 5xx TRANSIENT; redirects and
// other 4xx CONFIG; what else there is DATA. Messages name host and path of the request, of a
// redirect's target the host alone, and nothing of the body.
std::optional<SyncError> StatusError(const HttpRequest& request, const HttpResponse& response);

// Whether a status says that the position asked for is unknown (any more): 400, 404, 410, 422.
bool IsUnknownPosition(int status);

// Retry-After in seconds, or as an HTTP-date seen from the response's own Date header, so that no
// clock of ours is read. Unset when there is none, it cannot be read, or the date has passed; at
// most 24 h.
std::optional<absl::Duration> RetryAfter(const HttpResponse& response);

// An HTTP-date in any of the three forms of RFC 9110 section 5.6.7.
std::optional<absl::Time> ParseHttpDate(std::string_view text);

// The response's Date header.
std::optional<absl::Time> ResponseDate(const HttpResponse& response);

// "api.example.com/v1/items": a request's URL for messages, without scheme and query.
std::string_view Whereabouts(const HttpRequest& request);

}  // namespace syncline::executor
