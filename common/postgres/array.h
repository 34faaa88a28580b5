// PostgreSQL array literals: how batches travel to `unnest($n::type[])` in one parameter.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace syncline::postgres {

// Builds one array literal, element by element. Elements are quoted, so any text without NUL is
// safe.
class ArrayBuilder {
 public:
  void Add(std::string_view element);
  void Add(const std::string& element) { Add(std::string_view(element)); }
  void AddNull();
  void Add(std::int64_t element);
  void Add(bool element);
  // The bytes in hex form, for bytea[].
  void AddBytes(std::string_view bytes);
  // Makes room for about this many bytes.
  void Reserve(std::size_t bytes) { text_.reserve(bytes); }

  // The literal. The builder is spent.
  std::string Take();

 private:
  void Separate();
  std::string text_ = "{";
};

std::string TextArray(const std::vector<std::string>& elements);

// The elements of a one-dimensional array in PostgreSQL's text form; nullopt elements are NULL.
std::vector<std::optional<std::string>> ParseArray(std::string_view text);

// The bytea hex form ("\x…") of bytes.
std::string BytesLiteral(std::string_view bytes);
// The bytes of a bytea in hex form; empty for anything else.
std::string ParseBytes(std::string_view text);

}  // namespace syncline::postgres
