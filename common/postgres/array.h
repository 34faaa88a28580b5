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

// Builds one array in PostgreSQL's binary form, which neither side has to quote or to scan for
// quotes: for the large ones, sent by Params::AddBinary.
class BinaryArray {
 public:
  // The elements' OID in pg_type.
  enum class Type : std::uint32_t { kBytea = 17, kText = 25, kUuid = 2950 };

  explicit BinaryArray(Type type);
  void Add(std::string_view element);
  // A UUID in text form, for kUuid; NULL for empty text. The server refuses the array when it is
  // none (SQLSTATE 22P03).
  void AddUuid(std::string_view text);
  void AddNull();
  void Reserve(std::size_t elements, std::size_t bytes);
  std::size_t size() const { return ends_.size(); }
  std::string_view operator[](std::size_t index) const;

  // All of it, valid until the next Add.
  std::string_view bytes() const { return bytes_; }

 private:
  void AddInt(std::size_t number);
  std::string bytes_;
  std::vector<std::size_t> ends_;  // of the elements, in bytes_
};

std::string TextArray(const std::vector<std::string>& elements);

// The elements of a one-dimensional array in PostgreSQL's text form; nullopt elements are NULL.
std::vector<std::optional<std::string>> ParseArray(std::string_view text);

// The bytea hex form ("\x…") of bytes.
std::string BytesLiteral(std::string_view bytes);
// The bytes of a bytea in hex form; empty for anything else.
std::string ParseBytes(std::string_view text);

}  // namespace syncline::postgres
