// The REST connector's config as plain structs, with every default filled in.
// rest_config.schema.json describes each setting; docs/adr/0003-connector-config.md says why it is
// so.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/connectors/json_pointer.h"

namespace syncline::connectors {

enum class AuthKind { kNone, kBearer, kApiKey, kBasic };

struct Auth {
  AuthKind kind = AuthKind::kNone;
  std::string credential;           // bearer token, API key or password
  bool in_query = false;            // api_key: in the query instead of a header
  std::string name;                 // api_key: header or query parameter
  std::string username;             // basic, when it is no credential
  std::string username_credential;  // basic, when it is one; exactly one of both is set

  // The credentials that this names.
  std::vector<std::string> credentials() const;
};

enum class PaginationKind { kNone, kPage, kOffset, kCursor, kLinkHeader, kNextUrl };

struct Pagination {
  PaginationKind kind = PaginationKind::kNone;
  std::string param;                       // page, offset, cursor
  std::string size_param;                  // page, offset; empty: not sent
  std::optional<int64_t> size;             // records in a full page; always set for offset
  int64_t start = 1;                       // page: number of the first one
  std::optional<JsonPointer> total_pages;  // page
  std::optional<JsonPointer> total;        // offset: records in all
  std::optional<JsonPointer> cursor;       // cursor: in the body; else cursor_header
  std::string cursor_header;               // cursor: in a response header
  std::optional<JsonPointer> next;         // next_url
};

struct Incremental {
  JsonPointer field;
  std::string param;
  absl::Duration lag = absl::ZeroDuration();
};

struct RateLimit {
  std::optional<double> requests_per_second;  // unset: not limited
  int burst = 1;                              // requests; 1 when there is no rate
  int concurrent = 1;                         // requests under way at once
};

struct Stream {
  std::string name;
  std::string path;
  std::vector<std::pair<std::string, std::string>> query;  // decoded; in order of name
  JsonPointer records;
  std::vector<JsonPointer> key;  // never empty
  Pagination pagination;
  std::optional<Incremental> incremental;     // unset: a snapshot
  std::map<std::string, JsonPointer> fields;  // empty: the whole record
};

struct RestConfig {
  std::string base_url;  // without trailing slash
  Auth auth;
  std::vector<std::pair<std::string, std::string>> headers;
  RateLimit rate_limit;
  std::vector<Stream> streams;  // never empty, names unique
};

// A config that ValidateConfig accepts (but for the credentials, which it does not see); else
// INVALID_ARGUMENT with every bad field.
absl::StatusOr<RestConfig> ParseRestConfig(std::string_view config_json);

// What decides which records a stream has and what its cursor means, as 32 hex digits (SHA-256 cut
// to 128 bits): base URL, headers, path, query, records, key, pagination, incremental (but not the
// lag), fields. The same for any order or spelling of the same settings. Not in it: the stream's
// name, auth, rate limit.
std::string DefinitionHash(const RestConfig& config, const Stream& stream);

}  // namespace syncline::connectors
