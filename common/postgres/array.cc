#include "common/postgres/array.h"

#include <algorithm>
#include <limits>
#include <pqxx/array>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"

namespace syncline::postgres {

void ArrayBuilder::Separate() {
  if (text_.size() > 1) text_.push_back(',');
}

void ArrayBuilder::Add(std::string_view element) {
  Separate();
  text_.push_back('"');
  for (const char c : element) {
    if (c == '"' || c == '\\') text_.push_back('\\');
    text_.push_back(c);
  }
  text_.push_back('"');
}

void ArrayBuilder::AddNull() {
  Separate();
  text_.append("NULL");
}

void ArrayBuilder::Add(std::int64_t element) {
  Separate();
  text_.append(std::to_string(element));
}

void ArrayBuilder::Add(bool element) {
  Separate();
  text_.push_back(element ? 't' : 'f');
}

void ArrayBuilder::AddBytes(std::string_view bytes) {
  Separate();
  text_.append("\"\\").append(BytesLiteral(bytes)).push_back('"');
}

std::string ArrayBuilder::Take() {
  text_.push_back('}');
  return std::move(text_);
}

namespace {

// What array_recv reads (src/backend/utils/adt/arrayfuncs.c): dimensions, whether there are NULLs,
// type of the elements; length and first index of the one dimension; then length and bytes of each
// element. Every number has four bytes, the highest first.
constexpr std::size_t kInt = 4;
constexpr std::size_t kNullsPlace = kInt;
constexpr std::size_t kLengthPlace = 3 * kInt;
constexpr std::size_t kHeader = 5 * kInt;

void PutInt(std::size_t number, char* place) {
  for (std::size_t i = 0; i < kInt; ++i)
    place[i] = static_cast<char>(number >> (8 * (kInt - 1 - i)) & 0xffU);
}

}  // namespace

BinaryArray::BinaryArray(Type type) {
  AddInt(1);
  AddInt(0);
  AddInt(static_cast<std::size_t>(type));
  AddInt(0);
  AddInt(1);
}

void BinaryArray::AddInt(std::size_t number) {
  bytes_.resize(bytes_.size() + kInt);
  PutInt(number, bytes_.data() + bytes_.size() - kInt);
}

void BinaryArray::Add(std::string_view element) {
  AddInt(element.size());
  bytes_.append(element);
  ends_.push_back(bytes_.size());
  PutInt(ends_.size(), bytes_.data() + kLengthPlace);
}

void BinaryArray::AddUuid(std::string_view text) {
  if (text.empty()) return AddNull();
  std::string digits(text);
  std::erase(digits, '-');
  const bool valid =
      digits.size() == 32 && std::all_of(digits.begin(), digits.end(), absl::ascii_isxdigit);
  Add(valid ? absl::HexStringToBytes(digits) : std::string(text));
}

void BinaryArray::AddNull() {
  PutInt(1, bytes_.data() + kNullsPlace);
  Add("");
  PutInt(std::numeric_limits<std::uint32_t>::max(), bytes_.data() + bytes_.size() - kInt);
}

void BinaryArray::Reserve(std::size_t elements, std::size_t bytes) {
  ends_.reserve(elements);
  bytes_.reserve(kHeader + elements * kInt + bytes);
}

std::string_view BinaryArray::operator[](std::size_t index) const {
  const std::size_t begin = (index == 0 ? kHeader : ends_[index - 1]) + kInt;
  return std::string_view(bytes_).substr(begin, ends_[index] - begin);
}

std::string TextArray(const std::vector<std::string>& elements) {
  ArrayBuilder builder;
  for (const std::string& element : elements) builder.Add(std::string_view(element));
  return builder.Take();
}

std::vector<std::optional<std::string>> ParseArray(std::string_view text) {
  std::vector<std::optional<std::string>> elements;
  const std::string copy(text);
  pqxx::array_parser parser(copy.c_str());
  using Juncture = pqxx::array_parser::juncture;
  for (auto step = parser.get_next(); step.first != Juncture::done; step = parser.get_next()) {
    if (step.first == Juncture::string_value) elements.emplace_back(step.second);
    if (step.first == Juncture::null_value) elements.emplace_back(std::nullopt);
  }
  return elements;
}

std::string BytesLiteral(std::string_view bytes) {
  return "\\x" + absl::BytesToHexString(absl::string_view(bytes.data(), bytes.size()));
}

std::string ParseBytes(std::string_view text) {
  if (text.substr(0, 2) != "\\x") return "";
  return absl::HexStringToBytes(absl::string_view(text.data() + 2, text.size() - 2));
}

}  // namespace syncline::postgres
