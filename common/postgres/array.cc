#include "common/postgres/array.h"

#include <pqxx/array>
#include <utility>

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
