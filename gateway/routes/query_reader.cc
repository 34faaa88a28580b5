#include "gateway/routes/query_reader.h"

#include <fmt/format.h>

#include <charconv>
#include <utility>

namespace syncline::gateway {
namespace {

constexpr std::size_t kLongestNameShown = 100;

}  // namespace

bool QueryReader::Has(const std::string& name) const {
  for (const auto& [key, value] : request_.query) {
    if (key == name) return true;
  }
  return false;
}

void QueryReader::Complain(const std::string& name, std::string detail) {
  mistakes_.push_back(InParameter(name, std::move(detail)));
}

std::optional<std::string> QueryReader::Single(const std::string& name) {
  known_.insert(name);
  std::optional<std::string> found;
  for (const auto& [key, value] : request_.query) {
    if (key != name) continue;
    if (found) {
      Complain(name, "is given twice; give it once");
      return std::nullopt;
    }
    found = value;
  }
  return found;
}

std::string QueryReader::Text(const std::string& name) { return Single(name).value_or(""); }

std::vector<std::string> QueryReader::List(const std::string& name) {
  known_.insert(name);
  std::vector<std::string> values;
  for (const auto& [key, value] : request_.query) {
    if (key != name) continue;
    std::size_t begin = 0;
    while (begin <= value.size()) {
      const std::size_t comma = std::min(value.find(',', begin), value.size());
      if (comma > begin) values.push_back(value.substr(begin, comma - begin));
      begin = comma + 1;
    }
  }
  return values;
}

std::optional<std::int64_t> QueryReader::Integer(const std::string& name, std::int64_t low,
                                                 std::int64_t high) {
  const auto text = Single(name);
  if (!text) return std::nullopt;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error == std::errc() && end == text->data() + text->size() && number >= low && number <= high)
    return number;
  Complain(name, fmt::format("must be a whole number from {} to {}", low, high));
  return std::nullopt;
}

void QueryReader::RefuseUnknown() {
  for (const auto& [key, value] : request_.query) {
    if (known_.contains(key)) continue;
    Complain(key.substr(0, kLongestNameShown),
             known_.empty() ? "is not known; there are no parameters here"
                            : fmt::format("is not known; known here: {}", fmt::join(known_, ", ")));
  }
}

}  // namespace syncline::gateway
