// Reads the members of one JSON object by name and type, and gathers what is wrong with them: a
// wrong type, a member that is missing, a name that nobody asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "gateway/json/json_text.h"
#include "gateway/json/mistakes.h"

namespace syncline::gateway {

// `object` and `mistakes` outlive it. Whoever reads from it calls RefuseUnknown at the end.
class ObjectReader {
 public:
  // What is no object is one mistake, and reads as an empty one.
  ObjectReader(const Json& object, std::string pointer, Mistakes* mistakes);

  // Whether it is there, null or not.
  bool Has(const std::string& name);
  bool IsNull(const std::string& name);

  // nullopt: not there, null, or a mistake (that was noted, but for the null). "is required" when
  // it is not there and `required`; null is a mistake unless `or_null`.
  enum class Need { kOptional, kOrNull, kRequired };
  std::optional<std::string> Text(const std::string& name, Need need);
  std::optional<bool> Boolean(const std::string& name, Need need);
  // A whole number within [low, high], which `range` says in words ("60 to 31622400 seconds").
  std::optional<std::int64_t> Integer(const std::string& name, Need need, std::int64_t low,
                                      std::int64_t high);
  // An object; null when there is none.
  const Json* Object(const std::string& name, Need need);

  // Names that may be there and mean nothing.
  void Ignore(const std::vector<std::string>& names);
  void RefuseUnknown();

  void Complain(const std::string& name, std::string detail);
  std::string PointerTo(const std::string& name) const;

 private:
  const Json* Find(const std::string& name, Need need, const char* expected);

  const Json& object_;
  const std::string pointer_;
  Mistakes& mistakes_;
  std::set<std::string> known_;
};

}  // namespace syncline::gateway
