#include "tests/repo/text_rules.h"

#include <fmt/format.h>

#include <map>
#include <regex>

#include "absl/strings/match.h"
#include "tests/repo/source_text.h"

namespace syncline::repo {
namespace {

// Files that are longer for a reason that is worth a line here: path, reason.
const std::map<std::string, std::string>& LongFiles() {
  static const auto* files = new std::map<std::string, std::string>{
      {"gateway/console/src/api/schema.gen.ts", "made from gateway/api/openapi.json"},
  };
  return *files;
}

bool IsCode(const std::string& path) {
  for (const char* suffix :
       {".h", ".cc", ".sql", ".proto", ".sh", ".cmake", ".ts", ".tsx", ".css", "CMakeLists.txt"}) {
    if (absl::EndsWith(path, suffix)) return true;
  }
  return false;
}

// Upper case, as all SQL here is written; prose is not.
const std::regex& SqlStatement() {
  static const auto* pattern = new std::regex(
      R"(\bSELECT\b[^;]*\bFROM\b|\bINSERT\s+INTO\b|\bUPDATE\s+[\w.]+\s+SET\b|)"
      R"(\bDELETE\s+FROM\b|\b(CREATE|ALTER|DROP)\s+(TABLE|SCHEMA|INDEX|ROLE|TYPE)\b)");
  return *pattern;
}

}  // namespace

std::vector<std::string> CheckLength(const SourceFile& file) {
  if (!IsCode(file.path) || LongFiles().contains(file.path)) return {};
  const size_t lines = CountLines(file.text);
  if (lines <= kMaxLines) return {};
  return {fmt::format("{}: {} lines, at most {}", file.path, lines, kMaxLines)};
}

std::vector<std::string> CheckSql(const SourceFile& file) {
  if (!IsCpp(file.path) || IsTestCode(file.path)) return {};
  std::vector<std::string> complaints;
  for (const std::string& literal : StringLiterals(file.text)) {
    if (std::regex_search(literal, SqlStatement())) {
      complaints.push_back(fmt::format("{}: SQL outside a .sql file: {}", file.path, literal));
    }
  }
  return complaints;
}

std::vector<std::string> CheckForm(const SourceFile& file) {
  if (!IsCode(file.path)) return {};
  std::vector<std::string> complaints;
  const auto complain = [&](const char* what) {
    complaints.push_back(fmt::format("{}: {}", file.path, what));
  };
  if (absl::EndsWith(file.path, ".h")) {
    const size_t once = file.text.find("#pragma once\n");
    if (once == std::string::npos) complain("no #pragma once");
    if (!absl::StartsWith(file.text, "//")) complain("does not begin with what it is for");
  }
  if (!file.text.empty() && file.text.back() != '\n') complain("no line end at the end");
  if (absl::StrContains(file.text, "\t")) complain("a tab");
  if (absl::StrContains(file.text, " \n")) complain("space at the end of a line");
  return complaints;
}

std::vector<std::string> CheckName(const SourceFile& file) {
  static const auto* vague = new std::regex(R"((^|[/_])(utils?|helpers?|misc)([/_.]|$))");
  if (!std::regex_search(file.path, *vague)) return {};
  return {fmt::format("{}: the name does not say what is inside", file.path)};
}

}  // namespace syncline::repo
