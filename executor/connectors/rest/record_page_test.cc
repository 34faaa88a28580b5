#include "executor/connectors/rest/record_page.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace syncline::executor {
namespace {

using connectors::JsonPointer;
using testing::ElementsAre;
using testing::HasSubstr;

connectors::Stream StreamOf(const std::vector<const char*>& key, const char* records = "") {
  connectors::Stream stream;
  stream.records = *JsonPointer::Parse(records);
  for (const char* place : key) stream.key.push_back(*JsonPointer::Parse(place));
  return stream;
}

Page Read(const std::string& text, const connectors::Stream& stream) {
  const auto document = JsonDocument::Parse(text);
  EXPECT_TRUE(document.ok()) << document.status();
  auto page = ReadRecords(*document, stream, [](JsonIndex) {});
  EXPECT_TRUE(page.ok()) << page.error().message;
  return *std::move(page);
}

std::vector<std::string> Keys(const Page& page) {
  std::vector<std::string> keys;
  for (const Record& record : page.records) keys.push_back(record.key);
  return keys;
}

TEST(ReadRecords, NamesRecordsByTheirKey) {
  EXPECT_THAT(Keys(Read(R"([{"id":"a"},{"id":17},{"id":true},{"id":1.10}])", StreamOf({"/id"}))),
              ElementsAre("a", "17", "true", "1.10"));
  // Joined so that no two keys collide: not by a separator that a value may hold.
  const auto pair = StreamOf({"/a", "/b/0"});
  EXPECT_THAT(
      Keys(Read(R"([{"a":"x","b":["y,z"]},{"a":"x\",\"y","b":["z"]},{"a":1,"b":[""]}])", pair)),
      ElementsAre(R"(["x","y,z"])", R"(["x\",\"y","z"])", R"(["1",""])"));
}

TEST(ReadRecords, RejectsWhatHasNoUsableKey) {
  const struct {
    const char* name;
    std::string record;
    const char* words;
  } cases[] = {
      {"missing", R"({"x":1})", "/id is missing"},
      {"null", R"({"id":null})", "/id is null"},
      {"object", R"({"id":{}})", "/id is an object"},
      {"array", R"({"id":[1]})", "/id is an array"},
      {"empty", R"({"id":""})", "empty key"},
      {"nul", R"({"id":"a\u0000b"})", "NUL"},
      {"surrogate", R"({"id":"\ud800"})", "surrogate"},
      {"long", R"({"id":")" + std::string(1001, 'k') + R"("})", "1001 bytes"},
      {"number_record", "5", "is a number, not an object"},
      {"null_record", "null", "is null, not an object"},
      {"array_record", "[]", "is an array, not an object"},
      {"nul_in_data", R"({"id":"k","v":["a\u0000"]})", "key \"k\": holds the character NUL"},
      {"nul_in_name", R"({"id":"k","\u0000":1})", "key \"k\": holds the character NUL"},
      {"surrogate_in_data", R"({"id":"k","v":"\udfff"})", "key \"k\": holds half a surrogate"},
      {"number_in_data", R"({"id":"k","v":1e9999})", "key \"k\": holds a number"},
  };
  for (const auto& row : cases) {
    const Page page = Read("[{\"id\":1}," + row.record + ",{\"id\":2}]", StreamOf({"/id"}));
    EXPECT_THAT(Keys(page), ElementsAre("1", "2")) << row.name;
    EXPECT_EQ(page.fetched, 3) << row.name;
    EXPECT_EQ(page.rejected, 1) << row.name;
    ASSERT_EQ(page.reject_reasons.size(), 1) << row.name;
    EXPECT_THAT(page.reject_reasons[0], HasSubstr("record 1: ")) << row.name;
    EXPECT_THAT(page.reject_reasons[0], HasSubstr(row.words)) << row.name;
    const bool has_key = page.reject_reasons[0].find("key \"k\"") != std::string::npos;
    EXPECT_EQ(page.rejected_keys, std::vector<std::string>(has_key ? 1 : 0, "k")) << row.name;
  }
  EXPECT_THAT(
      Keys(Read(fmt::format(R"([{{"id":"{}"}}])", std::string(1000, 'k')), StreamOf({"/id"}))),
      ElementsAre(std::string(1000, 'k')));
}

TEST(ReadRecords, KeepsTheFirstReasonsShort) {
  std::string text = "[";
  for (int i = 0; i < 9; ++i) {
    if (i > 0) text += ',';
    text += R"({"id":")";
    for (int n = 0; n < 200; ++n) text += "é";
    text += R"(","v":"\u0000"})";
  }
  const Page page = Read(text + "]", StreamOf({"/id"}));
  EXPECT_EQ(page.rejected, 9);
  ASSERT_EQ(page.reject_reasons.size(), 5);
  for (const std::string& reason : page.reject_reasons) {
    EXPECT_LE(reason.size(), 200);
    EXPECT_TRUE(JsonDocument::Parse("[\"" + reason.substr(reason.find("é")) + "\"]").ok())
        << "cut within a character";
  }
}

TEST(ReadRecords, KeepsTheLastOfTwoRecordsWithOneKey) {
  const Page page = Read(R"([{"id":1,"v":1},{"id":2},{"id":"1","v":2}])", StreamOf({"/id"}));
  ASSERT_THAT(Keys(page), ElementsAre("1", "2"));
  EXPECT_EQ(page.records[0].data, R"({"v":2,"id":"1"})");
  EXPECT_EQ(page.fetched, 3);
  EXPECT_EQ(page.duplicates, 1);
}

TEST(ReadRecords, HashesMeaningNotLayout) {
  const auto stream = StreamOf({"/id"});
  const Page a = Read(R"([{"id":1,"v":{"x":1.10,"y":"é"}}])", stream);
  const Page b = Read("[ {\"v\" : {\"y\":\"\\u00e9\", \"x\":1.10},\n \"id\":1} ]", stream);
  const Page c = Read(R"([{"id":1,"v":{"x":1.1,"y":"é"}}])", stream);
  EXPECT_EQ(a.records[0].data, b.records[0].data);
  EXPECT_EQ(a.records[0].hash, b.records[0].hash);
  EXPECT_NE(a.records[0].hash, c.records[0].hash);
  // The first 16 bytes of SHA-256 of {"id":1}.
  const Page known = Read(R"([{"id":1}])", stream);
  std::string hex;
  for (const uint8_t byte : known.records[0].hash) hex += fmt::format("{:02x}", byte);
  EXPECT_EQ(hex, "037c9214eef74cc3887f3a4f085b4e17");
}

TEST(ReadRecords, MapsFields) {
  auto stream = StreamOf({"/id"});
  stream.fields["total"] = *JsonPointer::Parse("/amounts/total");
  stream.fields["all"] = *JsonPointer::Parse("/amounts");
  stream.fields["gone"] = *JsonPointer::Parse("/nothing/here");
  const Page page = Read(
      R"([{"id":1,"amounts":{"total":123456789012345678901234567890.10,"tax":1},"x":"\u0000"}])",
      stream);
  ASSERT_EQ(page.records.size(), 1) << "a defect outside of the fields does no harm";
  EXPECT_EQ(page.records[0].data,
            R"({"all":{"tax":1,"total":123456789012345678901234567890.10},"gone":null,)"
            R"("total":123456789012345678901234567890.10})");
}

TEST(ReadRecords, NeedsAnArray) {
  const struct {
    const char* text;
    const char* records;
    const char* words;
  } cases[] = {
      {R"({"data":[]})", "", "the body is an object; 'records' must name the array"},
      {R"({"data":{"id":1}})", "/data", "/data in the body is an object"},
      {R"({"items":[]})", "/data", "/data in the body is missing"},
      {R"({"data":null})", "/data", "/data in the body is null"},
  };
  for (const auto& row : cases) {
    const auto document = JsonDocument::Parse(row.text);
    const auto page = ReadRecords(*document, StreamOf({"/id"}, row.records), [](JsonIndex) {});
    ASSERT_FALSE(page.ok());
    EXPECT_EQ(page.error().cls, ErrorClass::kData);
    EXPECT_THAT(page.error().message, HasSubstr(row.words));
  }
}

}  // namespace
}  // namespace syncline::executor
