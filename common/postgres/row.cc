#include "common/postgres/row.h"

#include <charconv>
#include <cstdlib>
#include <pqxx/result>

#include "common/base/log.h"
#include "common/base/text_time.h"
#include "common/postgres/array.h"

namespace syncline::postgres {
namespace {

[[noreturn]] void Die(std::string_view what, std::string_view column) {
  LogError("a result does not fit its reader", {{"problem", what}, {"column", column}});
  std::abort();
}

pqxx::field Field(const pqxx::result& result, int index, std::string_view column) {
  try {
    // libpq's own look-up copies and folds the name each time; ours are as they are.
    for (pqxx::row::size_type i = 0; i < result.columns(); ++i) {
      if (column == result.column_name(i))
        return result[static_cast<pqxx::result::size_type>(index)][i];
    }
    return result[static_cast<pqxx::result::size_type>(index)][std::string(column)];
  } catch (const std::exception& error) {
    Die(error.what(), column);
  }
}

}  // namespace

bool Row::IsNull(std::string_view column) const {
  return Field(*result_, index_, column).is_null();
}

std::string_view Row::Text(std::string_view column) const {
  const pqxx::field field = Field(*result_, index_, column);
  return {field.c_str(), field.size()};
}

std::int64_t Row::Int(std::string_view column) const {
  const std::string_view text = Text(column);
  if (text.empty()) return 0;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) Die("not an integer", column);
  return number;
}

bool Row::Bool(std::string_view column) const { return Text(column) == "t"; }

std::optional<absl::Time> Row::Time(std::string_view column) const {
  if (IsNull(column)) return std::nullopt;
  std::optional<absl::Time> time = ParsePostgresTime(Text(column));
  if (!time) Die("not a time in UTC", column);
  return time;
}

std::string Row::Bytes(std::string_view column) const { return ParseBytes(Text(column)); }

std::vector<std::string> Row::Array(std::string_view column) const {
  std::vector<std::string> elements;
  if (IsNull(column)) return elements;
  for (auto& element : ParseArray(Text(column)))
    elements.push_back(std::move(element).value_or(""));
  return elements;
}

Result::Result(const pqxx::result& result) : result_(std::make_unique<pqxx::result>(result)) {}
Result::Result(Result&&) noexcept = default;
Result& Result::operator=(Result&&) noexcept = default;
Result::~Result() = default;

int Result::size() const { return static_cast<int>(result_->size()); }
Row Result::operator[](int index) const { return Row(*result_, index); }
std::int64_t Result::affected() const {
  return static_cast<std::int64_t>(result_->affected_rows());
}

}  // namespace syncline::postgres
