// The rules on the repository as it is. The tests of the rules show that each would notice a
// breach.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>

#include "tests/repo/include_rules.h"
#include "tests/repo/source_tree.h"
#include "tests/repo/text_rules.h"

namespace syncline::repo {
namespace {

const std::vector<SourceFile>& Repository() {
  static const auto* files = new std::vector<SourceFile>(ReadSourceTree(SYNCLINE_SOURCE_DIR));
  return *files;
}

using Rule = std::vector<std::string> (*)(const SourceFile&);

void ExpectNoBreach(Rule rule) {
  for (const SourceFile& file : Repository()) {
    for (const std::string& complaint : rule(file)) ADD_FAILURE() << complaint;
  }
}

TEST(RepositoryTest, IsReadWhole) {
  for (const char* path : {"tests/repo/repo_test.cc", "cmake/SynclineTargets.cmake"}) {
    EXPECT_TRUE(std::any_of(Repository().begin(), Repository().end(), [&](const SourceFile& file) {
      return file.path == path;
    })) << path;
  }
}

TEST(RepositoryTest, IncludesFollowTheLayers) { ExpectNoBreach(CheckIncludes); }
TEST(RepositoryTest, FilesAreShort) { ExpectNoBreach(CheckLength); }
TEST(RepositoryTest, SqlLivesInSqlFiles) { ExpectNoBreach(CheckSql); }
TEST(RepositoryTest, FilesHaveTheirForm) { ExpectNoBreach(CheckForm); }
TEST(RepositoryTest, NamesSayWhatIsInside) { ExpectNoBreach(CheckName); }

// Operators find what each metric means.
TEST(RepositoryTest, EveryMetricIsInTheOperationsGuide) {
  std::ifstream in(SYNCLINE_SOURCE_DIR "/docs/operations.md");
  const std::string guide(std::istreambuf_iterator<char>(in), {});
  const std::regex literal(R"re("(syncline_(?:scheduler|executor|gateway|statement)(_\w+))")re");
  int found = 0;
  for (const SourceFile& file : Repository()) {
    if (!IsCpp(file.path) || IsTestCode(file.path)) continue;
    for (std::sregex_iterator at(file.text.begin(), file.text.end(), literal), end; at != end;
         ++at) {
      ++found;
      const std::string name = (*at)[1];
      EXPECT_TRUE(guide.find("| `" + name + "`") != std::string::npos ||
                  guide.find("`…" + std::string((*at)[2]) + "`") != std::string::npos)
          << file.path << ": " << name;
    }
  }
  EXPECT_GT(found, 20);
}

}  // namespace
}  // namespace syncline::repo
