// The checks would notice: a bad example for every rule, and good ones beside it.
#include "tests/repo/text_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace syncline::repo {
namespace {

using testing::IsEmpty;
using testing::Not;

std::string Lines(size_t count) {
  std::string text;
  for (size_t i = 0; i < count; ++i) text += "x\n";
  return text;
}

TEST(TextRulesTest, LengthIsLimited) {
  EXPECT_THAT(CheckLength({"a/b.cc", Lines(kMaxLines)}), IsEmpty());
  EXPECT_THAT(CheckLength({"a/b.cc", Lines(kMaxLines + 1)}), Not(IsEmpty()));
  EXPECT_THAT(CheckLength({"a/b.sql", Lines(kMaxLines + 1)}), Not(IsEmpty()));
  EXPECT_THAT(CheckLength({"a/b.json", Lines(kMaxLines + 1)}), IsEmpty());
}

TEST(TextRulesTest, SqlLivesInSqlFiles) {
  struct Row {
    const char* path;
    const char* source;
    bool fine;
  };
  const Row rows[] = {
      {"scheduler/storage/a.cc", R"(f("SELECT id FROM runs");)", false},
      {"scheduler/storage/a.cc", "f(\"SELECT id \"\n\"FROM runs\");", false},
      {"scheduler/storage/a.h", R"x(f(R"(INSERT INTO runs VALUES (1))");)x", false},
      {"common/postgres/a.cc", R"(f("UPDATE syncline.runs SET status = 1");)", false},
      {"common/postgres/a.cc", R"(f("DELETE FROM runs");)", false},
      {"common/postgres/a.cc", R"x(f("CREATE TABLE runs ()");)x", false},
      {"common/postgres/a.cc", R"(f("SELECT 1");)", true},
      {"common/postgres/a.cc", R"(f("LISTEN syncline"); g("BEGIN");)", true},
      {"scheduler/storage/a.cc", "// SELECT id FROM runs\n", true},
      {"scheduler/storage/a.cc", R"(f("select one from the list");)", true},
      {"scheduler/storage/a_test.cc", R"(f("SELECT id FROM runs");)", true},
      {"tests/e2e/a.cc", R"(f("SELECT id FROM runs");)", true},
      {"scheduler/storage/queries/a.sql", "SELECT id FROM runs", true},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(CheckSql({row.path, row.source}).empty(), row.fine) << row.path << row.source;
  }
}

TEST(TextRulesTest, FormIsChecked) {
  EXPECT_THAT(CheckForm({"a/b.h", "// Why.\n#pragma once\n"}), IsEmpty());
  EXPECT_THAT(CheckForm({"a/b.h", "#pragma once\n"}), Not(IsEmpty()));
  EXPECT_THAT(CheckForm({"a/b.h", "// Why.\n"}), Not(IsEmpty()));
  EXPECT_THAT(CheckForm({"a/b.cc", "x"}), Not(IsEmpty()));
  EXPECT_THAT(CheckForm({"a/b.cc", "x \n"}), Not(IsEmpty()));
  EXPECT_THAT(CheckForm({"a/b.cc", "\tx\n"}), Not(IsEmpty()));
}

TEST(TextRulesTest, NamesSayWhatIsInside) {
  for (const char* path : {"common/utils/a.h", "common/base/string_util.h", "tests/helpers.cc",
                           "common/base/misc.h", "common/base/http_helper.cc"}) {
    EXPECT_THAT(CheckName({path, ""}), Not(IsEmpty())) << path;
  }
  EXPECT_THAT(CheckName({"scheduler/core/utilization.h", ""}), IsEmpty());
}

}  // namespace
}  // namespace syncline::repo
