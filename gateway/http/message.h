// Requests and answers as routes see them: decoded, bounded, and without a trace of the HTTP
// library, so that a route is tested without a socket and the library can be replaced.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"

namespace syncline::gateway {

using NameValues = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method;  // in upper case
  std::vector<std::string>
      path;            // segments, percent-decoded, valid UTF-8: "/a/b%2Fc" is {"a","b/c"}
  NameValues query;    // decoded, valid UTF-8, in the order given
  NameValues headers;  // names as sent
  std::string body;    // decoded of its Content-Encoding

  // The first header of this name, whatever its case; empty for none.
  std::string Header(std::string_view name) const;
  bool HasHeader(std::string_view name) const;
  // The cookie of this name; nullopt for none.
  std::optional<std::string> Cookie(std::string_view name) const;
};

// Where a streamed answer is written to. Used by the one thread that streams.
class StreamSink {
 public:
  virtual ~StreamSink() = default;
  // False: the client has gone, or did not take it in time; give up.
  virtual bool Write(std::string_view data) = 0;
  // Whether the client is still there, as far as its socket tells.
  virtual bool Connected() = 0;
};

struct HttpResponse {
  int status = 200;
  NameValues headers;
  std::string content_type;  // empty: no body
  std::string body;
  // Set: the body is what this writes, until it returns. The connection ends with it.
  std::function<void(StreamSink&)> stream;

  void Set(std::string name, std::string value) {
    headers.emplace_back(std::move(name), std::move(value));
  }
};

// Sets path and query of `request` from a request line's target. An empty answer, or what is wrong:
// a bad percent-encoding, text that is not UTF-8, or a target that is no path.
std::string ParseTarget(std::string_view target, HttpRequest& request);

// Percent-encodes a text as one segment of a path.
std::string EncodeSegment(std::string_view text);

// Whether this is UTF-8 without surrogates and overlong forms.
bool IsUtf8(std::string_view text);

}  // namespace syncline::gateway
