#include "gateway/http/http_engine.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "common/base/log.h"

namespace syncline::gateway {
namespace {

constexpr char kOnlyPath[] = "/";  // what every request is routed as: routes are ours
// Chunks of a chunked body have frames of their own.
constexpr std::size_t kBodyFrames = std::size_t{64} << 10;

// Methods that the library does not know are requests too, which routes refuse.
bool IsKnownMethod(const std::string& method) {
  return method == "GET" || method == "HEAD" || method == "POST" || method == "PUT" ||
         method == "DELETE" || method == "CONNECT" || method == "OPTIONS" || method == "TRACE" ||
         method == "PATCH";
}

// The headers of a request's head, as they were sent. The library drops those without a value.
NameValues ReadHeaders(std::string_view head) {
  NameValues headers;
  std::size_t at = head.find('\n');
  while (at != std::string_view::npos && ++at < head.size()) {
    const std::size_t end = head.find('\n', at);
    std::string_view line = head.substr(at, end - at);
    at = end;
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    std::string value(line.substr(colon + 1));
    absl::StripAsciiWhitespace(&value);
    headers.emplace_back(line.substr(0, colon), std::move(value));
  }
  return headers;
}

bool HasBodyMethod(const std::string& method) {
  return method == "POST" || method == "PUT" || method == "PATCH" || method == "DELETE";
}

class HttplibSink final : public StreamSink {
 public:
  explicit HttplibSink(httplib::DataSink& sink) : sink_(sink) {}
  bool Write(std::string_view data) override { return sink_.write(data.data(), data.size()); }
  bool Connected() override { return sink_.is_writable(); }

 private:
  httplib::DataSink& sink_;
};

}  // namespace

// One request on its way. The library's handlers are found on this thread.
struct HttpEngine::Exchange {
  ConnectionStream* stream = nullptr;
  HttpRequest request;
  int refused = 0;  // a status, when the handler is not asked
  std::string reason;
  std::string detail;
  bool close = false;
  bool headers_read = false;

  void Refuse(int status, std::string why, std::string text) {
    if (refused != 0) return;
    refused = status;
    reason = std::move(why);
    detail = std::move(text);
  }

  static thread_local Exchange* current;
};

thread_local HttpEngine::Exchange* HttpEngine::Exchange::current = nullptr;

HttpEngine::HttpEngine(const HttpServerOptions& options, HttpServer::Handler handler,
                       HttpServer::Refusal refusal)
    : options_(options), handler_(std::move(handler)), refusal_(std::move(refusal)) {
  set_keep_alive_timeout(static_cast<time_t>(absl::ToInt64Seconds(options.idle_timeout)));
  set_keep_alive_max_count(kMostRequests);
  set_payload_max_length(options.max_body_bytes);
  svr_sock_ = 0;  // anything but INVALID_SOCKET: streams are to be written
  const auto answer = [this](const httplib::Request& request, httplib::Response& response) {
    Answer(request, response);
  };
  const auto answer_with_body = [this](const httplib::Request& request, httplib::Response& response,
                                       const httplib::ContentReader& read) {
    AnswerWithBody(request, response, read);
  };
  Get(kOnlyPath, answer);
  Options(kOnlyPath, answer);
  Post(kOnlyPath, answer_with_body);
  Put(kOnlyPath, answer_with_body);
  Patch(kOnlyPath, answer_with_body);
  Delete(kOnlyPath, answer_with_body);
  // What the library refuses by itself: it writes a status and nothing else.
  set_error_handler([this](const httplib::Request&, httplib::Response& response) {
    Exchange& exchange = *Exchange::current;
    if (!response.body.empty() || exchange.headers_read) return;
    exchange.close = true;
    if (exchange.stream->too_many_bytes()) response.status = 431;
    if (response.status == 416) response.status = 400;  // a Range header that is none
    const char* reason = response.status == 431   ? "HEADERS_TOO_LARGE"
                         : response.status == 414 ? "URI_TOO_LONG"
                                                  : "MALFORMED";
    Write(refusal_(response.status, reason, "the request's first line and headers cannot be read"),
          response, exchange);
  });
}

bool HttpEngine::Serve(ConnectionStream& stream, bool last) {
  Exchange exchange;
  exchange.stream = &stream;
  exchange.close = last;
  Exchange::current = &exchange;
  stream.BeginRequest(absl::ToChronoMilliseconds(options_.request_timeout),
                      options_.max_header_bytes);
  const std::string method = stream.PeekMethod();
  if (!method.empty() && !IsKnownMethod(method)) {
    stream.ReplaceMethod("OPTIONS");
    exchange.request.method = method;
  }
  bool closed = false;
  const bool served = process_request(
      stream, last, closed, [&](httplib::Request& request) { OnHeaders(request, exchange); });
  Exchange::current = nullptr;
  return served && !closed && !exchange.close;
}

void HttpEngine::Refuse(ConnectionStream& stream, int status, const std::string& reason,
                        const std::string& detail) {
  const HttpResponse refusal = refusal_(status, reason, detail);
  std::string text = "HTTP/1.1 " + std::to_string(status) + " Refused\r\nConnection: close\r\n";
  for (const auto& [name, value] : refusal.headers) text += name + ": " + value + "\r\n";
  text += "Content-Type: " + refusal.content_type +
          "\r\nContent-Length: " + std::to_string(refusal.body.size()) + "\r\n\r\n" + refusal.body;
  stream.write(text.data(), text.size());
}

// The library goes on with one path and a method it knows; what was asked is in the exchange. Two
// readings of where a request ends are how requests are smuggled past a proxy, so there is one.
void HttpEngine::OnHeaders(httplib::Request& request, Exchange& exchange) const {
  exchange.headers_read = true;
  exchange.stream->Allow(options_.max_body_bytes + kBodyFrames);
  if (exchange.request.method.empty()) exchange.request.method = request.method;
  exchange.request.headers = ReadHeaders(exchange.stream->TakeHead());
  for (const auto& [name, value] : exchange.request.headers) {
    if (!name.empty() && name.find_first_of(" \t") == std::string::npos) continue;
    exchange.close = true;
    exchange.Refuse(400, "MALFORMED", "a header's name is empty or holds blanks");
  }
  if (const std::string problem = ParseTarget(request.target, exchange.request); !problem.empty())
    exchange.Refuse(400, "MALFORMED", problem);
  request.path = kOnlyPath;
  request.params.clear();
  request.ranges.clear();
  request.headers.erase("Accept-Encoding");  // compression is ours
  if (request.method != "GET" && request.method != "HEAD" && request.method != "OPTIONS" &&
      !HasBodyMethod(request.method)) {
    request.method = "OPTIONS";
  }

  const std::size_t lengths = request.get_header_value_count("Content-Length");
  const std::size_t encodings = request.get_header_value_count("Transfer-Encoding");
  const std::string length = request.get_header_value("Content-Length");
  std::uint64_t bytes = 0;
  const bool number = !length.empty() && length.front() != '+' && length.front() != '-' &&
                      absl::SimpleAtoi(length, &bytes);
  const bool chunked =
      absl::EqualsIgnoreCase(request.get_header_value("Transfer-Encoding"), "chunked");
  if (lengths > 1 || encodings > 1 || lengths + encodings > 1 || (lengths == 1 && !number) ||
      (encodings == 1 && !chunked)) {
    exchange.close = true;
    exchange.Refuse(400, "MALFORMED",
                    "the length of the body is not clear: send one Content-Length, or "
                    "Transfer-Encoding: chunked");
  }
  if (bytes > options_.max_body_bytes) {
    exchange.close = true;
    exchange.Refuse(413, "BODY_TOO_LARGE", "a body may have 1 MiB");
  }
  if (request.version == "HTTP/1.1" && request.get_header_value_count("Host") != 1)
    exchange.Refuse(400, "MALFORMED", "one Host header is needed");
  // The library does not read the body of a method that has none: what follows would be taken for
  // the next request.
  if ((bytes > 0 || chunked) && !HasBodyMethod(exchange.request.method)) exchange.close = true;
}

void HttpEngine::Answer(const httplib::Request&, httplib::Response& response) const {
  Exchange& exchange = *Exchange::current;
  Write(Handle(exchange), response, exchange);
}

void HttpEngine::AnswerWithBody(const httplib::Request& request, httplib::Response& response,
                                const httplib::ContentReader& read) const {
  Exchange& exchange = *Exchange::current;
  if (exchange.refused == 0) {
    ReadBody(request, read, exchange);
  } else {
    exchange.close = true;  // its body lies unread
  }
  response.status = -1;
  Write(Handle(exchange), response, exchange);
}

void HttpEngine::ReadBody(const httplib::Request& request, const httplib::ContentReader& read,
                          Exchange& exchange) const {
  if (request.get_header_value_count("Content-Length") == 0 &&
      request.get_header_value_count("Transfer-Encoding") == 0) {
    return;  // without either there is no body, and the library would wait for the end of the
             // stream
  }
  // The library would take it apart, and its parts have no place here.
  if (request.is_multipart_form_data()) {
    exchange.close = true;
    exchange.Refuse(415, "UNSUPPORTED_MEDIA_TYPE", "multipart bodies are not read; send JSON");
    return;
  }
  std::string& body = exchange.request.body;
  bool too_large = false;
  const bool complete = read([&](const char* data, std::size_t size) {
    too_large = body.size() + size > options_.max_body_bytes;
    if (!too_large) body.append(data, size);
    return !too_large;
  });
  if (complete && !too_large) return;
  exchange.close = true;
  if (too_large || exchange.stream->too_many_bytes()) {
    exchange.Refuse(413, "BODY_TOO_LARGE", "a body may have 1 MiB");
  } else if (exchange.stream->timed_out()) {
    exchange.Refuse(408, "REQUEST_TIMEOUT", "the request took too long to arrive");
  } else {
    exchange.Refuse(400, "MALFORMED",
                    "the body ends before it should, or is not what Content-Encoding says");
  }
}

HttpResponse HttpEngine::Handle(Exchange& exchange) const {
  if (exchange.refused != 0) return refusal_(exchange.refused, exchange.reason, exchange.detail);
  try {
    return handler_(exchange.request);
  } catch (const std::exception& error) {
    LogError("a request failed", {{"method", exchange.request.method}, {"error", error.what()}});
    return refusal_(500, "INTERNAL", "internal error; the gateway's log has the details");
  }
}

void HttpEngine::Write(const HttpResponse& from, httplib::Response& to, Exchange& exchange) const {
  to.status = from.status;
  for (const auto& [name, value] : from.headers) to.headers.emplace(name, value);
  if (from.stream != nullptr) {
    exchange.close = true;
    to.set_chunked_content_provider(from.content_type,
                                    [stream = from.stream](std::size_t, httplib::DataSink& sink) {
                                      HttplibSink out(sink);
                                      stream(out);
                                      sink.done();
                                      return true;
                                    });
  } else if (!from.content_type.empty()) {
    to.set_content(from.body, from.content_type);
  }
  if (exchange.close) to.set_header("Connection", "close");
}

}  // namespace syncline::gateway
