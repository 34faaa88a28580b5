#include "gateway/http/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <utility>

namespace syncline::gateway {
namespace {

constexpr std::size_t kWorthIt = 1400;  // about what one packet carries
constexpr int kGzipWindow = 15 + 16;    // the largest window, with gzip's header
constexpr int kMemoryLevel = 8;
constexpr int kFast = 1;

bool IsText(std::string_view type) {
  type = type.substr(0, type.find(';'));
  return type.starts_with("text/") || type.ends_with("json") || type.ends_with("svg+xml");
}

}  // namespace

std::string Gzip(std::string_view text, int level) {
  z_stream stream{};
  if (deflateInit2(&stream, level, Z_DEFLATED, kGzipWindow, kMemoryLevel, Z_DEFAULT_STRATEGY) !=
      Z_OK) {
    return "";
  }
  std::string compressed(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(compressed.data());
  stream.avail_out = static_cast<uInt>(compressed.size());
  const bool done = deflate(&stream, Z_FINISH) == Z_STREAM_END;
  compressed.resize(done ? stream.total_out : 0);
  deflateEnd(&stream);
  return compressed;
}

bool TakesGzip(const HttpRequest& request) {
  const std::string accepted = request.Header("Accept-Encoding");
  const std::size_t at = accepted.find("gzip");
  if (at == std::string::npos) return false;
  // "gzip;q=0" is a refusal.
  const std::size_t end = std::min(accepted.find(',', at), accepted.size());
  const std::string_view item(accepted.data() + at, end - at);
  const std::size_t quality = item.find("q=");
  return quality == std::string_view::npos ||
         item.substr(quality + 2).find_first_of("123456789") != std::string_view::npos;
}

void CompressBody(const HttpRequest& request, HttpResponse& response) {
  if (response.body.size() < kWorthIt || !IsText(response.content_type)) return;
  for (const auto& [name, value] : response.headers) {
    if (name == "Content-Encoding") return;
  }
  response.Set("Vary", "Accept-Encoding");
  if (!TakesGzip(request)) return;
  std::string compressed = Gzip(response.body, kFast);
  if (compressed.empty()) return;
  response.body = std::move(compressed);
  response.Set("Content-Encoding", "gzip");
}

}  // namespace syncline::gateway
