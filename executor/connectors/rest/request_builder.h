// Makes the requests of one stream: address, headers and authentication. Every place that a secret
// can take is here, and so is the list of what must never be shown.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/connectors/config.h"
#include "common/connectors/http_url.h"
#include "executor/connectors/connector.h"

namespace syncline::executor {

using QueryParameters = std::vector<std::pair<std::string, std::string>>;

// Immutable after Make; any thread.
class RequestBuilder {
 public:
  // CONFIG when the config names a credential that is not there or the address is none; AUTH when a
  // credential cannot be sent in a header.
  static SyncResult<RequestBuilder> Make(const connectors::RestConfig& config,
                                         const connectors::Stream& stream,
                                         const Credentials& credentials);

  // baseUrl + path with the stream's query and these parameters after it.
  HttpRequest ForParameters(const QueryParameters& parameters) const;

  // An address that an answer named, as kept by NextUrl.
  HttpRequest ForUrl(std::string_view url) const;

  // An address in an answer to `request`, made absolute and cleared of our API key, so that it can
  // be kept in a checkpoint. DATA when it is no http(s) URL, CONFIG when it leaves baseUrl's
  // origin: the credentials would go with it.
  SyncResult<std::string> NextUrl(const HttpRequest& request, std::string_view reference) const;

  // Whether a text holds a credential in any form that we send it in.
  bool HoldsSecret(std::string_view text) const;

 private:
  RequestBuilder() = default;

  HttpRequest Build(std::string url) const;

  std::string base_;    // absolute, with the stream's own query
  std::string origin_;  // of baseUrl
  std::vector<std::pair<std::string, std::string>> headers_;
  std::pair<std::string, std::string> query_key_;  // parameter and key; empty: none
  std::vector<std::string> secrets_;
};

}  // namespace syncline::executor
