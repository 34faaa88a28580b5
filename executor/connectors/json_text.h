// The texts of JSON's scalars: what simdjson On-Demand leaves to its caller when values are kept as
// written.
#pragma once

#include <string_view>

#include "executor/connectors/json_document.h"

namespace syncline::executor {

// RFC 8259's grammar of numbers.
bool IsJsonNumber(std::string_view text);

// Whether jsonb takes the number and can print it in reasonable space: at most 1,000 characters,
// exponent within ±400 (1e131071 is valid for PostgreSQL and 128 KiB when printed).
bool IsStorableNumber(std::string_view number);

// Decodes a string from behind its opening quote up to its closing one into `out` (room for as many
// bytes as the source has). Returns the end of what it wrote, null when an escape is malformed or
// the string is not closed. NUL and lone surrogates set `defect`; the text is then incomplete.
char* UnescapeJsonString(std::string_view raw, char* out, JsonDefect& defect);

}  // namespace syncline::executor
