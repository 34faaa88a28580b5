#include "scheduler/rpc/json_struct.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <cmath>

#include "syncline/v1/integration_service.pb.h"

namespace syncline::scheduler {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

google::protobuf::Struct Parse(const std::string& text) {
  google::protobuf::Struct value;
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(text, &value).ok()) << text;
  return value;
}

TEST(JsonStruct, WholeNumbersComeOutAsIntegers) {
  std::vector<FieldViolation> violations;
  const auto given = Parse(
      R"({"a": 500, "b": -3, "c": 1.5, "d": 9007199254740992, "e": 1e300, "f": [1, {"g": 2}], "h": null,)"
      R"( "i": true, "j": "1"})");
  EXPECT_EQ(
      StructToJson(given, "config", violations),
      R"({"a":500,"b":-3,"c":1.5,"d":9007199254740992,"e":1e+300,"f":[1,{"g":2}],"h":null,"i":true,"j":"1"})");
  EXPECT_THAT(violations, IsEmpty());
}

TEST(JsonStruct, WhatCannotBeStoredIsNamedByItsPath) {
  google::protobuf::Struct value = Parse(R"({"a/b": [1, "x"], "c": 1})");
  auto& fields = *value.mutable_fields();
  fields["a/b"].mutable_list_value()->mutable_values(1)->set_string_value(std::string("\0", 1));
  fields["c"].set_number_value(NAN);
  fields[std::string("\0", 1)].set_bool_value(true);
  std::vector<FieldViolation> violations;
  StructToJson(value, "config", violations);
  ASSERT_THAT(violations, SizeIs(3));
  EXPECT_THAT(violations, ::testing::UnorderedElementsAre(
                              FieldViolation{"config/a~1b/1", "holds a NUL character"},
                              FieldViolation{"config/c", "is not a number that JSON has"},
                              FieldViolation{"config", "has a member name with a NUL character"}));
}

TEST(JsonStruct, EveryJsonObjectBecomesAStruct) {
  const auto value = JsonToStruct(
      R"({"huge": 1e999, "tiny": -1e-999, "quoted": "1e999 \" -1e999", "list": [-1e400, 2], "deep": {"x": []}})");
  EXPECT_EQ(value.fields().at("huge").string_value(), "1e999");
  EXPECT_EQ(value.fields().at("tiny").number_value(), 0);
  EXPECT_EQ(value.fields().at("quoted").string_value(), "1e999 \" -1e999");
  EXPECT_EQ(value.fields().at("list").list_value().values(0).string_value(), "-1e400");
  EXPECT_EQ(value.fields().at("list").list_value().values(1).number_value(), 2);
  EXPECT_TRUE(value.fields().at("deep").struct_value().fields().at("x").has_list_value());
}

// Records may be nested 64 deep; clients of protobuf refuse messages nested deeper than 100, and a
// level of JSON is up to three levels of message.
TEST(JsonStruct, WhatIsNestedTooDeepForAClientIsItsText) {
  const auto nested = [](const std::string& open, const std::string& close, int depth) {
    std::string text = R"({"deep":)";
    for (int i = 0; i < depth; ++i) text += open;
    text += '1';
    for (int i = 0; i < depth; ++i) text += close;
    return text + "}";
  };
  for (const int depth : {28, 29, 30, 63}) {
    for (const auto& [open, close] :
         {std::pair<std::string, std::string>{R"({"a":)", "}"}, {"[", "]"}}) {
      v1::CheckIntegrationResponse answer;
      *answer.add_records() = JsonToStruct(nested(open, close, depth));
      v1::CheckIntegrationResponse read;
      EXPECT_TRUE(read.ParseFromString(answer.SerializeAsString())) << depth << open;
      const bool whole = answer.ShortDebugString().find("string_value") == std::string::npos;
      EXPECT_EQ(whole, depth < 30) << depth << open;
    }
  }
  const google::protobuf::Struct deep = JsonToStruct(nested("[", "]", 31));
  const google::protobuf::Value* value = &deep.fields().at("deep");
  while (value->has_list_value()) value = &value->list_value().values(0);
  EXPECT_EQ(value->string_value(), "[[1]]");
}

}  // namespace
}  // namespace syncline::scheduler
