#include "common/postgres/array.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/postgres/conninfo.h"

namespace syncline::postgres {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Optional;

TEST(Array, EveryTextComesBackAsItWas) {
  const std::vector<std::string> hostile = {"",        "NULL",        "a,b",
                                            "{x}",     "\"quoted\"",  "back\\slash",
                                            " space ", "line\nbreak", "'; drop table x; --"};
  const auto parsed = ParseArray(TextArray(hostile));
  ASSERT_EQ(parsed.size(), hostile.size());
  for (std::size_t i = 0; i < hostile.size(); ++i) EXPECT_THAT(parsed[i], Optional(hostile[i]));
}

TEST(Array, NullsNumbersAndBooleans) {
  ArrayBuilder builder;
  builder.AddNull();
  builder.Add(std::int64_t{-7});
  builder.Add(true);
  EXPECT_EQ(builder.Take(), "{NULL,-7,t}");
  EXPECT_THAT(ParseArray("{NULL,-7}"), ElementsAre(std::nullopt, Optional(std::string("-7"))));
  EXPECT_TRUE(ParseArray("{}").empty());
}

TEST(Array, BinaryFormHasAHeaderAndTheElementsByLength) {
  BinaryArray array(BinaryArray::Type::kText);
  EXPECT_EQ(array.bytes().size(), 20U);
  array.Add("a");
  array.Add("");
  array.Add("{\"}");
  EXPECT_EQ(array.bytes(), std::string_view("\0\0\0\1\0\0\0\0\0\0\0\x19\0\0\0\3\0\0\0\1"
                                            "\0\0\0\1a\0\0\0\0\0\0\0\3{\"}",
                                            36));
  ASSERT_EQ(array.size(), 3U);
  EXPECT_EQ(array[0], "a");
  EXPECT_EQ(array[1], "");
  EXPECT_EQ(array[2], "{\"}");
}

TEST(BinaryArray, UuidsAreSixteenBytesAndMayBeNull) {
  BinaryArray array(BinaryArray::Type::kUuid);
  array.AddUuid("00112233-4455-6677-8899-aAbBcCdDeEfF");
  array.AddNull();
  for (const std::string wrong : {"", "0011", "00112233-4455-6677-8899-aabbccddeeff0",
                                  "00112233-4455-6677-8899-aabbccddeefg"})
    array.AddUuid(wrong);
  EXPECT_EQ(array.bytes().substr(0, 44),
            std::string_view("\0\0\0\1\0\0\0\1\0\0\x0b\x86\0\0\0\6\0\0\0\1"
                             "\0\0\0\x10\x00\x11\x22\x33\x44\x55\x66\x77"
                             "\x88\x99\xaa\xbb\xcc\xdd\xee\xff"
                             "\xff\xff\xff\xff",
                             44));
  // What is none goes as it is, for the server to refuse.
  EXPECT_EQ(array[3], "0011");
  EXPECT_EQ(array[5], "00112233-4455-6677-8899-aabbccddeefg");
}

TEST(Array, BytesGoThroughHex) {
  const std::string bytes("\x00\xff\"\\", 4);
  EXPECT_EQ(ParseBytes(BytesLiteral(bytes)), bytes);
  ArrayBuilder builder;
  builder.AddBytes(bytes);
  EXPECT_EQ(builder.Take(), "{\"\\\\x00ff225c\"}");
}

TEST(Conninfo, SettingsTravelInTheConnectionStringAndSecretsDoNotLeak) {
  ConnectionOptions options;
  options.url = "postgresql://u:se'cret@127.0.0.1:5432/db?options=-c%20geqo%3Doff";
  options.role = "executor";
  const auto conninfo = BuildConninfo(options);
  ASSERT_TRUE(conninfo.ok()) << conninfo.status();
  EXPECT_THAT(*conninfo, HasSubstr("password='se\\'cret'"));
  EXPECT_THAT(*conninfo, HasSubstr("-c geqo=off"));
  EXPECT_THAT(*conninfo, HasSubstr("-c role=executor"));
  EXPECT_THAT(*conninfo, HasSubstr("keepalives_idle='5'"));
  EXPECT_EQ(DescribeDatabase(options.url), "127.0.0.1:5432/db");
}

TEST(Conninfo, ABadUrlIsRefusedWithoutItsPassword) {
  ConnectionOptions options;
  options.url = "postgresql://u:sesame@host:5432/db?nonsense=1";
  const auto conninfo = BuildConninfo(options);
  EXPECT_EQ(conninfo.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(conninfo.status().message()), Not(HasSubstr("sesame")));
}

}  // namespace
}  // namespace syncline::postgres
