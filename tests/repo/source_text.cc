#include "tests/repo/source_text.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace syncline::repo {
namespace {

constexpr size_t kEnd = std::string_view::npos;

// Reads a source from left to right.
class Scanner {
 public:
  explicit Scanner(std::string_view source) : source_(source) {}

  std::vector<std::string> Literals() {
    while (at_ < source_.size()) {
      if (StartsWith("//") || AtInclude()) {
        SkipTo("\n");
      } else if (StartsWith("/*")) {
        SkipPast("*/");
      } else if (StartsWith("R\"") && !AfterWord()) {
        TakeRaw();
      } else if (source_[at_] == '"') {
        TakePlain();
      } else if (source_[at_] == '\'' && !AfterWord()) {
        SkipCharacter();  // a quote after a word character separates digits
      } else {
        if (absl::ascii_isspace(static_cast<unsigned char>(source_[at_])) == 0) joins_ = false;
        ++at_;
      }
    }
    return literals_;
  }

 private:
  bool StartsWith(std::string_view text) const { return source_.substr(at_).starts_with(text); }

  bool AtInclude() const {
    return source_[at_] == '#' && StartsWith("#include") && (at_ == 0 || source_[at_ - 1] == '\n');
  }

  bool AfterWord() const {
    return at_ > 0 && (absl::ascii_isalnum(static_cast<unsigned char>(source_[at_ - 1])) ||
                       source_[at_ - 1] == '_');
  }

  void SkipTo(std::string_view end) {
    const size_t found = source_.find(end, at_);
    at_ = found == kEnd ? source_.size() : found;
  }

  void SkipPast(std::string_view end) {
    SkipTo(end);
    at_ = std::min(at_ + end.size(), source_.size());
  }

  void SkipCharacter() {
    ++at_;
    while (at_ < source_.size() && source_[at_] != '\'') at_ += source_[at_] == '\\' ? 2 : 1;
    ++at_;
    joins_ = false;
  }

  void TakeRaw() {
    const size_t open = source_.find('(', at_);
    if (open == kEnd) return SkipTo("\n");
    const std::string close = ")" + std::string(source_.substr(at_ + 2, open - at_ - 2)) + "\"";
    const size_t end = std::min(source_.find(close, open), source_.size());
    Add(source_.substr(open + 1, end - open - 1));
    at_ = std::min(end + close.size(), source_.size());
  }

  void TakePlain() {
    std::string text;
    ++at_;
    while (at_ < source_.size() && source_[at_] != '"') {
      if (source_[at_] == '\\' && at_ + 1 < source_.size()) {
        ++at_;
        text.push_back(source_[at_] == 'n' ? '\n' : source_[at_]);
      } else {
        text.push_back(source_[at_]);
      }
      ++at_;
    }
    ++at_;
    Add(text);
  }

  void Add(std::string_view text) {
    if (joins_) {
      literals_.back() += text;
    } else {
      literals_.emplace_back(text);
    }
    joins_ = true;
  }

  std::string_view source_;
  size_t at_ = 0;
  bool joins_ = false;  // whether the next literal continues the last one
  std::vector<std::string> literals_;
};

}  // namespace

std::vector<std::string> StringLiterals(std::string_view source) {
  return Scanner(source).Literals();
}

std::vector<Include> Includes(std::string_view source) {
  std::vector<Include> includes;
  int number = 0;
  for (absl::string_view line :
       absl::StrSplit(absl::string_view(source.data(), source.size()), '\n')) {
    ++number;
    if (!absl::ConsumePrefix(&line, "#include ")) continue;
    if (line.size() < 3) continue;
    const size_t close = line.find_first_of(">\"", 1);
    if (close != absl::string_view::npos) {
      includes.push_back({std::string(line.substr(1, close - 1)), number});
    }
  }
  return includes;
}

size_t CountLines(std::string_view text) {
  const auto ends = static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
  return ends + (!text.empty() && text.back() != '\n' ? 1 : 0);
}

}  // namespace syncline::repo
