// Checks a config against its JSON Schema and says what is wrong in words that help: every bad
// field at once, each with its path, what is wrong, what would be right. The schemas are plain
// draft 7 (a test holds this checker and valijson to the same verdict); this reads the part of it
// that they use, because general validators answer a wrong member of a oneOf with a list of every
// branch it is not.
//
// Used here: $ref (local), type, const, enum, required, properties, additionalProperties,
// propertyNames, min/maxProperties, items, min/maxItems, uniqueItems, min/maxLength, format,
// minimum, maximum, exclusiveMinimum, allOf, and oneOf over objects told apart by their "kind". A
// pattern is for forms: a format stands beside it that says it in words. Ours are "x-reserved",
// kinds that are known but not available yet, and the formats stream-name, http-base-url, url-path,
// json-pointer, query-name, http-header-name, http-header-value, http-token, lag.
#pragma once

#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "common/base/errors.h"
#include "common/connectors/integration_type.h"

namespace syncline::connectors {

// The schema of a type's config; empty for types that have no config yet.
std::string_view ConfigSchemaText(IntegrationType type);

// Violations of `schema`, paths beginning with `path` ("config"). Pure; any thread.
std::vector<FieldViolation> CheckAgainstSchema(const nlohmann::json& schema,
                                               const nlohmann::json& value, std::string_view path);

}  // namespace syncline::connectors
