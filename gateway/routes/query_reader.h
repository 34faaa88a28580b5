// Reads a request's query parameters by name and type, and gathers what is wrong with them: a bad
// value, one given twice, a name that nobody asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "gateway/http/message.h"
#include "gateway/json/mistakes.h"

namespace syncline::gateway {

// `request` and `mistakes` outlive it. Whoever reads from it calls RefuseUnknown at the end.
class QueryReader {
 public:
  QueryReader(const HttpRequest& request, Mistakes* mistakes)
      : request_(request), mistakes_(*mistakes) {}

  bool Has(const std::string& name) const;
  // Absent: empty.
  std::string Text(const std::string& name);
  // One for each time that it is given, and for each part between commas.
  std::vector<std::string> List(const std::string& name);
  // A decimal number within [low, high]; nullopt: absent, or a mistake that was noted.
  std::optional<std::int64_t> Integer(const std::string& name, std::int64_t low, std::int64_t high);

  void Complain(const std::string& name, std::string detail);
  void RefuseUnknown();

 private:
  std::optional<std::string> Single(const std::string& name);

  const HttpRequest& request_;
  Mistakes& mistakes_;
  std::set<std::string> known_;
};

}  // namespace syncline::gateway
