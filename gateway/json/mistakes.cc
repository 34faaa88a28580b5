#include "gateway/json/mistakes.h"

#include <algorithm>
#include <utility>

namespace syncline::gateway {
namespace {

bool Skip(std::string_view prefix, std::string_view& text) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// "config/streams/0/path" and "config.streams[0].path" → "/config/streams/0/path". What follows the
// first slash is a pointer already.
std::string Pointer(std::string_view field) {
  const std::size_t slash = std::min(field.find('/'), field.size());
  std::string pointer;
  std::string_view name = field.substr(0, slash);
  while (!name.empty()) {
    const std::size_t end = std::min(name.find_first_of(".[]"), name.size());
    if (end > 0) pointer += "/" + CamelCase(name.substr(0, end));
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  return pointer + std::string(field.substr(slash));
}

// The REST names of fields whose camelCase they are not.
std::string ParameterName(std::string_view field, const FieldPlaces& places) {
  const std::string_view top = field.substr(0, field.find_first_of("/[."));
  if (top == "integration_id" || top == "sync_log_id") return std::string(places.path_parameter);
  if (top == "integration_ids") return "integrationId";
  if (top == "page_token") return "cursor";
  if (top == "statuses") return "status";
  if (top == "changed_after") return "changedAfter";
  if (top == "skip") return "page";
  return CamelCase(top);
}

}  // namespace

std::string CamelCase(std::string_view snake_case) {
  std::string camel;
  bool up = false;
  for (const char c : snake_case) {
    if (c == '_') {
      up = true;
    } else {
      camel.push_back(up && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
      up = false;
    }
  }
  return camel;
}

Mistake PlaceMistake(std::string_view field, std::string detail, const FieldPlaces& places) {
  std::string_view rest = field;
  if (Skip("integration.", rest)) {
    if (rest == "id") return InParameter(std::string(places.path_parameter), std::move(detail));
    Skip("sync_settings.", rest);
    return InBody(places.integration + Pointer(rest), std::move(detail));
  }
  if (Skip("sync_settings", rest)) {
    Skip(".", rest);
    return InBody(Pointer(rest), std::move(detail));
  }
  if (field == "request_id") return InHeader("Idempotency-Key", std::move(detail));
  const std::string_view top = field.substr(0, field.find_first_of("/[."));
  if (std::find(places.in_body.begin(), places.in_body.end(), top) != places.in_body.end())
    return InBody(Pointer(field), std::move(detail));
  return InParameter(ParameterName(field, places), std::move(detail));
}

}  // namespace syncline::gateway
