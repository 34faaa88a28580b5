#include "executor/connectors/rest/link_header.h"

#include <algorithm>
#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"

namespace syncline::executor {
namespace {

// Takes a token or a quoted string off the front.
std::string TakeValue(std::string_view& text) {
  std::string value;
  if (text.empty() || text.front() != '"') {
    const size_t end = std::min(text.find_first_of(";, \t"), text.size());
    value = text.substr(0, end);
    text.remove_prefix(end);
    return value;
  }
  size_t i = 1;
  for (; i < text.size() && text[i] != '"'; ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    value += text[i];
  }
  text.remove_prefix(std::min(i + 1, text.size()));
  return value;
}

void SkipSpace(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
}

bool HasRelation(const std::string& relations, absl::string_view wanted) {
  for (const absl::string_view relation : absl::StrSplit(relations, ' ', absl::SkipEmpty())) {
    if (absl::EqualsIgnoreCase(relation, wanted)) return true;
  }
  return false;
}

// Takes the parameters of one link off the front, up to the comma that ends it; true when its
// (first) rel is next.
bool TakeParameters(std::string_view& text) {
  std::optional<std::string> rel;
  while (true) {
    SkipSpace(text);
    if (text.empty() || text.front() != ';') break;
    text.remove_prefix(1);
    SkipSpace(text);
    const size_t end = std::min(text.find_first_of("=;, \t"), text.size());
    const std::string name = absl::AsciiStrToLower(std::string(text.substr(0, end)));
    text.remove_prefix(end);
    SkipSpace(text);
    std::string value;
    if (!text.empty() && text.front() == '=') {
      text.remove_prefix(1);
      SkipSpace(text);
      value = TakeValue(text);
    }
    if (name == "rel" && !rel) rel = value;
  }
  text.remove_prefix(std::min(text.find(','), text.size()));
  return rel && HasRelation(*rel, "next");
}

std::optional<std::string> NextIn(std::string_view text) {
  while (true) {
    const size_t open = text.find('<');
    const size_t close = text.find('>', open);
    if (open == std::string_view::npos || close == std::string_view::npos) return std::nullopt;
    const std::string target(text.substr(open + 1, close - open - 1));
    text.remove_prefix(close + 1);
    if (TakeParameters(text)) return target;
  }
}

}  // namespace

std::optional<std::string> NextLink(const HttpResponse& response) {
  for (const auto& [name, value] : response.headers) {
    if (name != "link") continue;
    if (auto target = NextIn(value)) return target;
  }
  return std::nullopt;
}

}  // namespace syncline::executor
