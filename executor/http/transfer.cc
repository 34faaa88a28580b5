#include "executor/http/transfer.h"

#include <fmt/format.h>
#include <openssl/x509.h>
#include <sys/socket.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace syncline::executor {
namespace {

using Kind = FetchError::Kind;

constexpr char kUserAgent[] = "syncline/" SYNCLINE_VERSION;

long Milliseconds(absl::Duration duration) {
  // libcurl takes 0 for "its own default".
  return std::max(static_cast<long>(absl::ToInt64Milliseconds(duration)), 1L);
}

}  // namespace

Transfer::Transfer(uint64_t id, HttpRequest request, const HttpLimits& limits,
                   FetchCallback callback, const OutboundPolicy* policy, const std::string& ca_file)
    : id_(id),
      request_(std::move(request)),
      limits_(limits),
      callback_(std::move(callback)),
      policy_(policy),
      header_reader_(limits.headers) {
  if (const absl::Status status = Prepare(ca_file); !status.ok()) {
    const Kind kind = absl::IsInvalidArgument(status) ? Kind::kBadRequest : Kind::kProtocol;
    error_ = MakeError(kind, {status.message().data(), status.message().size()});
  }
}

absl::Status Transfer::Prepare(const std::string& ca_file) {
  absl::StatusOr<RequestTarget> target = CheckRequest(request_);
  if (!target.ok()) return target.status();
  target_ = *std::move(target);
  easy_.reset(curl_easy_init());
  if (easy_ == nullptr || !SetSafety(ca_file) || !SetRequest()) {
    return absl::InternalError("the HTTP library does not take a setting");
  }
  return absl::OkStatus();
}

template <typename Value>
bool Transfer::Set(CURLoption option, Value value) {
  return curl_easy_setopt(easy_.get(), option, value) == CURLE_OK;
}

bool Transfer::SetSafety(const std::string& ca_file) {
  return Set(CURLOPT_PROTOCOLS_STR, "http,https") && Set(CURLOPT_FOLLOWLOCATION, 0L) &&
         Set(CURLOPT_PROXY, "") && Set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED)) &&
         Set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L) && Set(CURLOPT_HTTP09_ALLOWED, 0L) &&
         Set(CURLOPT_SSL_VERIFYPEER, 1L) && Set(CURLOPT_SSL_VERIFYHOST, 2L) &&
         Set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2)) &&
         (ca_file.empty() || Set(CURLOPT_CAINFO, ca_file.c_str())) &&
         // With a directory beside its file, libcurl reads the authorities anew for each
         // connection.
         Set(CURLOPT_CAPATH, static_cast<char*>(nullptr)) &&
         Set(CURLOPT_OPENSOCKETFUNCTION, &Transfer::OpenSocketCallback) &&
         Set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(this)) &&
         Set(CURLOPT_PREREQFUNCTION, &Transfer::BeforeRequestCallback) &&
         Set(CURLOPT_PREREQDATA, static_cast<void*>(this)) &&
         Set(CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(limits_.body.max_bytes)) &&
         Set(CURLOPT_CONNECTTIMEOUT_MS, Milliseconds(limits_.connect_timeout)) &&
         // Signals are the program's; and a resolver thread that hangs may not hold up the loop.
         Set(CURLOPT_NOSIGNAL, 1L) && Set(CURLOPT_QUICK_EXIT, 1L) &&
         Set(CURLOPT_TCP_KEEPALIVE, 1L) && Set(CURLOPT_TCP_KEEPIDLE, 30L) &&
         Set(CURLOPT_TCP_KEEPINTVL, 10L);
}

bool Transfer::SetRequest() {
  bool has_type = false;
  bool complete = true;
  const auto add_line = [&](const std::string& line) {
    curl_slist* longer = curl_slist_append(header_lines_.get(), line.c_str());
    complete = complete && longer != nullptr;
    if (longer == nullptr) return;
    // The same list, now owned through its new head.
    std::ignore = header_lines_.release();
    header_lines_.reset(longer);
  };
  for (const auto& [name, value] : request_.headers) {
    has_type = has_type || absl::EqualsIgnoreCase(name, "content-type");
    const absl::string_view trimmed = absl::StripAsciiWhitespace(value);
    // libcurl's spelling of a header with an empty value; "Name:" would take the header away.
    add_line(trimmed.empty() ? name + ";" : fmt::format("{}: {}", name, std::string(trimmed)));
  }
  add_line("Accept-Encoding: gzip");
  add_line("Expect:");
  const bool has_body = !request_.body.empty() || request_.method == "POST" ||
                        request_.method == "PUT" || request_.method == "PATCH";
  if (has_body && !has_type) add_line("Content-Type:");

  complete = complete && Set(CURLOPT_CURLU, target_.url.get()) &&
             Set(CURLOPT_HTTPHEADER, header_lines_.get()) && Set(CURLOPT_USERAGENT, kUserAgent) &&
             Set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS)) &&
             Set(CURLOPT_HEADERFUNCTION, &Transfer::HeaderCallback) &&
             Set(CURLOPT_HEADERDATA, static_cast<void*>(this)) &&
             Set(CURLOPT_WRITEFUNCTION, &Transfer::BodyCallback) &&
             Set(CURLOPT_WRITEDATA, static_cast<void*>(this)) &&
             Set(CURLOPT_PRIVATE, static_cast<void*>(this));
  if (has_body) {
    complete = complete &&
               Set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size())) &&
               Set(CURLOPT_POSTFIELDS, request_.body.c_str());
  }
  if (request_.method == "HEAD") return complete && Set(CURLOPT_NOBODY, 1L);
  return complete && Set(CURLOPT_CUSTOMREQUEST, request_.method.c_str());
}

std::optional<FetchError> Transfer::Overdue(Clock::time_point now) {
  const auto since = [&](Clock::time_point start) { return absl::FromChrono(now - start); };
  if (since(created_) >= limits_.total_timeout) {
    return MakeError(Kind::kTotalTimeout, fmt::format("not done within {}",
                                                      absl::FormatDuration(limits_.total_timeout)));
  }
  if (sent_.has_value() && !span_start_.has_value() &&
      since(*sent_) >= limits_.first_byte_timeout) {
    return MakeError(
        Kind::kTimeoutFirstByte,
        fmt::format("no answer within {}", absl::FormatDuration(limits_.first_byte_timeout)));
  }
  if (span_start_.has_value() && since(*span_start_) >= limits_.stall_time) {
    const double expected = static_cast<double>(limits_.stall_bytes_per_second) *
                            absl::ToDoubleSeconds(limits_.stall_time);
    if (static_cast<double>(span_bytes_) < expected) {
      return MakeError(Kind::kStalled, fmt::format("less than {} bytes a second for {}",
                                                   limits_.stall_bytes_per_second,
                                                   absl::FormatDuration(limits_.stall_time)));
    }
    span_start_ = now;
    span_bytes_ = 0;
  }
  return std::nullopt;
}

FetchResult Transfer::TakeResult(CURLcode code) {
  if (error_.has_value()) return *error_;
  if (code != CURLE_OK) return ReadCode(code);
  if (!header_reader_.complete()) {
    // libcurl takes a connection that is closed among the headers for a whole answer without a
    // body.
    return MakeError(Kind::kConnectionLost, "closed the connection before the answer was whole");
  }
  HttpResponse response;
  if (body_reader_.has_value()) {
    if (const auto error = body_reader_->Finish(); error.has_value()) {
      return MakeError(error->kind, error->message);
    }
    response.body = body_reader_->Take();
  }
  long status = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
  response.status = static_cast<int>(status);
  response.headers = header_reader_.Take();
  return response;
}

FetchError Transfer::MakeError(Kind kind, std::string_view problem) const {
  return {kind, fmt::format("{}: {}", HostToShow(request_.redacted_url), problem)};
}

// The texts are libcurl's and OpenSSL's fixed ones for the code. libcurl's own longer message is
// left out, since it may quote what the server sent.
FetchError Transfer::ReadCode(CURLcode code) const {
  const auto error = [&](Kind kind) { return MakeError(kind, curl_easy_strerror(code)); };
  switch (code) {
    case CURLE_URL_MALFORMAT:  // A host name that cannot be translated (IDN).
      return error(Kind::kBadRequest);
    case CURLE_COULDNT_RESOLVE_HOST:
      return error(Kind::kDns);
    case CURLE_COULDNT_CONNECT:
      if (!refusal_.empty() && !reached_allowed_) {
        return MakeError(Kind::kRefusedByPolicy,
                         fmt::format("may not be reached, its address is {}", refusal_));
      }
      return error(Kind::kConnect);
    case CURLE_OPERATION_TIMEDOUT:
      return MakeError(
          Kind::kTimeoutConnect,
          fmt::format("no connection within {}", absl::FormatDuration(limits_.connect_timeout)));
    case CURLE_PEER_FAILED_VERIFICATION: {
      long reason = X509_V_OK;
      curl_easy_getinfo(easy_.get(), CURLINFO_SSL_VERIFYRESULT, &reason);
      // Left at its first value when the certificate is good but names another host.
      const bool wrong_host = reason == X509_V_OK || reason == X509_V_ERR_UNSPECIFIED;
      return MakeError(Kind::kTls, fmt::format("its certificate is not trusted: {}",
                                               wrong_host ? "it is for another host"
                                                          : X509_verify_cert_error_string(reason)));
    }
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_USE_SSL_FAILED:
      return error(Kind::kTls);
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      return error(Kind::kConnectionLost);
    case CURLE_FILESIZE_EXCEEDED:
      return MakeError(Kind::kTooLarge,
                       fmt::format("the answer has more than {} bytes", limits_.body.max_bytes));
    case CURLE_OUT_OF_MEMORY:
      // How libcurl says that one header line is longer than it takes.
      return MakeError(Kind::kTooLarge, "a header line of the answer is too long");
    default:
      return error(Kind::kProtocol);
  }
}

size_t Transfer::Fail(const FetchError& error) {
  error_ = MakeError(error.kind, error.message);
  return CURL_WRITEFUNC_ERROR;
}

void Transfer::OnReceived(size_t size) {
  if (!span_start_.has_value()) span_start_ = Clock::now();
  span_bytes_ += static_cast<int64_t>(size);
  received_bytes_ += static_cast<int64_t>(size);
}

size_t Transfer::OnHeader(std::string_view line) {
  OnReceived(line.size());
  if (const auto error = header_reader_.AddLine(line); error.has_value()) return Fail(*error);
  return line.size();
}

size_t Transfer::OnBody(std::string_view bytes) {
  OnReceived(bytes.size());
  if (!body_reader_.has_value()) {
    const std::variant<bool, FetchError> gzip = header_reader_.BodyIsGzip();
    if (const auto* error = std::get_if<FetchError>(&gzip)) return Fail(*error);
    body_reader_.emplace(std::get<bool>(gzip), limits_.body);
  }
  const auto error = body_reader_->Append(bytes);
  body_bytes_ = body_reader_->size();
  return error.has_value() ? Fail(*error) : bytes.size();
}

size_t Transfer::HeaderCallback(char* data, size_t size, size_t count, void* self) {
  return static_cast<Transfer*>(self)->OnHeader({data, size * count});
}

size_t Transfer::BodyCallback(char* data, size_t size, size_t count, void* self) {
  return static_cast<Transfer*>(self)->OnBody({data, size * count});
}

curl_socket_t Transfer::OpenSocketCallback(void* self, curlsocktype /*purpose*/,
                                           curl_sockaddr* address) {
  auto* transfer = static_cast<Transfer*>(self);
  const auto peer = IpAddress::FromSocketAddress(&address->addr, address->addrlen);
  const OutboundDecision decision = peer.has_value()
                                        ? transfer->policy_->Decide(*peer)
                                        : OutboundDecision{false, "not of the internet"};
  if (!decision.allowed) {
    transfer->refusal_ = decision.reason;
    return CURL_SOCKET_BAD;
  }
  transfer->reached_allowed_ = true;
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

// Also for a connection that is used again, whose socket was opened for another transfer.
int Transfer::BeforeRequestCallback(void* self, char* peer, char* /*local*/, int /*peer_port*/,
                                    int /*local_port*/) {
  auto* transfer = static_cast<Transfer*>(self);
  const auto address = IpAddress::Parse(peer == nullptr ? "" : peer);
  const OutboundDecision decision = address.has_value()
                                        ? transfer->policy_->Decide(*address)
                                        : OutboundDecision{false, "not of the internet"};
  if (!decision.allowed) {
    transfer->error_ =
        transfer->MakeError(Kind::kRefusedByPolicy,
                            fmt::format("may not be reached, its address is {}", decision.reason));
    return CURL_PREREQFUNC_ABORT;
  }
  transfer->sent_ = Clock::now();
  return CURL_PREREQFUNC_OK;
}

}  // namespace syncline::executor
