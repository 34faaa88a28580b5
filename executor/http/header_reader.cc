#include "executor/http/header_reader.h"

#include <fmt/format.h>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"

namespace syncline::executor {
namespace {

absl::string_view Abseil(std::string_view text) { return {text.data(), text.size()}; }

std::string Trimmed(std::string_view text) {
  return std::string(absl::StripAsciiWhitespace(Abseil(text)));
}

}  // namespace

std::optional<FetchError> HeaderReader::AddLine(std::string_view line) {
  bytes_ += line.size();
  ++lines_;
  if (bytes_ > limits_.max_bytes || lines_ > limits_.max_lines) {
    return FetchError{FetchError::Kind::kTooLarge,
                      fmt::format("the answer has more than {} header lines or {} bytes of them",
                                  limits_.max_lines, limits_.max_bytes)};
  }
  if (complete_) return std::nullopt;
  if (line.substr(0, 5) == "HTTP/") {
    // "HTTP/1.1 103 Early Hints", "HTTP/2 200": interim when the status begins with 1.
    const size_t space = line.find(' ');
    interim_ = space != std::string_view::npos && line.substr(space + 1, 1) == "1";
    headers_.clear();
    return std::nullopt;
  }
  if (line == "\r\n" || line == "\n") {
    complete_ = !interim_;
    return std::nullopt;
  }
  if ((line.front() == ' ' || line.front() == '\t') && !headers_.empty()) {
    // A folded field (RFC 9112, 5.2): the line continues the value before it.
    headers_.back().second += ' ' + Trimmed(line);
    return std::nullopt;
  }
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  headers_.emplace_back(absl::AsciiStrToLower(Trimmed(line.substr(0, colon))),
                        Trimmed(line.substr(colon + 1)));
  return std::nullopt;
}

std::variant<bool, FetchError> HeaderReader::BodyIsGzip() const {
  int packed = 0;
  for (const auto& [name, value] : headers_) {
    const bool transfer = name == "transfer-encoding";
    if (!transfer && name != "content-encoding") continue;
    for (const absl::string_view part : absl::StrSplit(value, ',')) {
      const std::string coding = absl::AsciiStrToLower(absl::StripAsciiWhitespace(part));
      if (coding.empty() || coding == "identity" || (transfer && coding == "chunked")) continue;
      const bool gzip = coding == "gzip" || coding == "x-gzip";
      if (transfer || !gzip || ++packed > 1) {
        return FetchError{FetchError::Kind::kBadEncoding,
                          "the answer is packed in a way that was not asked for (only gzip, once)"};
      }
    }
  }
  return packed == 1;
}

}  // namespace syncline::executor
