// The part of cpp-httplib that is used: it reads one request from a stream and writes its answer.
#pragma once

#include <httplib.h>

#include "gateway/http/connection_stream.h"
#include "gateway/http/http_server.h"

namespace syncline::gateway {

// How many requests a connection may bring.
inline constexpr int kMostRequests = 10'000;

// Any thread, one request at a time on each.
class HttpEngine final : private httplib::Server {
 public:
  HttpEngine(const HttpServerOptions& options, HttpServer::Handler handler,
             HttpServer::Refusal refusal);

  // Reads a request whose first byte has come and answers it. False when the connection must end.
  // With `last` the answer says that it does.
  bool Serve(ConnectionStream& stream, bool last);

  // Writes a refusal without having read a request.
  void Refuse(ConnectionStream& stream, int status, const std::string& reason,
              const std::string& detail);

 private:
  struct Exchange;

  void OnHeaders(httplib::Request& request, Exchange& exchange) const;
  void Answer(const httplib::Request& request, httplib::Response& response) const;
  void AnswerWithBody(const httplib::Request& request, httplib::Response& response,
                      const httplib::ContentReader& read) const;
  void ReadBody(const httplib::Request& request, const httplib::ContentReader& read,
                Exchange& exchange) const;
  void Write(const HttpResponse& from, httplib::Response& to, Exchange& exchange) const;
  HttpResponse Handle(Exchange& exchange) const;

  const HttpServerOptions options_;
  const HttpServer::Handler handler_;
  const HttpServer::Refusal refusal_;
};

}  // namespace syncline::gateway
