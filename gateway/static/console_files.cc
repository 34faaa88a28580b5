#include "gateway/static/console_files.h"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "common/base/errors.h"
#include "gateway/http/gzip.h"
#include "gateway/routes/problem.h"

namespace syncline::gateway {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostBytes = std::size_t{64} << 20;
constexpr int kSmall = 9;
constexpr char kIndex[] = "index.html";

// Scripts and connections are our own only. Mantine sets styles of elements, so those are allowed.
constexpr char kPolicy[] =
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' "
    "data:; "
    "font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'";

std::string TypeOf(const std::string& path) {
  static const auto* types =
      new std::map<std::string, std::string>{{".html", "text/html; charset=utf-8"},
                                             {".js", "text/javascript; charset=utf-8"},
                                             {".css", "text/css; charset=utf-8"},
                                             {".json", "application/json"},
                                             {".map", "application/json"},
                                             {".webmanifest", "application/manifest+json"},
                                             {".svg", "image/svg+xml"},
                                             {".png", "image/png"},
                                             {".ico", "image/x-icon"},
                                             {".woff2", "font/woff2"},
                                             {".txt", "text/plain; charset=utf-8"}};
  const auto found = types->find(fs::path(path).extension().string());
  return found == types->end() ? "application/octet-stream" : found->second;
}

std::string ETag(const std::string& content) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(content.data()), content.size(), digest.data());
  return fmt::format("\"{:02x}\"", fmt::join(digest.begin(), digest.begin() + 12, ""));
}

absl::Status Unusable(const std::string& directory, const std::string& why) {
  return MakeStatus(absl::StatusCode::kInvalidArgument,
                    fmt::format("SYNC_CONSOLE_DIR={}: {}", directory, why));
}

HttpResponse NoConsole() {
  HttpResponse response;
  response.content_type = "text/plain; charset=utf-8";
  response.body =
      "This Syncline gateway serves the API only: SYNC_CONSOLE_DIR is not set.\n"
      "/api/docs describes the API, /healthz, /readyz and /metrics are for operators.\n";
  return response;
}

HttpResponse NotFound() { return MakeProblem(404, "NO_SUCH_PATH", "there is no such file"); }

}  // namespace

absl::StatusOr<ConsoleFiles> ConsoleFiles::Load(const std::string& directory) {
  ConsoleFiles console;
  if (directory.empty()) return console;
  std::error_code error;
  std::size_t bytes = 0;
  for (auto it = fs::recursive_directory_iterator(directory, error);
       !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    if (!it->is_regular_file(error)) continue;
    bytes += it->file_size(error);
    if (bytes > kMostBytes) return Unusable(directory, "there is more than 64 MiB in it");
    const std::string path = fs::relative(it->path(), directory, error).generic_string();
    std::ifstream in(it->path(), std::ios::binary);
    File file;
    file.content.assign(std::istreambuf_iterator<char>(in), {});
    if (!in) return Unusable(directory, "cannot read " + path);
    file.type = TypeOf(path);
    file.etag = ETag(file.content);
    file.compressed = Gzip(file.content, kSmall);
    if (file.compressed.size() * 10 > file.content.size() * 9) file.compressed.clear();
    file.immutable = path.starts_with("assets/");
    console.files_.emplace(path, std::move(file));
  }
  if (error) return Unusable(directory, error.message());
  if (!console.files_.contains(kIndex)) {
    return Unusable(directory, "there is no index.html; ./dev build makes the console");
  }
  return console;
}

HttpResponse ConsoleFiles::Answer(const HttpRequest& request) const {
  if (files_.empty()) return request.path.empty() ? NoConsole() : NotFound();
  const std::string path = fmt::format("{}", fmt::join(request.path, "/"));
  if (const auto found = files_.find(path); found != files_.end())
    return Serve(request, found->second);
  const bool looks_like_a_file =
      !request.path.empty() &&
      (request.path.front() == "assets" || request.path.back().find('.') != std::string::npos);
  return looks_like_a_file ? NotFound() : Serve(request, files_.at(kIndex));
}

HttpResponse ConsoleFiles::Serve(const HttpRequest& request, const File& file) {
  HttpResponse response;
  response.Set("ETag", file.etag);
  response.Set("Cache-Control",
               file.immutable ? "public, max-age=31536000, immutable" : "no-cache");
  if (!file.compressed.empty()) response.Set("Vary", "Accept-Encoding");
  response.Set("Content-Security-Policy", kPolicy);
  response.Set("Cross-Origin-Opener-Policy", "same-origin");
  if (request.Header("If-None-Match") == file.etag) {
    response.status = 304;
    return response;
  }
  response.content_type = file.type;
  if (!file.compressed.empty() && TakesGzip(request)) {
    response.Set("Content-Encoding", "gzip");
    response.body = file.compressed;
  } else {
    response.body = file.content;
  }
  return response;
}

}  // namespace syncline::gateway
