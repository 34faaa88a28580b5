// A JSON document that is checked whole and kept as it was written: numbers are their text, so that
// 30-digit integers and 1.10 survive. simdjson On-Demand finds the structure; this walks it once
// into a flat list of nodes.
//
// Refused as a whole: what is not JSON (RFC 8259) or not UTF-8, anything after the value, more than
// 64 levels, more than 2,000,000 values, a root that is neither object nor array. A byte order mark
// is tolerated. What JSON allows but PostgreSQL cannot store (NUL, lone surrogates, huge numbers)
// is a defect of its node, so that one bad record does not cost the page.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/connectors/json_pointer.h"

namespace syncline::executor {

enum class JsonKind : uint8_t { kNull, kBool, kNumber, kString, kArray, kObject };
enum class JsonDefect : uint8_t { kNone, kNul, kSurrogate, kNumber };

// One value, or the name of a member. The nodes of a subtree are [index, end).
struct JsonNode {
  const char* data;  // scalars: text as in the source, of strings without quotes and escapes
  uint32_t size;
  uint32_t end;
  JsonKind kind;
  JsonDefect defect;  // of this node alone
  bool plain;         // a string without escapes, which is its own JSON text

  std::string_view text() const { return {data, size}; }
};

using JsonIndex = uint32_t;

// Owns its text; movable; const after Parse, so any thread may read it.
class JsonDocument {
 public:
  // INVALID_ARGUMENT with a phrase that completes "the body …" and holds nothing of the body.
  static absl::StatusOr<JsonDocument> Parse(std::string_view text);

  static constexpr JsonIndex kRoot = 0;
  const JsonNode& operator[](JsonIndex index) const { return nodes_[index]; }

  // Children of an array: index + 1, then each at its predecessor's end. Of an object likewise,
  // names and values in turn; of a name given twice the last one counts.
  std::optional<JsonIndex> Find(const connectors::JsonPointer& pointer,
                                JsonIndex from = kRoot) const;

  // The first defect in a subtree.
  JsonDefect DefectIn(JsonIndex index) const;

 private:
  friend class DocumentBuilder;

  std::unique_ptr<char[]> source_;     // padded as simdjson wants it
  std::unique_ptr<char[]> unescaped_;  // strings that had escapes
  std::vector<JsonNode> nodes_;
  bool has_defects_ = false;
};

// Appends the canonical text of a subtree: no white space, members sorted by the length and then
// the bytes of their names, one of each name, strings with the least escapes, numbers as in the
// source. Records are compared by its hash: when it changes, all of them are taken for changed.
void AppendCanonicalJson(const JsonDocument& document, JsonIndex index, std::string& out);

// Appends a string as JSON, in quotes.
void AppendJsonString(std::string_view text, std::string& out);

}  // namespace syncline::executor
