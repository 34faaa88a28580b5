// C++ source text taken apart as far as the checks need it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace syncline::repo {

// The contents of the string literals (plain and raw), outside comments and #include lines.
// Literals with nothing but space between them are one, as they are for the compiler.
std::vector<std::string> StringLiterals(std::string_view source);

struct Include {
  std::string name;  // as written, without its brackets or quotes
  int line = 0;      // from 1
};

std::vector<Include> Includes(std::string_view source);

// Lines of a text; a last line without an end counts.
size_t CountLines(std::string_view text);

}  // namespace syncline::repo
