// What is wrong with a request, and where in the request as its sender wrote it: a place in the
// JSON body, a query or path parameter, or a header. All of a request's mistakes are gathered
// before it is refused.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace syncline::gateway {

struct Mistake {
  enum class Place { kBody, kParameter, kHeader };

  Place place = Place::kBody;
  std::string where;   // a JSON Pointer into the body, or a name
  std::string detail;  // what is wrong, and what would be right

  friend bool operator==(const Mistake&, const Mistake&) = default;
};

using Mistakes = std::vector<Mistake>;

inline Mistake InBody(std::string pointer, std::string detail) {
  return {Mistake::Place::kBody, std::move(pointer), std::move(detail)};
}
inline Mistake InParameter(std::string name, std::string detail) {
  return {Mistake::Place::kParameter, std::move(name), std::move(detail)};
}
inline Mistake InHeader(std::string name, std::string detail) {
  return {Mistake::Place::kHeader, std::move(name), std::move(detail)};
}

// How one request of ours to a scheduler came from a request to us, so that what the scheduler says
// of its fields is told of the sender's.
struct FieldPlaces {
  // What "integration." of the scheduler's paths is in the body ("" or "/integration").
  std::string integration = {};
  // Top-level fields that came from the body under their camelCase names.
  std::vector<std::string_view> in_body = {};
  // The path parameter that names the integration or SyncLog.
  std::string_view path_parameter = "id";
};

// `field` as schedulers write it: "integration.sync_settings.sync_interval",
// "integration.config/streams/0/path", "page_token", "request_id".
Mistake PlaceMistake(std::string_view field, std::string detail, const FieldPlaces& places);

// "sync_interval" → "syncInterval".
std::string CamelCase(std::string_view snake_case);

}  // namespace syncline::gateway
