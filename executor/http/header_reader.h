// Collects the header lines of a response, within bounds, and says how its body is packed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "executor/http/fetch.h"

namespace syncline::executor {

// One response, one thread.
class HeaderReader {
 public:
  explicit HeaderReader(const HeaderLimits& limits) : limits_(limits) {}

  // Takes one line as it came, line end included: status lines, fields, the empty line at the end,
  // of interim responses, of the final one, and trailers. kTooLarge when the bounds are passed.
  std::optional<FetchError> AddLine(std::string_view line);

  // Whether the final response's fields came to their end.
  bool complete() const { return complete_; }

  // Whether the body is packed with gzip. kBadEncoding if it is packed in any other way, or twice.
  // Asked for when a body is really there: an answer to HEAD may name an encoding and have no body.
  std::variant<bool, FetchError> BodyIsGzip() const;

  // The fields of the final response, names in lower case.
  std::vector<std::pair<std::string, std::string>> Take() { return std::move(headers_); }

 private:
  HeaderLimits limits_;
  size_t bytes_ = 0;
  int lines_ = 0;
  bool complete_ = false;  // What follows are trailers.
  bool interim_ = false;
  std::vector<std::pair<std::string, std::string>> headers_;
};

}  // namespace syncline::executor
