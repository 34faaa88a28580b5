#include "executor/connectors/json_document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <string>

#include "executor/connectors/json_text.h"

namespace syncline::executor {
namespace {

using connectors::JsonPointer;
using testing::HasSubstr;

std::string Canonical(std::string_view text) {
  const auto document = JsonDocument::Parse(text);
  if (!document.ok()) return "error: " + std::string(document.status().message());
  std::string out;
  AppendCanonicalJson(*document, JsonDocument::kRoot, out);
  return out;
}

std::string Nested(size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); }

TEST(CanonicalJson, HasOneTextForOneMeaning) {
  const struct {
    const char* name;
    const char* text;
    const char* canonical;
  } cases[] = {
      {"white_space", " { \"a\" : [ 1 , 2 ] \n} ", R"({"a":[1,2]})"},
      {"member_order", R"({"b":1,"a":{"d":1,"c":2}})", R"({"a":{"c":2,"d":1},"b":1})"},
      {"member_order_by_bytes", R"({"é":1,"z":2,"Z":3,"":4})", R"({"":4,"Z":3,"z":2,"é":1})"},
      {"member_order_by_length", R"({"aaa":1,"é":1,"bb":1,"z":1,"Z":1,"":1})",
       R"({"":1,"Z":1,"z":1,"bb":1,"é":1,"aaa":1})"},
      {"escapes", R"(["\u0041\/\t\u001f\u007f\"\\"])", "[\"A/\\t\\u001f\x7f\\\"\\\\\"]"},
      {"escaped_name", R"({"\u0062":1,"a":2})", R"({"a":2,"b":1})"},
      {"surrogate_pair", R"(["\ud83d\ude00"])", "[\"\xf0\x9f\x98\x80\"]"},
      {"twice_last_wins", R"({"a":1,"b":2,"a":3})", R"({"a":3,"b":2})"},
      {"twice_by_escape", R"({"a":1,"\u0061":2})", R"({"a":2})"},
      {"money", "[1.10,1.1,0.30,100.00]", "[1.10,1.1,0.30,100.00]"},
      {"large_integer", "[123456789012345678901234567890]", "[123456789012345678901234567890]"},
      {"number_forms", "[-0,1E5,1e+5,2.50e-3]", "[-0,1E5,1e+5,2.50e-3]"},
      {"literals", "[true,false,null]", "[true,false,null]"},
      {"empty", R"({"a":{},"b":[]})", R"({"a":{},"b":[]})"},
      {"byte_order_mark", "\xef\xbb\xbf[1]", "[1]"},
  };
  for (const auto& row : cases) EXPECT_EQ(Canonical(row.text), row.canonical) << row.name;
}

TEST(JsonDocument, RefusesWhatIsNotWholeJson) {
  const struct {
    const char* name;
    std::string text;
    const char* words;
  } cases[] = {
      {"empty", "", "is empty"},
      {"space", "  \n", "is empty"},
      {"html", "<!DOCTYPE html><html></html>", "is not JSON"},
      {"text", "Service unavailable", "is not JSON"},
      {"scalar", "42", "neither a JSON object nor"},
      {"null", "null", "neither a JSON object nor"},
      {"cut_array", R"([{"id":1},{"id")", "not"},
      {"cut_string", R"([{"id":"abc)", "not JSON"},
      {"trailing_garbage", "[1] x", "not"},
      {"two_documents", "[1][2]", "goes on"},
      {"two_objects", "{} {}", "goes on"},
      {"trailing_comma", "[1,]", "not well-formed"},
      {"missing_comma", "[1 2]", "not well-formed"},
      {"missing_colon", R"({"a" 1})", "not well-formed"},
      {"bare_name", "{a:1}", "not well-formed"},
      {"mismatched", "[{]}", "not well-formed"},
      {"mismatched_end", R"({"a":[1})", "not well-formed"},
      {"nan", "[NaN]", "not well-formed"},
      {"infinity", "[-Infinity]", "not well-formed"},
      {"leading_zero", "[01]", "not well-formed"},
      {"bare_fraction", "[.5]", "not well-formed"},
      {"open_fraction", "[1.]", "not well-formed"},
      {"hex", "[0x1]", "not well-formed"},
      {"plus", "[+1]", "not well-formed"},
      {"literal_tail", "[truee]", "not well-formed"},
      {"literal_cut", "[tru]", "not well-formed"},
      {"single_quotes", "['a']", "not well-formed"},
      {"bad_escape", R"(["\x41"])", "not well-formed"},
      {"bad_unicode_escape", R"(["\u00g1"])", "not well-formed"},
      {"cut_unicode_escape", R"(["\u00"])", "not well-formed"},
      {"raw_newline", "[\"a\nb\"]", "not JSON"},
      {"raw_nul", std::string("[\"a\0b\"]", 7), "not JSON"},
      {"nul_outside", std::string("[1\0]", 4), "not"},
      {"invalid_utf8", "[\"\xff\"]", "not valid UTF-8"},
      {"overlong_utf8", "[\"\xc0\xaf\"]", "not valid UTF-8"},
      {"surrogate_utf8", "[\"\xed\xa0\x80\"]", "not valid UTF-8"},
      {"cut_utf8", "[\"\xe2\x82\"]", "not valid UTF-8"},
      {"utf16", std::string("\xff\xfe[\0]\0", 6), "not valid UTF-8"},
      {"comment", "[1] // x", "not"},
      {"65_levels", Nested(65), "over 64 levels"},
      {"10000_levels", Nested(10'000), "over 64 levels"},
      {"open_levels", std::string(100'000, '['), "not"},
      {"object_levels",
       [] {
         std::string text;
         for (int i = 0; i < 10'000; ++i) text += R"({"a":)";
         return text + "1" + std::string(10'000, '}');
       }(),
       "over 64 levels"},
  };
  for (const auto& row : cases) {
    const auto document = JsonDocument::Parse(row.text);
    ASSERT_FALSE(document.ok()) << row.name;
    EXPECT_THAT(std::string(document.status().message()), HasSubstr(row.words)) << row.name;
  }
  EXPECT_TRUE(JsonDocument::Parse(Nested(64)).ok());
}

TEST(JsonDocument, BoundsTheNumberOfValues) {
  std::string text = "[0";
  for (int i = 0; i < 2'000'000; ++i) text += ",0";
  EXPECT_THAT(Canonical(text + "]"), HasSubstr("over 2,000,000 JSON values"));
}

TEST(JsonDocument, MarksWhatPostgresCannotStore) {
  const struct {
    const char* name;
    const char* text;
    JsonDefect defect;
  } cases[] = {
      {"nul", R"(["a\u0000b"])", JsonDefect::kNul},
      {"nul_in_name", R"({"a\u0000":1})", JsonDefect::kNul},
      {"nul_text_is_fine", R"(["\\u0000"])", JsonDefect::kNone},
      {"lone_high", R"(["\ud800"])", JsonDefect::kSurrogate},
      {"lone_low", R"(["\udc00"])", JsonDefect::kSurrogate},
      {"high_then_text", R"(["\ud800abcdef"])", JsonDefect::kSurrogate},
      {"two_high", R"(["\ud800\ud800"])", JsonDefect::kSurrogate},
      {"high_then_letter", R"(["\ud83d\u0041"])", JsonDefect::kSurrogate},
      {"pair", R"(["\ud83d\ude00"])", JsonDefect::kNone},
      {"exponent", "[1e401]", JsonDefect::kNumber},
      {"negative_exponent", "[1e-401]", JsonDefect::kNumber},
      {"exponent_overflow", "[1e99999999999999999999]", JsonDefect::kNumber},
      {"exponent_fine", "[1E+400]", JsonDefect::kNone},
  };
  for (const auto& row : cases) {
    const auto document = JsonDocument::Parse(row.text);
    ASSERT_TRUE(document.ok()) << row.name << document.status();
    EXPECT_EQ(document->DefectIn(JsonDocument::kRoot), row.defect) << row.name;
  }
  const auto longest = JsonDocument::Parse("[" + std::string(1000, '1') + "]");
  EXPECT_EQ(longest->DefectIn(JsonDocument::kRoot), JsonDefect::kNone);
  const auto longer = JsonDocument::Parse("[" + std::string(1001, '1') + "]");
  EXPECT_EQ(longer->DefectIn(JsonDocument::kRoot), JsonDefect::kNumber);
}

TEST(JsonDocument, FindsByPointer) {
  const auto document =
      JsonDocument::Parse(R"({"a":{"b/c":[10,{"~":"x"}]},"":5,"d":1,"d":2,"0":"zero"})");
  ASSERT_TRUE(document.ok());
  const struct {
    const char* pointer;
    const char* text;  // null: not there
  } cases[] = {
      {"/a/b~1c/0", "10"},
      {"/a/b~1c/1/~0", "x"},
      {"/", "5"},
      {"/d", "2"},
      {"/0", "zero"},
      {"/a/b~1c/2", nullptr},
      {"/a/b~1c/01", nullptr},
      {"/a/b~1c/-", nullptr},
      {"/a/x", nullptr},
      {"/d/x", nullptr},
  };
  for (const auto& row : cases) {
    const auto found = document->Find(*JsonPointer::Parse(row.pointer));
    ASSERT_EQ(found.has_value(), row.text != nullptr) << row.pointer;
    if (!found) continue;
    EXPECT_EQ((*document)[*found].text(), row.text) << row.pointer;
  }
  EXPECT_EQ(document->Find(JsonPointer()), JsonDocument::kRoot);
}

TEST(JsonDocument, SurvivesAMove) {
  auto parsed = JsonDocument::Parse(R"(["\u0041"])");
  JsonDocument moved = *std::move(parsed);
  const JsonDocument again = std::move(moved);
  EXPECT_EQ(again[1].text(), "A");
}

// Changed documents must be taken and refused exactly as by another parser, and mean the same.
TEST(JsonDocument, AgreesWithAnotherParserOnChangedDocuments) {
  const std::string seed =
      R"({"data":[{"id":1,"n":"a\"b\\\u00e9","x":[1.5,-2e3,true,null,{}]},{"id":"é","y":[[]]}],"m":{}})";
  const std::string alphabet = "{}[]\",:\\u0123456789abcdeftrn-+. \x01\xc3\xa9/";
  std::mt19937 random(20240501);
  const auto below = [&](size_t n) {
    return std::uniform_int_distribution<size_t>(0, n - 1)(random);
  };
  int accepted = 0;
  for (int round = 0; round < 100'000; ++round) {
    std::string text = seed;
    for (size_t changes = 1 + below(3); changes > 0; --changes) {
      const size_t at = below(text.size());
      switch (below(4)) {
        case 0:
          text[at] = alphabet[below(alphabet.size())];
          break;
        case 1:
          text.erase(at, 1 + below(3));
          break;
        case 2:
          text.insert(at, 1, alphabet[below(alphabet.size())]);
          break;
        default:
          text.insert(at, text.substr(below(text.size()), below(12)));
      }
    }
    const auto other = nlohmann::json::parse(text, nullptr, false);
    const auto ours = JsonDocument::Parse(text);
    if (ours.ok() && ours->DefectIn(0) == JsonDefect::kSurrogate)
      continue;  // the other refuses those
    const bool root_fits = other.is_object() || other.is_array();
    ASSERT_EQ(ours.ok(), root_fits) << text;
    if (!ours.ok()) continue;
    ++accepted;
    if (ours->DefectIn(0) == JsonDefect::kNone) {
      ASSERT_EQ(nlohmann::json::parse(Canonical(text)), other) << text;
    }
  }
  EXPECT_GT(accepted, 1000);
}

}  // namespace
}  // namespace syncline::executor
