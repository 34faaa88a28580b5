#include "tests/support/sample_api/fault_effects.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "tests/support/sample_api/answer.h"

namespace syncline::sample_api {
namespace {

using nlohmann::json;

constexpr absl::Duration kLookInterval = absl::Milliseconds(25);
constexpr size_t kChunk = 64 * 1024;
constexpr int kGzipWindowBits = 15 + 16;

// Waits, but not longer than the client does. False when it left.
bool WaitFor(absl::Duration delay, const Connection& connection) {
  const absl::Time end = absl::Now() + delay;
  while (absl::Now() < end) {
    if (connection.Gone()) return false;
    absl::SleepFor(std::min(kLookInterval, end - absl::Now()));
  }
  return true;
}

void Hang(const Connection& connection, const std::function<uint64_t()>& generation) {
  const uint64_t start = generation();
  while (generation() == start && !connection.Gone()) absl::SleepFor(kLookInterval);
  connection.Close();
}

std::string Head(const httplib::Response& response, std::string_view extra_lines) {
  std::string head = fmt::format("HTTP/1.1 {} Sample\r\n", response.status);
  for (const auto& [name, value] : response.headers) head += fmt::format("{}: {}\r\n", name, value);
  return head + std::string(extra_lines) + "Connection: close\r\n\r\n";
}

std::string LengthLine(size_t length) { return fmt::format("Content-Length: {}\r\n", length); }

void SendHalf(const httplib::Response& response, const Connection& connection) {
  const std::string& body = response.body;
  connection.Send(Head(response, LengthLine(body.size())) + body.substr(0, body.size() / 2));
  connection.Close();
}

void Drip(const httplib::Response& response, const Connection& connection, absl::Duration delay) {
  const std::string all = Head(response, LengthLine(response.body.size())) + response.body;
  for (char byte : all) {
    if (!connection.Send(std::string_view(&byte, 1)) || !WaitFor(delay, connection)) break;
  }
  connection.Close();
}

void SendHugeBody(const httplib::Response& response, const Connection& connection, size_t bytes) {
  const std::string chunk(kChunk, 'x');
  bool open = connection.Send(Head(response, "") + R"({"data":[{"code":")");
  for (size_t sent = 0; open && sent < bytes; sent += chunk.size()) open = connection.Send(chunk);
  connection.Close();
}

void SendEndlessHeaders(const Connection& connection) {
  bool open = connection.Send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n");
  for (uint64_t line = 0; open; ++line) {
    open = connection.Send(fmt::format("X-Filler-{}: {}\r\n", line, std::string(200, 'x')));
  }
  connection.Close();
}

// Compresses `input` and gives every piece of output to `sink`; stops when that returns false.
void Gzip(const std::function<std::string_view()>& next_input,
          const std::function<bool(std::string_view)>& sink) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kGzipWindowBits, 8, Z_DEFAULT_STRATEGY) !=
      Z_OK) {
    return;
  }
  std::string output(kChunk, '\0');
  bool open = true;
  int flush = Z_NO_FLUSH;
  while (open && flush == Z_NO_FLUSH) {
    const std::string_view input = next_input();
    flush = input.empty() ? Z_FINISH : Z_NO_FLUSH;
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
    stream.avail_in = static_cast<uInt>(input.size());
    do {
      stream.next_out = reinterpret_cast<Bytef*>(output.data());
      stream.avail_out = static_cast<uInt>(output.size());
      deflate(&stream, flush);
      const size_t produced = output.size() - stream.avail_out;
      if (produced > 0) open = sink(std::string_view(output).substr(0, produced));
    } while (open && stream.avail_out == 0);
  }
  deflateEnd(&stream);
}

void SendGzipBomb(const httplib::Response& response, const Connection& connection, size_t bytes) {
  const std::string spaces(kChunk, ' ');
  size_t left = bytes;
  connection.Send(Head(response, "Content-Encoding: gzip\r\n"));
  Gzip(
      [&] {
        const size_t size = std::min(left, spaces.size());
        left -= size;
        return std::string_view(spaces).substr(0, size);
      },
      [&](std::string_view piece) { return connection.Send(piece); });
  connection.Close();
}

void SendHalfGzip(const httplib::Response& response, const Connection& connection) {
  std::string compressed;
  std::string_view input = response.body;
  Gzip([&] { return std::exchange(input, std::string_view()); },
       [&](std::string_view piece) {
         compressed += piece;
         return true;
       });
  compressed.resize(compressed.size() / 2);
  connection.Send(Head(response, "Content-Encoding: gzip\r\n" + LengthLine(compressed.size())) +
                  compressed);
  connection.Close();
}

// The array of records in any of this API's answers.
json* RecordsOf(json& body) {
  if (body.is_array()) return &body;
  for (const char* place : {"/data/countries/nodes", "/data", "/items"}) {
    const json::json_pointer pointer(place);
    if (body.contains(pointer) && body[pointer].is_array()) return &body[pointer];
  }
  return nullptr;
}

void DropKeys(size_t count, httplib::Response& response) {
  json body = json::parse(response.body, nullptr, /*allow_exceptions=*/false);
  json* records = RecordsOf(body);
  if (records == nullptr) return;
  for (size_t i = 0; i < std::min(count, records->size()); ++i) {
    for (const char* key : {"alpha_2", "alpha_3", "code"}) (*records)[i].erase(key);
  }
  AnswerJson(response, body.dump());
}

// Puts `raw`, which need not be valid JSON, into the name of the first record.
void SpoilFirstName(std::string_view raw, httplib::Response& response) {
  constexpr std::string_view kPlaceholder = "@@spoiled@@";
  json body = json::parse(response.body, nullptr, /*allow_exceptions=*/false);
  json* records = RecordsOf(body);
  if (records == nullptr || records->empty()) return;
  (*records)[0]["name"] = kPlaceholder;
  std::string text = body.dump();
  text.replace(text.find(kPlaceholder), kPlaceholder.size(), raw);
  AnswerJson(response, text);
}

void RepeatCursor(const httplib::Request& request, httplib::Response& response) {
  const auto parameters = ParametersOf(request);
  const std::map<std::string, std::string> query(request.params.begin(), request.params.end());
  const std::string own_url = UrlWith(request, request.path, query);
  if (response.has_header("Link")) {
    response.headers.erase("Link");
    response.set_header("Link", fmt::format("<{}>; rel=\"next\"", own_url));
  }
  json body = json::parse(response.body, nullptr, /*allow_exceptions=*/false);
  const auto after = parameters.find("after");
  if (!body.is_object()) return;
  if (body.contains("items")) body["next"] = own_url;
  if (after != parameters.end() && body.contains("meta")) {
    body["meta"]["next"] = after->second;
    response.headers.erase("X-Next-Cursor");
    response.set_header("X-Next-Cursor", after->second);
  }
  const json::json_pointer page_info("/data/countries/pageInfo");
  if (after != parameters.end() && body.contains(page_info)) {
    body[page_info] = {{"hasNextPage", true}, {"endCursor", after->second}};
  }
  AnswerJson(response, body.dump());
}

}  // namespace

void ApplyFault(const Fault& fault, const httplib::Request& request, const Connection& connection,
                const std::function<uint64_t()>& generation, httplib::Response& response) {
  for (const auto& [name, value] : fault.headers) response.set_header(name, value);
  const auto status_or = [&](int kinds_own) {
    return fault.status != 0 ? fault.status : kinds_own;
  };
  switch (fault.kind) {
    case FaultKind::kHeaders:
      break;
    case FaultKind::kStatus:
      AnswerProblem(response, status_or(500), "a fault on request");
      if (!fault.retry_after.empty()) response.set_header("Retry-After", fault.retry_after);
      break;
    case FaultKind::kRetryAfter:
      AnswerProblem(response, status_or(429), "a fault on request");
      response.set_header("Retry-After", fault.retry_after.empty() ? "2" : fault.retry_after);
      break;
    case FaultKind::kRedirect:
      AnswerProblem(response, status_or(302), "a fault on request");
      response.set_header("Location", fault.location);
      break;
    case FaultKind::kHtml:
      response.set_content("<!doctype html><title>Sign in</title><h1>Please sign in</h1>",
                           "text/html");
      break;
    case FaultKind::kNotJson:
      response.set_content("{\"data\": [ this is not JSON", "application/json");
      break;
    case FaultKind::kDropKey:
      DropKeys(fault.count, response);
      break;
    case FaultKind::kBadUtf8:
      SpoilFirstName("caf\xe9 \xff\xfe", response);
      break;
    case FaultKind::kNul:
      SpoilFirstName("a\\u0000b", response);
      break;
    case FaultKind::kDeepJson:
      AnswerJson(response, "{\"data\":" + std::string(fault.count, '[') +
                               std::string(fault.count, ']') + "}");
      break;
    case FaultKind::kSameCursor:
      RepeatCursor(request, response);
      break;
    case FaultKind::kDelay:
      WaitFor(fault.delay, connection);
      break;
    case FaultKind::kHang:
      Hang(connection, generation);
      break;
    case FaultKind::kClose:
      connection.Close();
      break;
    case FaultKind::kTruncate:
      SendHalf(response, connection);
      break;
    case FaultKind::kDrip:
      Drip(response, connection, fault.delay);
      break;
    case FaultKind::kHugeBody:
      SendHugeBody(response, connection, fault.bytes);
      break;
    case FaultKind::kGzipBomb:
      SendGzipBomb(response, connection, fault.bytes);
      break;
    case FaultKind::kTruncatedGzip:
      SendHalfGzip(response, connection);
      break;
    case FaultKind::kEndlessHeaders:
      SendEndlessHeaders(connection);
      break;
  }
}

}  // namespace syncline::sample_api
