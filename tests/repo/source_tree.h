// The files that the checks read.
#pragma once

#include <string>
#include <vector>

namespace syncline::repo {

struct SourceFile {
  std::string path;  // from the repository's root, as "scheduler/core/next_sync.h"
  std::string text;
};

// Every file under the folders of the product and its tests, sorted by path. Build trees and what
// starts with a dot are left out.
std::vector<SourceFile> ReadSourceTree(const std::string& root);

// True for .h and .cc.
bool IsCpp(const std::string& path);

// True for what only tests use: all of tests/, and *_test.cc and *_fixture.* beside the code.
bool IsTestCode(const std::string& path);

}  // namespace syncline::repo
