#include "tests/repo/source_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace syncline::repo {
namespace {

using testing::IsEmpty;

TEST(SourceTextTest, FindsStringLiterals) {
  struct Row {
    const char* name;
    const char* source;
    std::vector<std::string> literals;
  };
  const Row rows[] = {
      {"plain", R"(f("a", "b");)", {"a", "b"}},
      {"adjacent", "f(\"a \"\n  \"b\");", {"a b"}},
      {"escapes", R"(f("a\"b\n");)", {"a\"b\n"}},
      {"raw", "f(R\"sql(a \"b\")sql\");", {"a \"b\""}},
      {"line comment", "// \"a\"\nf(\"b\");", {"b"}},
      {"block comment", "/* \"a\" */ f(\"b\");", {"b"}},
      {"character", "f('\"', \"b\");", {"b"}},
      {"escaped character", "f('\\'', \"b\");", {"b"}},
      {"digit separator", "f(1'000, \"b\");", {"b"}},
      {"include", "#include \"a.h\"\nf(\"b\");", {"b"}},
      {"name that ends in R", "FOR\"a\"", {"a"}},
      {"unfinished", "f(\"a", {"a"}},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(StringLiterals(row.source), row.literals) << row.name;
  }
}

TEST(SourceTextTest, FindsIncludes) {
  const auto includes = Includes("// text\n#include <vector>\n\n#include \"a/b.h\"  // why\n");
  ASSERT_EQ(includes.size(), 2U);
  EXPECT_EQ(includes[0].name, "vector");
  EXPECT_EQ(includes[1].name, "a/b.h");
  EXPECT_EQ(includes[1].line, 4);
  EXPECT_THAT(Includes("// #include <vector>\n"), IsEmpty());
}

TEST(SourceTextTest, CountsLines) {
  EXPECT_EQ(CountLines(""), 0U);
  EXPECT_EQ(CountLines("a\nb\n"), 2U);
  EXPECT_EQ(CountLines("a\nb"), 2U);
}

}  // namespace
}  // namespace syncline::repo
