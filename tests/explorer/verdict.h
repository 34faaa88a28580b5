// What a rule found.
#pragma once

namespace syncline::explorer {

// Keeps the first rule that was broken.
struct Verdict {
  const char* broken = nullptr;  // in words; static

  void Require(bool holds, const char* rule) {
    if (!holds && broken == nullptr) broken = rule;
  }
};

}  // namespace syncline::explorer
