// Collects a response body, unpacking gzip as it comes, within bounds that are checked after
// unpacking.
//
// Not left to libcurl: its decoder takes a gzip stream that ends in the middle for a whole one,
// accepts every encoding it was built with, and hides how much really came.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "executor/http/fetch.h"

struct z_stream_s;

namespace syncline::executor {

// One response, one thread.
class BodyReader {
 public:
  BodyReader(bool gzip, const BodyLimits& limits);
  ~BodyReader();
  BodyReader(const BodyReader&) = delete;
  BodyReader& operator=(const BodyReader&) = delete;

  // Takes the next bytes as they came. After an error the reader is of no further use.
  std::optional<FetchError> Append(std::string_view received);

  // Says that the body is at its end: kBadEncoding if gzip is not.
  std::optional<FetchError> Finish();

  // The unpacked body so far; Take() hands it over.
  int64_t size() const { return static_cast<int64_t>(body_.size()); }
  std::string Take() { return std::move(body_); }

 private:
  std::optional<FetchError> AppendUnpacked(std::string_view bytes);
  std::optional<FetchError> Inflate(std::string_view received);

  const BodyLimits limits_;
  int64_t received_ = 0;
  std::string body_;
  std::unique_ptr<z_stream_s> stream_;  // Null for a body that is not packed.
  bool between_members_ = true;         // A gzip file is a series of members (RFC 1952, 2.2).
};

}  // namespace syncline::executor
