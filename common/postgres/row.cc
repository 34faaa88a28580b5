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

}  // namespace

struct ResultData {
  pqxx::result result;
  std::vector<std::string_view> names;  // of its columns
};

// A field that moves along its row: each new row or field of libpqxx counts its result's owners
// anew. Its look-up of names copies and folds each of them; ours are as they are.
struct RowCursor {
  RowCursor(const ResultData& data, int index)
      : names(data.names),
        field(data.result[static_cast<pqxx::result::size_type>(index)].begin()) {}

  const pqxx::field& At(std::string_view column) {
    for (std::size_t looked = 0; looked < names.size(); ++looked) {
      const std::size_t to = (next + looked) % names.size();
      if (names[to] != column) continue;
      field += static_cast<int>(to) - static_cast<int>(at);
      at = to;
      next = to + 1;
      return field;
    }
    Die("no such column", column);
  }

  const std::vector<std::string_view>& names;
  pqxx::const_row_iterator field;
  std::size_t at = 0;    // the column of `field`
  std::size_t next = 0;  // where the search begins
};

bool Row::IsNull(std::string_view column) const { return cursor_->At(column).is_null(); }

std::string_view Row::Text(std::string_view column) const {
  const pqxx::field& field = cursor_->At(column);
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

Result::Result(const pqxx::result& result)
    : data_(std::make_unique<ResultData>(ResultData{result, {}})) {
  for (pqxx::row::size_type i = 0; i < result.columns(); ++i)
    data_->names.emplace_back(result.column_name(i));
}
Result::Result(Result&&) noexcept = default;
Result& Result::operator=(Result&&) noexcept = default;
Result::~Result() = default;

int Result::size() const { return static_cast<int>(data_->result.size()); }
Row Result::operator[](int index) const { return Row(std::make_shared<RowCursor>(*data_, index)); }
std::int64_t Result::affected() const {
  return static_cast<std::int64_t>(data_->result.affected_rows());
}

}  // namespace syncline::postgres
