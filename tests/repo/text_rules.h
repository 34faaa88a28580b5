// Rules about the text of one file.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "tests/repo/source_tree.h"

namespace syncline::repo {

inline constexpr size_t kMaxLines = 400;

// Each rule returns one sentence for each breach.

// Code has at most kMaxLines lines (but for the exceptions named in text_rules.cc, with reasons).
std::vector<std::string> CheckLength(const SourceFile& file);

// SQL text lives in .sql files: no statement in a string literal of the product's C++ (tests may).
std::vector<std::string> CheckSql(const SourceFile& file);

// A header says `#pragma once`, after a comment on what it is for; every text ends with a line end,
// and holds no tab and no space at the end of a line.
std::vector<std::string> CheckForm(const SourceFile& file);

// Names say what is inside: no utils, helpers or misc.
std::vector<std::string> CheckName(const SourceFile& file);

}  // namespace syncline::repo
