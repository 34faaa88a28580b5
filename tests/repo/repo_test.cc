// The rules on the repository as it is. The tests of the rules show that each would notice a
// breach.
#include <gtest/gtest.h>

#include <algorithm>

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

}  // namespace
}  // namespace syncline::repo
