// What a statement returned, typed at the border so that no libpqxx type leaves common/postgres.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"

namespace pqxx {
class result;
}

namespace syncline::postgres {

struct ResultData;
struct RowCursor;

// A view of one row; valid as long as its Result, used by one thread at a time. Columns are found
// fastest in the order of the statement. Asking for a column that is not there, or for a
// number where none is, is a mistake of the programmer and ends the process with a message (CHECK
// semantics).
class Row {
 public:
  bool IsNull(std::string_view column) const;
  // The text form; empty for NULL.
  std::string_view Text(std::string_view column) const;
  std::string String(std::string_view column) const { return std::string(Text(column)); }
  // 0 for NULL.
  std::int64_t Int(std::string_view column) const;
  // false for NULL.
  bool Bool(std::string_view column) const;
  // nullopt for NULL.
  std::optional<absl::Time> Time(std::string_view column) const;
  // The bytes of a bytea; empty for NULL.
  std::string Bytes(std::string_view column) const;
  // The elements of a one-dimensional array, NULL elements as empty text; empty for NULL.
  std::vector<std::string> Array(std::string_view column) const;

 private:
  friend class Result;
  explicit Row(std::shared_ptr<RowCursor> cursor) : cursor_(std::move(cursor)) {}
  std::shared_ptr<RowCursor> cursor_;
};

class Result {
 public:
  explicit Result(const pqxx::result& result);
  Result(Result&&) noexcept;
  Result& operator=(Result&&) noexcept;
  ~Result();

  int size() const;
  bool empty() const { return size() == 0; }
  Row operator[](int index) const;
  // Rows changed by a statement without RETURNING.
  std::int64_t affected() const;

  class Iterator {
   public:
    Row operator*() const { return (*result_)[index_]; }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return index_ != other.index_; }

   private:
    friend class Result;
    Iterator(const Result* result, int index) : result_(result), index_(index) {}
    const Result* result_;
    int index_;
  };
  Iterator begin() const { return {this, 0}; }
  Iterator end() const { return {this, size()}; }

 private:
  std::unique_ptr<ResultData> data_;
};

// The parameters of one statement, in order ($1, $2 …), in PostgreSQL's text form. Text must not
// hold NUL. Those in binary form (BinaryArray) stand side by side.
class Params {
 public:
  Params& Add(std::string_view text) {
    values_.emplace_back(std::string(text));
    return *this;
  }
  Params& Add(std::string&& text) {
    values_.emplace_back(std::move(text));
    return *this;
  }
  Params& Add(const std::string& text) { return Add(std::string_view(text)); }
  Params& Add(const char* text) { return Add(std::string_view(text)); }
  Params& Add(std::int64_t number) { return Add(std::to_string(number)); }
  Params& Add(int number) { return Add(static_cast<std::int64_t>(number)); }
  Params& Add(bool flag) { return Add(flag ? "t" : "f"); }
  Params& AddNull() {
    values_.emplace_back(std::nullopt);
    return *this;
  }
  template <typename T>
  Params& AddOptional(const std::optional<T>& value) {
    return value ? Add(*value) : AddNull();
  }
  // NULL for empty text.
  Params& AddNonEmpty(std::string_view text) { return text.empty() ? AddNull() : Add(text); }
  // Not copied: `bytes` outlives the statement.
  Params& AddBinary(std::string_view bytes) {
    if (binaries_.empty()) first_binary_ = values_.size();
    binaries_.push_back(bytes);
    return *this;
  }

  // All but the binary ones, which belong before the one at first_binary().
  const std::vector<std::optional<std::string>>& values() const { return values_; }
  std::size_t first_binary() const { return first_binary_; }
  const std::vector<std::string_view>& binaries() const { return binaries_; }

 private:
  std::vector<std::optional<std::string>> values_;
  std::size_t first_binary_ = 0;
  std::vector<std::string_view> binaries_;
};

}  // namespace syncline::postgres
